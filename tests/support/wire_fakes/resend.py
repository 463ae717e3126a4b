"""Resend's broadcasts as its documents describe them; where they are silent, at its worst.

- Creating is not idempotent, names may repeat, and ``send`` in a new broadcast sends it.
- A second send of a broadcast sends it again, whatever its state: nothing says that it would not.
- Cancelling what is being sent stops it half-way. Deleting takes scheduled ones, too.
- Answers to writes hold an id only, lists are summaries, and new broadcasts come late into them.
- Tags work in two braces as in three and in the subject, too; what has no value vanishes.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from itertools import count
from typing import Any

from pressrun.deliver.providers import client
from pressrun.deliver.providers.resend import Options, Resend
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, Mailer, Reply, Sent

FIELDS = ("name", "segment_id", "from", "subject", "reply_to", "preview_text")
SUMMARY = ("id", "name", "segment_id", "status", "created_at", "scheduled_at", "sent_at")
REQUIRED = ("segment_id", "from", "subject")
NEXT = {"queued": "sent"}
DOMAIN = {"status": "verified", "region": "eu-west-1", "created_at": "2026-01-02 00:00:00.000+00"}
READER = {
    "RESEND_UNSUBSCRIBE_URL": "https://unsubscribe.resend.com/reader",
    "contact.email": "reader@example.net",
}
TAG = re.compile(r"(\\?)(\{\{+)(.*?)(?:\}\}\}?|\Z)", re.DOTALL)


class ResendFake(Mailer):
    """A team at Resend. ``lag`` is the seconds until a new broadcast is listed.

    ``restricted`` is a key that may only send single emails. ``counted`` are the numbers of a
    broadcast. ``tidied`` is what becomes of HTML when it is stored.
    """

    base_url = "https://api.resend.com"
    key = "re_canary_0123456789abcdef_canary"

    def __init__(
        self, now: Callable[[], float] = lambda: 0.0, *, lag: float = 0.0, page_size: int = 2
    ) -> None:
        super().__init__(now, lag=lag)
        self.page_size = page_size
        self.restricted = False
        self.tidied: Callable[[str], str] = str
        self.segments = {_uuid("a", 1): "General"}
        self.domains: dict[str, dict[str, Any]] = {
            name: {"id": _uuid("d", number), "name": name, **DOMAIN}
            for number, name in enumerate(("example.org", "notes.example"))
        }
        self.state: dict[str, dict[str, Any]] = {}
        self.counted: dict[str, dict[str, float]] = {}
        self.replies: dict[str, Reply] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}
        self._numbers = count(1)

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def drafts(self) -> int:
        return sum(one["status"] == "draft" for one in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        self.state[campaign]["html"] += word

    def remove(self, campaign: str) -> None:
        del self.state[campaign]

    def tick(self) -> None:
        for one in self.state.values():
            if one["status"] == "scheduled" and _seconds(one["scheduled_at"]) <= self.now():
                self._deliver(one)

    def answer(self, sent: Sent) -> Reply:
        if not sent.headers.get("User-Agent"):
            return _error(403, "forbidden", "error code: 1010")
        if sent.headers.get("Authorization") != f"Bearer {self.key}":
            return _error(401, "invalid_api_key", "API key is invalid")
        if self.restricted and (sent.method, sent.path) != ("POST", "/emails"):
            return _error(401, "restricted_api_key", "This API key is restricted to only send")
        return self.refusals.get((sent.method, sent.path)) or self._route(sent)

    def _route(self, sent: Sent) -> Reply:
        routes = {
            ("GET", "/domains"): self._list_domains,
            ("GET", "/segments"): self._list_segments,
            ("GET", "/broadcasts"): self._list_broadcasts,
            ("POST", "/broadcasts"): self._create,
            ("POST", "/emails"): self._email,
            ("GET", "/emails/metrics"): self._metrics,
        }
        if route := routes.get((sent.method, sent.path)):
            return route(sent)
        _, _, name, action = (*sent.path.split("/"), "")[:4]
        one = self.state.get(name)
        if not sent.path.startswith("/broadcasts/") or one is None:
            return _error(404, "not_found", "Broadcast not found")
        actions = {
            ("GET", ""): self._show,
            ("PATCH", ""): self._update,
            ("DELETE", ""): self._delete,
            ("POST", "send"): self._send,
            ("POST", "cancel"): self._cancel,
        }
        return actions[sent.method, action](one, sent.json)

    def _create(self, sent: Sent) -> Reply:
        if missing := [name for name in REQUIRED if not sent.json.get(name)]:
            return _error(422, "missing_required_field", f"Missing `{missing[0]}` field.")
        if sent.json.get("scheduled_at") and not sent.json.get("send"):
            return _error(422, "validation_error", "`scheduled_at` needs `send`.")
        one: dict[str, Any] = {
            "id": _uuid("b", next(self._numbers)),
            "status": "draft",
            "created_at": _stamp(self.now()),
            **dict.fromkeys(("scheduled_at", "sent_at", "topic_id", "html", "text", *FIELDS)),
        }
        if refusal := self._fill(one, sent.json):
            return refusal
        self.state[one["id"]] = one
        if sent.json.get("send"):
            self._send(one, sent.json)
        return _only_id(one, 201)

    def _update(self, one: dict[str, Any], content: Any) -> Reply:
        if one["status"] not in {"draft", "scheduled"}:
            return _error(403, "validation_error", "Only drafts can be updated.")
        return self._fill(one, content) or _only_id(one)

    def _fill(self, one: dict[str, Any], content: Any) -> Reply | None:
        segment = content.get("segment_id", one["segment_id"])
        if segment not in self.segments:
            return _error(404, "not_found", "Segment not found")
        if refusal := self._foreign(content.get("from", one["from"])):
            return refusal
        # What the document does not know is not even looked at.
        one.update({name: content[name] for name in FIELDS if name in content})
        if "html" in content:
            one |= {"html": self.tidied(content["html"]), "text": _plain(content["html"])}
        if "text" in content:
            one["text"] = content["text"]
        one["reply_to"] = one["reply_to"] or None
        return None

    def _foreign(self, sender: str) -> Reply | None:
        host = parseaddr(sender)[1].rpartition("@")[2]
        if self.domains.get(host, {}).get("status") == "verified":
            return None
        return _error(403, "validation_error", f"The {host} domain is not verified.")

    def _send(self, one: dict[str, Any], content: Any) -> Reply:
        if time := content.get("scheduled_at"):
            one |= {"status": "scheduled", "scheduled_at": _stamp(_seconds(time))}
        else:
            self._deliver(one)
        return Reply.json({"id": one["id"]})

    def _deliver(self, one: dict[str, Any]) -> None:
        one |= {"status": "queued", "sent_at": _stamp(self.now())}
        delivery = Delivery(
            one["id"], _seen(one["subject"]), render(one["html"]), _seen(one["text"])
        )
        self.deliveries.append(delivery)

    def _cancel(self, one: dict[str, Any], _: Any) -> Reply:
        after = {"scheduled": "draft", "queued": "canceled"}
        if one["status"] not in after:
            return _error(403, "validation_error", "Only queued or scheduled ones.")
        one |= {"status": after[one["status"]], "scheduled_at": None}
        return _only_id(one)

    def _delete(self, one: dict[str, Any], _: Any) -> Reply:
        if one["status"] not in {"draft", "scheduled"}:
            return _error(403, "validation_error", "Only drafts can be deleted.")
        del self.state[one["id"]]
        return Reply.json({"object": "broadcast", "id": one["id"], "deleted": True})

    def _show(self, one: dict[str, Any], _: Any) -> Reply:
        shown = Reply.json({"object": "broadcast", "audience_id": one["segment_id"], **one})
        one["status"] = NEXT.get(one["status"], one["status"])
        return shown

    def _email(self, sent: Sent) -> Reply:
        once = sent.headers.get("Idempotency-Key", "")
        if once and once in self.replies:
            return self.replies[once]
        to = sent.json["to"] if isinstance(sent.json["to"], list) else [sent.json["to"]]
        if not 1 <= len(to) <= 50:
            return _error(422, "validation_error", "`to` takes 1 to 50 addresses.")
        if refusal := self._foreign(sent.json["from"]):
            return refusal
        text = sent.json.get("text", _plain(sent.json["html"]))
        # Single emails are no templates.
        letter = (sent.json["subject"].replace("\u200b", ""), sent.json["html"])
        self.tests.append(Delivery("", *letter, text.replace("\u200b", ""), tuple(to)))
        reply = Reply.json({"id": _uuid("e", next(self._numbers))})
        if once:
            self.replies[once] = reply
        return reply

    def _metrics(self, sent: Sent) -> Reply:
        query = dict(sent.query)
        wanted = query["metrics"].split(",")
        # Without a start only the last week counts, and all of this is older.
        known = self.counted.get(query["broadcast_id"], {}) if "start_date" in query else {}
        totals = {name: known.get(name, 0) for name in wanted}
        return Reply.json({"object": "metrics", "metrics": wanted, "totals": totals})

    def _list_broadcasts(self, sent: Sent) -> Reply:
        listed = [
            {name: one[name] for name in SUMMARY}
            for one in reversed(self.state.values())
            if self.now() - _seconds(one["created_at"]) >= self.lag
        ]
        return self._page(sent, listed)

    def _list_segments(self, sent: Sent) -> Reply:
        created = {"created_at": "2026-01-01 00:00:00.000+00"}
        listed = [{"id": one, "name": name, **created} for one, name in self.segments.items()]
        return self._page(sent, listed)

    def _list_domains(self, sent: Sent) -> Reply:
        return self._page(sent, list(self.domains.values()))

    def _page(self, sent: Sent, everything: list[dict[str, Any]]) -> Reply:
        """Answer with a page; with everything where no limit is given. Filters are ignored."""
        query = dict(sent.query)
        ids = [one["id"] for one in everything]
        if query.get("after", ids and ids[0]) not in ids and ids:
            return _error(422, "validation_error", "The `after` cursor is unknown.")
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        size = min(int(query["limit"]), self.page_size) if "limit" in query else len(everything)
        rest = everything[start:]
        return Reply.json({"object": "list", "has_more": len(rest) > size, "data": rest[:size]})


def connected(server: FakeServer | None, options: Options | None = None) -> Resend:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    options = options or Options()
    secrets = {options.api_key_env: ResendFake.key}
    reach = Resend.connection(options, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return Resend(options, wire)


def render(text: str, reader: Mapping[str, str] = READER) -> str:
    """Put a reader's values in the place of the tags.

    A tag after a backslash is none, four braces begin something else that shows nothing, and so
    does a tag that never ends.
    """

    def value(tag: re.Match[str]) -> str:
        if tag[1]:
            return tag[0][1:]
        name, _, fallback = tag[3].partition("|")
        return "" if len(tag[2]) > 3 else reader.get(name.strip(), fallback)

    return TAG.sub(value, text)


def _seen(text: str) -> str:
    """Render a line or a text part; a space of no width is not seen."""
    return render(text).replace("\u200b", "")


def _plain(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


def _uuid(kind: str, number: int) -> str:
    return f"{kind * 8}-0000-4000-8000-{number:012}"


def _stamp(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}+00"


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _only_id(one: Mapping[str, Any], status: int = 200) -> Reply:
    return Reply.json({"object": "broadcast", "id": one["id"]}, status)


def _error(status: int, name: str, message: str) -> Reply:
    return Reply.json({"statusCode": status, "name": name, "message": message}, status)
