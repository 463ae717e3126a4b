"""listmonk 6.2 as its source describes it, its traps included.

- Lists it does not know are dropped without a word, a content type becomes richtext, and a PUT
  that leaves lists, attachments or attribs out takes them away.
- Started with a date, a campaign is scheduled; a paused one begins anew, with everybody.
- DELETE works in any state, and a campaign that is not there is 400, in the instance's language.
- It shows a new campaign at once; ``lag`` is what this fake can do to those who rely on it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pressrun.deliver.providers import client
from pressrun.deliver.providers.listmonk import Listmonk, Options
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, File, Kept, Mailer, Reply, Sent
from support.wire_fakes.go_templates import Reader, has_expression, render

DUPLICATE = (
    "Fehler beim Erstellen: pq: duplicate key value violates unique constraint "
    '"campaigns_archive_slug_key"'
)
CONTENT = '{{ template "content" . }}'
CONTENT_TYPES = ("richtext", "html", "markdown", "plain", "visual")
EDITABLE = ("draft", "paused", "scheduled")
# From which states a campaign may be turned into another one.
TURNS: Mapping[str, tuple[str, ...]] = {
    "draft": ("scheduled",),
    "scheduled": ("draft", "paused"),
    "running": ("paused", "draft"),
    "paused": ("running",),
    "cancelled": ("running", "paused"),
}
DEFAULTS: Mapping[str, Any] = {
    "name": "",
    "subject": "",
    "from_email": "listmonk <noreply@listmonk.example>",
    "type": "regular",
    "content_type": "richtext",
    "body": "",
    "altbody": None,
    "send_at": None,
    "messenger": "email",
    "template_id": None,
    "tags": [],
    "headers": [],
    "attribs": None,
    "archive": False,
    "archive_slug": None,
}


def a_list(number: int, name: str, *, optin: str = "single", **counts: int) -> dict[str, Any]:
    """Make a list with these many subscribers by the status of their subscription."""
    total = sum(counts.values())
    known = {"id": number, "name": name, "type": "private", "optin": optin, "status": "active"}
    return {**known, "tags": [], "subscriber_count": total, "subscriber_statuses": counts}


class ListmonkFake(Mailer):
    """One listmonk, behind a path of its host."""

    base_url = "https://lists.example.org/mail/api"
    key = "lm-canary-0123456789abcdef-canary"
    user = "press-bot"

    def __init__(self, now: Callable[[], float] = lambda: 0.0, *, lag: float = 0.0) -> None:
        super().__init__(now, lag=lag)
        self.page_size = 2
        self.lists = [a_list(1, "Everybody", confirmed=2, unsubscribed=1)]
        self.templates: list[dict[str, Any]] = [
            {"id": 1, "name": "Default", "type": "campaign", "body": f"<h1>Hi</h1>{CONTENT}<hr>"},
            {"id": 5, "name": "Pressrun", "type": "campaign", "body": f"{CONTENT}\n"},
        ]
        self.subscribers = ["ada@example.org", "bob@example.org"]
        self.role: dict[str, Any] = {
            "id": 4,
            "name": "Press",
            "permissions": ["campaigns:get", "campaigns:manage_all", "campaigns:send"],
        }
        self.extensions = ("jpg", "jpeg", "png", "gif")
        self.root_url = "https://lists.example.org/mail"
        self.analytics: dict[str, list[int]] = {"views": [2, 1], "clicks": [1]}
        self.reader = Reader()
        self.state: dict[int, dict[str, Any]] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}
        self._numbers = count(7)

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def drafts(self) -> int:
        return sum(row["status"] == "draft" for row in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        self.state[int(campaign)]["body"] += word

    def remove(self, campaign: str) -> None:
        del self.state[int(campaign)]

    def tick(self) -> None:
        for row in self.state.values():
            date = row["send_at"] if row["status"] == "scheduled" else None
            if date and self._moment(date) <= self.now():
                self._run(row)

    def answer(self, sent: Sent) -> Reply:
        path = sent.path.removeprefix("/api")
        if sent.headers.get("Authorization") != f"token {self.user}:{self.key}":
            return _error(403, "invalid API credentials")
        if refusal := self.refusals.get((sent.method, path)):
            return refusal
        _, first, *rest = path.split("/")
        return self._campaigns(sent, rest) if first == "campaigns" else self._elsewhere(path, sent)

    def _campaigns(self, sent: Sent, rest: list[str]) -> Reply:
        if not rest:
            return self._list(sent) if sent.method == "GET" else self._create(sent.json)
        if rest[0] == "analytics":
            return self._analytics(rest[1], dict(sent.query))
        row = self.state.get(int(rest[0])) if rest[0].isdecimal() else None
        return self._one(sent, row, rest[1:]) if row else _error(400, "Kampagne nicht gefunden")

    def _elsewhere(self, path: str, sent: Sent) -> Reply:
        user = {"id": 3, "username": self.user, "type": "api", "user_role": self.role}
        config = {"root_url": self.root_url, "messengers": ["email"], "version": "v6.2.0"}
        answers = {
            "/profile": lambda: _ok(user),
            "/config": lambda: _ok(config),
            "/templates": lambda: _ok(self.templates),
            "/lists": lambda: self._lists(dict(sent.query)),
            "/media": lambda: self._media(sent),
        }
        return answers[path]() if path in answers else _error(404, "Not Found")

    def _media(self, sent: Sent) -> Reply:
        """List pictures whose names hold the query, or keep another one, under a name of its own.

        Underscores in a query stand for any letter, and capitals for small ones.
        """
        if sent.method == "GET":
            query = dict(sent.query)
            wanted = re.compile(re.escape(query.get("query", "")).replace("_", "."), re.IGNORECASE)
            there = [
                one for one in map(self._medium, self.pictures) if wanted.search(one["filename"])
            ]
            return _page(there[::-1], query, self.page_size)
        picture = sent.form["file"]
        assert isinstance(picture, File)
        stem, _, suffix = picture.name.rpartition(".")
        if suffix not in self.extensions:
            return _error(400, f"Nicht unterstützter Dateityp ({suffix})")
        taken = picture.name in {kept.name for kept in self.pictures}
        name = f"{stem}_x7Kq2p.{suffix}" if taken else picture.name
        return _ok(self._medium(self.keep(name, picture.content)))

    def _medium(self, kept: Kept) -> dict[str, Any]:
        known = {"filename": kept.name, "url": kept.url, "provider": "filesystem"}
        return {"id": self.pictures.index(kept) + 1, **known}

    def _one(self, sent: Sent, row: dict[str, Any], rest: list[str]) -> Reply:
        if (sent.method, rest) == ("GET", []):
            shown = _ok(self._shown(row))
            row["status"] = "finished" if row["status"] == "running" else row["status"]
            return shown
        if (sent.method, rest) == ("PUT", []):
            return self._change(row, sent.json)
        if (sent.method, rest) == ("PUT", ["status"]):
            return self._turn(row, sent.json["status"])
        if (sent.method, rest) == ("POST", ["test"]):
            return self._test(row, sent)
        if (sent.method, rest) == ("DELETE", []):
            del self.state[row["id"]]
            return _ok(data=True)
        return _error(404, "Not Found")

    def _create(self, asked: dict[str, Any]) -> Reply:
        row = {**DEFAULTS, **asked, "status": "draft"}
        if bad := self._invalid(row):
            return _error(400, bad)
        slug = "-".join(re.findall(r"[^\W_]+", str(row["archive_slug"] or "").lower())) or None
        if slug and slug in {one["archive_slug"] for one in self.state.values()}:
            return _error(500, DUPLICATE)
        number = next(self._numbers)
        made = {"id": number, "uuid": f"uuid-{number}", "created_at": self._stamp()}
        counts = {"to_send": 0, "sent": 0, "views": 0, "clicks": 0, "bounces": 0}
        self.state[number] = {**made, **counts, "started_at": None}
        self._store(self.state[number], {**row, "archive_slug": slug})
        return _ok(self._shown(self.state[number]))

    def _change(self, row: dict[str, Any], asked: dict[str, Any]) -> Reply:
        if row["status"] not in EDITABLE:
            return _error(400, "Laufende Kampagnen können nicht geändert werden")
        wiped = {"lists": [], "media": [], "attribs": None}
        changed = {**row, **wiped, **asked, "status": row["status"]}
        if bad := self._invalid(changed):
            return _error(400, bad)
        # Go reads a list of objects into the old ones, so that their keys stay.
        olds = [*row["headers"], *({} for _ in changed["headers"])]
        new = zip(olds, changed["headers"], strict=False)
        self._store(row, {**changed, "headers": [{**old, **one} for old, one in new]})
        if row["status"] == "scheduled" and row["send_at"] is None:
            row["status"] = "draft"
        return _ok(self._shown(row))

    def _store(self, row: dict[str, Any], asked: Mapping[str, Any]) -> None:
        row.update({name: value for name, value in asked.items() if name != "id"})
        known = {one["id"] for one in self.lists}
        row["lists"] = [number for number in asked["lists"] if number in known]
        row["media"] = list(asked.get("media") or ())
        row["tags"] = [re.sub(r"\s+", "-", tag.strip()) for tag in asked["tags"]]
        row["altbody"] = asked["altbody"] or None
        if row["content_type"] not in CONTENT_TYPES:
            row["content_type"] = "richtext"
        if row["template_id"] not in {one["id"] for one in self.templates}:
            row["template_id"] = None

    def _invalid(self, row: Mapping[str, Any]) -> str:
        """Validate as listmonk does: templates are only parsed, not tried."""
        if not 1 <= len(row["name"]) <= 2000 or not 1 <= len(row["subject"]) <= 5000:
            return "Ungültige Länge"
        if not row.get("lists") or not all(isinstance(one, int) for one in row["lists"]):
            return "Ungültige Listen"
        if row["messenger"] != "email":
            return "Unbekannter Messenger"
        if row["send_at"] and self._moment(row["send_at"]) < self.now():
            return "Das Datum sollte in der Zukunft liegen"
        try:
            self._mail(row)
        except ValueError as error:
            return "" if "context" in str(error) else f"Fehler beim Kompilieren: {error}"
        return ""

    def _turn(self, row: dict[str, Any], word: str) -> Reply:
        if row["status"] not in TURNS.get(word, ()):
            return _error(400, "So nicht")
        if word == "scheduled" and not row["send_at"]:
            return _error(400, "Die Kampagne braucht ein Datum")
        row["status"] = word
        if word == "running" and row["send_at"]:
            row["status"] = "scheduled"
        elif word == "running":
            self._run(row)
        return _ok({**self._shown(row), "status": word})

    def _run(self, row: dict[str, Any]) -> None:
        """Send to everybody; where the page cannot be rendered, to nobody, and call it done."""
        row |= {"status": "running", "started_at": self._stamp(), "to_send": 2}
        try:
            subject, body, text = self._mail(row)
        except ValueError:
            return
        row["sent"] = 2
        self.deliveries.append(Delivery(str(row["id"]), subject, body, text))

    def _mail(self, row: Mapping[str, Any]) -> tuple[str, str, str]:
        """Render subject, body and text for a reader."""
        subject, text = row["subject"], row["altbody"] or ""
        if has_expression(subject):
            subject = render(subject, self.reader, as_html=False)
        if has_expression(text):
            text = render(text, self.reader)
        template = next((one for one in self.templates if one["id"] == row["template_id"]), None)
        frame = (template or self.templates[0])["body"]
        return subject, frame.replace(CONTENT, render(row["body"], self.reader)).rstrip("\n"), text

    def _test(self, row: Mapping[str, Any], sent: Sent) -> Reply:
        asked = {**DEFAULTS, "messenger": "", **sent.json}
        if bad := self._invalid(asked):
            return _error(400, bad)
        known = tuple(one for one in asked.get("subscribers", ()) if one in self.subscribers)
        if not known:
            return _error(400, "Keine bekannten Abonnenten")
        asked["template_id"] = int(dict(sent.query).get("template_id", 0)) or row["template_id"]
        self.tests.append(Delivery(str(row["id"]), *self._mail(asked), to=known))
        return _ok(data=True)

    def _list(self, sent: Sent) -> Reply:
        query = dict(sent.query)
        tags = {value for name, value in sent.query if name == "tag"}
        rows = [
            self._shown(row)
            for row in self.state.values()
            if tags <= set(row["tags"]) and self.now() - self._moment(row["created_at"]) >= self.lag
        ]
        if query.get("order") == "DESC":
            rows.reverse()
        if query.get("no_body") == "true":
            rows = [{**row, "body": ""} for row in rows]
        return _page(rows, query, self.page_size)

    def _lists(self, query: Mapping[str, str]) -> Reply:
        status = query.get("status")
        lists = [one for one in self.lists if status in {None, one["status"]}]
        if query.get("minimal") != "true":
            return _page(lists, query, self.page_size)
        bare = {"subscriber_count": 0, "subscriber_statuses": None}
        return _page([{**one, **bare} for one in lists], {}, len(lists)) if lists else _ok([])

    def _analytics(self, what: str, query: Mapping[str, str]) -> Reply:
        if "campaigns:get_analytics" not in self.role["permissions"]:
            return _error(403, "permission denied: campaigns:get_analytics")
        if not query.get("id") or min(len(query.get(name, "")) for name in ("from", "to")) < 10:
            return _error(400, "Ungültige Daten")
        days = enumerate(self.analytics[what], 1)
        return _ok([{"count": number, "timestamp": f"2026-11-0{day}"} for day, number in days])

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        names = {one["id"]: one["name"] for one in self.lists}
        lists = [{"id": number, "name": names.get(number, "gone")} for number in row["lists"]]
        media = [{"id": number, "filename": "a.pdf"} for number in row["media"]]
        return {**row, "lists": lists, "media": media}

    def _stamp(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    def _moment(self, text: str) -> float:
        return datetime.fromisoformat(text).timestamp()


def options(**changes: Any) -> Options:
    """Return the options that reach the fake."""
    known = {"base_url": ListmonkFake.base_url.removesuffix("/api"), "api_user": ListmonkFake.user}
    return Options(**{**known, **changes})


def connected(server: FakeServer | None, chosen: Options | None = None) -> Listmonk:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    chosen = chosen or options()
    secrets = {chosen.token_env: ListmonkFake.key}
    reach = Listmonk.connection(chosen, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return Listmonk(chosen, wire)


def _ok(data: Any) -> Reply:
    return Reply.json({"data": data})


def _error(status: int, message: str) -> Reply:
    return Reply.json({"message": message}, status)


def _page(rows: list[Any], query: Mapping[str, str], size: int) -> Reply:
    """Show a page; listmonk caps what is asked for, and an empty one has no numbers."""
    size = min(size, int(query.get("per_page", "20")))
    start = (int(query.get("page", "1")) - 1) * size
    shown = rows[start : start + size]
    if not shown:
        return _ok({"results": [], "query": "", "total": 0, "per_page": 0, "page": 0})
    return _ok({"results": shown, "query": "", "total": len(rows), "per_page": size, "page": 1})
