"""Buttondown, by its API of 2026-04-01: https://docs.buttondown.com/api-introduction.

The issue is sent as a whole document in naked mode. Sender and reply address belong to the
newsletter there, and Buttondown makes the plain-text part itself.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from itertools import count
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.answers import (
    at,
    called,
    counted,
    digest,
    each_once,
    gone,
    if_tracked,
    moment,
    part,
    public_url,
)
from pressrun.deliver.providers.contract import (
    WEB_PICTURES,
    ApiKeyName,
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
from pressrun.deliver.providers.escapes import BEFORE_TAG, NOTHING
from pressrun.deliver.providers.guards import can_delete, must_be, other_addresses
from pressrun.errors import Problem, Rejected, Unsure, UsageError
from pressrun.kinds import Doc, Pattern, WebUrl
from pressrun.model import Figures, Issue, Remote, State
from pressrun.publication import Email
from pressrun.wire import File, Later, Request

API_VERSION = "2026-04-01"
OUR_KEY = "metadata.publish_key"
OUR_PICTURE = "metadata.publish_picture"
NAKED = "<!-- buttondown-editor-mode: naked -->\n"
OK = 200

# https://docs.buttondown.com/api-emails-status
STATES: Mapping[str, State] = {
    "draft": State.DRAFT,
    "scheduled": State.SCHEDULED,
    "about_to_send": State.SENDING,
    "in_flight": State.SENDING,
    "throttled": State.SENDING,
    "resending": State.SENDING,
    "paused": State.SENDING,
    "sent": State.SENT,
    "errored": State.FAILED,
    "suppressed": State.FAILED,
    "deleted": State.GONE,
}

MENDS: Mapping[str, str] = {
    "email_not_confirmed": "Confirm your address in Buttondown's settings, then run again.",
    "email_duplicate": "Look for an email with the same content in Buttondown and delete it there.",
    "pay_per_email_billing_locked": "Settle the billing in Buttondown, then run again.",
    "sending_requires_confirmation": (
        "Buttondown wants a person to confirm once that this API key may send: "
        "send this draft in Buttondown, or see https://docs.buttondown.com/api-emails-create"
    ),
    "slug_invalid": (
        "An email with this slug is there already, perhaps a deleted one: look in Buttondown."
    ),
}

# Who gets mail, by https://docs.buttondown.com/api-subscribers-type: everybody who is neither
# unconfirmed, unsubscribed nor unreachable. That the four kinds of lapsed payers always do is
# unverified: the number informs, nothing depends on it.
READERS = ("regular", "premium", "gifted", "trialed", "churning", "churned", "past_due", "paused")

# What a person can change in Buttondown's editor and a reader then notices, the audience included.
SHOWN = ("subject", "description", "body", "template", "filters", "attachments")

# https://docs.buttondown.com/api-emails-analytics
FIGURES: Mapping[str, str] = {
    "recipients": "recipients",
    "delivered": "deliveries",
    "opens": "opens",
    "clicks": "clicks",
    "bounces": "permanent_failures",
    "unsubscribes": "unsubscriptions",
    "complaints": "complaints",
}

# The states of a sending domain that harm a sending; the others are none, valid and
# deliberately_cold, of which the documents say nothing.
FAULTY_DOMAIN = ("invalid", "awaiting_ssl", "failing")

# Django's lexer knows these three openings and needs no other escape; a brace before a tag of ours
# would become a part of it.
OPENING = re.compile(rf"\{{(?:(?=[{{%#])|{BEFORE_TAG})")


@dataclass(frozen=True, slots=True)
class Options(HttpOptions):
    """Buttondown's options in publish.yml."""

    api_key_env: ApiKeyName = "BUTTONDOWN_API_KEY"
    newsletter: Annotated[
        str,
        Pattern("[0-9A-Za-z_-]+", "a newsletter's id"),
        Doc("The newsletter's id, only for the key of an account with several."),
    ] = ""
    base_url: Annotated[
        str, WebUrl(), Doc("Where the API is; another address only for a proxy or a test server.")
    ] = "https://api.buttondown.com/v1"


