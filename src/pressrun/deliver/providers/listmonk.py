"""listmonk on a server of your own, by the API of its 6.2 line: https://listmonk.app/docs/apis/.

A campaign is one row of a database, so nothing lags. What the documents leave open is said of the
source of that line, https://github.com/knadh/listmonk.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pressrun.deliver.providers.answers import (
    at,
    called,
    digest,
    each_once,
    listed,
    moment,
    part,
    public_url,
)
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
from pressrun.deliver.providers.guards import can_delete, must_be
from pressrun.errors import Problem, Rejected, Unsure, UsageError
from pressrun.kinds import ENVIRONMENT_NAME, AtLeast, Doc, Pattern, WebUrl
from pressrun.model import Figures, Issue, Message, Remote, State
from pressrun.placeholders import TOKENS, fill
from pressrun.publication import Email
from pressrun.wire import File, Later, Request

# https://listmonk.app/docs/apis/campaigns/. Left out, hence unknown: "paused" was running and may
# run on at any time, so it is neither on its way nor over. No word says that a sending failed.
STATES: Mapping[str, State] = {
    "draft": State.DRAFT,
    "scheduled": State.SCHEDULED,
    "running": State.SENDING,
    "finished": State.SENT,
    "cancelled": State.CANCELLED,
}

BAD_REQUEST, NOT_FOUND = 400, "not found"
# PostgreSQL's name for it is in all languages: https://github.com/knadh/listmonk/issues/1849
SLUG_TAKEN = "campaigns_archive_slug_key"

# What a reader sees and a person can edit, besides the lists and the attachments.
SEEN = ("subject", "from_email", "body", "altbody", "content_type", "template_id", "headers")
# What listmonk may change without telling.
KEPT = ("tags", "lists", "content_type", "template_id")
# https://listmonk.app/docs/roles-and-permissions/; with ``_all`` at its end each reaches further.
NEEDED = ("campaigns:get", "campaigns:manage", "campaigns:send")
NEEDED_FOR_PICTURES = ("media:get", "media:manage")
# The API counts by days, and has no other way to ask for all of them.
EVER = (("from", "2000-01-01"), ("to", "2100-01-01"))

# TrackView is the pixel by which listmonk counts opens.
BARE = re.compile(r'\s*\{\{\s*template\s+"content"\s+\.\s*\}\}\s*(\{\{\s*TrackView\s*\}\}\s*)?')
MAKE_TEMPLATE = (
    "Make one in listmonk (Campaigns, Templates, New), of the type campaign, with any name and "
    'nothing but {{ template "content" . }} in it.'
)

# The writer's text stands in Go's raw strings, which know no escape. Within what listmonk's own
# search and replace would take for a call, the string ends and begins anew.
OPEN, CLOSE = "{{ Safe `", "` }}"
SEAM = re.compile(r"(?<=\{)(?=\{)|(?<=@)(?=TrackLink)|[`\r]|" + "|".join(TOKENS.values()))
UNQUOTABLE = {"`": '{{ "`" }}', "\r": r'{{ "\r" }}'}
CALL = re.compile(r"\{\{|\{?@(?=TrackLink)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(HttpOptions):
    """listmonk's options in publish.yml."""

    base_url: Annotated[str, WebUrl(base=True), Doc("Your listmonk's address, without /api.")]
    api_user: Annotated[
        str, Pattern(r"[\w.@-]+", "a user's name"), Doc("An API user's name: Admin, Users.")
    ]
    token_env: Annotated[
        str, ENVIRONMENT_NAME, Doc("The environment variable that holds the API user's token.")
    ] = "LISTMONK_TOKEN"  # noqa: S105 - its name
    template: Annotated[int, AtLeast(0), Doc("The id of a bare template; 0 looks for one.")] = 0
    allow_http: Annotated[bool, Doc("true for http:// to a server in a private network.")] = False


