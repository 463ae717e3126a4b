"""Buttondown as its documents describe it, its traps included; where they are silent, at its worst.

- A new email without a status is sent, and a PATCH with one may start or recall a sending.
- Filters it does not know are ignored; pages are small; new emails appear in lists with a delay.
- A second publication of a sent email sends it again: nothing says that Buttondown would not.
- Deleting or publishing asks for no state, and a date that has passed by sends at once.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pressrun.deliver.providers import client
from pressrun.deliver.providers.buttondown import Buttondown, Options
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, File, Mailer, Reply, Sent

FIELDS = frozenset(
    {
        *("attachments", "publish_date", "subject", "slug", "description", "canonical_url"),
        *("image", "body", "archival_mode", "email_type", "status", "metadata", "secondary_id"),
        *("filters", "template", "commenting_mode", "related_email_ids", "featured"),
        "should_trigger_pay_per_email_billing",
    }
)
SLUG = re.compile("[a-zA-Z0-9_-]{1,100}")
NEXT = {"about_to_send": "in_flight", "in_flight": "sent"}
EVERYBODY = {"filters": [], "groups": [], "predicate": "and"}
READER = {
    "unsubscribe_url": "https://buttondown.com/unsubscribe/reader",
    "email.absolute_url": "https://buttondown.com/press/archive/issue/",
    "subscriber.metadata.first_name": "",
}
TEMPLATE_TAGS = {"openbrace": "{", "closebrace": "}", "openvariable": "{{", "openblock": "{%"}


class ButtondownFake(Mailer):
    """One newsletter at Buttondown. ``lag`` is the seconds until a new email is listed."""

    base_url = "https://api.buttondown.com/v1"
    key = "bd-canary-0123456789abcdef-canary"

    def __init__(
        self,
        now: Callable[[], float] = lambda: 0.0,
        *,
        lag: float = 0.0,
        page_size: int = 2,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(now, lag=lag)
        self.page_size = page_size
        self.tags = tags if tags is not None else {"everyone": "sub_tag_1", "friends": "sub_tag_2"}
        self.subscribers = [("regular", ["sub_tag_1"]), ("regular", []), ("unsubscribed", [])]
        self.newsletters = [newsletter()]
        self.images: list[dict[str, Any]] = []
        self.stored: Callable[[str], str] = lambda body: body  # what it makes of a body it is given
        self.state: dict[str, dict[str, Any]] = {}
        self.replies: dict[tuple[str, str], Reply] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}
        self._numbers = count(1)

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def drafts(self) -> int:
        return sum(email["status"] == "draft" for email in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        email = self.state[campaign]
        email["body"] = email["body"].replace("</p>", f" {word}</p>", 1)
        email["modification_date"] = self._moment()

    def remove(self, campaign: str) -> None:
        del self.state[campaign]

    def tick(self) -> None:
        for email in self.state.values():
            date = email["publish_date"]
            if email["status"] == "scheduled" and date and _seconds(date) <= self.now():
                self._send(email)

    def answer(self, sent: Sent) -> Reply:
        if sent.headers.get("Authorization") != f"Token {self.key}":
            return _error(401, "authentication_invalid", "Invalid token.")
        if refusal := self.refusals.get((sent.method, sent.path)):
            return refusal
        known = (sent.path, sent.headers.get("X-Idempotency-Key", ""))
        if known[1] and known in self.replies:
            return self.replies[known]
        reply = self._route(sent)
        if known[1]:
            self.replies[known] = reply
        return reply

    def _route(self, sent: Sent) -> Reply:
        routes = {
            ("GET", "/accounts/me"): self._me,
            ("GET", "/newsletters"): self._list_newsletters,
            ("GET", "/tags"): self._list_tags,
            ("GET", "/subscribers"): self._list_subscribers,
            ("GET", "/emails"): self._list_emails,
            ("POST", "/emails"): self._create,
            ("GET", "/images"): self._list_images,
            ("POST", "/images"): self._keep,
        }
        if route := routes.get((sent.method, sent.path)):
            return route(sent)
        _, _, name, action = (*sent.path.split("/"), "")[:4]
        email = self.state.get(name)
        if not sent.path.startswith("/emails/") or email is None:
            return _error(404, "", "Not found.")
        return self._one(sent, email, action)

    def _one(self, sent: Sent, email: dict[str, Any], action: str) -> Reply:
        if (sent.method, action) == ("POST", "publish"):
            going = "scheduled" if sent.json.get("publish_date") else "about_to_send"
            return self._change(email, {**sent.json, "status": going})
        if (sent.method, action) == ("POST", "send-draft"):
            return self._send_test(email, sent.json)
        if (sent.method, action) == ("GET", "analytics"):
            return Reply.json(self._analytics(email))
        if (sent.method, action) == ("PATCH", ""):
            return self._change(email, sent.json)
        if (sent.method, action) == ("DELETE", ""):
            self.remove(email["id"])
            return Reply(204)
        shown = Reply.json(email)
        email["status"] = NEXT.get(email["status"], email["status"])
        return shown

    def _create(self, sent: Sent) -> Reply:
        if bad := self._invalid(sent.json, {"subject"}):
            return bad
        name = f"em_{next(self._numbers):04}"
        email = {
            "id": name,
            "absolute_url": f"https://buttondown.com/press/archive/{name}/",
            "creation_date": self._moment(),
            "modification_date": self._moment(),
            "source": "api",
            **_defaults(),
            **sent.json,
        }
        email["slug"] = email["slug"] or name
        email["body"] = self.stored(email["body"])
        self.state[name] = email
        self._act_on(email, sent.json.get("status", "about_to_send"))
        return Reply.json(email, 201)

    def _change(self, email: dict[str, Any], changes: dict[str, Any]) -> Reply:
        if bad := self._invalid(changes, set(), email):
            return bad
        email.update(changes)
        email["body"] = self.stored(email["body"])
        for name in ("publish_date", "template"):
            email[name] = None if email[name] == "none" else email[name]
        self._act_on(email, changes.get("status", ""))
        return Reply.json(email)

    def _act_on(self, email: dict[str, Any], status: str) -> None:
        if status == "about_to_send":
            self._send(email)
        self.tick()

    def _send(self, email: dict[str, Any]) -> None:
        email["publish_date"] = self._moment()
        try:
            copy = self._copy(email)
        except ValueError:
            email["status"] = "errored"
            return
        email["status"] = "about_to_send"
        self.deliveries.append(copy)

    def _send_test(self, email: dict[str, Any], content: dict[str, Any]) -> Reply:
        copy = self._copy(email)
        subject = f"[PREVIEW] {copy.subject}"
        self.tests.append(copy._replace(subject=subject, to=tuple(content["recipients"])))
        return Reply(200)

    def _copy(self, email: dict[str, Any]) -> Delivery:
        """Return what a reader gets; ValueError where the template cannot be rendered."""
        # A zero-width space, which parts braces in case subjects are templates, is not seen.
        subject = email["subject"].replace("\u200b", "")
        return Delivery(email["id"], subject, render(email["body"]))

    def _analytics(self, email: dict[str, Any]) -> dict[str, Any]:
        went = sum(one.campaign == email["id"] for one in self.deliveries)
        names = ("temporary_failures", "permanent_failures", "unsubscriptions", "complaints")
        counted = dict.fromkeys(("opens", "clicks", *names), 0)
        return {"recipients": 2 * went, "deliveries": 2 * went, **counted, "page_views_7": 9 * went}

    def _moment(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    def _invalid(
        self, content: dict[str, Any], required: set[str], email: dict[str, Any] | None = None
    ) -> Reply | None:
        problems = [("extra_forbidden", name) for name in sorted(set(content) - FIELDS)]
        problems += [("missing", name) for name in sorted(required - set(content))]
        if problems:
            detail = [
                {"type": kind, "loc": ["body", "payload", name], "msg": kind.replace("_", " ")}
                for kind, name in problems
            ]
            return Reply.json({"detail": detail}, 422)
        slug = content.get("slug")
        taken = {one["slug"] for one in self.state.values() if one is not email}
        if slug is not None and (slug in taken or not SLUG.fullmatch(slug)):
            return _error(400, "slug_invalid", "The slug is invalid or already in use.")
        if content.get("status") == "scheduled" and not content.get("publish_date"):
            return _error(400, "publish_date_missing", "A scheduled email needs a date.")
        return None

    def _list_emails(self, sent: Sent) -> Reply:
        query = dict(sent.query)
        listed = [
            email
            for email in self.state.values()
            if self.now() - _seconds(email["creation_date"]) >= self.lag
            and query.get("source", "api") == email["source"]
        ]
        if query.get("ordering") == "-creation_date":
            listed.reverse()
        return self._page(sent, [_without_body(one, query) for one in listed])

    def _list_tags(self, sent: Sent) -> Reply:
        rest = {
            "creation_date": "2026-01-01T00:00:00Z",
            "color": "#ffffff",
            "subscriber_editable": False,
            "secondary_id": 1,
        }
        return self._page(
            sent, [{"id": name, "name": tag, **rest} for tag, name in self.tags.items()]
        )

    def _list_subscribers(self, sent: Sent) -> Reply:
        kinds = {value for name, value in sent.query if name == "type"}
        tags = {value for name, value in sent.query if name == "tag"}
        found = [
            (kind, has)
            for kind, has in self.subscribers
            if (not kinds or kind in kinds) and (not tags or tags & set(has))
        ]
        page: dict[str, Any] = {"results": [], "count": len(found), "next": None, "previous": None}
        return Reply.json(page)

    def _list_newsletters(self, sent: Sent) -> Reply:
        return self._page(sent, self.newsletters)

    def _list_images(self, sent: Sent) -> Reply:
        return self._page(sent, self.images)

    def _keep(self, sent: Sent) -> Reply:
        picture = sent.form["image"]
        assert isinstance(picture, File)
        kept = self.keep(picture.name, picture.content)
        metadata = json.loads(str(sent.form.get("metadata", "{}")))
        name = f"img_{len(self.images)}"
        image = {"id": name, "creation_date": self._moment(), "image": kept.url}
        self.images.append({**image, "metadata": metadata})
        return Reply.json(self.images[-1], 201)

    def _me(self, sent: Sent) -> Reply:
        return Reply.json({"username": "press", "email_address": "press@example.org"})

    def _page(self, sent: Sent, everything: list[Any]) -> Reply:
        number = int(dict(sent.query).get("page", "1"))
        end = number * self.page_size
        more = end < len(everything)
        return Reply.json(
            {
                "results": everything[end - self.page_size : end],
                "count": len(everything),
                "next": f"{self.base_url}{sent.path}?page={number + 1}" if more else None,
                "previous": f"{self.base_url}{sent.path}?page={number - 1}" if number > 1 else None,
            }
        )


def connected(server: FakeServer | None, options: Options | None = None) -> Buttondown:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    options = options or Options()
    secrets = {options.api_key_env: ButtondownFake.key}
    reach = Buttondown.connection(options, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return Buttondown(options, wire)


def render(body: str) -> str:
    """Render Django's templates as far as issues use them; ValueError for an unknown tag.

    Its lexer knows three pairs, each within a line: https://docs.djangoproject.com/en/5.2/ref/templates/language/
    """
    return re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", _rendered, body)


def _rendered(match: re.Match[str]) -> str:
    token = match[0]
    inside = token[2:-2].strip()
    if token.startswith("{#"):
        return ""
    if token.startswith("{%"):
        tag, _, name = inside.partition(" ")
        if tag != "templatetag" or name not in TEMPLATE_TAGS:
            raise ValueError(token)
        return TEMPLATE_TAGS[name]
    variable, _, default = inside.partition("|default:")
    return READER.get(variable, "") or default.strip("'\"")


def newsletter(**settings: Any) -> dict[str, Any]:
    """Return a newsletter that sends as our issues say; the key in it is as secret as ours."""
    return {
        "id": "news_1",
        "username": "press",
        "name": "The Press",
        "description": "",
        "api_key": f"ca9a27bd-0000-4000-8000-{b'canary'.hex()}",
        "creation_date": "2026-01-01T00:00:00Z",
        "from_name": "",
        "email_address": "press@example.org",
        "reply_to_address": "",
        "email_domain": "example.org",
        "sending_domain_status": "valid",
        "test_mode": False,
        **settings,
    }


def _seconds(date: str) -> float:
    return datetime.fromisoformat(date).timestamp()


def _defaults() -> dict[str, Any]:
    return {
        "status": "about_to_send",
        "body": "",
        "description": "",
        "slug": None,
        "canonical_url": "",
        "image": "",
        "archival_mode": "enabled",
        "commenting_mode": "enabled",
        "featured": False,
        "filters": EVERYBODY,
        "metadata": {},
        "publish_date": None,
        "related_email_ids": [],
        "should_trigger_pay_per_email_billing": False,
        "template": None,
    }


def _without_body(email: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    hidden = query.get("excluded_fields")
    return {name: value for name, value in email.items() if name != hidden}


def _error(status: int, code: str, detail: str) -> Reply:
    return Reply.json({"code": code, "detail": detail, "metadata": {}}, status)