class Buttondown(Provider, Audiences, Schedules, SendsTests, HostsPictures, Discards, Statistics):
    """Drafts, sends and watches emails at Buttondown."""

    name = "buttondown"
    home = "https://buttondown.com"
    # send_once stays False: what /publish does to an email that is on its way is not documented.
    can = Can(idempotency_key=True, preheader=True, unique_opens=True)
    Options = Options
    # https://docs.buttondown.com/sending-emails names no limit.
    test_limits = "Any addresses; Buttondown marks the subject with [PREVIEW]."
    # Those that its own client knows (https://github.com/buttondown/cli, src/sync/images.ts).
    # Whether it takes others, and up to which size, is unverified.
    picture_types = WEB_PICTURES
    # https://docs.buttondown.com/templating
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "{{ unsubscribe_url }}",
        "view_url": "{{ email.absolute_url }}",
        "first_name": "{{ subscriber.metadata.first_name|default:'there' }}",
    }

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        headers = {
            "Authorization": f"Token {secrets[options.api_key_env]}",
            # Without it the newsletter's own setting decides which API answers.
            "X-API-Version": API_VERSION,
        }
        if options.newsletter:
            headers["Buttondown-Context"] = options.newsletter
        # 600 requests a minute: https://docs.buttondown.com/api-rate-limits
        return Connection(options.base_url, headers, pause=0.1, mends=MENDS)

    def account(self) -> str:
        username = part(self._get("/accounts/me"), "username", str)
        return f"{username}/{self.options.newsletter}" if self.options.newsletter else username

    def find(self, key: str) -> list[Remote]:
        # Neither metadata nor slug can be asked for, so we read the whole list, newest first.
        query = (("source", "api"), ("ordering", "-creation_date"), ("excluded_fields", "body"))
        emails = self._pages("/emails", *query)
        ours = [_remote(email) for email in emails if at(email, OUR_KEY, str) == key]
        # Whatever stands in the place of the body here, it is not the body.
        return [replace(one, content="") for one in ours if one.state is not State.GONE]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        content = self._content(issue)
        if into is None:
            # Left out, the status would be about_to_send. No idempotency key here: once a person
            # has deleted the draft, the stored answer would name it for as long as the key lives.
            # A second draft costs nothing, and the slug lets Buttondown refuse it.
            new = {**content, "slug": issue.key, "status": "draft"}
            return _drafted(self._write("POST", "/emails", new), content)
        must_be(State.DRAFT, self.status(into), "at Buttondown: it is no draft to fill")
        change = {**content, "attachments": []}  # a person may have added some
        return _drafted(self._write("PATCH", f"/emails/{into}", change), content)

    def send(self, issue: Issue, remote_id: str) -> None:
        # A proxy on the way may repeat a request by itself: the key lets Buttondown notice it.
        once = hashlib.sha256(f"{issue.key} {issue.digest} {remote_id} publish".encode())
        headers = {"X-Idempotency-Key": once.hexdigest()}
        self.wire.call(Request("POST", f"/emails/{remote_id}/publish", json={}, headers=headers))

    def status(self, remote_id: str) -> Remote:
        email = self._look(f"/emails/{remote_id}")
        return gone(remote_id) if email is None else _remote(email)

    def readers(self, audience: str) -> int:
        query = [("type", kind) for kind in READERS]
        if audience:
            query.append(("tag", self._tag(audience)))
        return part(self._get("/subscribers", *query), "count", int)

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        # https://docs.buttondown.com/api-emails-publish. Said twice, this has no second effect.
        # With an idempotency key, a time that is given again after it was taken back would meet
        # the stored answer and have no effect at all.
        date = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._write("POST", f"/emails/{remote_id}/publish", {"publish_date": date})

    def unschedule(self, remote_id: str) -> None:
        # https://docs.buttondown.com/scheduling-emails-via-the-api. The same request would recall
        # what is about to be sent, so we look before we ask; whether Buttondown refuses it once
        # the sending has begun is unverified.
        must_be(State.SCHEDULED, self.status(remote_id), "at Buttondown: it is not scheduled")
        self._write("PATCH", f"/emails/{remote_id}", {"status": "draft"})

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        only = {"recipients": list(addresses)}
        try:
            self._write("POST", f"/emails/{remote_id}/send-draft", only)
        except Unsure as unread:
            if unread.status != OK:  # which comes without a body
                raise

    def host(self, picture: File) -> str:
        # https://docs.buttondown.com/api-images-introduction. A picture is listed without its name,
        # but with the metadata that came with it.
        images = self._pages("/images", ("page_size", "1000"))
        mine = (one for one in images if at(one, OUR_PICTURE, str) == picture.name)
        there = next(mine, None)
        if there is None:
            metadata = json.dumps({"publish_picture": picture.name})
            there = self._upload("/images", image=picture, metadata=metadata)
        return public_url(there, "image")

    def discard(self, remote_id: str) -> None:
        # The same request cancels what is scheduled and removes what was sent:
        # https://docs.buttondown.com/api-emails-delete
        if can_delete(self.status(remote_id), "at Buttondown: it is no draft to delete"):
            self._write("DELETE", f"/emails/{remote_id}")

    def figures(self, remote_id: str) -> Figures:
        # It tracks only where somebody wishes: https://docs.buttondown.com/open-tracking
        counts = self._get(f"/emails/{remote_id}/analytics")
        part(counts, "recipients", int)
        return if_tracked(counted(counts, FIGURES))

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        try:
            if not self.readers(audience):
                yield Problem("nobody would get an issue: the audience is empty.", "publish.yml")
        except UsageError as error:
            yield from error.problems
        for newsletter in self._newsletters():
            yield from _worries(newsletter, email)

    def escape_html(self, html: str) -> str:
        # Not as &#123;: whoever parses the HTML before rendering it would undo that. The tag is
        # right in text, attributes, styles and comments alike. It comes with Django, whose tags
        # may be used (https://docs.buttondown.com/templating); nobody has tried it there.
        return OPENING.sub("{% templatetag openbrace %}", html)

    def escape_text(self, text: str) -> str:
        # The maintainer says that a subject is rendered too
        # (https://github.com/buttondown/roadmap/issues/441), of a description it is unverified.
        # A space of no width between the braces reads the same in either case.
        return OPENING.sub(f"{{{NOTHING}", text)

    def _content(self, issue: Issue) -> dict[str, Any]:
        message = self.localise(issue.message)
        return {
            "subject": message.subject,
            "body": NAKED + message.html,
            "template": "naked",
            "description": message.preheader,
            "canonical_url": issue.url,
            "filters": self._filters(issue.audience),
            "metadata": {"publish_key": issue.key},
        }

    def _filters(self, audience: str) -> dict[str, Any]:
        """Narrow the readers down to a tag; no filter is everybody."""
        tag = {"field": "subscriber.tags", "operator": "contains"}
        filters = [{**tag, "value": self._tag(audience)}] if audience else []
        return {"filters": filters, "groups": [], "predicate": "and"}

    def _tag(self, audience: str) -> str:
        """Return the id of the tag with this name or id. UsageError, with all names, if none."""
        tags = list(self._pages("/tags"))
        if found := called(tags, audience):
            return part(found[0], "id", str)
        known = ", ".join(sorted(part(one, "name", str) for one in tags)) or "none yet"
        raise UsageError.of(
            f"there is no tag {audience!r} at Buttondown for the audience.",
            "publish.yml",
            f"Tags there: {known}. Leave audience out to write to everybody.",
        )

    def _newsletters(self) -> list[Any]:
        """Return the newsletter that we write to; all where no name shows which one it is."""
        there = list(self._pages("/newsletters"))
        name = self.options.newsletter or self.account()
        return [one for one in there if name in {one["id"], one.get("username")}] or there

    @each_once
    def _pages(self, path: str, *query: tuple[str, str]) -> Iterator[list[Any]]:
        for page in count(1):
            answer = self._get(path, *query, ("page", str(page)))
            yield part(answer, "results", list)
            if not answer.get("next"):
                return


