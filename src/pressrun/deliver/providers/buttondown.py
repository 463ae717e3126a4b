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
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.contract import (
    Audiences,
    Can,
    Connection,
    Discards,
    HttpOptions,
    Provider,
    Schedules,
    SendsTests,
    Statistics,
    at,
    if_tracked,
    other_addresses,
    part,
)
from pressrun.errors import NotNow, Problem, Rejected, Unsure, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, Doc, Pattern, WebUrl
from pressrun.model import Email, Figures, Issue, Remote, State
from pressrun.placeholders import TOKENS
from pressrun.wire import Later, Request

API_VERSION = "2026-04-01"
OUR_KEY = "metadata.publish_key"
NAKED = "<!-- buttondown-editor-mode: naked -->\n"
OK, NOT_FOUND = 200, 404

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
OPENING = re.compile(r"\{(?=[{%#]|" + "|".join(TOKENS.values()) + ")")


@dataclass(frozen=True, slots=True)
class Options(HttpOptions):
    """Buttondown's options in publish.yml."""

    api_key_env: Annotated[
        str, ENVIRONMENT_NAME, Doc("The environment variable that holds the API key.")
    ] = "BUTTONDOWN_API_KEY"
    newsletter: Annotated[
        str,
        Pattern("[0-9A-Za-z_-]+", "a newsletter's id"),
        Doc("The newsletter's id, only for the key of an account with several."),
    ] = ""
    base_url: Annotated[
        str, WebUrl(), Doc("Where the API is; another address only for a proxy or a test server.")
    ] = "https://api.buttondown.com/v1"


