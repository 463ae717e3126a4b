"""Broadcasts at Resend, by https://resend.com/docs/api-reference as of August 2026.

A broadcast has no field for a key of ours: the key is a part of its name, which a person can edit,
and a search reads the names of all broadcasts. An answer to a write holds an id and nothing else.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.answers import at, part
from pressrun.deliver.providers.contract import (
    Can,
    Connection,
    Discards,
    HttpOptions,
    Provider,
    Schedules,
    SendsTests,
    Statistics,
)
from pressrun.errors import NotNow, Problem, Rejected, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, Doc, WebUrl
from pressrun.model import Figures, Issue, Message, Remote, State
from pressrun.placeholders import TOKENS, fill
from pressrun.wire import Later, Request

PAGE = "100"  # the largest: https://resend.com/docs/api-reference/pagination
NOT_FOUND = 404
MISSING = "not found"  # our own word, where the API has no broadcast and says 404

# https://resend.com/docs/dashboard/broadcasts/manage-broadcasts
STATES: Mapping[str, State] = {
    "draft": State.DRAFT,
    "scheduled": State.SCHEDULED,
    "queued": State.SENDING,
    "sent": State.SENT,
    "canceled": State.CANCELLED,
    MISSING: State.GONE,
}

# https://resend.com/docs/api-reference/errors
FULL_ACCESS = "Make an API key with full access at https://resend.com/api-keys"
MENDS: Mapping[tuple[int | None, str], str] = {
    (401, "restricted_api_key"): FULL_ACCESS,
    (403, "invalid_permission"): FULL_ACCESS,
    (403, "restricted_api_key"): f"That key is not active. {FULL_ACCESS}",
    (403, "suspended_api_key"): "Ask Resend why: https://resend.com/contact",
    (403, "validation_error"): (
        "If it names a domain, verify that domain at https://resend.com/domains; "
        "the address in email.from must be at it."
    ),
    (409, "resource_locked"): "Somebody is changing it there: run again in a minute.",
}

# What a reader sees of a broadcast, who gets it, and a person can edit.
EDITABLE = (
    *("from", "subject", "reply_to", "preview_text", "html", "text"),
    *("segment_id", "topic_id"),
)

# Ours and theirs: https://resend.com/docs/api-reference/emails/get-metrics
FIGURES: Mapping[str, str] = {
    "recipients": "sent",
    "delivered": "delivered",
    "opens": "unique_opened",
    "clicks": "unique_clicked",
    "bounces": "bounced",
    "unsubscribes": "unsubscribed",
    "complaints": "complained",
}
BEFORE_RESEND = "2023-01-01"  # no broadcast is older; left out, only a week is counted

SAMPLES: Mapping[str, str] = {
    "unsubscribe_url": "https://pressrun.invalid/unsubscribe",
    "first_name": "there",
}

# The documents show tags in three braces only. That they reserve the names "this" and "contact"
# (https://resend.com/docs/dashboard/templates/template-variables) points to Handlebars, which knows
# two, and a backslash that takes the meaning from a tag: unverified, so neither is let stand.
_TOKEN = "|".join(TOKENS.values())
OPENING = re.compile(rf"\{{(?=\{{|{_TOKEN})|\\(?={_TOKEN})")
STYLE_SHEET = re.compile(r"(<style(?:\s[^>]*)?>)(.*?)(?=</style|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options(HttpOptions):
    """Resend's options in publish.yml."""

    api_key_env: Annotated[
        str, ENVIRONMENT_NAME, Doc("The environment variable that holds a key with full access.")
    ] = "RESEND_API_KEY"
    base_url: Annotated[
        str, WebUrl(), Doc("Where the API is; another address only for a proxy or a test server.")
    ] = "https://api.resend.com"


