"""An issue goes out only when the page and the pictures that it shows are on the web."""

from dataclasses import replace

import pytest

from pressrun.deliver.live import addresses, not_live
from pressrun.http.web import Sight, Web
from support.issues import issue, picture
from support.wire_fakes.base import listen

SITE = "https://example.org/"
PAGE = "https://example.org/hello/"


def image(url: str) -> str:
    return f'<p><img src="{url}" alt="A chart"></p>'


class Eyes:
    """Look at pages that answer 200, but for those that are ``missing``."""

    def __init__(self, **missing: Sight) -> None:
        self.missing = missing
        self.asked: list[str] = []

    def __call__(self, url: str) -> Sight:
        self.asked.append(url)
        return self.missing.get(url, Sight(200, "answers 200"))


def test_the_page_comes_first_then_each_picture_of_the_site_once():
    chart, photo = f"{PAGE}chart.png", "https://EXAMPLE.org/photo.jpg"
    html = "".join(map(image, (chart, photo, chart, f"{chart}#top")))
    assert addresses(issue(html), SITE) == (PAGE, chart, photo)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.net/chart.png",
        "https://www.example.org/chart.png",
        "data:image/png;base64,AAAA",
        "cid:chart",
        "chart.png",
        "https://[",
        "",
    ],
)
def test_what_lies_elsewhere_is_not_asked(url):
    assert addresses(issue(image(url)), SITE) == (PAGE,)


def test_pictures_in_comments_are_no_pictures_and_entities_are_read():
    html = f"<!--[if mso]>{image(f'{PAGE}mso.png')}<![endif]-->{image(f'{PAGE}a.png?b=1&amp;c=2')}"
    assert addresses(issue(html), SITE) == (PAGE, f"{PAGE}a.png?b=1&c=2")


def test_pictures_that_go_to_the_provider_need_not_be_on_the_web(tmp_path):
    chart = replace(picture(tmp_path), url=f"{PAGE}chart.png")
    shown = issue(image(chart.url) + image(f"{PAGE}photo.jpg"))
    assert addresses(replace(shown, pictures=(chart,)), SITE) == (PAGE, f"{PAGE}photo.jpg")


def test_a_post_with_a_url_of_its_own_is_asked_there():
    elsewhere = replace(issue(), url="https://elsewhere.example/hello/")
    assert addresses(elsewhere, SITE) == ("https://elsewhere.example/hello/",)


def test_an_issue_may_go_when_everything_answers():
    eyes = Eyes()
    assert not_live(issue(image(f"{PAGE}chart.png")), SITE, eyes) == ""
    assert eyes.asked == [PAGE, f"{PAGE}chart.png"]


def test_the_first_address_that_does_not_answer_is_named_and_ends_the_asking():
    eyes = Eyes(**{PAGE: Sight(404, "answers 404")})
    said = not_live(issue(image(f"{PAGE}chart.png")), SITE, eyes)
    assert said == "https://example.org/hello/ answers 404 (not deployed yet)"
    assert eyes.asked == [PAGE]


@pytest.mark.parametrize(
    "seen", [Sight(None, "cannot be reached (timed out)"), Sight(503, "answers 503")]
)
def test_other_trouble_is_told_as_it_is(seen):
    chart = f"{PAGE}chart.png"
    said = not_live(issue(image(chart)), SITE, Eyes(**{chart: seen}))
    assert said == f"{chart} {seen.words}"


def test_over_a_real_socket():
    def handle(handler):
        handler.send_response(200 if handler.path == "/hello/" else 404)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with listen(handle) as site, Web(lambda _: None) as web:
        ready = replace(issue(), url=f"{site}/hello/")
        assert not_live(ready, site, web.look) == ""
        early = replace(issue(image(f"{site}/chart.png")), url=f"{site}/hello/")
        said = not_live(early, site, web.look)
        assert said == f"{site}/chart.png answers 404 (not deployed yet)"
