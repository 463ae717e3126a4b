"""Mailchimp, by its Marketing API 3.0: https://mailchimp.com/developer/marketing/api/.

A campaign is made in two requests, its settings with its recipients and then its content, so a
fault between them leaves an empty one. The only place for our key is the title, which readers do
not see. Answers to an issue go to the address that it comes from: there is no other field.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Annotated, Any, ClassVar, NamedTuple

from pressrun.deliver.providers.answers import (
    at,
    called,
    counted,
    digest,
    each_once,
    gone,
    if_tracked,
    listed,
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
from pressrun.deliver.providers.escapes import BEHIND_TAG, NOTHING, by_number
from pressrun.deliver.providers.guards import can_delete, must_be, other_addresses
from pressrun.errors import NotNow, Problem, Rejected, UsageError, WireError
from pressrun.kinds import Doc, WebUrl
from pressrun.model import Figures, Issue, Message, Remote, State
from pressrun.publication import Email
from pressrun.wire import File, Later

BAD_REQUEST, FORBIDDEN = 400, 403
# The most: https://mailchimp.com/developer/marketing/docs/methods-parameters/#pagination
PAGE = 1000
DATA_CENTRE = re.compile(r"\S+-([a-z]+[0-9]+)")

# https://mailchimp.com/developer/marketing/api/campaigns/get-campaign-info/. Unknown, so left out:
# "paused", which waits for a person, and "archived", which may have been sent. Nothing "failed".
STATES: Mapping[str, State] = {
    "save": State.DRAFT,
    "schedule": State.SCHEDULED,
    "sending": State.SENDING,
    "sent": State.SENT,
    "canceling": State.CANCELLED,
    "canceled": State.CANCELLED,
}
# What a reader sees and a person can edit besides the content.
SEEN = ("subject_line", "preview_text", "from_name", "reply_to", "to_name")
# https://mailchimp.com/developer/marketing/api/reports/get-campaign-report/
FIGURES: Mapping[str, str] = {
    "recipients": "emails_sent",
    "opens": "opens.unique_opens",
    "clicks": "clicks.unique_subscriber_clicks",
    "unsubscribes": "unsubscribed",
    "complaints": "abuse_reports",
}
BOUNCES = ("hard_bounces", "soft_bounces", "syntax_errors")

# A bar after a star opens a merge tag; the star may be the last of a tag of ours.
BAR = re.compile(rf"(?:(?<=\*)|{BEHIND_TAG})\|")


@dataclass(frozen=True, slots=True)
class Options(HttpOptions):
    """Mailchimp's options in publish.yml."""

    api_key_env: ApiKeyName = "MAILCHIMP_API_KEY"
    base_url: Annotated[str, WebUrl(), Doc("Where the API is; only for a test server.")] = ""


class Target(NamedTuple):
    """Who gets an issue: ``recipients`` of a campaign, their number, the list's postal address."""

    recipients: Mapping[str, Any]
    readers: int
    address: str


