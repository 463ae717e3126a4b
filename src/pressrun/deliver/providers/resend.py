"""Broadcasts at Resend, by https://resend.com/docs/api-reference as of August 2026.

A broadcast has no field for a key of ours: the key is a part of its name, which a person can edit,
and a search reads the names of all broadcasts. An answer to a write holds an id and nothing else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.answers import (
    at,
    called,
    counted,
    digest,
    each_once,
    if_tracked,
    listed,
    moment,
    part,
)
from pressrun.deliver.providers.contract import (
    NOT_FOUND,
    Can,
    Connection,
    Discards,
    HttpOptions,
    Provider,
    Schedules,
    SendsTests,
    Statistics,
)
from pressrun.deliver.providers.escapes import BEFORE_TAG, NOTHING, by_number
from pressrun.deliver.providers.guards import can_delete, must_be
from pressrun.errors import NotNow, Problem, Rejected, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, Doc, WebUrl
from pressrun.model import Figures, Issue, Message, Remote, State
from pressrun.placeholders import fill
from pressrun.publication import Email
from pressrun.wire import Later

PAGE = "100"  # the largest: https://resend.com/docs/api-reference/pagination
MISSING = "not found"  # our own word, where the API has no broadcast and says 404
NO_DRAFT = "at Resend, no draft (any more)"

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
MENDS: Mapping[str, str] = {
    "401 restricted_api_key": FULL_ACCESS,
    "403 invalid_permission": FULL_ACCESS,
    "403 restricted_api_key": f"That key is not active. {FULL_ACCESS}",
    "403 suspended_api_key": "Ask Resend why: https://resend.com/contact",
    "403 validation_error": (
        "If it names a domain, verify that domain at https://resend.com/domains; "
        "the address in email.from must be at it."
    ),
    "409 resource_locked": "Somebody is changing it there: run again in a minute.",
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
OPENING = re.compile(rf"\{{(?:(?=\{{)|{BEFORE_TAG})|\\{BEFORE_TAG}")


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
    can = Can(plain_text=True, preheader=True, sender=True, unique_opens=True)
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
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        headers = {"Authorization": f"Bearer {secrets[options.api_key_env]}"}
        # Ten requests a second for everything that a team runs, so we take half of them:
        # https://resend.com/docs/knowledge-base/account-quotas-and-limits
        return Connection(options.base_url, headers, pause=0.2, mends=MENDS)

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
            must_be(State.DRAFT, _remote(before), NO_DRAFT)
        method, path = ("PATCH", f"/broadcasts/{into}") if into else ("POST", "/broadcasts")
        answer = self._write(method, path, _filled(content, before))
        remote_id = part(answer, "id", str)
        if isinstance(answer, Later):  # a dry run: there is nothing to read back
            return Remote(remote_id, State.DRAFT)
        return self._confirmed(into or remote_id, content, before)

    def send(self, issue: Issue, remote_id: str) -> None:
        self._write("POST", f"/broadcasts/{remote_id}/send", {})

    def status(self, remote_id: str) -> Remote:
        return _remote(self._show(remote_id))

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        time = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._write("POST", f"/broadcasts/{remote_id}/send", {"scheduled_at": time})

    def unschedule(self, remote_id: str) -> None:
        # The same request would stop half-way what is being sent, so the state comes first:
        # https://resend.com/docs/api-reference/broadcasts/cancel-broadcast
        must_be(State.SCHEDULED, self.status(remote_id), "at Resend, not scheduled (any more)")
        self._write("POST", f"/broadcasts/{remote_id}/cancel")

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        # Broadcasts themselves have no test in the API. Without an Idempotency-Key, for who asks
        # for the same test once more wants a second email.
        html, text = (fill(it, SAMPLES) for it in (issue.message.html, issue.message.text))
        letter = _letter(self.localise(replace(issue.message, html=html, text=text)))
        self._write("POST", "/emails", _filled({**letter, "to": list(addresses)}, {}))

    def discard(self, remote_id: str) -> None:
        # The same request takes scheduled ones out of the world, too:
        # https://resend.com/docs/api-reference/broadcasts/delete-broadcast
        if not can_delete(self.status(remote_id), NO_DRAFT):
            return
        try:
            self._write("DELETE", f"/broadcasts/{remote_id}")
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
        totals = part(self._get("/emails/metrics", *query), "totals", dict)
        # Where the domain tracks nothing, nothing is counted, and that looks like nobody.
        return if_tracked(counted(totals, FIGURES))

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        host = parseaddr(email.sender)[1].rpartition("@")[2].lower()
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
        return by_number(OPENING, html)

    def escape_text(self, text: str) -> str:
        # Tags work in the text part. That they do in subject and preview text is unverified; a
        # space of no width between the braces reads the same in either case.
        return OPENING.sub(rf"\g<0>{NOTHING}", text)

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
        there = list(self._pages("/segments"))
        fitting = called(there, audience) if audience else there
        if len(fitting) == 1:
            return part(fitting[0], "id", str)
        what = f"{len(fitting) or 'no'} segments at Resend fit the audience {audience!r}; an issue "
        mend = f"Segments there: {listed(there) or 'none yet'}. Give audience one of these names "
        raise UsageError.of(f"{what}goes to exactly one.", "publish.yml", f"{mend}or ids.")

    def _confirmed(
        self, remote_id: str, content: Mapping[str, Any], before: Mapping[str, Any]
    ) -> Remote:
        """Look at what a write has left: a draft under our name, for the readers we asked for.

        A read may come from a copy that lags behind. It has not heard of a new broadcast, or shows
        what was there ``before``; in either case what the draft holds is not known.
        """
        remote = _remote(shown := self._show(remote_id))
        if remote.state is State.GONE and not before:
            return Remote(remote_id, State.DRAFT)
        must_be(State.DRAFT, remote, NO_DRAFT)
        readers = shown.get("segment_id") or shown.get("audience_id")  # its older name
        if (shown.get("name"), readers) != (content["name"], content["segment_id"]):
            what = f"draft {remote_id} at Resend does not show name and segment as written."
            raise NotNow.of(what, mend="Run again in a minute.")
        fresh = remote.content != _digest(before) or _held(shown) == _held({**shown, **content})
        return remote if fresh else replace(remote, content="")

    def _show(self, remote_id: str) -> Any:
        """Read a broadcast, or MISSING in its place."""
        broadcast = self._look(f"/broadcasts/{remote_id}")
        return {"id": remote_id, "status": MISSING} if broadcast is None else broadcast

    @each_once
    def _pages(self, path: str) -> Iterator[list[Any]]:
        """NotNow where the list leads nowhere: what is not read might be what we look for."""
        last, more = "", True
        while more:
            after = (("after", last),) if last else ()
            answer = self._get(path, ("limit", PAGE), *after)
            entries, more = part(answer, "data", list), part(answer, "has_more", bool)
            before, last = last, part(entries[-1], "id", str) if entries else last
            if more and last == before:
                raise NotNow.of(f"Resend's list {path} does not end.")
            yield entries


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
    goes = None if state is State.DRAFT else moment(time)
    return Remote(part(broadcast, "id", str), state, word, goes, _digest(broadcast))


def _digest(broadcast: Mapping[str, Any]) -> str:
    """Digest what a broadcast holds; empty for the summary that lists show."""
    return digest(_held(broadcast)) if "html" in broadcast else ""


def _held(broadcast: Mapping[str, Any]) -> list[Any]:
    return [broadcast.get(name) or "" for name in EDITABLE]
