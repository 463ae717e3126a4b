"""Where rendering and delivery meet: a post becomes an issue, with what the checks say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pressrun.cli import problems
from pressrun.deliver import hosting
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.rails import Ready
from pressrun.model import Body, Finding, Issue, Message, PictureFile, Post, Severity, issue_key
from pressrun.posts.related import Related, choose
from pressrun.publication import Publication
from pressrun.render import email, markdown, pictures
from pressrun.render.pictures import Picture
from pressrun.render.templates import Templates


@dataclass(frozen=True, slots=True)
class Composed:
    """An issue and its findings, with the post and the body as they were rendered.

    ``pictures`` are those whose files are here.
    """

    issue: Issue
    post: Post
    body: Body
    pictures: Mapping[str, Picture]
    findings: tuple[Finding, ...] = ()

    @property
    def ready(self) -> Ready:
        """The issue as delivery takes it, held back where a finding is an error."""
        errors = [one for one in self.findings if one.severity is Severity.ERROR]
        reasons = (f"{one.rule}: {one.what} ({one.path}:{one.line})" for one in errors)
        return Ready(self.issue, "; ".join(reasons))


class Composer:
    """Make issues of a publication's posts; the checks look at what the ``provider`` gets."""

    def __init__(
        self,
        publication: Publication,
        posts: Sequence[Post],
        provider: Provider | None,
        inline: email.Inline | None = None,
    ) -> None:
        self.publication = publication
        self.provider = provider
        self.posts = posts
        self.inline = inline
        self.templates = Templates(publication.root, publication.email.theme)

    def compose(self, post: Post, newsletter: str) -> Composed:
        """Render ``post`` for ``newsletter``. TemplateError when a template fails."""
        publication = self.publication
        say = self.templates.words.say(post.language)
        body = markdown.render(_measured(publication, post), publication.site, mail=say)
        found = pictures.measure(publication, post, body)
        post, body = pictures.with_sizes(post, body, found)
        related = [_with_cover(publication, each) for each in choose(post, self.posts)]
        message = email.render(
            publication,
            newsletter,
            post,
            body,
            related,
            templates=self.templates,
            inline=self.inline,
        )
        issue = Issue(
            key=issue_key(publication.id, newsletter, post.id),
            newsletter=newsletter,
            audience=publication.newsletters[newsletter].audience,
            title=post.title,
            slug=post.slug,
            url=post.url,
            message=message,
            pictures=_to_upload(publication, [post, *(each.post for each in related)], message),
        )
        composed = Composed(issue, post, body, found)
        return replace(composed, findings=self.check(composed, {}))

    def check(self, composed: Composed, elsewhere: Mapping[str, Picture]) -> tuple[Finding, ...]:
        """Check what was composed, with what is known of pictures that lie ``elsewhere``."""
        from pressrun import check  # after the email: while that is inlined elsewhere, this loads

        found = check.message(
            composed.post,
            composed.body,
            composed.issue.message,
            check=self.publication.check,
            email=self.publication.email,
            pictures={**elsewhere, **composed.pictures},
            carrier=self.provider,
        )
        return (*found, *self._unfit(composed))

    def _unfit(self, composed: Composed) -> Iterator[Finding]:
        """Find pictures that the provider is to host and does not take."""
        from pressrun.check.facts import of_content

        if self.provider is None:
            return
        post, issue = composed.post, composed.issue
        for picture in issue.pictures:
            for problem in hosting.unfit(self.provider, [picture]):
                line = of_content(post, issue.message).line_of(picture.url)
                yield problems.finding("unfit-picture", problem, f"{post.path}:{line}")


def _to_upload(
    publication: Publication, posts: Sequence[Post | None], message: Message
) -> tuple[PictureFile, ...]:
    """Give the pictures of a message that the provider is to host, if it is to host any."""
    if publication.email.images == "site":
        return ()
    known = [each for each in posts if each]
    return pictures.files(publication, known, hosting.addresses(message.html))


def _with_cover(publication: Publication, related: Related) -> Related:
    """Give a related post whose cover says how large its file is, if there is one."""
    if not related.post or not related.post.cover:
        return related
    nothing = Body("", "")
    found = pictures.measure(publication, related.post, nothing)
    post, _ = pictures.with_sizes(related.post, nothing, found)
    return replace(related, post=post)


def _measured(publication: Publication, post: Post) -> Post:
    """Give a post whose enclosure says what its file is, if there is one."""
    if not post.enclosure:
        return post
    from pressrun.render.feeds import enclosures

    return replace(post, enclosure=enclosures.completed(publication, post))
