"""A post becomes a message: subject, preheader, inlined HTML and plain text.

Nothing here knows who reads it. What only the provider can fill in stays a neutral placeholder.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from markupsafe import Markup

from pressrun.errors import Problem, TemplateError
from pressrun.model import Author, Body, Image, Message, Post
from pressrun.placeholders import TOKENS
from pressrun.posts.related import Related
from pressrun.publication import Publication, Site
from pressrun.render import characters
from pressrun.render.languages import direction, listed, long_date
from pressrun.render.mail_body import fit, for_mail, opening_words, opens_with
from pressrun.render.templates import Template, Templates
from pressrun.render.theme import Look
from pressrun.render.words import Say

_FRAGMENT = re.compile(r"<!--\s*fragment\s*-->(.*?)<!--\s*/fragment\s*-->", re.DOTALL)

Inline = Callable[..., str]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as templates see it.

    ``date`` is written out in the post's language and in the site's zone, ``date_iso`` is the same
    day as 2026-11-23, ``byline`` joins the authors' names. ``cover`` is None where there is none
    and where the body opens with the same picture; it has url, alt, width and height. ``extra``
    holds the front matter that Pressrun does not know.
    """

    title: str
    url: str
    description: str
    date: str
    date_iso: str
    byline: str
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    cover: Image | None
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RelatedView:
    """A related post as templates see it; of a page that is not ours the first three alone."""

    title: str
    url: str
    description: str
    date: str = ""
    byline: str = ""
    cover: Image | None = None


@dataclass(frozen=True, slots=True)
class Variables:
    """What a template can use, each by its name here.

    ``body`` is HTML and needs no escape; ``text`` is the same as plain text. ``related`` holds
    posts with title, url, description, date, byline and cover; ``related_html`` and
    ``related_text`` are the post's own section of that kind, filled only where ``related`` is
    empty. ``newsletter`` is its title, ``direction`` ltr or rtl, ``lines`` what publish.yml names
    below a post, ``theme`` how emails look, and ``_`` translates the template's own words. The last
    four are placeholders, which the provider replaces, and which may stand in any text or href;
    ``postal_address`` is the publication's own where publish.yml has one. In message.html there is
    also ``head_css``, the text of head.css, for ``<style data-premailer="ignore">``.
    """

    site: Site
    newsletter: str
    post: PostView
    subject: str
    preheader: str
    language: str
    direction: str
    body: Markup
    text: str
    related: tuple[RelatedView, ...]
    related_html: Markup
    related_text: str
    lines: tuple[str, ...]
    theme: Look
    _: Say
    unsubscribe_url: str = TOKENS["unsubscribe_url"]
    view_url: str = TOKENS["view_url"]
    first_name: str = TOKENS["first_name"]
    postal_address: str = TOKENS["postal_address"]


@dataclass(frozen=True, slots=True)
class Page:
    """An email before its styles are inlined, and what it was made of."""

    html: str
    css: str
    template: Template
    variables: Variables

    @property
    def place(self) -> str:
        """The file of the template."""
        return self.template.place("message.html")


def render(
    publication: Publication,
    newsletter: str,
    post: Post,
    body: Body,
    related: Sequence[Related],
    *,
    templates: Templates | None = None,
    inline: Inline | None = None,
) -> Message:
    """Render a post for one newsletter with the template that publish.yml names.

    Give ``templates`` to render many posts: each template is then read once. ``inline`` may stand
    in for ``pressrun.render.inline``. Raises TemplateError.
    """
    settings = publication.email
    templates = templates or Templates(publication.root, settings.theme)
    page = draw(publication, newsletter, post, body, related, templates=templates)
    template, variables = page.template, page.variables
    files = {"template": page.place, "sheet": template.place("style.css"), "post": post.path}
    inlined = (inline or _inline)(page.html, page.css, **files, inliner=settings.inliner)
    html, fragment = _parted(inlined, page.place)
    return Message(
        subject=variables.subject,
        preheader=variables.preheader,
        html=html,
        fragment=fragment,
        text=template.render("message.txt", _named(variables)).strip("\n") + "\n",
        sender=settings.sender,
        reply_to=settings.reply_to,
        language=post.language,
        date=post.published,
    )