def _remote(email: Any) -> Remote:
    word = part(email, "status", str)
    state = STATES.get(word, State.UNKNOWN)
    goes = None if state is State.DRAFT else moment(email.get("publish_date"))
    return Remote(part(email, "id", str), state, word, goes, _content(email))


def _content(email: Any) -> str:
    """Digest what is shown; a missing list of attachments is an empty one."""
    return digest([email.get(name) or None for name in SHOWN])


def _drafted(email: Any, content: Mapping[str, Any]) -> Remote:
    """Believe no write that left anything but a draft of ours, to the readers we asked for."""
    if isinstance(email, Later):
        return Remote(email["id"], State.DRAFT)
    must_be(State.DRAFT, remote := _remote(email), "at Buttondown: it is no draft")
    if at(email, OUR_KEY, str) != at(content, OUR_KEY, str):
        raise Rejected.of(f"email {remote.id} at Buttondown has lost the key that we gave it.")
    if _narrowness(email) != _narrowness(content):
        raise Rejected.of(f"email {remote.id} at Buttondown has another audience than we gave it.")
    return remote


def _narrowness(email: Any) -> list[int]:
    """Count the filters. Their values may come back in another form, so nothing else is sure."""
    return [len(at(email, f"filters.{kind}", list) or ()) for kind in ("filters", "groups")]


def _worries(newsletter: Mapping[str, Any], email: Email) -> Iterator[Problem]:
    """Yield what a newsletter's settings show to be wrong."""
    where = f"newsletter {newsletter.get('username')} at Buttondown"
    name, address = newsletter.get("from_name") or "", newsletter.get("email_address") or ""
    wanted = parseaddr(email.sender)
    if email.sender and (
        address.lower() != wanted[1].lower() or (name and wanted[0] not in {"", name})
    ):
        theirs = f"{name} <{address}>".strip() if address else "an address of Buttondown"
        what = f"issues come from {theirs}, not from {email.sender}."
        yield Problem(what, where, "Change the sender there, or email.from in publish.yml.")
    yield from other_addresses(email, "", newsletter.get("reply_to_address") or address)
    if newsletter.get("test_mode"):
        what = "test mode is on: issues go to its owner, and to no reader."
        yield Problem(what, where, "See https://docs.buttondown.com/test-mode")
    if (status := newsletter.get("sending_domain_status")) in FAULTY_DOMAIN:
        what = f"the sending domain {newsletter.get('email_domain')} is {status}."
        yield Problem(what, where, "Put its DNS records right.")