class Mailchimp(Provider, Audiences, Schedules, SendsTests, HostsPictures, Discards, Statistics):
    """Drafts, sends and watches regular campaigns at Mailchimp."""

    name = "mailchimp"
    home = "https://mailchimp.com"
    # send_once stays False: a second send is said to be refused, but by no document.
    can = Can(plain_text=True, preheader=True, sender=True, unique_opens=True)
    Options = Options
    # https://mailchimp.com/help/all-the-merge-tags-cheat-sheet/. ARCHIVE, LIST:ADDRESSLINE and
    # the condition are unverified: nobody has sent an issue with them from here.
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "*|UNSUB|*",
        "view_url": "*|ARCHIVE|*",
        "first_name": "*|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*",
        "postal_address": "*|LIST:ADDRESSLINE|*",
    }
    # http://kb.mailchimp.com/campaigns/images-videos-files/host-files-in-mailchimp
    picture_types = WEB_PICTURES - {"image/webp"}
    picture_limit = 10_000_000
    # https://mailchimp.com/developer/marketing/api/campaigns/schedule-campaign/
    time_step = timedelta(minutes=15)
    # https://mailchimp.com/help/about-test-email-sending-limits/
    test_limits = (
        "At once, for one issue and in 24 hours: 6, 12 and 24 addresses on the free plan, "
        "20, 70 and 200 on paid ones."
    )

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        key = secrets[options.api_key_env]
        centre = DATA_CENTRE.fullmatch(key)
        if not (centre or options.base_url):
            what = f"the key in {options.api_key_env} ends in no data centre, such as -us19."
            raise UsageError.of(what, mend="Copy the whole key from Mailchimp's page of API keys.")
        base_url = options.base_url or f"https://{centre and centre[1]}.api.mailchimp.com/3.0"
        # https://mailchimp.com/developer/marketing/docs/fundamentals/: any user name will do.
        login = base64.b64encode(f"pressrun:{key}".encode()).decode()
        hidden = (login, key.rpartition("-")[0])
        return Connection(base_url, {"Authorization": f"Basic {login}"}, hidden=hidden)

    def account(self) -> str:
        return part(self._get("/", ("fields", "account_id")), "account_id", str)

    def find(self, key: str) -> list[Remote]:
        # Titles cannot be asked for, and the full-text search may know an issue late: read it all.
        campaigns = self._pages("/campaigns", "campaigns", "id status send_time settings.title")
        return [_remote(one) for one in campaigns if _text(one, "settings.title") == key]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        message = self.localise(issue.message)
        settings = self._settings(issue, message)
        content = {"html": message.html, "plain_text": message.text}
        recipients = self._target(issue.audience).recipients
        if into is None:
            new = {"type": "regular", "recipients": recipients, "settings": settings}
            campaign = self._write("POST", "/campaigns", new)
        else:
            campaign = self._refill(into, settings, recipients)
        made = _made(campaign, issue.key, recipients)
        written = self._write("PUT", f"/campaigns/{made.id}/content", content)
        part(written, "html", str)
        if isinstance(written, Later):
            return made
        ours = {_digest({"settings": settings}, content), _digest(campaign, written)}
        seen = self.status(made.id)
        if seen.state is not State.GONE:
            must_be(State.DRAFT, seen, "at Mailchimp, not draft")
        # Another digest is an old reading, from before we wrote.
        return replace(made, content=seen.content if seen.content in ours else "")

    def send(self, issue: Issue, remote_id: str) -> None:
        self._go(remote_id, "send", None)

    def status(self, remote_id: str) -> Remote:
        path = f"/campaigns/{remote_id}"
        campaign = self._look(path)
        if campaign is None:
            return gone(remote_id)
        remote = _remote(campaign)
        if remote.state is not State.DRAFT:
            return remote
        try:
            return replace(remote, content=_digest(campaign, self._get(f"{path}/content")))
        except Rejected:
            return remote

    def readers(self, audience: str) -> int:
        return self._target(audience).readers

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        time = at.astimezone(UTC).isoformat(timespec="seconds")
        self._go(remote_id, "schedule", {"schedule_time": time})

    def unschedule(self, remote_id: str) -> None:
        must_be(State.SCHEDULED, self.status(remote_id), "at Mailchimp, not scheduled")
        self._write("POST", f"/campaigns/{remote_id}/actions/unschedule")

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        test = {"test_emails": list(addresses), "send_type": "html"}
        self._write("POST", f"/campaigns/{remote_id}/actions/test", test)

    def host(self, picture: File) -> str:
        # https://mailchimp.com/developer/marketing/api/file-manager-files/
        files = self._pages("/file-manager/files", "files", "id name full_size_url")
        there = next((one for one in files if _text(one, "name") == picture.name), None)
        if there is None:
            new = {"name": picture.name, "file_data": picture}
            there = self._write("POST", "/file-manager/files", new)
        return public_url(there, "full_size_url")

    def discard(self, remote_id: str) -> None:
        if can_delete(self.status(remote_id), "at Mailchimp, not draft"):
            self._write("DELETE", f"/campaigns/{remote_id}")

    def figures(self, remote_id: str) -> Figures:
        # Deliveries are not counted there; Mailchimp's own pages subtract the bounces.
        report = self._get(f"/reports/{remote_id}")
        bounced = [at(report, f"bounces.{kind}", int) for kind in BOUNCES]
        bounces = None if None in bounced else sum(filter(None, bounced))
        return if_tracked(replace(counted(report, FIGURES), bounces=bounces))

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        address = parseaddr(email.sender)[1]
        yield from other_addresses(email, "", address)
        domain = address.rpartition("@")[2].lower()
        known = part(self._get("/verified-domains", ("count", str(PAGE))), "domains", list)
        good = [one for one in known if one.get("verified") and one.get("authenticated")]
        if domain not in (names := sorted(_text(one, "domain").lower() for one in good)):
            what = f"{domain or 'the sender'} is not verified and authenticated at Mailchimp."
            yield Problem(what, "publish.yml", f"Those that are: {', '.join(names) or 'none yet'}.")
        try:
            target = self._target(audience)
        except UsageError as error:
            yield from error.problems
            return
        if not target.readers:
            yield Problem("nobody is in the audience at Mailchimp.", "publish.yml")
        if not target.address:
            yield Problem("the audience has no postal address.", mend="Set it in its settings.")

    def escape_html(self, html: str) -> str:
        # There is no documented escape; a browser reads both forms as the bar they stand for.
        return by_number(BAR, html)

    def escape_text(self, text: str) -> str:
        # Subjects take merge tags too, and plain text has no character references. A space of no
        # width between star and bar reads the same in either case.
        return BAR.sub(f"{NOTHING}|", text)

    def _settings(self, issue: Issue, message: Message) -> dict[str, Any]:
        name, address = _sender(message)
        return {
            "title": issue.key,
            "subject_line": message.subject,
            "preview_text": message.preheader,
            "from_name": self.escape_text(name),
            "reply_to": address,
            "to_name": "",
            "auto_footer": False,
            "inline_css": False,
        }

    def _refill(self, into: str, settings: Mapping[str, Any], recipients: Mapping[str, Any]) -> Any:
        """Replace settings and recipients of a draft; return the campaign as it is then.

        It must be for the whole list for a moment: a segment in the place of another keeps the
        other's people (https://github.com/Automattic/newspack-workspace/pull/221).
        """
        path = f"/campaigns/{into}"
        must_be(State.DRAFT, self.status(into), "at Mailchimp, not draft")
        whole = {"list_id": recipients["list_id"], "segment_opts": {}}
        campaign = self._write("PATCH", path, {"recipients": whole, "settings": settings})
        if "segment_opts" in recipients:
            campaign = self._write("PATCH", path, {"recipients": recipients})
        return campaign

    def _go(self, remote_id: str, action: str, body: Any) -> None:
        """Send or schedule. The refusal gives no reason, the checklist does."""
        try:
            self._write("POST", f"/campaigns/{remote_id}/actions/{action}", body)
        except Rejected as refusal:
            advice = self._missing(remote_id) if refusal.status == BAD_REQUEST else ""
            if (refusal.status, action) == (FORBIDDEN, "schedule"):
                # Seen as 403 in https://github.com/afup/web/pull/1184
                advice = "Scheduling is in Mailchimp's paid plans only."
            problems = [replace(one, mend=advice or one.mend) for one in refusal.problems]
            raise Rejected(*problems, status=refusal.status, code=refusal.code) from None

    def _missing(self, remote_id: str) -> str:
        """Say what stands in the way by Mailchimp's own checklist; empty when it does not tell."""
        try:
            items = part(self._get(f"/campaigns/{remote_id}/send-checklist"), "items", list)
        except WireError:
            return ""
        wrong = [one for one in items if _text(one, "type") == "error"]
        said = "; ".join(f"{_text(one, 'heading')}: {_text(one, 'details')}" for one in wrong)
        plain = " ".join(re.sub("<[^>]*>", " ", said).split())
        return plain and f"By Mailchimp's checklist: {plain}"

    def _target(self, audience: str) -> Target:
        """Resolve ``LIST`` or ``LIST / SEGMENT``, each a name or an id; a tag is a segment."""
        lists = list(self._pages("/lists", "lists", "id name contact.address1 stats.member_count"))
        only = lists[0] if not audience and len(lists) == 1 else None
        if found := only or _named(lists, audience):
            return _whole(found)
        for cut in reversed(list(re.finditer(r"\s*/\s*", audience))):
            if found := _named(lists, audience[: cut.start()]):
                return self._narrowed(_whole(found), audience[cut.end() :])
        what = f"there is no audience {audience!r}" if audience else "no audience is named"
        raise _choices(f"{what} at Mailchimp.", lists)

    def _narrowed(self, target: Target, name: str) -> Target:
        path = f"/lists/{target.recipients['list_id']}/segments"
        segments = list(self._pages(path, "segments", "id name member_count options.match"))
        found = _named(segments, name)
        if found is None:
            raise _choices(f"there is no segment or tag {name!r} in that audience.", segments)
        # Undocumented: match is needed (https://github.com/drewm/mailchimp-api/issues/203).
        match = _text(found, "options.match") or "any"
        options = {"saved_segment_id": part(found, "id", int), "match": match}
        recipients = {**target.recipients, "segment_opts": options}
        return Target(recipients, part(found, "member_count", int), target.address)

    @each_once
    def _pages(self, path: str, name: str, wanted: str) -> Iterator[list[Any]]:
        """NotNow when the list shrinks, as then one may have been missed."""
        fields = ",".join(["total_items", *(f"{name}.{one}" for one in wanted.split())])
        offset, most, total = 0, 0, 1
        while offset < total:
            query = (("fields", fields), ("count", str(PAGE)), ("offset", str(offset)))
            answer = self._get(path, *query)
            entries, total = part(answer, name, list), part(answer, "total_items", int)
            if total < most:
                raise NotNow.of("the list changed while it was read.", path, "Try again later.")
            yield entries
            if not entries:
                return
            most, offset = total, offset + len(entries)