class Buttondown(Provider, Audiences, Schedules, SendsTests, Discards, Statistics):
    """Drafts, sends and watches emails at Buttondown."""

    name = "buttondown"
    home = "https://buttondown.com"
    # send_once stays False: what /publish does to an email that is on its way is not documented.
    can = Can(idempotency_key=True, preheader=True, unique_opens=True)
    Options = Options
    # https://docs.buttondown.com/sending-emails names no limit.
    test_limits = "Any addresses; Buttondown marks the subject with [PREVIEW]."
    # https://docs.buttondown.com/templating
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "{{ unsubscribe_url }}",
        "view_url": "{{ email.absolute_url }}",
        "first_name": "{{ subscriber.metadata.first_name|default:'there' }}",
    }

    @classmethod
    def secret_names(cls, options: Any) -> tuple[str, ...]:
        return (options.api_key_env,)

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
        return Connection(options.base_url, headers, pause=0.1)

    def account(self) -> str:
        answer = self._call(Request("GET", "/accounts/me", read=True))
        username = part(answer, "username", str)
        return f"{username}/{self.options.newsletter}" if self.options.newsletter else username

    def find(self, key: str) -> list[Remote]:
        # Neither metadata nor slug can be asked for, so we read the whole list, newest first.
        query = (("source", "api"), ("ordering", "-creation_date"), ("excluded_fields", "body"))
        emails = self._pages("/emails", query)
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
            return _drafted(self._call(Request("POST", "/emails", json=new)), content)
        remote = self.status(into)
        if remote.state is not State.DRAFT:
            raise _refusal(remote, "is no draft to fill")
        change = {**content, "attachments": []}  # a person may have added some
        return _drafted(self._call(Request("PATCH", f"/emails/{into}", json=change)), content)

    def send(self, issue: Issue, remote_id: str) -> None:
        # A proxy on the way may repeat a request by itself: the key lets Buttondown notice it.
        once = hashlib.sha256(f"{issue.key} {issue.digest} {remote_id} publish".encode())
        headers = {"X-Idempotency-Key": once.hexdigest()}
        self._call(Request("POST", f"/emails/{remote_id}/publish", json={}, headers=headers))

    def status(self, remote_id: str) -> Remote:
        try:
            return _remote(self._call(Request("GET", f"/emails/{remote_id}", read=True)))
        except Rejected as refusal:
            if refusal.status == NOT_FOUND:
                return Remote(remote_id, State.GONE, "not found")
            raise NotNow(*refusal.problems, status=refusal.status, code=refusal.code) from None

    def readers(self, audience: str) -> int:
        query = [("type", kind) for kind in READERS]
        if audience:
            query.append(("tag", self._tag(audience)))
        answer = self._call(Request("GET", "/subscribers", tuple(query), read=True))
        return part(answer, "count", int)

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        # https://docs.buttondown.com/api-emails-publish. Said twice, this has no second effect.
        # With an idempotency key, a time that is given again after it was taken back would meet
        # the stored answer and have no effect at all.
        date = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._call(Request("POST", f"/emails/{remote_id}/publish", json={"publish_date": date}))

    def unschedule(self, remote_id: str) -> None:
        # https://docs.buttondown.com/scheduling-emails-via-the-api. The same request would recall
        # what is about to be sent, so we look before we ask; whether Buttondown refuses it once
        # the sending has begun is unverified.
        remote = self.status(remote_id)
        if remote.state is not State.SCHEDULED:
            raise _refusal(remote, "is not scheduled")
        self._call(Request("PATCH", f"/emails/{remote_id}", json={"status": "draft"}))

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        only = {"recipients": list(addresses)}
        try:
            self._call(Request("POST", f"/emails/{remote_id}/send-draft", json=only))
        except Unsure as unread:
            if unread.status != OK:  # which comes without a body
                raise

    def discard(self, remote_id: str) -> None:
        # The same request cancels what is scheduled and removes what was sent:
        # https://docs.buttondown.com/api-emails-delete
        remote = self.status(remote_id)
        if remote.state not in {State.DRAFT, State.GONE}:
            raise _refusal(remote, "is no draft to delete")
        if remote.state is State.DRAFT:
            self._call(Request("DELETE", f"/emails/{remote_id}"))

    def figures(self, remote_id: str) -> Figures:
        counts = self._call(Request("GET", f"/emails/{remote_id}/analytics", read=True))
        part(counts, "recipients", int)
        # It tracks only where somebody wishes: https://docs.buttondown.com/open-tracking
        counted = {ours: at(counts, name, int) for ours, name in FIGURES.items()}
        return if_tracked(Figures(**counted))

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
        return OPENING.sub("{\N{ZERO WIDTH SPACE}", text)

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
        names = {}
        for tag in self._pages("/tags"):
            names[part(tag, "name", str)] = part(tag, "id", str)
        if audience in names.values():
            return audience
        if audience in names:
            return names[audience]
        known = ", ".join(sorted(names)) or "none yet"
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

    def _pages(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Iterator[Any]:
        """Yield every entry of a list, page by page, each once although the list may grow."""
        seen: set[str] = set()
        page = 0
        more: Any = True
        while more:
            page += 1
            answer = self._call(Request("GET", path, (*query, ("page", str(page))), read=True))
            entries = {part(one, "id", str): one for one in part(answer, "results", list)}
            fresh = [one for name, one in entries.items() if name not in seen]
            yield from fresh
            seen.update(entries)
            more = fresh and answer.get("next")

    def _call(self, request: Request) -> Any:
        """Call, and add what helps against the refusals that a writer can do something about."""
        try:
            return self.wire.call(request)
        except Rejected as refusal:
            if refusal.code not in MENDS:
                raise
            mend = MENDS[refusal.code]
            problems = [Problem(one.what, one.where, mend) for one in refusal.problems]
            raise Rejected(*problems, status=refusal.status, code=refusal.code) from None


def _remote(email: Any) -> Remote:
    word = part(email, "status", str)
    state = STATES.get(word, State.UNKNOWN)
    goes = None if state is State.DRAFT else _moment(email.get("publish_date"))
    return Remote(part(email, "id", str), state, word, goes, _content(email))


def _content(email: Any) -> str:
    """Digest what is shown; a missing list of attachments is an empty one."""
    shown = [email.get(name) or None for name in SHOWN]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _moment(date: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _drafted(email: Any, content: Mapping[str, Any]) -> Remote:
    """Believe no write that left anything but a draft of ours, to the readers we asked for."""
    if isinstance(email, Later):
        return Remote(email["id"], State.DRAFT)
    remote = _remote(email)
    if remote.state is not State.DRAFT:
        raise _refusal(remote, "is no draft")
    if at(email, OUR_KEY, str) != at(content, OUR_KEY, str):
        raise _refusal(remote, "has lost the key that we gave it")
    if _narrowness(email) != _narrowness(content):
        raise _refusal(remote, "has another audience than we gave it")
    return remote


def _narrowness(email: Any) -> list[int]:
    """Count the filters. Their values may come back in another form, so nothing else is sure."""
    return [len(at(email, f"filters.{kind}", list) or ()) for kind in ("filters", "groups")]


def _refusal(remote: Remote, what: str) -> Rejected:
    return Rejected.of(f"email {remote.id} ({remote.detail}) {what} at Buttondown.")


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