def draw(
    publication: Publication,
    newsletter: str,
    post: Post,
    body: Body,
    related: Sequence[Related],
    *,
    templates: Templates,
) -> Page:
    """Do the part of ``render`` that comes before inlining."""
    template = _template(publication, post, templates)
    variables = _variables(publication, newsletter, post, body, related, templates=templates)
    head_css = Markup(template.css("head.css"))  # noqa: S704, the writer's own stylesheet
    return Page(
        html=template.render("message.html", {**_named(variables), "head_css": head_css}),
        css=template.css("style.css"),
        template=template,
        variables=variables,
    )


def _inline(html: str, css: str, **names: str) -> str:
    from pressrun.render import inline  # with it come premailer and all that it needs

    return inline.inline(html, css, **names)


def _template(publication: Publication, post: Post, templates: Templates) -> Template:
    if not post.email_template:
        return templates.named(publication.email.template)
    try:
        return templates.named(post.email_template)
    except TemplateError as error:
        place = post.place("email_template")
        raise TemplateError(*(replace(each, where=place) for each in error.problems)) from None


def _variables(
    publication: Publication,
    newsletter: str,
    post: Post,
    body: Body,
    related: Sequence[Related],
    *,
    templates: Templates,
) -> Variables:
    look, site = templates.look, publication.site
    own_title = publication.newsletters[newsletter].title
    return Variables(
        site=site,
        newsletter=own_title or site.title,
        post=_view(post, body, site, look.inner_width),
        subject=_subject(publication, post),
        preheader=_preheader(post, body),
        language=post.language,
        direction=direction(post.language),
        body=Markup(for_mail(body.html, look.inner_width)),  # noqa: S704, cleaned when it was rendered
        text=body.text.strip("\n"),
        related=tuple(_related_view(each, post.language, site, look) for each in related),
        related_html=Markup("" if related else for_mail(body.related_html, look.inner_width)),  # noqa: S704, cleaned as well
        related_text="" if related else body.related_text.strip("\n"),
        lines=publication.email.lines,
        theme=look,
        _=templates.words.say(post.language),
        postal_address=publication.email.postal_address or TOKENS["postal_address"],
    )


def _view(post: Post, body: Body, site: Site, width: int) -> PostView:
    authors = post.authors or site.authors
    moment = post.published.astimezone(site.timezone)
    return PostView(
        title=post.title,
        url=post.url,
        description=post.description,
        date=long_date(moment, post.language),
        date_iso=moment.date().isoformat(),
        byline=_byline(authors, post.language),
        authors=authors,
        tags=post.tags,
        cover=_cover(post, body, width),
        extra=post.extra,
    )


def _related_view(related: Related, language: str, site: Site, look: Look) -> RelatedView:
    """Show a related post in the language of the post that names it."""
    post = related.post
    if post is None:
        return RelatedView(related.title, related.url, related.description)
    return RelatedView(
        related.title,
        related.url,
        related.description,
        date=long_date(post.published.astimezone(site.timezone), language),
        byline=_byline(post.authors or site.authors, language),
        cover=fit(post.cover, look.inner_width) if post.cover else None,
    )


def _byline(authors: Sequence[Author], language: str) -> str:
    return listed([author.name for author in authors], language)


def _cover(post: Post, body: Body, width: int) -> Image | None:
    if not post.cover or opens_with(body.html, post.cover.url):
        return None
    return fit(post.cover, width)


def _subject(publication: Publication, post: Post) -> str:
    if post.subject:
        return characters.line(post.subject)
    values = {"title": post.title, "site": publication.site.title}
    pattern = publication.email.subject
    return characters.line(re.sub(r"{(title|site)}", lambda field: values[field[1]], pattern))


def _preheader(post: Post, body: Body) -> str:
    written = post.preheader or post.description or post.summary
    return characters.line(written) if written else opening_words(body.html)


def _parted(html: str, place: str) -> tuple[str, str]:
    """Give a document without its fragment marks, and what stood between them."""
    marked = _FRAGMENT.search(html)
    if not marked:
        raise TemplateError(
            Problem(
                "the template does not mark the part that other designs can take over.",
                place,
                "Put <!--fragment--> before {{ body }} and <!--/fragment--> after it.",
            )
        )
    before = html[: marked.start()].rstrip(" \t")
    return f"{before}{marked[1]}{html[marked.end() :]}", marked[1].strip()


def _named(variables: Variables) -> dict[str, Any]:
    return {field.name: getattr(variables, field.name) for field in fields(variables)}