class Listmonk(Provider, Audiences, Schedules, SendsTests, HostsPictures, Discards, Statistics):
    """Drafts, sends and watches regular campaigns at a listmonk."""

    name = "listmonk"
    home = "https://listmonk.app"
    # send_once stays False. A second start is refused while a campaign runs and when it is over,
    # but a paused one runs on, and has begun anew at the first reader:
    # https://github.com/knadh/listmonk/issues/2313, https://github.com/knadh/listmonk/issues/2070
    can = Can(plain_text=True, sender=True)
    Options = Options
    # What is created is listed at once; of two creations at a time, the slug lets one succeed.
    find_lag = 0.0
    # https://listmonk.app/docs/templating/
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": "{{ UnsubscribeURL }}",
        "view_url": "{{ MessageURL }}",
        "first_name": '{{ .Subscriber.FirstName | default "there" }}',
    }
    # Which of them it takes, and how large, its own settings say: it refuses the others.
    picture_types = WEB_PICTURES
    test_limits = "Subscribers of any list there; listmonk leaves out others without a word."

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection:
        login = f"token {options.api_user}:{secrets[options.token_env]}"
        base_url = f"{options.base_url.rstrip('/')}/api"
        return Connection(base_url, {"Authorization": login}, allow_http=options.allow_http)

    def account(self) -> str:
        # The instance, which has the campaigns: a new token takes a new user, of another name.
        part(_data(self._get("/profile")), "username", str)
        parts = urlsplit(self.options.base_url)
        return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"

    def find(self, key: str) -> list[Remote]:
        # The documents say "tags", the source reads "tag".
        query = (("tag", key), ("no_body", "true"), ("order_by", "created_at"), ("order", "DESC"))
        campaigns = self._pages("/campaigns", *query)
        return [_remote(one) for one in campaigns if key in part(one, "tags", list)]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        content = self._content(issue)
        if into is None:
            return self._create(issue.key, content)
        self._there(into, State.DRAFT, "no draft to fill")
        return _made(self._put(into, content), content)

    def send(self, issue: Issue, remote_id: str) -> None:
        # From a draft only: a paused campaign would run on, too.
        self._there(remote_id, State.DRAFT, "so it is not started")
        self._put(f"{remote_id}/status", {"status": "running"})

    def status(self, remote_id: str) -> Remote:
        remote = _remote(campaign := self._read(remote_id))
        return remote if remote.state is State.GONE else replace(remote, content=_digest(campaign))

    def readers(self, audience: str) -> int:
        # Who is on two of them counts twice. Unverified: those who are blocked may count, too.
        return sum(_readers(one) for one in self._lists(audience))

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        there = self._there(remote_id, State.DRAFT, "so it is not scheduled")
        self._date(remote_id, there or self._content(issue), at)
        self._put(f"{remote_id}/status", {"status": "scheduled"})

    def unschedule(self, remote_id: str) -> None:
        there = self._there(remote_id, State.SCHEDULED, "so there is nothing to take back")
        self._put(f"{remote_id}/status", {"status": "draft"})
        self._date(remote_id, there, None)

    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        content = self._content(issue)
        # The template is read from the query, the rest from the body.
        query = (("template_id", str(content["template_id"])),)
        test = {**content, "subscribers": list(addresses)}
        self.wire.call(Request("POST", f"/campaigns/{remote_id}/test", query, json=test))

    def host(self, picture: File) -> str:
        # By cmd/media.go and internal/core/media.go: https://listmonk.app/docs/apis/media/ lacks
        # the query, and calls the field "uri". A name that is taken would get a random ending.
        media = self._pages("/media", ("query", picture.name))
        there = next((one for one in media if one.get("filename") == picture.name), None)
        return public_url(there or _data(self._upload("/media", file=picture)), "url")

    def discard(self, remote_id: str) -> None:
        # DELETE would do it in any state.
        if can_delete(self.status(remote_id), "at listmonk, so it is not deleted"):
            self._write("DELETE", f"/campaigns/{remote_id}")

    def figures(self, remote_id: str) -> Figures:
        campaign = _data(self._get(f"/campaigns/{remote_id}"))
        recipients, bounces = (part(campaign, what, int) for what in ("to_send", "bounces"))
        # No pixel or tracked link is ours, bounces must be switched on: 0 is what nobody counts.
        opens, clicks = (self._counted(campaign, what) or None for what in ("views", "clicks"))
        return Figures(recipients=recipients, opens=opens, clicks=clicks, bounces=bounces or None)

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        needed = (*NEEDED, *(NEEDED_FOR_PICTURES if email.images == "upload" else ()))
        yield from _lacking(part(_data(self._get("/profile")), "user_role", dict), needed)
        root = part(_data(self._get("/config")), "root_url", str)
        if urlsplit(root).hostname in {"localhost", "127.0.0.1"}:
            what = f"links such as the one to unsubscribe begin with {root}: no reader gets there."
            yield Problem(what, mend="Set the root URL in listmonk: Settings, General.")
        try:
            if not self.readers(audience):
                yield Problem("nobody is on the lists at listmonk.", "publish.yml")
            self._template()
        except (UsageError, Rejected) as error:
            yield from error.problems

    def escape_html(self, html: str) -> str:
        # html/template would take out comments, those for Outlook too, change values by the place
        # they stand in, and stop at a page it cannot follow when mails are already going out.
        # What Safe returns it leaves alone: https://listmonk.app/docs/templating/
        apart = SEAM.sub(lambda match: CLOSE + UNQUOTABLE.get(match[0], match[0]) + OPEN, html)
        return f"{OPEN}{apart}{CLOSE}"

    def escape_text(self, text: str) -> str:
        # A subject is a template without such care, and seldom has anything to escape.
        return CALL.sub(lambda match: f'{{{{ "{match[0]}" }}}}', text)

    def localise(self, message: Message) -> Message:
        # The text part goes through html/template, too, which would escape a name for HTML.
        name = self.placeholders["first_name"].replace(" }}", " | Safe }}")
        text = fill(self.escape_html(message.text), {**self.placeholders, "first_name": name})
        return replace(super().localise(message), text=text)

    def _content(self, issue: Issue) -> dict[str, Any]:
        message = self.localise(issue.message)
        return {
            "name": (issue.title or issue.key)[:200],
            "subject": message.subject,
            "lists": _ids({"lists": self._lists(issue.audience, minimal=True)}, "lists"),
            "from_email": message.sender,
            "type": "regular",
            "content_type": "html",
            "body": message.html,
            "altbody": message.text,
            "send_at": None,  # a draft with a date is scheduled for it by being started
            "messenger": "email",
            "template_id": self.options.template or self._template(),
            "tags": [issue.key],
            "headers": [{"Reply-To": message.reply_to}] if message.reply_to else [],
            "attribs": {"publish_key": issue.key},
            "media": [],
        }

    def _create(self, key: str, content: Mapping[str, Any]) -> Remote:
        """Make a campaign, once: its slug in the public archive is unique, though it is not in."""
        new = {**content, "archive_slug": key}
        try:
            return _made(_data(self._write("POST", "/campaigns", new)), content)
        except Unsure as doubt:
            if SLUG_TAKEN not in str(doubt):
                raise
            problems = doubt.problems  # the constraint proves that nothing was made
        found = self.find(key)
        if [one.state for one in found] == [State.DRAFT]:
            return _made(self._put(found[0].id, content), content)
        owner = f"campaign {found[0].id}" if found else "a campaign without its tag"
        mend = f"The archive slug {key} belongs to {owner} there: delete what nobody got."
        raise Rejected(*(replace(one, mend=mend) for one in problems))

    def _put(self, path: str, body: Mapping[str, Any]) -> Any:
        return _data(self._write("PUT", f"/campaigns/{path}", body))

    def _date(self, remote_id: str, campaign: Any, time: datetime | None) -> None:
        """Give a campaign a date, or take it away. What a PUT leaves out stays, but for three."""
        same = {name: _ids(campaign, name) for name in ("lists", "media")}
        when = time.astimezone(UTC).isoformat(timespec="seconds") if time else None
        self._put(remote_id, {**same, "attribs": campaign.get("attribs"), "send_at": when})

    def _there(self, remote_id: str, state: State, otherwise: str) -> Any:
        """Read a campaign, Rejected unless it is in this state; None in a dry run, before it is."""
        if not remote_id.isdecimal():
            return None
        campaign = self._read(remote_id)
        must_be(state, _remote(campaign), f"at listmonk, {otherwise}")
        return campaign

    def _read(self, remote_id: str) -> Any:
        """Read a campaign, or what stands for one that is gone: the answer to that is 400."""
        # Where roles are by list, 403: it is on none any more. So is one that we may not see.
        answer = self._look(f"/campaigns/{remote_id}", absent=BAD_REQUEST)
        return {"id": remote_id, "status": NOT_FOUND} if answer is None else _data(answer)

    def _lists(self, audience: str, *, minimal: bool = False) -> list[Any]:
        """Return an audience's lists: names or ids with commas between; empty, the only one."""
        # Minimal is without the numbers of readers, which take long to count.
        query = (("status", "active"), ("minimal", str(minimal).lower()))
        lists = list(self._pages("/lists", *query))
        whole = called(lists, audience) if audience else lists
        parts = [called(lists, name) for name in map(str.strip, audience.split(",")) if name]
        for choice in ([whole], parts):
            if choice and all(len(named) == 1 for named in choice):
                return list({named[0]["id"]: named[0] for named in choice}.values())
        known = listed(lists) or "none that is active"
        mend = f"Lists there: {known}. Give names or ids, with commas."
        named = f'the audience "{audience}" names a list that is not there, or there twice.'
        what = named if audience else "no audience is named, and listmonk has not just one list."
        raise UsageError.of(what, "publish.yml", mend)

    def _template(self) -> int:
        """Return the id of a template that adds nothing; UsageError, with the mend, if none.

        A campaign is always put into one: https://github.com/knadh/listmonk/issues/2247
        """
        bare = {
            part(one, "id", int)
            for one in _data(self._get("/templates"), list)
            if at(one, "type", str) == "campaign" and BARE.fullmatch(at(one, "body", str) or "")
        }
        wanted = self.options.template
        if bare and wanted in {0, *bare}:
            return wanted or min(bare)
        what = f"template {wanted} at listmonk adds" if wanted else "each template at listmonk adds"
        raise UsageError.of(f"{what} something of its own.", "publish.yml", MAKE_TEMPLATE)

    def _counted(self, campaign: Any, what: str) -> int:
        """Count readers where listmonk tracks each by itself, else events, as the campaign does."""
        query = (("id", str(part(campaign, "id", int))), *EVER)
        try:
            days = self._get(f"/campaigns/analytics/{what}", *query)
        except Rejected:  # it takes a permission of its own
            return part(campaign, what, int)
        return sum(part(day, "count", int) for day in _data(days, list))

    @each_once
    def _pages(self, path: str, *query: tuple[str, str]) -> Iterator[list[Any]]:
        shown = 0
        for page in count(1):
            answer = _data(self._get(path, *query, ("page", str(page)), ("per_page", "50")), object)
            results = part(answer, "results", list) if answer else []  # a bare [] where none is
            yield results
            shown += len(results)
            if not results or shown >= part(answer, "total", int):
                return


