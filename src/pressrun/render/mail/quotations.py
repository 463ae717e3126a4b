"""Posts of social networks: their code is a quotation with a script that turns it into a widget.

The quotation has the words; it stays, with a link that says where it leads.
"""

import re
from html import escape

from markdown_it.token import Token

from pressrun import urls
from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss, attributes

_QUOTATION = re.compile(
    r"(<blockquote\b[^<>]*\bclass=[\"'][^\"'<>]*"
    r"\b(twitter-tweet|twitter-video|mastodon-embed|bluesky-embed|instagram-media|tiktok-embed"
    r"|text-post-media)\b[^<>]*>)(.*?)</blockquote\s*>",
    re.DOTALL | re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"<script\b[^<>]*\bsrc=[\"']?[^\"'<>]*(?:platform\.(?:twitter|x)\.com|embed\.bsky\.app"
    r"|instagram\.com/embed|threads\.(?:net|com)/embed|tiktok\.com/embed|/embed\.js)[^<>]*>"
    r"\s*</script\s*>",
    re.IGNORECASE,
)
_LOGO = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<a\b[^<>]*>", re.IGNORECASE)
_NAMES = {
    "bluesky-embed": "Bluesky",
    "instagram-media": "Instagram",
    "mastodon-embed": "Mastodon",
    "text-post-media": "Threads",
    "tiktok-embed": "TikTok",
}
# Where each service writes the post's own address; Bluesky and X have it in their last link.
_ADDRESSES = ("data-instgrm-permalink", "data-embed-url", "data-text-post-permalink", "cite")


def keep(token: Token, line: int, words: Words, losses: list[Loss]) -> None:
    """Keep each quotation of a block of HTML, with a link; its script goes."""

    def kept(found: re.Match[str]) -> str:
        opening, kind, inner = found.groups()
        name = _NAMES.get(kind.lower(), "X")
        losses.append(_loss(name, line + token.content.count("\n", 0, found.start())))
        link = _link(_address(opening, inner), words.look_at.replace("{}", name))
        bare = _LOGO.sub(lambda logo: "\n" * logo.group().count("\n"), inner)
        return f"<blockquote>{bare}{link}</blockquote>" + "\n" * opening.count("\n")

    if "<blockquote" not in token.content.lower() and "<script" not in token.content.lower():
        return
    content = _QUOTATION.sub(kept, token.content)
    token.content = _SCRIPT.sub(lambda found: "\n" * found.group().count("\n"), content)


def _link(address: str, label: str) -> str:
    return f'<p><a href="{escape(address)}">{escape(label)}</a></p>' if address else ""


def _address(opening: str, inner: str) -> str:
    given = attributes(opening)
    written = next(filter(None, map(given.get, _ADDRESSES)), "")
    links = [attributes(tag.group()).get("href", "") for tag in _LINK.finditer(inner)]
    address = written or (links[-1] if links else "")
    found = urls.absolute("", address) or ""
    return address.removesuffix("/embed") if found.startswith(("https:", "http:")) else ""


def _loss(name: str, line: int) -> Loss:
    return Loss(
        line,
        f"the post of {name} is shown as a quotation with a link: emails run no scripts",
        "Look at it in the dry run, or write the quotation yourself.",
    )