class Resend(Provider, Schedules, SendsTests, Discards, Statistics):
    """Drafts, sends and watches broadcasts at Resend.

    There is no counting of readers: the API counts no contacts, it only lists them.
    """

    name = "resend"
    home = "https://resend.com"
    # send_once stays False: the answer to a second send of a broadcast is not documented.
    can = Can(plain_text=True, preheader=True, sender=True)
    Options = Options
    # https://resend.com/docs/dashboard/broadcasts/editor; there is none for a page on the web.
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "{{{RESEND_UNSUBSCRIBE_URL}}}",
        "first_name": "{{{contact.first_name|there}}}",
    }
    test_needs_draft = False
    test_limits = (
        "One email to at most 50 addresses, which all see each other; each counts against "
        "the account's quota, and links to unsubscribe lead nowhere."
    )

    @classmethod
    def secret_names(cls, options: Any) -> tuple[str, ...]:
        return (options.api_key_env,)

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        headers = {"Authorization": f"Bearer {secrets[options.api_key_env]}"}
        # Ten requests a second for everything that a team runs, so we take half of them:
        # https://resend.com/docs/knowledge-base/account-quotas-and-limits
        return Connection(options.base_url, headers, pause=0.2)

    def account(self) -> str:
        """Name the team by its oldest domain: the API has no word for the team itself.

        Domains may come without changing the name, and a team hardly deletes its first one.
        """
        facts = ("created_at", "name", "id")
        domains = [[part(one, fact, str) for fact in facts] for one in self._pages("/domains")]
        if domains:
            return "/".join(min(domains)[1:])
        mend = "Add the domain of email.from at https://resend.com/domains and verify it."
        raise UsageError.of("there is no domain at Resend to send from.", "publish.yml", mend)

    def find(self, key: str) -> list[Remote]:
        # No list can be asked for a name, so we read all of it, newest first.
        name = _name(key)
        return [_remote(one) for one in self._pages("/broadcasts") if one.get("name") == name]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        # Never with "send": creating is not idempotent, and a draft is what comes without it.
        content = self._content(issue)
        before = self._show(into) if into else {}
        if into:
            _still_a_draft(before)
        method, path = ("PATCH", f"/broadcasts/{into}") if into else ("POST", "/broadcasts")
        answer = self._call(Request(method, path, json=_filled(content, before)))
        remote_id = part(answer, "id", str)
        if isinstance(answer, Later):  # a dry run: there is nothing to read back
            return Remote(remote_id, State.DRAFT)
        return self._confirmed(into or remote_id, content, before)

    def send(self, issue: Issue, remote_id: str) -> None:
        self._call(Request("POST", f"/broadcasts/{remote_id}/send", json={}))

    def status(self, remote_id: str) -> Remote:
        return _remote(self._show(remote_id))

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        moment = {"scheduled_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        self._call(Request("POST", f"/broadcasts/{remote_id}/send", json=moment))

    def unschedule(self, remote_id: str) -> None:
        # The same request would stop half-way what is being sent, so the state comes first:
        # https://resend.com/docs/api-reference/broadcasts/cancel-broadcast
        remote = self.status(remote_id)
        if remote.state is not State.SCHEDULED:
            raise _is_no("scheduled broadcast", remote)
        self._call(Request("POST", f"/broadcasts/{remote_id}/cancel"))

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        # Broadcasts themselves have no test in the API. Without an Idempotency-Key, for who asks
        # for the same test once more wants a second email.
        html, text = (fill(it, SAMPLES) for it in (issue.message.html, issue.message.text))
        letter = _letter(self.localise(replace(issue.message, html=html, text=text)))
        self._call(Request("POST", "/emails", json=_filled({**letter, "to": list(addresses)}, {})))

    def discard(self, remote_id: str) -> None:
        # The same request takes scheduled ones out of the world, too:
        # https://resend.com/docs/api-reference/broadcasts/delete-broadcast
        remote = self.status(remote_id)
        if remote.state is State.GONE:
            return
        if remote.state is not State.DRAFT:
            raise _is_no("draft", remote)
        try:
            self._call(Request("DELETE", f"/broadcasts/{remote_id}"))
        except Rejected as refusal:
            if refusal.status != NOT_FOUND:
                raise

    def figures(self, remote_id: str) -> Figures:
        """Read the totals, which Resend may have counted 15 minutes ago."""
        query = (
            ("broadcast_id", remote_id),
            ("start_date", BEFORE_RESEND),
            ("metrics", ",".join(FIGURES.values())),
        )
        answer = self._call(Request("GET", "/emails/metrics", query, read=True))
        totals = part(answer, "totals", dict)
        counted = Figures(**{ours: _count(totals.get(name)) for ours, name in FIGURES.items()})
        # Where the domain tracks nothing, nothing is counted, and that looks like nobody.
        return replace(counted, opens=counted.opens or None, clicks=counted.clicks or None)

    def concerns(self, sender: str, audience: str) -> Iterator[Problem]:
        host = parseaddr(sender)[1].rpartition("@")[2].lower()
        domains = {part(one, "name", str).lower(): one for one in self._pages("/domains")}
        domain = domains.get(host, {"status": "not there"})
        status = part(domain, "status", str)
        if at(domain, "capabilities.sending", str) == "disabled":
            status = "closed for sending"
        if status != "verified":
            what = f"at Resend the domain {host or '(none)'} of email.from is {status}."
            yield Problem(what, "publish.yml", "Verify yours at https://resend.com/domains")
        try:
            self._segment(audience)
        except UsageError as error:
            yield from error.problems

    def escape_html(self, html: str) -> str:
        # The documents name no escape. A reader's program puts the reference back to a brace;
        # that Resend does not do so before it looks for tags is unverified.
        return OPENING.sub(lambda found: f"&#{ord(found[0])};", STYLE_SHEET.sub(_in_css, html))

    def escape_text(self, text: str) -> str:
        # Tags work in the text part. That they do in subject and preview text is unverified; a
        # space of no width between the braces reads the same in either case.
        return OPENING.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)

    def _content(self, issue: Issue) -> dict[str, Any]:
        message = self.localise(issue.message)
        return {
            "name": _name(issue.key),
            "segment_id": self._segment(issue.audience),
            "preview_text": message.preheader,
            **_letter(message),
        }

    def _segment(self, audience: str) -> str:
        """Return the id of the one segment with this name or id, or of the only one there is."""
        names = {part(one, "id", str): part(one, "name", str) for one in self._pages("/segments")}
        fitting = [one for one in names if audience in {"", one}]
        fitting = fitting or [one for one, name in names.items() if name == audience]
        if len(fitting) == 1:
            return fitting[0]
        known = ", ".join(sorted(f"{name} ({one})" for one, name in names.items()))
        raise UsageError.of(
            f"{len(fitting) or 'no'} segments at Resend fit the audience {audience!r}; an issue "
            "goes to exactly one.",
            "publish.yml",
            f"Segments there: {known or 'none yet'}. Give audience one of these names or ids.",
        )

    def _confirmed(
        self, remote_id: str, content: Mapping[str, Any], before: Mapping[str, Any]
    ) -> Remote:
        """Look at what a write has left: a draft under our name, for the readers we asked for.

        A read may come from a copy that lags behind. It has not heard of a new broadcast, or shows
        what was there ``before``; in either case what the draft holds is not known.
        """
        shown = self._show(remote_id)
        if shown["status"] == MISSING and not before:
            return Remote(remote_id, State.DRAFT)
        remote = _still_a_draft(shown)
        readers = shown.get("segment_id") or shown.get("audience_id")  # its older name
        if (shown.get("name"), readers) != (content["name"], content["segment_id"]):
            what = f"draft {remote_id} at Resend does not show name and segment as written."
            raise NotNow.of(what, mend="Run again in a minute.")
        fresh = remote.content != _digest(before) or _held(shown) == _held({**shown, **content})
        return remote if fresh else replace(remote, content="")

    def _show(self, remote_id: str) -> Any:
        """Read a broadcast, or MISSING in its place. NotNow for any other refusal."""
        try:
            return self._call(Request("GET", f"/broadcasts/{remote_id}", read=True))
        except Rejected as refusal:
            if refusal.status == NOT_FOUND:
                return {"id": remote_id, "status": MISSING}
            raise NotNow(*refusal.problems, status=refusal.status, code=refusal.code) from None

    def _pages(self, path: str) -> Iterator[Any]:
        """Yield every entry of a list, newest first, each once although the list may grow.

        NotNow where it leads nowhere: what is not read might be what we look for.
        """
        seen: set[str] = set()
        query: tuple[tuple[str, str], ...] = (("limit", PAGE),)
        more = True
        while more:
            answer = self._call(Request("GET", path, query, read=True))
            entries = {part(one, "id", str): one for one in part(answer, "data", list)}
            fresh = [one for name, one in entries.items() if name not in seen]
            yield from fresh
            more = part(answer, "has_more", bool)
            if more and not fresh:
                raise NotNow.of(f"Resend's list {path} does not end.")
            seen.update(entries)
            query = (("limit", PAGE), ("after", list(entries)[-1])) if more else query

    def _call(self, request: Request) -> Any:
        """Call, and add what helps against the refusals that a writer can do something about."""
        try:
            return self.wire.call(request)
        except Rejected as refusal:
            mend = MENDS.get((refusal.status, refusal.code))
            if mend is None:
                raise
            problems = [Problem(one.what, one.where, mend) for one in refusal.problems]
            raise Rejected(*problems, status=refusal.status, code=refusal.code) from None


