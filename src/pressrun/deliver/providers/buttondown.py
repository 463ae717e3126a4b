"""Buttondown, by its API of 2026-04-01: https://docs.buttondown.com/api-introduction.

The issue is sent as a whole document in naked mode. Sender and reply address belong to the
newsletter there, and Buttondown makes the plain-text part itself.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.contract import (
    Audiences,
    Can,
    Connection,
    HttpOptions,
    Provider,
    part,
)
from pressrun.errors import NotNow, Problem, Rejected, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, Doc, Pattern, WebUrl
from pressrun.model import Issue, Remote, State
from pressrun.placeholders import TOKENS
from pressrun.wire import Request

API_VERSION = "2026-04-01"
NAKED = "<!-- buttondown-editor-mode: naked -->\n"
NOT_FOUND = 404

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


class Buttondown(Provider, Audiences):
    """Drafts, sends and watches emails at Buttondown."""

    name = "buttondown"
    home = "https://buttondown.com"
    # send_once stays False: what /publish does to an email that is on its way is not documented.
    can = Can(idempotency_key=True, preheader=True)
    Options = Options
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
        ours = [_remote(email) for email in emails if _key(email) == key]
        return [remote for remote in ours if remote.state is not State.GONE]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        content = self._content(issue)
        if into is None:
            # Left out, the status would be about_to_send. No idempotency key here: once a person
            # has deleted the draft, the stored answer would name it for as long as the key lives.
            # A second draft costs nothing, and the slug lets Buttondown refuse it.
            new = {**content, "slug": issue.key, "status": "draft"}
            return _still_a_draft(self._call(Request("POST", "/emails", json=new)))
        remote = self.status(into)
        if remote.state is not State.DRAFT:
            raise _no_draft(remote)
        return _still_a_draft(self._call(Request("PATCH", f"/emails/{into}", json=content)))

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
    return Remote(part(email, "id", str), STATES.get(word, State.UNKNOWN), word)


def _key(email: Any) -> Any:
    metadata = email.get("metadata")
    return metadata.get("publish_key") if isinstance(metadata, Mapping) else None


def _still_a_draft(email: Any) -> Remote:
    """Believe no write that left anything but a draft; UNKNOWN is a dry run's value to come."""
    remote = _remote(email)
    if remote.state not in {State.DRAFT, State.UNKNOWN}:
        raise _no_draft(remote)
    return remote


def _no_draft(remote: Remote) -> Rejected:
    return Rejected.of(f"email {remote.id} is {remote.detail} at Buttondown, no draft to fill.")
