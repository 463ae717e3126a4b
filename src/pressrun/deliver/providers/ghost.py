"""Ghost, by its Admin API 6.0: https://docs.ghost.org/admin-api.

The body of an issue is one HTML card of a post. Ghost mails it inside a design of its own, with
header, title, footer and unsubscribe link, and makes the plain-text part itself. A draft knows no
newsletter: that is chosen with the sending, by us or by the person who does it there.

What the documents leave open was read in the source of Ghost 6.65 and tried on such a server.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.answers import at, digest, each_once, gone, moment, part, public_url
from pressrun.deliver.providers.contract import (
    WEB_PICTURES,
    Audiences,
    Can,
    Connection,
    Discards,
    HostsPictures,
    HttpOptions,
    Provider,
    Schedules,
    SendsTests,
    Statistics,
)
from pressrun.deliver.providers.escapes import BEFORE_TAG, BEHIND_TAG, NOTHING
from pressrun.deliver.providers.guards import can_delete, must_be, other_addresses
from pressrun.errors import Problem, Rejected, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, Doc, WebUrl
from pressrun.model import Figures, Issue, Message, Remote, State
from pressrun.publication import Email
from pressrun.wire import File, Later, Request

KEY = re.compile("([0-9a-f]{24}):([0-9a-f]{64})", re.IGNORECASE)
EVERYBODY = "all"
SLUG_LIMIT, EXCERPT_LIMIT, WORDS_LIMIT = 185, 300, 200
WHOLE_POST = ("include", "tags,email,newsletter,count.clicks")
# The states of a post's email. Submitted means that Mailgun has taken every part of it.
EMAILS: Mapping[str, State] = {
    "pending": State.SENDING,
    "submitting": State.SENDING,
    "submitted": State.SENT,
    "failed": State.FAILED,
}
# What a reader of the email sees and a person can edit in Ghost.
IMAGE = ("feature_image", "feature_image_alt", "feature_image_caption")
SHOWN = ("title", "email_subject", "custom_excerpt", "lexical", *IMAGE)
MENDS: Mapping[str, str] = {
    "UPDATE_COLLISION": "Somebody saved the post in Ghost at this very moment: run again.",
    "BadRequestError": "Look at the audience: a filter is one such as status:free or label:vip.",
    "EMAIL_VERIFICATION_NEEDED": "Ghost reviews the account first: look for its message there.",
    "NoPermissionError": "The key of an integration may not send tests, a staff access token may.",
}

# Ghost replaces %%{name}%% and %%{name, "fallback"}%% in the finished email, title and excerpt
# included, where no character reference is left; then Mailgun replaces what it knows, in the
# subject, too (https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages).
# So the writer's own are torn apart, and kept apart from a tag of ours beside them.
MARKS = r"(?=%\{|recipient|(?:tag_|mailing_list_)?unsubscribe)"
PERCENT = re.compile(f"%(?:{MARKS}|{BEFORE_TAG})")
BRACE = re.compile(BEHIND_TAG + r"\{")
URL = re.compile(r"""\b(?:href|src|background|cite)=("[^"]*"|'[^']*')""", re.IGNORECASE)
# With a flag of its laboratory, Ghost takes {name} in an HTML card for %%{name}%%. It looks before
# character references are resolved, and neither comments nor style sheets know such.
CURLY = re.compile(r'(?s:(<!--.*?-->|<style\b.*?</style\s*>))|\{(?=\w*(?:,? *".*?")?\})')


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(HttpOptions):
    """Ghost's options in publish.yml."""

    url: Annotated[
        str, WebUrl(base=True), Doc("Where Ghost's admin is, such as https://press.ghost.io.")
    ]
    api_key_env: Annotated[
        str, ENVIRONMENT_NAME, Doc("The environment variable that holds the Admin API key.")
    ] = "GHOST_ADMIN_API_KEY"
    email_only: Annotated[
        bool, Doc("true: only mail, your own site has the page. false: publish at Ghost as well.")
    ] = True
    allow_http: Annotated[bool, Doc("true for a Ghost in a private network, without TLS.")] = False