def _sender(message: Message) -> tuple[str, str]:
    """Return name and address of the sender; UsageError where Mailchimp cannot have them."""
    name, address = parseaddr(message.sender)
    if not address or message.reply_to.lower() not in {"", address.lower()}:
        what = "Mailchimp needs a sender, and lets answers go to no other address."
        raise UsageError.of(what, "publish.yml", "Set email.from, and leave email.reply_to out.")
    return name or address, address


def _made(campaign: Any, key: str, recipients: Mapping[str, Any]) -> Remote:
    """Believe no write that left anything but a draft of this issue for these readers."""
    remote = _remote(campaign)
    if isinstance(campaign, Later):
        return remote
    must_be(State.DRAFT, remote, "at Mailchimp, not draft")
    title, readers = _text(campaign, "settings.title"), _readers(part(campaign, "recipients", dict))
    if (title, readers) != (key, _readers(recipients)):
        raise Rejected.of(f"Mailchimp shows another title or audience for draft {remote.id}.")
    return remote


def _readers(recipients: Any) -> tuple[str, list[str]]:
    """Return the list, and the ids of the segment or tags, that a campaign goes to."""
    options = recipients.get("segment_opts") or {}
    segment = options.get("saved_segment_id") or options.get("prebuilt_segment_id")
    tags = [one.get("value") for one in options.get("conditions") or []]
    return _text(recipients, "list_id"), [str(one) for one in ([segment] if segment else tags)]


