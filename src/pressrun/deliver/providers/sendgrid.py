"""SendGrid's single sends: https://www.twilio.com/docs/sendgrid/api-reference/single-sends.

From and Reply-To belong to a sender record there, and what a reader can leave to an unsubscribe
group: both are named in publish.yml and have to exist at SendGrid.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from pressrun.deliver.providers.answers import (
    at,
    counted,
    digest,
    each_once,
    gone,
    if_tracked,
    moment,
    part,
)
from pressrun.deliver.providers.contract import (
    ApiKeyName,
    Audiences,
    Can,
    Connection,
    Discards,
    HttpOptions,
    Provider,
    Schedules,
    SendsTests,
    Statistics,
)
from pressrun.deliver.providers.escapes import BEFORE_TAG, BEHIND_TAG, NOTHING, by_number
from pressrun.deliver.providers.guards import can_delete, must_be, other_addresses
from pressrun.errors import NotNow, Problem, Rejected, Unsure, UsageError
from pressrun.kinds import Doc, WebUrl
from pressrun.model import Figures, Issue, Remote, State
from pressrun.placeholders import fill
from pressrun.publication import Email
from pressrun.wire import Later, Request

SENDS, SENDERS = "/v3/marketing/singlesends", "/v3/marketing/senders"

# `triggered` is SendGrid's last word: it says that the sending was begun, and nothing follows when
# it is done. As nobody can stop it any more, it settles the issue. What is sent at once may be
# `scheduled` for a moment.
STATES: Mapping[str, State] = {
    "draft": State.DRAFT,
    "scheduled": State.SCHEDULED,
    "triggered": State.SENT,
}

# What a reader sees and a person can change in SendGrid's editor; then who writes to whom.
TEXTS = ("subject", "html_content", "plain_content")
SETTINGS = ("sender_id", "suppression_group_id", "custom_unsubscribe_url")

# Ours and theirs: https://www.twilio.com/docs/sendgrid/api-reference/marketing-campaign-stats
FIGURES: Mapping[str, str] = {
    "recipients": "requests",
    "delivered": "delivered",
    "opens": "unique_opens",
    "clicks": "unique_clicks",
    "bounces": "bounces",
    "unsubscribes": "unsubscribes",
    "complaints": "spam_reports",
}

# Handlebars: https://www.twilio.com/docs/sendgrid/for-developers/sending-email/using-handlebars.
# Two braces begin a tag. A brace or a backslash before a tag of ours would change its meaning, so
# would a brace behind it.
TIGHT = re.compile(rf"\{{(?=\{{)|[{{\\]{BEFORE_TAG}|{BEHIND_TAG}\}}")


@dataclass(frozen=True, slots=True)
class Options(HttpOptions):
    """SendGrid's options in publish.yml."""

    api_key_env: ApiKeyName = "SENDGRID_API_KEY"
    sender: Annotated[
        str, Doc("The sender by id, nickname or address; left out, by email.from's address.")
    ] = ""
    unsubscribe_group: Annotated[
        str, Doc("The unsubscribe group by id or name; SendGrid wants this or the next one.")
    ] = ""
    custom_unsubscribe_url: Annotated[
        str, WebUrl(), Doc("A page of your own to unsubscribe on, instead of a group.")
    ] = ""
    base_url: Annotated[
        str, WebUrl(base=True), Doc("Where the API is; https://api.eu.sendgrid.com for the EU.")
    ] = "https://api.sendgrid.com"