def _data(answer: Any, kind: type = dict) -> Any:
    """Take an answer out of its envelope, which that of a dry run lacks."""
    return answer if isinstance(answer, Later) else part(answer, "data", kind)


def _made(campaign: Any, asked: Mapping[str, Any]) -> Remote:
    """Believe no write: it may leave out lists, and put one word in the place of another."""
    if isinstance(campaign, Later):
        return Remote(campaign["id"], State.DRAFT)
    must_be(State.DRAFT, remote := _remote(campaign), "at listmonk, no draft (any more)")
    shown = {**campaign, "lists": _ids(campaign, "lists")}
    if lost := [name for name in KEPT if shown.get(name) != asked[name]]:
        what = f"campaign {remote.id} at listmonk was not saved as we asked: {', '.join(lost)}."
        raise Rejected.of(what, mend="May the API user use these lists and this template?")
    same = all(campaign.get(name) == asked[name] for name in ("subject", "body"))
    return replace(remote, content=_digest(campaign) if same else "")


def _remote(campaign: Any) -> Remote:
    word = part(campaign, "status", str)
    if word == NOT_FOUND:
        return Remote(campaign["id"], State.GONE, word)
    state = STATES.get(word, State.UNKNOWN)
    time = moment(campaign.get("send_at" if state is State.SCHEDULED else "started_at"))
    return Remote(str(part(campaign, "id", int)), state, word, time)