def _remote(campaign: Any) -> Remote:
    word, time = part(campaign, "status", str), moment(campaign.get("send_time"))
    return Remote(part(campaign, "id", str), STATES.get(word, State.UNKNOWN), word, time)


def _digest(campaign: Any, content: Any) -> str:
    seen = [at(campaign, f"settings.{name}", str) for name in SEEN]
    seen += [at(content, name, str) for name in ("html", "plain_text")]
    return digest(seen)


def _whole(found: Any) -> Target:
    readers = part(part(found, "stats", dict), "member_count", int)
    return Target({"list_id": part(found, "id", str)}, readers, _text(found, "contact.address1"))


def _named(entries: Sequence[Any], name: str) -> Any:
    """Return the one entry with this id or name; None without, UsageError among several."""
    same = called(entries, name)
    if len(same) > 1:
        raise _choices(f"there are several {name!r} at Mailchimp: use an id.", same)
    return same[0] if same else None


def _choices(what: str, entries: Sequence[Any]) -> UsageError:
    mend = "Say LIST or LIST / SEGMENT as the newsletter's audience, by name or id. There: "
    return UsageError.of(what, "publish.yml", f"{mend}{listed(entries) or 'none yet'}.")


def _text(answer: Any, path: str) -> str:
    return at(answer, path, str) or ""