class SendGrid(Provider, Audiences, Schedules, SendsTests, Discards, Statistics):
    """Drafts, schedules, sends and watches single sends at SendGrid."""

    name = "sendgrid"
    home = "https://sendgrid.com"
    # send_once stays False: what a second call to /schedule does is not documented.
    can = Can(plain_text=True, unique_opens=True)
    Options = Options
    # https://www.twilio.com/docs/sendgrid/ui/sending-email/editor. Unverified: that the sender's
    # tags work outside of SendGrid's own unsubscribe module, and tags in the text part at all.
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "{{{unsubscribe}}}",
        "view_url": "{{Weblink}}",
        "first_name": '{{insert first_name "default=there"}}',
        "postal_address": "{{Sender_Address}}, {{Sender_City}}, {{Sender_State}} {{Sender_Zip}}, "
        "{{Sender_Country}}",
    }
    test_limits = "Up to 1000 addresses, any; the API key needs the permission Mail Send."
    test_needs_draft = False

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        key = secrets[options.api_key_env]
        return Connection(options.base_url, {"Authorization": f"Bearer {key}"})

    def account(self) -> str:
        # The username would be the natural name, but a key for marketing alone may not read it.
        # Senders are numbered through all accounts (unverified), and the oldest stays the oldest:
        # SendGrid deletes none that a draft or a scheduled send uses.
        numbers = [part(one, "id", int) for one in self._listed(SENDERS)]
        if numbers:
            return f"sender {min(numbers)}"
        raise UsageError.of("the SendGrid account has no sender yet.", mend="Create one there.")

    def find(self, key: str) -> list[Remote]:
        # How soon a new one can be found is not documented.
        search = Request("POST", f"{SENDS}/search", json={"categories": [_mark(key)]}, read=True)
        found = (one for one in self._pages(search) if _mark(key) in part(one, "categories", list))
        return [_remote(one) for one in found]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        content = self._content(issue)
        if into is None:
            return self._shown(content, self._write("POST", SENDS, content))
        must_be(State.DRAFT, self.status(into), "at SendGrid, not draft")
        # Never POST: to this path it makes a copy.
        return self._shown(content, self._write("PATCH", f"{SENDS}/{into}", content))

    def send(self, issue: Issue, remote_id: str) -> None:
        self._start(remote_id, "now")

    def status(self, remote_id: str) -> Remote:
        found = self._look(f"{SENDS}/{remote_id}")
        if found is None:
            return gone(remote_id)
        try:
            return _remote(found)
        except Unsure as unread:  # of a read, which has no effect
            raise NotNow(*unread.problems) from None

    def readers(self, audience: str) -> int:
        if audience:
            field, contacts = self._contacts(audience)
            return part(contacts, "contact_count" if field == "list_ids" else "contacts_count", int)
        return part(self._get("/v3/marketing/contacts/count"), "contact_count", int)

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        self._start(remote_id, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")

    def unschedule(self, remote_id: str) -> None:
        must_be(State.SCHEDULED, self.status(remote_id), "at SendGrid, not scheduled")
        self._write("DELETE", f"{SENDS}/{remote_id}/schedule")

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        # SendGrid's own test call takes a stored template and no single send. Mail Send renders
        # nothing without a template, so that nothing is escaped here and the tags show samples.
        # https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
        message, sender = issue.message, self._sender(issue.message.sender)
        address = [sender.get(line) for line in ("address", "city", "state", "zip", "country")]
        samples = dict.fromkeys(("unsubscribe_url", "view_url"), issue.url)
        samples |= {
            "first_name": "there",
            "postal_address": ", ".join(map(str, filter(None, address))),
        }
        bodies = {"text/plain": message.text, "text/html": message.html}
        mail = {
            # One for each address, or they would see one another.
            "personalizations": [{"to": [{"email": to}]} for to in dict.fromkeys(addresses)],
            "from": part(sender, "from", dict),
            "reply_to": part(sender, "reply_to", dict),
            "subject": message.subject,
            "content": [{"type": kind, "value": fill(bodies[kind], samples)} for kind in bodies],
            "categories": ["publish-test"],
        }
        self._write("POST", "/v3/mail/send", mail)

    def discard(self, remote_id: str) -> None:
        if can_delete(self.status(remote_id), "at SendGrid, not draft"):
            self._write("DELETE", f"{SENDS}/{remote_id}")

    def figures(self, remote_id: str) -> Figures:
        stats = self._get(f"/v3/marketing/stats/singlesends/{remote_id}")
        results = part(stats, "results", list)
        return if_tracked(counted(part(results[0], "stats", dict) if results else {}, FIGURES))

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        scopes = part(self._get("/v3/scopes"), "scopes", list)
        if "marketing.read" not in scopes:
            what = f"the key in {self.options.api_key_env} may not use Marketing Campaigns."
            yield Problem(what, mend="Give it full access to Marketing in SendGrid's settings.")
            return  # everything else would only be refused
        for concerns in (self._sender_concerns(email), self._other_concerns(audience)):
            try:
                yield from concerns
            except UsageError as error:
                yield from error.problems

    def escape_html(self, html: str) -> str:
        # A character's number is nothing to Handlebars and the character itself to every mail
        # program, also in Outlook's comments; style sheets have numbers of their own. Nothing rests
        # on Handlebars' backslash, which SendGrid does not document. Nobody has tried it there.
        return by_number(TIGHT, html)

    def escape_text(self, text: str) -> str:
        # Text has no escape: a space of no width keeps apart what would become a tag.
        return TIGHT.sub(lambda one: NOTHING + "}" if one[0] == "}" else one[0] + NOTHING, text)

    def _content(self, issue: Issue) -> dict[str, Any]:
        """Return the whole single send, without `send_at`, which has no place in a draft."""
        message = self.localise(issue.message)
        return {
            "name": f"publish {issue.key}",
            "categories": [_mark(issue.key)],
            "send_to": self._send_to(issue.audience),
            "email_config": {
                "subject": message.subject,
                "html_content": message.html,
                "plain_content": message.text,
                "generate_plain_content": False,  # else a text of SendGrid's replaces ours
                "editor": "code",
                "sender_id": part(self._sender(message.sender), "id", int),
                **self._unsubscribe(),
            },
        }

    def _start(self, remote_id: str, send_at: str) -> None:
        self._write("PUT", f"{SENDS}/{remote_id}/schedule", {"send_at": send_at})

    def _shown(self, content: Mapping[str, Any], answer: Any) -> Remote:
        """Keep the digest of what was written only where a read shows the same.

        Whether SendGrid tidies what it stores, or shows it late, is not documented.
        """
        taken = _taken(content, answer)
        same = bool(taken.content) and self.status(taken.id).content == taken.content
        return taken if same else replace(taken, content="")

    def _send_to(self, audience: str) -> dict[str, Any]:
        send_to: dict[str, Any] = {"list_ids": [], "segment_ids": [], "all": not audience}
        if audience:
            field, contacts = self._contacts(audience)
            send_to[field] = [part(contacts, "id", str)]
        return send_to

    def _contacts(self, audience: str) -> tuple[str, Any]:
        """Return the list or segment with this name or id, after its place in `send_to`."""
        query = (("page_size", "1000"),)
        lists = list(self._pages(Request("GET", "/v3/marketing/lists", query, read=True)))
        segments = self._listed("/v3/marketing/segments/2.0")
        found = _called(audience, "list or segment", [*lists, *segments])
        return "list_ids" if found in lists else "segment_ids", found

    def _unsubscribe(self) -> dict[str, Any]:
        wanted, page = self.options.unsubscribe_group, self.options.custom_unsubscribe_url
        if bool(wanted) == bool(page):
            what = "SendGrid needs either an unsubscribe_group or a custom_unsubscribe_url."
            raise UsageError.of(what, "publish.yml", "Name one of them under provider.")
        if page:
            return {"custom_unsubscribe_url": page}
        groups = _records(self._get("/v3/asm/groups"))
        return {
            "suppression_group_id": part(_called(wanted, "unsubscribe group", groups), "id", int)
        }

    def _sender(self, mailbox: str) -> Any:
        """Return the sender of the options, else the one with the address of ``mailbox``."""
        wanted = self.options.sender or parseaddr(mailbox)[1]
        return _called(wanted, "sender", self._listed(SENDERS))

    def _listed(self, path: str) -> list[Any]:
        return _records(part(self._get(path), "results", list))

    @each_once
    def _pages(self, request: Request) -> Iterator[list[Any]]:
        """Follow the address of the next page, as long as it is another one."""
        asked: set[Any] = set()
        while request.params not in asked:
            asked.add(request.params)
            answer = self.wire.call(request)
            yield part(answer, "result", list)
            further = at(answer, "_metadata.next", str)
            if not further:
                return
            request = replace(request, params=tuple(parse_qsl(urlsplit(further).query)))

    def _sender_concerns(self, email: Email) -> Iterator[Problem]:
        sender = self._sender(email.sender)
        shown = part(part(sender, "from", dict), "email", str)
        # Its `locked` is no obstacle: it says that some campaign uses the sender.
        if sender.get("verified") is False:
            mend = "Follow the link in the message that SendGrid sent to it."
            yield Problem(f"SendGrid has not verified the sender {shown}.", mend=mend)
        replies = at(sender, "reply_to.email", str)
        yield from other_addresses(email, shown, replies or shown)

    def _other_concerns(self, audience: str) -> Iterator[Problem]:
        if self.readers(audience) == 0:
            yield Problem(f"{audience or 'all contacts'}: nobody is there at SendGrid.")
        self._unsubscribe()


def _mark(key: str) -> str:
    """Return the category that carries the key; a search by name would also find parts of it."""
    return f"publish-{key}"


def _remote(found: Any) -> Remote:
    word = part(found, "status", str)
    state = STATES.get(word, State.UNKNOWN)
    # In a draft, send_at is only what a person's screen proposes.
    goes = None if state is State.DRAFT else moment(found.get("send_at"))
    return Remote(part(found, "id", str), state, word + _warnings(found), goes, _digest(found))


def _warnings(found: Any) -> str:
    """Repeat SendGrid's warnings. Which there are is not documented, so they stop no draft."""
    warnings = _records(at(found, "warnings", list) or [])
    words = [f"{one.get('field') or ''} {one.get('message') or ''}".strip() for one in warnings]
    return f" (SendGrid warns: {'; '.join(words)})" if words else ""


def _digest(found: Any) -> str:
    config = at(found, "email_config", dict) or {}
    seen = [*(config.get(name) or "" for name in TEXTS), *_settings(found)]
    return digest(seen) if config else ""


def _settings(found: Any) -> list[Any]:
    """Say who writes to whom, in a form that can be compared."""
    config, to = (at(found, name, dict) or {} for name in ("email_config", "send_to"))
    groups = [sorted(to.get(name) or []) for name in ("list_ids", "segment_ids")]
    return [*(config.get(name) or None for name in SETTINGS), *groups, bool(to.get("all"))]


def _taken(asked: Mapping[str, Any], answer: Any) -> Remote:
    """Believe a write only as far as its answer shows it.

    By its documents, a PATCH leaves alone what comes "blank": perhaps an audience that has to go.
    """
    remote = _remote(answer)
    if isinstance(answer, Later):
        return remote
    must_be(State.DRAFT, remote, "at SendGrid, not draft")
    if _settings(answer) == _settings(asked) and answer.get("categories") == asked["categories"]:
        return remote
    what = f"single send {remote.id} did not take its audience, sender or category as given."
    raise Rejected.of(what, mend="Delete this draft in SendGrid, then run again.")


def _records(listed: Any) -> list[Any]:
    if isinstance(listed, list) and all(isinstance(one, Mapping) for one in listed):
        return listed
    raise Unsure.of("the provider's answer is no list of records, which its documents promise.")


def _called(name: str, kind: str, there: Sequence[Any]) -> Any:
    """Return the one with this name, address or id. UsageError unless it is exactly one."""
    found = [one for one in there if name.casefold() in map(str.casefold, _names(one))]
    if len(found) == 1:
        return found[0]
    many = "more than one" if found else "no"
    known = ", ".join(sorted(" = ".join(_names(one)) for one in there)) or "none yet"
    what = f"there is {many} {kind} {name!r} at SendGrid."
    raise UsageError.of(what, "publish.yml", f"There: {known}. An id always names one.")


def _names(found: Any) -> list[str]:
    names = [found.get(field) for field in ("name", "nickname", "id")]
    return [str(name) for name in (*names, at(found, "from.email", str)) if name]