class Ghost(Provider, Audiences, Schedules, SendsTests, HostsPictures, Discards, Statistics):
    """Drafts, sends and watches posts that Ghost mails."""

    name = "ghost"
    home = "https://ghost.org"
    # send_once is proved by the source: emails.post_id is unique (core/server/data/schema), so a
    # post has one email for ever; services/posts/post-email-handler.js makes it where there is
    # none, and otherwise only takes up one that failed, without the parts of it that went out.
    can = Can(send_once=True, preheader=True, unique_opens=True)
    Options = Options
    # https://ghost.org/help/email-newsletters/. There is none for the web page, which Ghost's own
    # design links to, nor for a postal address. The quotes must not end an attribute.
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "%%{unsubscribe_url}%%",
        "first_name": "%%{first_name, &quot;there&quot;}%%",
    }
    test_limits = "Any addresses, 10 tests an hour; it takes the access token of a staff user."
    # https://docs.ghost.org/admin-api/images/uploading-an-image; it names no limit to the size.
    picture_types = WEB_PICTURES

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        key = KEY.fullmatch(secrets[options.api_key_env])
        if key is None:
            mend = "It has 24 and 64 hexadecimal digits with a colon between: copy it whole."
            raise UsageError.of(f"{options.api_key_env} holds no Admin API key of Ghost.", "", mend)
        name, secret = key.groups()
        return Connection(
            options.url.rstrip("/").removesuffix("/ghost") + "/ghost/api/admin",
            {"Accept-Version": "v6.0"},
            sign=lambda moment: {"Authorization": f"Ghost {_token(name, secret, moment)}"},
            hidden=(secret,),
            mends=MENDS,
            allow_http=options.allow_http,
        )

    def account(self) -> str:
        site = part(self._get("/site/"), "site", dict)
        return part(site, "url", str).rstrip("/")

    def find(self, key: str) -> list[Remote]:
        mine = f"tag:'{_tag(key)['slug']}'+status:[draft,published,scheduled,sent]"
        posts = self._pages("posts", ("filter", mine), WHOLE_POST)
        return [_remote(post) for post in posts if _carries(post, key)]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        newsletter, segment = self._target(issue.audience)
        if segment != EVERYBODY:
            self._count(newsletter, segment)  # Ghost refuses a wrong one only when it is to send
        content = self._content(issue)
        if into:
            return _drafted(self._put(self._in_state(into, State.DRAFT), content), issue.key)
        # The slug once: with a new title Ghost would not look whether another post has it.
        new = {**content, "slug": issue.slug[:SLUG_LIMIT], "status": "draft"}
        return _drafted(_post(self._write("POST", "/posts/", {"posts": [new]})), issue.key)

    def send(self, issue: Issue, remote_id: str) -> None:
        # Without a date Ghost takes the present: one may be left from a schedule.
        self._hand_over(issue, remote_id, {"status": "published", "published_at": None})

    def status(self, remote_id: str) -> Remote:
        answer = self._look(f"/posts/{remote_id}/", WHOLE_POST, absent="NotFoundError")
        return gone(remote_id) if answer is None else _remote(_post(answer))

    def readers(self, audience: str) -> int:
        return self._count(*self._target(audience))

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        when = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self._hand_over(issue, remote_id, {"status": "scheduled", "published_at": when})

    def unschedule(self, remote_id: str) -> None:
        # Once it is being sent, the version that we have read is old, and Ghost refuses.
        post = self._in_state(remote_id, State.SCHEDULED)
        self._put(post, {"status": "draft", "published_at": None})

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        newsletter, _ = self._target(issue.audience)
        for address in addresses:  # Ghost takes one in a request
            only = {"emails": [address], "newsletter": newsletter["slug"]}
            self._write("POST", f"/email_previews/posts/{remote_id}/", only)

    def host(self, picture: File) -> str:
        # Ghost lists no pictures, and ends each name with random letters: what is put there again
        # lies there twice.
        answer = self._upload("/images/upload/", file=picture, ref=picture.name)
        if isinstance(answer, Later):
            return public_url(answer, "url")
        return public_url(next(iter(part(answer, "images", list)), None), "url")

    def discard(self, remote_id: str) -> None:
        # Ghost deletes a post in any state, whatever version we have read.
        if can_delete(self.status(remote_id), "at Ghost, not draft"):
            self._write("DELETE", f"/posts/{remote_id}/")

    def figures(self, remote_id: str) -> Figures:
        email = at(post := self._read(remote_id), "email", dict) or {}
        # All 0 until Mailgun has told Ghost of them, and for ever where Ghost does not ask it.
        told = [at(email, f"{name}_count", int) for name in ("delivered", "opened", "failed")]
        delivered, opens, failed = told if any(told) else (None, None, None)
        clicks = at(post, "count.clicks", int) if email.get("track_clicks") else None
        sizes = (at(email, "email_count", int), delivered)
        return Figures(*sizes, opens if email.get("track_opens") else None, clicks, failed)

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        try:
            newsletter, segment = self._target(audience)
        except UsageError as error:
            yield from error.problems
            return
        if not self._count(newsletter, segment):
            yield Problem("nobody would get an issue: the audience is empty.", "publish.yml")
        theirs = newsletter.get("sender_email") or ""  # else one that Ghost does not tell us
        replies = newsletter.get("sender_reply_to") or ""
        yield from other_addresses(email, theirs, theirs if replies == "newsletter" else replies)

    def escape_html(self, html: str) -> str:
        # In an address nothing may stand between the marks, but it has an escape of its own.
        html = URL.sub(lambda url: BRACE.sub("%7B", PERCENT.sub("%25", url[0])), html)
        return CURLY.sub(lambda found: found[1] or "&#123;", self.escape_text(html))

    def escape_text(self, text: str) -> str:
        return BRACE.sub(NOTHING + "{", PERCENT.sub("%" + NOTHING, text))

    def lacking(self, message: Message) -> tuple[str, ...]:
        """Look at the fragment alone, as nothing else of the body is sent."""
        return super().lacking(replace(message, html=message.fragment, text=""))

    def _content(self, issue: Issue) -> dict[str, Any]:
        message = self.localise(issue.message)
        return {
            "title": self.escape_text(issue.title),
            "email_subject": message.subject,
            "custom_excerpt": _cut(message.preheader) or None,
            "lexical": _card(message.fragment),
            "canonical_url": issue.url or None,
            "tags": [_tag(issue.key)],
            "email_only": self.options.email_only,
            **dict.fromkeys(IMAGE),
        }

    def _hand_over(self, issue: Issue, remote_id: str, change: Mapping[str, Any]) -> None:
        """Publish or schedule a draft together with its newsletter, without which no mail goes."""
        newsletter, segment = self._target(issue.audience, Rejected)
        later = Later.named(remote_id)  # in a dry run the draft is still to come
        post = self._in_state(remote_id, State.DRAFT) if later is None else later
        # A schedule that was taken back in Ghost's list of posts leaves its audience behind, and
        # Ghost would ignore ours without a word.
        bound = at(post, "newsletter.slug", str)
        if bound and (bound, post.get("email_segment")) != (newsletter["slug"], segment):
            what = f"post {remote_id} would go to {bound} / {post.get('email_segment')}."
            raise Rejected.of(what, "", "Delete it there: the next run says how to make it anew.")
        fields = {**change, "email_only": self.options.email_only}
        self._put(post, fields, ("newsletter", newsletter["slug"]), ("email_segment", segment))

    def _in_state(self, remote_id: str, wanted: State) -> Any:
        """Read a post, whose version a change must name; Rejected in any other state."""
        post = self._read(remote_id)
        must_be(wanted, _remote(post), f"at Ghost, not {wanted}")
        return post

    def _put(self, post: Any, fields: Mapping[str, Any], *query: tuple[str, str]) -> Any:
        """Change the post, unless somebody else has since it was read."""
        body = {"posts": [{**fields, "updated_at": part(post, "updated_at", str)}]}
        return _post(self.wire.call(Request("PUT", f"/posts/{post['id']}/", query, json=body)))

    def _read(self, remote_id: str) -> Any:
        return _post(self._get(f"/posts/{remote_id}/", WHOLE_POST))

    def _target(
        self, audience: str, error: type[UsageError | Rejected] = UsageError
    ) -> tuple[Any, str]:
        """Find the newsletter by slug, name or id, and the filter that may follow after `` / ``.

        ``error``, with the newsletters that there are, where none or more than one is meant.
        """
        active = [one for one in self._pages("newsletters") if one.get("status") == "active"]
        if not audience and len(active) == 1:
            return active[0], EVERYBODY
        name, _, segment = audience.rpartition(" / ")
        for wanted, narrowed in ((audience, EVERYBODY), (name, segment.strip() or EVERYBODY)):
            for one in active:
                if wanted and wanted.strip() in {one.get("slug"), one.get("name"), one.get("id")}:
                    return one, narrowed
        what = f"no active newsletter {audience!r}" if audience else "not one newsletter alone"
        known = ", ".join(sorted(part(one, "slug", str) for one in active)) or "none"
        mend = f"Active there: {known}. A filter may follow, as in SLUG / status:free."
        raise error.of(f"there is {what} at Ghost for the audience.", "publish.yml", mend)

    def _count(self, newsletter: Any, segment: str) -> int:
        """Count as Ghost's email-segmenter.js does, without a look at any member but an id."""
        members = [f"newsletters.id:'{part(newsletter, 'id', str)}'", "email_disabled:0"]
        members += [f"({segment})"] if segment != EVERYBODY else []
        members += ["status:-free"] if newsletter.get("visibility") == "paid" else []
        query = (("filter", "+".join(members)), ("limit", "1"), ("fields", "id"))
        answer = self._get("/members/", *query)
        return part(at(answer, "meta.pagination", dict), "total", int)

    @each_once
    def _pages(self, kind: str, *query: tuple[str, str]) -> Iterator[list[Any]]:
        page: Any = 1
        while page:
            # At most a hundred: https://docs.ghost.org/content-api/pagination
            answer = self._get(f"/{kind}/", *query, ("limit", "100"), ("page", str(page)))
            yield part(answer, kind, list)
            page = part(part(answer, "meta", dict), "pagination", dict).get("next")


