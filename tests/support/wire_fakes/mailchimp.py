"""Mailchimp as its documents and its users describe it; where they are silent, at its worst.

- Nothing is refused for the state that a campaign is in: a second send sends again, a campaign on
  its way can be changed or deleted. Without a content, a sender or a list nothing is sent.
- A list keeps to pages smaller than asked for, and shows a new campaign after a delay.
- What a PATCH leaves out stays. A segment put in the place of another keeps the other's people.
- Left to itself it adds a footer, and always one with an unsubscribe link where there is none.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pressrun.deliver.providers import client
from pressrun.deliver.providers.mailchimp import Mailchimp, Options
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, Kept, Mailer, Reply, Sent

QUARTER = 900
NEXT = {"sending": "sent", "canceling": "canceled"}
UNSUB = "https://example.us19.list-manage.com/unsubscribe?u=1"
READER = {
    "UNSUB": UNSUB,
    "ARCHIVE": "https://mailchi.mp/press/issue",
    "LIST:ADDRESSLINE": "Press, 1 Row, Town",
    "FNAME": "",
}
FOOTER = f'<p class="footer"><a href="{UNSUB}">unsubscribe</a></p>'
DEFAULTS = {
    "auto_footer": True,
    "inline_css": False,
    "subject_line": "",
    "preview_text": "",
    "title": "",
    "from_name": "",
    "reply_to": "",
    "to_name": "",
}
CONTACT = {"company": "Press", "address1": "1 Row", "city": "Town", "country": "AT"}


class MailchimpFake(Mailer):
    """One account at Mailchimp. ``lag`` is the seconds until a new campaign is listed.

    ``reached`` has, by campaign, the segment whose people got it, empty for the whole list.
    """

    base_url = "https://us19.api.mailchimp.com/3.0"
    key = "canary0123456789abcdef0123canary-us19"

    def __init__(
        self, now: Callable[[], float] = lambda: 0.0, *, lag: float = 0.0, page_size: int = 2
    ) -> None:
        super().__init__(now, lag=lag)
        self.page_size = page_size
        self.account = "8d3a3db4d97663a9074efcc16"
        self.lists = [a_list("a1b2c3", "Readers", 3)]
        self.segments = {
            "a1b2c3": [
                a_segment(11, "friends", 2, kind="static"),
                a_segment(12, "Active", 1, match="all"),
                a_segment(13, "a / b", 0),
            ]
        }
        self.domains = [a_domain("example.org"), a_domain("new.example", authenticated=False)]
        self.state: dict[str, dict[str, Any]] = {}
        self.reached: dict[str, str] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}
        self._numbers = count(1)

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def drafts(self) -> int:
        return sum(one["status"] == "save" for one in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        self.state[campaign]["content"]["html"] += f"<p>{word}</p>"

    def remove(self, campaign: str) -> None:
        del self.state[campaign]

    def tick(self) -> None:
        for one in self.state.values():
            time = one["send_time"] if one["status"] == "schedule" else ""
            if time and self.now() >= _seconds(time):
                self._deliver(one)

    def answer(self, sent: Sent) -> Reply:
        given = sent.headers.get("Authorization", "")
        login = base64.b64encode(f"pressrun:{self.key}".encode()).decode()
        if given != f"Basic {login}":
            return _error(401, "API Key Invalid", f"{given} is not a key of ours.")
        if refusal := self.refusals.get((sent.method, sent.path)):
            return refusal
        return self._route(sent)

    def _route(self, sent: Sent) -> Reply:
        routes: dict[tuple[str, str], Callable[[Sent], Reply]] = {
            ("GET", "/"): lambda _: Reply.json({"account_id": self.account, "email": "me@x.org"}),
            ("GET", "/lists"): lambda sent: self._page(sent, "lists", self.lists),
            ("GET", "/verified-domains"): lambda _: Reply.json({"domains": self.domains}),
            ("GET", "/campaigns"): self._list_campaigns,
            ("POST", "/campaigns"): self._create,
            ("GET", "/file-manager/files"): self._list_files,
            ("POST", "/file-manager/files"): self._keep,
        }
        if route := routes.get((sent.method, sent.path)):
            return route(sent)
        _, kind, name, *rest = (*sent.path.split("/"), "")
        if kind == "lists" and rest[0] == "segments" and name in self.segments:
            return self._page(sent, "segments", self.segments[name])
        campaign = self.state.get(name)
        if campaign is None:
            return _error(404, "Resource Not Found", "The requested resource could not be found.")
        if kind == "reports":
            return Reply.json(_report())
        return self._one(sent, campaign, "/".join(filter(None, rest)))

    def _one(self, sent: Sent, campaign: dict[str, Any], rest: str) -> Reply:
        routes: dict[tuple[str, str], Callable[[Sent, dict[str, Any]], Reply]] = {
            ("GET", ""): self._show,
            ("PATCH", ""): self._change,
            ("DELETE", ""): self._delete,
            ("GET", "content"): lambda _, one: Reply.json(_shown_content(one)),
            ("PUT", "content"): self._fill,
            ("GET", "send-checklist"): lambda _, one: Reply.json(_checklist(one)),
            ("POST", "actions/send"): self._send,
            ("POST", "actions/test"): self._test,
            ("POST", "actions/schedule"): self._schedule,
            ("POST", "actions/unschedule"): self._unschedule,
        }
        return routes[sent.method, rest](sent, campaign)

    def _create(self, sent: Sent) -> Reply:
        if sent.json.get("type") != "regular":
            return _error(400, "Invalid Resource", "A type is needed.")
        campaign = {
            "id": f"42694e9e{next(self._numbers):02}",
            "create_time": datetime.fromtimestamp(self.now(), UTC).isoformat(),
            "status": "save",
            "send_time": "",
            "settings": dict(DEFAULTS),
            "recipients": {"list_id": "", "recipient_count": 0},
            "content": {},
            "people": "",
        }
        reply = self._change(sent, campaign)
        if reply.status == 200:
            self.state[campaign["id"]] = campaign
        return reply

    def _change(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        recipients = sent.json.get("recipients", {})
        known = {one["id"] for one in self.lists}
        if recipients and recipients.get("list_id") not in known:
            return _error(400, "Invalid Resource", "The list is missing.")
        campaign["settings"] |= sent.json.get("settings", {})
        if recipients:
            self._address(campaign, recipients)
        return Reply.json(_shown(campaign))

    def _address(self, campaign: dict[str, Any], recipients: dict[str, Any]) -> None:
        before = campaign["recipients"].get("segment_opts")
        campaign["recipients"] |= recipients
        if not campaign["recipients"].get("segment_opts"):
            campaign["recipients"].pop("segment_opts", None)
            campaign["people"] = ""
        elif not before:
            campaign["people"] = str(campaign["recipients"]["segment_opts"]["saved_segment_id"])

    def _fill(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        # Lines end as on Windows afterwards: some server always has its own idea of a text.
        content = {name: text.replace("\n", "\r\n") for name, text in sent.json.items()}
        campaign["content"] = {"plain_text": "made from the HTML", **content}
        return Reply.json(_shown_content(campaign))

    def _show(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        shown = Reply.json(_shown(campaign))
        campaign["status"] = NEXT.get(campaign["status"], campaign["status"])
        return shown

    def _delete(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        del self.state[campaign["id"]]
        return Reply(204)

    def _send(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        if not _checklist(campaign)["is_ready"]:
            return _error(400, "Bad Request", "Your Campaign is not ready to send.")
        self._deliver(campaign)
        return Reply(204)

    def _schedule(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        time = sent.json["schedule_time"]
        on_grid = _seconds(time) % QUARTER == 0 and _seconds(time) > self.now()
        if not (on_grid and _checklist(campaign)["is_ready"]):
            return _error(400, "Bad Request", "This campaign cannot be scheduled: .")
        campaign |= {"status": "schedule", "send_time": time}
        return Reply(204)

    def _unschedule(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        campaign |= {"status": "save", "send_time": ""}
        return Reply(204)

    def _test(self, sent: Sent, campaign: dict[str, Any]) -> Reply:
        if set(sent.json) != {"test_emails", "send_type"}:
            return _error(400, "Invalid Resource", "test_emails and send_type are needed.")
        self.tests.append(_delivery(campaign)._replace(to=tuple(sent.json["test_emails"])))
        return Reply(204)

    def _deliver(self, campaign: dict[str, Any]) -> None:
        time = datetime.fromtimestamp(self.now(), UTC).isoformat()
        campaign |= {"status": "sending", "send_time": time}
        self.reached[campaign["id"]] = campaign["people"]
        self.deliveries.append(_delivery(campaign))

    def _list_files(self, sent: Sent) -> Reply:
        return self._page(sent, "files", [self._file(kept) for kept in self.pictures])

    def _keep(self, sent: Sent) -> Reply:
        content = base64.b64decode(sent.json["file_data"], validate=True)
        return Reply.json(self._file(self.keep(sent.json["name"], content)))

    def _file(self, kept: Kept) -> dict[str, Any]:
        about = {"name": kept.name, "type": "image", "size": len(kept.content)}
        return {"id": 7600 + self.pictures.index(kept), **about, "full_size_url": kept.url}

    def _list_campaigns(self, sent: Sent) -> Reply:
        listed = [
            _shown(one)
            for one in self.state.values()
            if self.now() - _seconds(one["create_time"]) >= self.lag
        ]
        return self._page(sent, "campaigns", listed)

    def _page(self, sent: Sent, name: str, everything: list[Any]) -> Reply:
        query = dict(sent.query)
        begin, asked = int(query.get("offset", "0")), int(query.get("count", "10"))
        assert asked <= 1000
        entries = everything[begin : begin + min(asked, self.page_size)]
        return Reply.json({name: entries, "total_items": len(everything)})


def connected(server: FakeServer | None, options: Options | None = None) -> Mailchimp:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    options = options or Options()
    secrets = {options.api_key_env: MailchimpFake.key}
    reach = Mailchimp.connection(options, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return Mailchimp(options, wire)


def a_list(name: str, title: str, members: int, **contact: str) -> dict[str, Any]:
    """Make a list (which Mailchimp's own pages call an audience)."""
    stats = {"member_count": members, "unsubscribe_count": 7}
    return {"id": name, "name": title, "contact": CONTACT | contact, "stats": stats}


def a_segment(
    number: int, name: str, members: int, *, kind: str = "saved", match: str = "any"
) -> dict[str, Any]:
    """Make a segment of a list; a tag is one of the kind ``static``."""
    options = {"match": match, "conditions": [{"field": "EMAIL", "op": "contains", "value": "@"}]}
    entry = {"id": number, "name": name, "type": kind, "member_count": members}
    return entry if kind == "static" else entry | {"options": options}


def a_domain(name: str, *, authenticated: bool = True) -> dict[str, Any]:
    """Make a domain that the account may send from."""
    return {"domain": name, "verified": True, "authenticated": authenticated}


def render(text: str) -> str:
    """Fill in merge tags, which may span lines; an unknown one vanishes with what it encloses."""
    condition = r"\*\|IF:(\w+)\|\*(.*?)(?:\*\|ELSE:\|\*(.*?))?\*\|END:IF\|\*"
    text = re.sub(condition, _chosen, text, flags=re.DOTALL)
    return re.sub(r"\*\|(.*?)\|\*", lambda tag: READER.get(tag[1], ""), text, flags=re.DOTALL)


def _chosen(match: re.Match[str]) -> str:
    return match[2] if READER.get(match[1]) else match[3] or ""


def _delivery(campaign: dict[str, Any]) -> Delivery:
    settings, content = campaign["settings"], campaign["content"]
    html = content["html"]
    body = render(html) + (FOOTER if settings["auto_footer"] or "*|UNSUB|*" not in html else "")
    # A zero-width space, which keeps star and bar apart, is not seen.
    subject, text = (
        render(part).replace("\u200b", "")
        for part in (settings["subject_line"], content["plain_text"])
    )
    return Delivery(campaign["id"], subject, body.replace("\r\n", "\n"), text)


def _shown(campaign: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in campaign.items() if name not in {"content", "people"}}


def _shown_content(campaign: dict[str, Any]) -> dict[str, Any]:
    content = {"html": "", "plain_text": "", **campaign["content"]}
    return content | {"archive_html": render(content["html"])}


def _checklist(campaign: dict[str, Any]) -> dict[str, Any]:
    settings = campaign["settings"]
    needs = {
        "Content": campaign["content"].get("html"),
        "From": settings["from_name"] and settings["reply_to"],
        "List": campaign["recipients"]["list_id"],
        "Subject": settings["subject_line"],
    }
    items = [
        {
            "type": "success" if there else "error",
            "heading": heading,
            "details": "All good!" if there else f"<strong>{heading}</strong> is missing.",
        }
        for heading, there in needs.items()
    ]
    return {"is_ready": all(needs.values()), "items": items}


def _report() -> dict[str, Any]:
    return {
        "emails_sent": 100,
        "abuse_reports": 1,
        "unsubscribed": 2,
        "bounces": {"hard_bounces": 3, "soft_bounces": 4, "syntax_errors": 0},
        "opens": {"opens_total": 90, "unique_opens": 60, "open_rate": 0.6},
        "clicks": {"clicks_total": 30, "unique_clicks": 25, "unique_subscriber_clicks": 20},
    }


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _error(status: int, title: str, detail: str) -> Reply:
    kind = "https://mailchimp.com/developer/marketing/docs/errors/"
    body = {"type": kind, "title": title, "status": status, "detail": detail, "instance": "995c"}
    return Reply.json(body, status, {"Content-Type": "application/problem+json; charset=utf-8"})
