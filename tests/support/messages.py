"""Messages that are made by hand, for rules to look at."""

from datetime import UTC, datetime

from pressrun import check
from pressrun.model import Body, Message, Post
from pressrun.placeholders import TOKENS
from support.publications import post

LEAVE, ADDRESS = TOKENS["unsubscribe_url"], TOKENS["postal_address"]


def found(
    body: str, html: str, *, rule: str = "", document: str = "", text: str = LEAVE, **fields
) -> list[tuple[int, str]]:
    """Check a message whose body was written as ``body`` and rendered as ``html``."""
    findings = check.message(
        a_post(body, **fields), Body(html, html), a_message(html + document, text, **fields)
    )
    return [(each.line, each.rule) for each in findings if rule in {"", each.rule}]


def a_post(body: str, **fields) -> Post:
    lines = {"title": 2, "description": 4, "cover": 5}
    return post(**({"body": body, "body_line": 8, "lines": lines} | fields))


def a_message(html: str, text: str, **fields) -> Message:
    return Message(
        subject=fields.get("subject") or fields.get("title", "Hello"),
        preheader="",
        html=f'<html><body>{html}<a href="{LEAVE}">Unsubscribe</a> {ADDRESS}</body></html>',
        fragment=html,
        text=text,
        sender="",
        reply_to="",
        language="en",
        date=datetime(2026, 11, 10, 8, tzinfo=UTC),
    )