def _token(name: str, secret: str, moment: datetime) -> str:
    """Make a token for one request: https://docs.ghost.org/admin-api#token-authentication."""
    now = int(moment.timestamp())
    header = {"alg": "HS256", "typ": "JWT", "kid": name}
    claims = {"iat": now, "exp": now + 300, "aud": "/admin/"}  # it may live for 5 minutes
    signed = b".".join(_base64(json.dumps(one).encode()) for one in (header, claims))
    return (signed + b"." + _base64(hmac.digest(bytes.fromhex(secret), signed, "sha256"))).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _card(html: str) -> str:
    """Make a document of one card: Ghost stores it as it is, where it would convert HTML."""
    card = {"type": "html", "version": 1, "html": html}
    frame = {"direction": None, "format": "", "indent": 0, "type": "root", "version": 1}
    return json.dumps({"root": {"children": [card], **frame}})


def _tag(key: str) -> dict[str, str]:
    """Name the internal tag that carries a key: no reader sees it."""
    return {"name": f"#publish-{key}", "slug": f"hash-publish-{key}"}


def _carries(post: Any, key: str) -> bool:
    tags = at(post, "tags", list) or []
    return any(at(tag, "slug", str) == _tag(key)["slug"] for tag in tags)


def _cut(text: str) -> str:
    head = text[: EXCERPT_LIMIT - 1]
    return text if len(text) <= EXCERPT_LIMIT else (head.rpartition(" ")[0] or head) + "…"