def _digest(campaign: Any) -> str:
    """Digest what a reader would see, and who would."""
    seen = [campaign.get(name) or None for name in SEEN]
    seen += [_ids(campaign, name) for name in ("lists", "media")]
    return digest(seen)


def _ids(campaign: Any, name: str) -> list[int]:
    """Return the ids of a campaign's lists or attachments; what is deleted has none."""
    ids = [one.get("id") if isinstance(one, Mapping) else one for one in campaign.get(name) or ()]
    return sorted(one for one in ids if isinstance(one, int))


def _readers(one: Any) -> int:
    """Count who gets the mail of a list: where they have to confirm, those who did."""
    counts = at(one, "subscriber_statuses", dict)
    if not counts:
        return part(one, "subscriber_count", int)
    others = {"unsubscribed"} | ({"unconfirmed"} if one.get("optin") == "double" else set())
    return sum(number for status, number in counts.items() if status not in others)


def _lacking(role: Any, needed: Sequence[str]) -> Iterator[Problem]:
    """Say which permissions the API user lacks."""
    has = set(role.get("permissions") or ())
    lacking = [name for name in needed if not has & {name, f"{name}_all"}]
    if lacking and role.get("id") != 1:  # the super admin
        what = f"the role of the API user lacks {', '.join(lacking)}."
        yield Problem(what, mend="Add it in listmonk: Admin, User roles.")
