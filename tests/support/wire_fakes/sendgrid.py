"""SendGrid's single sends as their documents describe them; where they are silent, at their worst.

- A POST to a single send makes a copy of it, and a text part that nobody locked is replaced.
- A PATCH leaves alone what comes blank, so that an audience may stay.
- A second schedule call sends again: nothing says that SendGrid would not.
- A template that cannot be read reaches nobody, and the status says `triggered` all the same.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pressrun.deliver.providers import client
from pressrun.deliver.providers.sendgrid import Options, SendGrid
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, Mailer, Reply, Sent

SENDS = "/v3/marketing/singlesends"
GROUP = "Newsletter"
A_MOMENT = 2.0  # seconds for which what is sent at once shows as scheduled
LISTS = {
    "everyone": "11111111-0000-4000-8000-000000000001",
    "friends": "11111111-0000-4000-8000-000000000002",
}
SEGMENTS = {"keen": "22222222-0000-4000-8000-000000000001"}
UNSUBSCRIBE = "https://u1.ct.sendgrid.net/asm/unsubscribe/reader"
WEBLINK = "https://u1.ct.sendgrid.net/mss/view"
TAG = re.compile(r"""~?\s*(?:insert\s+)?([A-Za-z_]\w*)(?:\s+["']default=([^"']*)["'])?\s*~?""")


def sender(number: int, address: str, **more: Any) -> dict[str, Any]:
    """Return a sender record as the API shows it."""
    return {
        "id": number,
        "nickname": f"Sender {number}",
        "from": {"email": address, "name": "Press"},
        "reply_to": {"email": "replies@example.org", "name": "Press"},
        "address": "1 Press Lane",
        "address_2": "",
        "city": "Berlin",
        "state": "",
        "zip": "10115",
        "country": "Germany",
        "verified": True,
        "locked": False,
        "updated_at": 1449872165,
        "created_at": 1449872165,
        **more,
    }


class SendGridFake(Mailer):
    """One account at SendGrid. ``lag`` is the seconds until the search knows a new single send.

    ``keeps_blank`` is what a PATCH does with empty values; ``scopes`` are those of the key.
    """

    base_url = "https://api.sendgrid.com"
    key = "SG.canary-0123456789-canary.canary-abcdef-canary"

    def __init__(
        self,
        now: Callable[[], float] = lambda: 0.0,
        *,
        lag: float = 0.0,
        page_size: int = 2,
        keeps_blank: bool = True,
    ) -> None:
        super().__init__(now, lag=lag)
        self.page_size = page_size
        self.keeps_blank = keeps_blank
        self.scopes = ["mail.send", "marketing.read"]
        self.senders = [
            sender(702, "notes@notes.example"),
            sender(701, "press@example.org"),
            sender(703, "new@example.org", verified=False),
        ]
        self.groups = {455: "Receipts", 456: GROUP}
        self.lists, self.segments = dict(LISTS), dict(SEGMENTS)
        self.counts = {LISTS["everyone"]: 12, LISTS["friends"]: 3, SEGMENTS["keen"]: 5}
        self.state: dict[str, dict[str, Any]] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}
        self._numbers = count(1)

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def reads(self, sent: Sent) -> bool:
        return super().reads(sent) or sent.path == f"{SENDS}/search"

    def drafts(self) -> int:
        return sum(one["status"] == "draft" for one in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        self.state[campaign]["email_config"]["html_content"] += word

    def remove(self, campaign: str) -> None:
        del self.state[campaign]

    def tick(self) -> None:
        for one in self.state.values():
            if one["status"] == "scheduled" and self.now() >= _seconds(one["send_at"]):
                if not one.pop("gone", False):
                    self._deliver(one)
                one["status"] = "triggered"

    def answer(self, sent: Sent) -> Reply:
        if sent.headers.get("Authorization") != f"Bearer {self.key}":
            return _error(401, "authorization required")
        if refusal := self.refusals.get((sent.method, sent.path)):
            return refusal
        routes: Mapping[tuple[str, str], Callable[[Sent], Reply]] = {
            ("GET", "/v3/scopes"): lambda _: Reply.json({"scopes": self.scopes}),
            ("GET", "/v3/asm/groups"): self._list_groups,
            ("GET", "/v3/marketing/senders"): lambda _: Reply.json({"results": self.senders}),
            ("GET", "/v3/marketing/lists"): self._list_lists,
            ("GET", "/v3/marketing/segments/2.0"): self._list_segments,
            ("GET", "/v3/marketing/contacts/count"): lambda _: Reply.json({"contact_count": 20}),
            ("POST", "/v3/mail/send"): self._mail,
            ("POST", SENDS): self._create,
            ("POST", f"{SENDS}/search"): self._search,
        }
        if route := routes.get((sent.method, sent.path)):
            return route(sent)
        return self._one(sent)

    def _one(self, sent: Sent) -> Reply:
        stats = sent.path.startswith("/v3/marketing/stats/singlesends/")
        name, _, action = sent.path.removeprefix(f"{SENDS}/").partition("/")
        one = self.state.get(sent.path.rpartition("/")[2] if stats else name)
        if one is None:
            return _error(404, "not found", "id")
        if stats:
            return self._stats(one)
        calls: Mapping[tuple[str, str], Callable[[], Reply]] = {
            ("GET", ""): lambda: Reply.json(_shown(one)),
            ("PATCH", ""): lambda: self._change(one, sent.json, 202),
            ("POST", ""): lambda: self._copy(one),
            ("DELETE", ""): lambda: Reply(204) if self.state.pop(one["id"]) else Reply(500),
            ("PUT", "schedule"): lambda: self._schedule(one, sent.json),
            ("DELETE", "schedule"): lambda: self._unschedule(one),
        }
        call = calls.get((sent.method, action))
        return call() if call else _error(405, "method not allowed")

    def _create(self, sent: Sent) -> Reply:
        name = f"33333333-0000-4000-8000-{next(self._numbers):012}"
        one = {
            "id": name,
            "name": "",
            "status": "draft",
            "categories": [],
            "send_to": {"list_ids": [], "segment_ids": [], "all": False},
            "email_config": {
                "subject": "",
                "html_content": "",
                "plain_content": "",
                "editor": "code",
                **dict.fromkeys(("sender_id", "suppression_group_id", "custom_unsubscribe_url")),
                "generate_plain_content": True,
                "ip_pool": None,
            },
            "created_at": _iso(self.now()),
        }
        reply = self._change(one, sent.json, 201)
        if reply.status < 300:
            self.state[name] = one
        return reply

    def _change(self, one: dict[str, Any], content: Mapping[str, Any], status: int) -> Reply:
        if bad := _invalid(content, new=status == 201):
            return _error(400, "is not valid", bad)
        for field in ("name", "categories", "send_at"):
            if content.get(field) or not (self.keeps_blank or field not in content):
                one[field] = content[field]
        for inner in ("send_to", "email_config"):
            known = {
                name: value
                for name, value in content.get(inner, {}).items()
                if name in one[inner] and (value or status == 201 or not self.keeps_blank)
            }
            one[inner] |= known
        config = one["email_config"]
        if config["generate_plain_content"]:
            config["plain_content"] = re.sub("<[^>]*>", "", config["html_content"])
        one["updated_at"] = _iso(self.now())
        return Reply.json(_shown(one), status)

    def _copy(self, one: dict[str, Any]) -> Reply:
        name = f"33333333-0000-4000-8000-{next(self._numbers):012}"
        copy = {**deepcopy(one), "id": name, "name": f"Copy of {one['name']}"[:100]}
        self.state[name] = copy | {"status": "draft", "created_at": _iso(self.now())}
        return Reply.json(_shown(self.state[name]), 201)

    def _schedule(self, one: dict[str, Any], content: Mapping[str, Any]) -> Reply:
        if missing := self._missing(one):
            return _error(400, "is required to schedule", missing[0])
        at_once = content["send_at"] == "now"
        if not at_once and _seconds(content["send_at"]) < self.now():
            return _error(400, "must be in the future", "send_at")
        one["status"] = "scheduled"
        one["send_at"] = _iso(self.now() + A_MOMENT) if at_once else content["send_at"]
        if at_once:
            self._deliver(one)
            one["gone"] = True
        return Reply.json({"send_at": one["send_at"], "status": "scheduled"}, 201)

    def _unschedule(self, one: dict[str, Any]) -> Reply:
        if one["status"] == "scheduled":
            one["status"] = "draft"
        return Reply.json({"send_at": one["send_at"], "status": one["status"]})

    def _missing(self, one: Mapping[str, Any]) -> list[str]:
        config, verified = one["email_config"], [s["id"] for s in self.senders if s["verified"]]
        page = config["custom_unsubscribe_url"]
        return [
            field
            for field, there in {
                "send_to": any(one["send_to"].values()),
                "email_config.subject": config["subject"],
                "email_config.sender_id": config["sender_id"] in verified,
                "email_config.suppression_group_id": (
                    page or config["suppression_group_id"] in self.groups
                ),
            }.items()
            if not there
        ]

    def _deliver(self, one: Mapping[str, Any]) -> None:
        config = one["email_config"]
        who = next(s for s in self.senders if s["id"] == config["sender_id"])
        parts = (config[name] for name in ("subject", "html_content", "plain_content"))
        try:
            subject, body, text = (render(part, who) for part in parts)
        except ValueError:
            return
        seen = seen_in_text(subject), seen_in_html(body), seen_in_text(text)
        self.deliveries.append(Delivery(one["id"], *seen))

    def _mail(self, sent: Sent) -> Reply:
        mail = sent.json
        kinds = [one["type"] for one in mail["content"]]
        known = {one["from"]["email"] for one in self.senders if one["verified"]}
        if mail["from"]["email"] not in known:
            return _error(403, "The from address does not match a verified Sender Identity.")
        if kinds != sorted(kinds, reverse=True) or not all(one["value"] for one in mail["content"]):
            return _error(400, "text/plain must come first", "content")
        bodies = {one["type"]: one["value"] for one in mail["content"]}
        for each in mail["personalizations"]:
            to = tuple(one["email"] for one in each["to"])
            shown = mail["subject"], bodies["text/html"], bodies["text/plain"]
            self.tests.append(Delivery("", *shown, to=to))
        return Reply(202, b"", {"Content-Length": "0", "X-Message-Id": "m1"})

    def _search(self, sent: Sent) -> Reply:
        wanted = set(sent.json.get("categories", []))
        name, states = sent.json.get("name", ""), sent.json.get("status")
        listed = [
            _short(one)
            for one in self.state.values()
            if self.now() - _seconds(one["created_at"]) >= self.lag
            and (not wanted or wanted & set(one["categories"]))
            and name in one["name"]
            and (not states or one["status"] in states)
        ]
        return self._page(sent, listed)

    def _list_lists(self, sent: Sent) -> Reply:
        return self._page(
            sent,
            [
                {"id": number, "name": name, "contact_count": self.counts.get(number, 0)}
                for name, number in self.lists.items()
            ],
        )

    def _list_segments(self, sent: Sent) -> Reply:
        listed = [
            {"id": number, "name": name, "contacts_count": self.counts.get(number, 0)}
            for name, number in self.segments.items()
        ]
        return Reply.json({"results": listed})

    def _list_groups(self, sent: Sent) -> Reply:
        listed = [
            {"id": number, "name": name, "description": "", "is_default": False}
            for number, name in self.groups.items()
        ]
        return Reply.json(listed)

    def _stats(self, one: Mapping[str, Any]) -> Reply:
        sent = sum(copy.campaign == one["id"] for copy in self.deliveries)
        zeros = dict.fromkeys(("bounce_drops", "invalid_emails", "spam_report_drops"), 0)
        counted = {"requests": 20 * sent, "delivered": 18 * sent, "bounces": 2 * sent}
        counted |= {"opens": 9, "unique_opens": 7, "clicks": 5, "unique_clicks": 4}
        stats = {**zeros, **counted, "unsubscribes": 1, "spam_reports": 0}
        whole = {"id": one["id"], "aggregation": "total", "ab_phase": "all", "ab_variation": "all"}
        return Reply.json({"results": [{**whole, "stats": stats}] if sent else [], "_metadata": {}})

    def _page(self, sent: Sent, everything: Sequence[Any]) -> Reply:
        begin = int(dict(sent.query).get("page_token", "0"))
        end = begin + self.page_size
        here = f"{self.base_url}{sent.path}?page_size={self.page_size}&page_token="
        metadata = {"self": f"{here}{begin}", "count": len(everything)}
        if end < len(everything):
            metadata["next"] = f"{here}{end}"
        return Reply.json({"result": everything[begin:end], "_metadata": metadata})


def connected(server: FakeServer | None, options: Options | None = None) -> SendGrid:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    options = options or Options(unsubscribe_group=GROUP)
    secrets = {options.api_key_env: SendGridFake.key}
    reach = SendGrid.connection(options, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return SendGrid(options, wire)


def render(template: str, who: Mapping[str, Any] | None = None) -> str:
    """Render Handlebars as its own lexer reads it; ValueError where it cannot.

    https://github.com/handlebars-lang/handlebars-parser/blob/master/src/handlebars.l
    """
    done, rest = "", template
    while "{{" in rest:
        before, _, rest = rest.partition("{{")
        if before.endswith("\\") and not before.endswith("\\\\"):
            done += f"{before[:-1]}{{{{"
            continue
        tag, rest = _tag(rest)
        done += before.removesuffix("\\") + _value(tag, who or sender(701, "press@example.org"))
    return done + rest


def _tag(rest: str) -> tuple[str, str]:
    """Take what stands in braces off the beginning, with a brace where there are three."""
    if rest.startswith("!"):
        end = "--}}" if rest.startswith("!--") else "}}"
        _, found, rest = rest.partition(end)
        return "!", rest if found else ""
    if rest.startswith("{{"):
        raise ValueError("a raw block")
    end = "}}}" if rest.startswith("{") else "}}"
    tag, found, rest = rest.partition(end)
    if not found or rest.startswith("}"):
        raise ValueError(tag)
    return tag, rest


def _value(tag: str, who: Mapping[str, Any]) -> str:
    if tag == "!":
        return ""
    match = TAG.fullmatch(tag.removeprefix("{"))
    if not match:
        raise ValueError(tag)
    name, default = match.groups()
    values = {"unsubscribe": UNSUBSCRIBE, "Weblink": WEBLINK, "first_name": ""}
    values |= {f"Sender_{name.title()}": who[name] for name in ("address", "city", "state", "zip")}
    values |= {"Sender_Country": who["country"], "Sender_Name": who["from"]["name"]}
    value = values.get(name, "") or default or ""
    return value if tag.startswith("{") else html.escape(value)


def seen_in_html(body: str) -> str:
    """Read characters that are written as numbers, as a mail program does."""
    pieces = re.split(r"(?is)(<style\b.*?</style\s*>)", body)
    pieces[::2] = [re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), piece) for piece in pieces[::2]]
    styles = [re.sub(r"\\([57][bcd]) ", lambda m: chr(int(m[1], 16)), s) for s in pieces[1::2]]
    pieces[1::2] = styles
    return "".join(pieces)


def seen_in_text(text: str) -> str:
    """Leave out what has no width."""
    return text.replace("\N{ZERO WIDTH SPACE}", "")


def _invalid(content: Mapping[str, Any], *, new: bool) -> str:
    """Name the first field that the API refuses; what it does not know, it ignores."""
    name = content.get("name", "" if new else "x")
    if not 1 <= len(name) <= 100:
        return "name"
    if len(content.get("categories", [])) > 10:
        return "categories"
    return "send_at" if content.get("send_at") == "now" else ""


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"send_to": any(one["send_to"].values())}
    wanted["email_config.sender_id"] = bool(one["email_config"]["sender_id"])
    warnings = [
        {"field": field, "message": "is missing", "warning_id": "w1"}
        for field, there in wanted.items()
        if not there
    ]
    shown = {name: value for name, value in one.items() if name != "gone"}
    return {"send_at": None, **shown, "warnings": warnings}


def _short(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "name", "status", "categories", "created_at", "updated_at")
    short = {name: one[name] for name in names}
    short |= {"send_at": one["send_at"]} if one.get("send_at") else {}
    return {**short, "is_abtest": False, "abtest": None}


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _error(status: int, message: str, field: str | None = None) -> Reply:
    return Reply.json({"errors": [{"field": field, "message": message}]}, status)