def _post(answer: Any) -> Any:
    """Take the post out of its envelope, which the answer of a dry run lacks."""
    if isinstance(answer, Later):
        return answer
    posts = part(answer, "posts", list)
    _remote(post := posts[0] if len(posts) == 1 else {})  # Unsure where it is no post
    return post


def _remote(post: Any) -> Remote:
    state, detail = _state(post)
    name = part(post, "id", str)
    if state is not State.DRAFT:
        return Remote(name, state, detail, moment(post.get("published_at")))
    return Remote(name, state, detail, None, digest([post.get(field) for field in SHOWN]))


def _state(post: Any) -> tuple[State, str]:
    """Read first what became of the email: a post that was taken off the site is a draft again.

    Ghost makes the email just after it has saved the post. One that is published and has none may
    get it in a moment, or was published without: nobody can tell, so a person must look.
    """
    word = part(post, "status", str)
    if email := at(post, "email", dict):
        status = part(email, "status", str)
        detail = f"{word}, email {status} {email.get('error') or ''}".strip()
        return EMAILS.get(status, State.UNKNOWN), " ".join(detail.split())[:WORDS_LIMIT]
    if word == "draft":
        return State.DRAFT, word
    if word == "scheduled" and post.get("newsletter"):
        return State.SCHEDULED, word
    return State.UNKNOWN, f"{word} without an email"


def _drafted(post: Any, key: str) -> Remote:
    """Believe no write that left anything but a draft with our key."""
    if isinstance(post, Later):
        return Remote(post["id"], State.DRAFT)
    must_be(State.DRAFT, remote := _remote(post), "at Ghost, not draft")
    if not _carries(post, key):
        raise Rejected.of(f"Ghost kept post {remote.id} without the tag that we gave it.")
    return remote
