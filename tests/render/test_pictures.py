"""Pictures that lie beside a post are measured, and nobody else's are asked for."""

import struct
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.errors import PostError
from pressrun.model import Body, Image
from pressrun.render.pictures import Picture, files, measure, with_sizes
from support.publications import A_PUBLICATION, post

URL = "https://notes.example/press/"
PAGE = post(slug="press", path="posts/press/index.md", url=URL)


def png(width: int, height: int) -> bytes:
    """Make as much of a PNG as tells its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06"


def publication(root):
    return replace(A_PUBLICATION, root=root)


def write(root, name, content):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)


def test_pictures_beside_the_post_and_in_the_sites_folder_are_measured(tmp_path):
    size = write(tmp_path, "posts/press/a b.png", png(1200, 630))
    write(tmp_path, "static/logo.png", png(60, 40))
    body = Body(
        f'<img src="{URL}a%20b.png?v=1&amp;w=2"><img src="https://notes.example/logo.png">'
        '<img src="https://other.example/c.png">',
        "",
    )
    assert measure(publication(tmp_path), PAGE, body) == {
        f"{URL}a%20b.png?v=1&w=2": Picture(1200, 630, size),
        "https://notes.example/logo.png": Picture(60, 40, size),
    }


def test_sizes_are_written_where_the_writer_gave_none(tmp_path):
    write(tmp_path, "posts/press/a.png", png(1200, 600))
    bare, own = f'<img src="{URL}a.png" alt="A">', f'<img src="{URL}a.png" alt="A" width="90">'
    body = Body(bare + own, "", related_html=bare)
    with_cover = replace(PAGE, cover=Image(f"{URL}a.png", "A"))
    found = measure(publication(tmp_path), with_cover, body)
    sized_post, sized = with_sizes(with_cover, body, found)
    wanted = f'<img src="{URL}a.png" alt="A" width="1200" height="600">'
    assert sized.html == wanted + own
    assert sized.related_html == wanted
    assert sized_post.cover == Image(f"{URL}a.png", "A", 1200, 600)


def test_a_link_out_of_the_publication_is_not_followed(tmp_path):
    root = tmp_path / "site"
    write(tmp_path, "secret.png", png(1, 1))
    (root / "posts/press").mkdir(parents=True)
    (root / "posts/press/a.png").symlink_to(tmp_path / "secret.png")
    assert measure(publication(root), PAGE, Body(f'<img src="{URL}a.png">', "")) == {}
    assert measure(publication(root), PAGE, Body(f'<img src="{URL}../../../secret.png">', "")) == {}


@pytest.mark.parametrize(
    "start",
    [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBPVP8 ", b"<svg"],
)
@given(rest=st.binary(max_size=60))
def test_whatever_a_file_holds_the_run_goes_on(tmp_path_factory, start, rest):
    root = tmp_path_factory.getbasetemp() / "odd"
    write(root, "posts/press/a.png", start + rest)
    found = measure(publication(root), PAGE, Body(f'<img src="{URL}a.png">', ""))
    assert all(each.width > 0 and each.height > 0 for each in found.values())


def test_files_of_pictures_are_found_beside_the_posts_and_in_the_sites_folder(tmp_path):
    other = post(slug="other", path="posts/other/index.md", url="https://notes.example/other/")
    write(tmp_path, "posts/press/A b.PNG", b"one")
    write(tmp_path, "posts/other/cover.webp", b"two")
    write(tmp_path, "static/Übersicht.dat", b"three")
    urls = [
        f"{URL}A%20b.PNG?v=1",
        f"{URL}missing.png",
        "https://notes.example/other/cover.webp",
        "https://notes.example/%C3%9Cbersicht.dat",
        "https://other.example/c.png",
    ]
    found = files(publication(tmp_path), [PAGE, other], urls)
    assert [(one.url, one.path, one.type, one.size) for one in found] == [
        (urls[0], "posts/press/A b.PNG", "image/png", 3),
        (urls[2], "posts/other/cover.webp", "image/webp", 3),
        (urls[3], "static/Übersicht.dat", "", 5),
    ]
    assert [one.name for one in found] == [
        "a-b-7692c3ad3540bb80.png",
        "cover-3fc4ccfe745870e2.webp",
        "ubersicht-8b5b9db0c13db242.dat",
    ]
    assert found[0].file.read_bytes() == b"one"
    assert sha256(b"one").hexdigest() == found[0].digest


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    write(tmp_path, "static/a.png", b"one")

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PostError, match=r"^static/a.png: the picture cannot be read: Permission"):
        files(publication(tmp_path), [PAGE], ["https://notes.example/a.png"])