def _name(key: str) -> str:
    return f"publish:{key}"


def _letter(message: Message) -> dict[str, Any]:
    """Return what broadcasts and single emails have in common."""
    if not message.sender:
        mend = "Set from in email to a name and an address at your domain."
        raise UsageError.of("Resend needs a sender, and there is none.", "publish.yml", mend)
    return {
        "from": message.sender,
        "reply_to": [message.reply_to] if message.reply_to else [],
        "subject": message.subject,
        "html": message.html,
        "text": message.text,
    }


def _filled(content: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty and takes nothing away.

    Not the text: left out, it would be made from the HTML.
    """
    return {name: it for name, it in content.items() if it or before.get(name) or name == "text"}


def _remote(broadcast: Any) -> Remote:
    word = part(broadcast, "status", str)
    state = STATES.get(word, State.UNKNOWN)
    time = broadcast.get("sent_at") or broadcast.get("scheduled_at")
    goes = None if state is State.DRAFT else _moment(time)
    return Remote(part(broadcast, "id", str), state, word, goes, _digest(broadcast))


def _moment(time: Any) -> datetime | None:
    """Read ``2026-10-06 22:59:55.977+00``; None where it is no time."""
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _digest(broadcast: Mapping[str, Any]) -> str:
    """Digest what a broadcast holds; empty for the summary that lists show."""
    if "html" not in broadcast:
        return ""
    return hashlib.sha256(json.dumps(_held(broadcast)).encode()).hexdigest()


def _held(broadcast: Mapping[str, Any]) -> list[Any]:
    return [broadcast.get(name) or "" for name in EDITABLE]


def _still_a_draft(broadcast: Any) -> Remote:
    remote = _remote(broadcast)
    if remote.state is State.DRAFT:
        return remote
    raise _is_no("draft", remote)


def _is_no(what: str, remote: Remote) -> Rejected:
    return Rejected.of(f"broadcast {remote.id} is {remote.detail} at Resend, no {what} (any more).")


def _count(number: Any) -> int | None:
    return int(number) if isinstance(number, int | float) else None


def _in_css(sheet: re.Match[str]) -> str:
    """Escape in CSS's own way, since a style sheet knows no character references."""
    return sheet[1] + OPENING.sub(lambda found: f"\\{ord(found[0]):x} ", sheet[2])
