"""Ghost 6 as its source and a server of its own show it; where they are silent, at its worst.

- A post that is created as published is public and mailed to nobody; a newsletter is heeded only
  when the status of a post changes, and not at all by one that has a newsletter already.
- A post has one email for ever, whatever becomes of the post.
- Slugs that are taken get a number, unknown fields are dropped without a word.
- A change needs the version that it is made to, which is a time in whole seconds.
- Ghost's tags work in the whole email, title included, then Mailgun's do, in the subject as well.
"""

import base64
import hashlib
import hmac
import html as markup
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import unquote

from pressrun.deliver.providers import client
from pressrun.deliver.providers.ghost import Ghost, Options
from support.issues import NOW
from support.wire_fakes.base import Delivery, FakeServer, File, Mailer, Reply, Sent

OPTIONS = Options(url="https://press.example")
FIELDS = frozenset(
    {
        *("title", "slug", "lexical", "status", "updated_at", "published_at", "custom_excerpt"),
        *("email_subject", "canonical_url", "email_only", "tags", "feature_image"),
        *("feature_image_alt", "feature_image_caption"),
    }
)
LIMITS = {"title": 255, "email_subject": 300, "custom_excerpt": 300, "slug": 191}
PICTURES = ("image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp")
STATUSES = ("draft", "published", "scheduled", "sent")
OUT = ("published", "sent")
NEXT = {"pending": "submitting", "submitting": "submitted"}
SOON = 120  # seconds; nothing is scheduled for sooner
ALLOWED = ("site", "posts", "newsletters", "members", "images")
READER = {
    "unsubscribe_url": "https://press.example/unsubscribe/",
    "manage_account_url": "https://press.example/#/portal/account",
    "uuid": "61ba76bf",
    "key": "20ca0065",
    "first_name": "",
    "name": "",
    "email": "reader@example.net",
    "created_at": "1 January 2026",
    "status": "free",
    "list_unsubscribe": "https://press.example/unsubscribe/",
}
MAILGUN = re.compile(
    r"%recipient\.(\w+)%|%(recipient(?:_\w+)?|(?:tag_|mailing_list_)?unsubscribe_(?:url|email))%"
)
TAG = re.compile(r"%%\{(.*?)\}%%")
PROPERTY = re.compile(r'(\w+?)(?:,? *(?:"|&quot;)(.*?)(?:"|&quot;))?')
# The laboratory's: core's utils/replacement-strings.js, word for word.
CURLY = re.compile(r'\{(\w*?)(?:,? *"(.*?)")?\}')
RAW = re.compile(r"(<!--.*?-->|<style\b.*?</style\s*>)", re.DOTALL)
URL = re.compile(r'\b(?:href|src)="[^"]*"')


class GhostFake(Mailer):
    """One site. ``staff`` makes the key that of a person; ``gap`` is how often a new email is not
    shown yet; ``laboratory`` turns on {name} in HTML cards.
    """

    base_url = "https://press.example/ghost/api/admin"
    # A secret is hexadecimal, so its canary is, too.
    key = f"6b04d8b347308e5aa06371c4:{b'canary of 32 letters, one canary'.hex()}"

    def __init__(
        self, now: Callable[[], float] = NOW.timestamp, *, lag: float = 0.0, page_size: int = 2
    ) -> None:
        super().__init__(now, lag=lag)
        self.page_size = page_size
        self.staff = self.laboratory = False
        self.filtering = True
        self.gap = 0
        self._numbers = count(1)
        self.newsletters = [self._newsletter("default-newsletter", "Press")]
        self.members = [
            self._member("free", "vip"),
            self._member("paid"),
            self._member("free", disabled=True),
        ]
        self.state: dict[str, dict[str, Any]] = {}
        self.refusals: dict[tuple[str, str], Reply] = {}

    def refuse(self, method: str, path: str, reply: Reply) -> None:
        """Answer this call with ``reply`` from now on, without an effect."""
        self.refusals[method, path] = reply

    def add_newsletter(self, slug: str, name: str, **fields: Any) -> None:
        """Let a person make another newsletter."""
        self.newsletters.append({**self._newsletter(slug, name), **fields})

    def unschedule_in_list(self, campaign: str) -> None:
        """Take a schedule back as Ghost's list of posts does: the audience stays behind."""
        self.state[campaign] |= {"status": "draft", "published_at": None, "email_only": False}

    def drafts(self) -> int:
        return sum(one["status"] == "draft" for one in self.state.values())

    def edit(self, campaign: str, word: str) -> None:
        post = self.state[campaign]
        document = json.loads(post["lexical"])
        document["root"]["children"].append({"type": "paragraph", "text": word})
        post["lexical"] = json.dumps(document)
        self.touch(campaign)

    def touch(self, campaign: str) -> None:
        """Let somebody save a post a second later."""
        post = self.state[campaign]
        post["updated_at"] = _stamp(_seconds(post["updated_at"]) + 1)

    def remove(self, campaign: str) -> None:
        del self.state[campaign]

    def tick(self) -> None:
        for post in self.state.values():
            if post["status"] == "scheduled" and _seconds(post["published_at"]) <= self.now():
                self._publish(post)

    def answer(self, sent: Sent) -> Reply:
        if (sent.method, sent.path) == ("GET", "/site/"):
            site = {"title": "Press", "url": "https://press.example/", "version": "6.65"}
            return self.refusals.get(("GET", "/site/")) or Reply.json({"site": site})
        if refusal := self._unauthorised(sent):
            return refusal
        return self.refusals.get((sent.method, sent.path)) or self._route(sent)

    def _unauthorised(self, sent: Sent) -> Reply | None:
        scheme, _, token = sent.headers.get("Authorization", "").partition(" ")
        if scheme != "Ghost" or not (claims := _claims(token, self.key)):
            return _error(401, "UnauthorizedError", "Invalid token", code="INVALID_JWT")
        if claims["aud"] != "/admin/" or not 0 <= self.now() - claims["iat"] <= 300:
            return _error(401, "UnauthorizedError", "jwt expired", code="INVALID_JWT")
        if sent.path.split("/")[1] not in ALLOWED and not self.staff:
            words = "API tokens do not have permission to access this endpoint"
            return _error(403, "NoPermissionError", words)
        return None

    def _route(self, sent: Sent) -> Reply:
        routes = {
            ("GET", "/newsletters/"): self._list_newsletters,
            ("GET", "/members/"): self._list_members,
            ("GET", "/posts/"): self._list_posts,
            ("POST", "/posts/"): self._create,
            ("POST", "/images/upload/"): self._keep,
        }
        if route := routes.get((sent.method, sent.path)):
            return route(sent)
        *place, name = sent.path.strip("/").split("/")
        post = self.state.get(name)
        if post is None or not sent.path.endswith("/"):
            return _error(404, "NotFoundError", "Resource not found error", "Post not found.")
        actions = {
            ("GET", "posts"): self._show,
            ("PUT", "posts"): self._update,
            ("DELETE", "posts"): self._delete,
            ("POST", "email_previews/posts"): self._test,
        }
        return actions[sent.method, "/".join(place)](post, sent)

    def _create(self, sent: Sent) -> Reply:
        (given,) = sent.json["posts"]
        if refusal := _invalid(given, "title"):
            return refusal
        post: dict[str, Any] = {
            **dict.fromkeys(FIELDS),
            **_defaults(),
            **{name: value for name, value in given.items() if name in FIELDS},
            "id": _name(next(self._numbers)),
            "created_at": _stamp(self.now()),
            "updated_at": _stamp(self.now()),
        }
        post["slug"] = self._free(post["slug"] or post["title"].lower())
        if post["status"] == "published":
            post["published_at"] = _stamp(self.now())
        self.state[post["id"]] = post
        return Reply.json({"posts": [post]}, 201)

    def _free(self, slug: str) -> str:
        taken = {one["slug"] for one in self.state.values()}
        names = [slug, *(f"{slug}-{number}" for number in range(2, 99))]
        return next(name for name in names if name not in taken)

    def _update(self, post: dict[str, Any], sent: Sent) -> Reply:
        (given,) = sent.json["posts"]
        fields = {name: value for name, value in given.items() if name in FIELDS}
        version = fields.pop("updated_at", None)
        if refusal := _invalid(given, "updated_at") or self._unfit(post, fields, dict(sent.query)):
            return refusal
        changed = {name for name, value in fields.items() if post[name] != value}
        if changed and version != post["updated_at"]:
            words = "Saving failed! Someone else is editing this post."
            return _error(409, "UpdateCollisionError", words, words, code="UPDATE_COLLISION")
        self._change(post, fields, dict(sent.query))
        return Reply.json({"posts": [post]})

    def _unfit(
        self, post: dict[str, Any], fields: dict[str, Any], query: dict[str, str]
    ) -> Reply | None:
        status = fields.get("status", post["status"])
        if status in OUT and post["status"] not in OUT and "newsletter" in query:
            known = {one["slug"]: one["status"] for one in self.newsletters}
            if query["newsletter"] not in known:
                words = "The post does not have a newsletter relation"
                return _error(500, "EmailError", "Error sending email!", words)
            if known[query["newsletter"]] != "active":
                words = "Cannot send email to archived newsletters"
                return _error(400, "BadRequestError", "Request not understood error", words)
            if not _understood(query.get("email_segment", "all")):
                words = "The email segment parameter doesn't contain a valid filter"
                return _error(400, "BadRequestError", "Request not understood error", words)
        date = fields.get("published_at", post["published_at"])
        early = status == "scheduled" and (not date or _seconds(date) < self.now() + SOON)
        if early and status != post["status"]:
            words = "Date must be at least 2 minutes in the future."
            return _error(422, "ValidationError", "Validation error, cannot edit post.", words)
        return None

    def _change(self, post: dict[str, Any], fields: dict[str, Any], query: dict[str, str]) -> None:
        before = post["status"]
        post |= {**fields, "status": before, "updated_at": _stamp(self.now())}
        status = fields.get("status", before)
        if status not in {before, "draft"} and query.get("newsletter"):
            self._bind(post, query)
        if status == "draft" and before != "draft" and not post["email"]:
            post |= {"newsletter": None, "email_segment": "all"}
        if status in OUT and before not in OUT:
            self._publish(post)
        else:
            post["status"] = status

    def _bind(self, post: dict[str, Any], query: dict[str, str]) -> None:
        if post["newsletter"]:
            return
        post["newsletter"] = next(
            one for one in self.newsletters if one["slug"] == query["newsletter"]
        )
        post["email_segment"] = query.get("email_segment", "all")

    def _publish(self, post: dict[str, Any]) -> None:
        post["status"] = "sent" if post["email_only"] else "published"
        post["published_at"] = post["published_at"] or _stamp(self.now())
        if post["email"]:
            post["email"] |= {"status": "pending"} if post["email"]["status"] == "failed" else {}
        elif post["newsletter"]:
            members = self._matching(post["newsletter"], post["email_segment"])
            post["email"] = _email(len(members))
            self.deliveries.append(self._delivery(post))

    def _delivery(self, post: dict[str, Any]) -> Delivery:
        subject = mailgunned(post["email_subject"] or post["title"], READER)
        cards = json.loads(post["lexical"])["root"]["children"]
        card = "".join(one["html" if one["type"] == "html" else "text"] for one in cards)
        words = (post["title"], post["custom_excerpt"] or "")
        body = render(*words, card, laboratory=self.laboratory)
        return Delivery(post["id"], subject.replace("\u200b", ""), body)

    def _show(self, post: dict[str, Any], _: Sent) -> Reply:
        if post["email"] and self.gap:
            self.gap -= 1
            return Reply.json({"posts": [{**post, "email": None}]})
        shown = Reply.json({"posts": [post]})
        if post["email"]:
            post["email"]["status"] = NEXT.get(post["email"]["status"], post["email"]["status"])
        return shown

    def _delete(self, post: dict[str, Any], _: Sent) -> Reply:
        del self.state[post["id"]]
        return Reply(204)

    def _test(self, post: dict[str, Any], sent: Sent) -> Reply:
        if len(sent.json["emails"]) != 1:
            words = "Too many emails provided. Maximum of 1 test email can be sent at once."
            return _error(422, "ValidationError", words)
        self.tests.append(self._delivery(post)._replace(to=tuple(sent.json["emails"])))
        return Reply(204)

    def _keep(self, sent: Sent) -> Reply:
        """Keep a picture, even one that is there already, each under a name of its own."""
        picture = sent.form["file"]
        assert isinstance(picture, File)
        if picture.type not in PICTURES:
            words = "Please select a valid image."
            return _error(415, "UnsupportedMediaTypeError", words)
        kept = self.keep(f"{len(self.pictures)}-{picture.name}", picture.content)
        return Reply.json({"images": [{"url": kept.url, "ref": sent.form.get("ref")}]}, 201)

    def _list_posts(self, sent: Sent) -> Reply:
        query = dict(sent.query)
        wanted = re.search(r"tag:'([^']*)'", query.get("filter", ""))
        listed = [
            post
            for post in self.state.values()
            if self.now() - _seconds(post["created_at"]) >= self.lag
            and (
                not (wanted and self.filtering)
                or wanted[1] in {tag["slug"] for tag in post["tags"]}
            )
        ]
        return self._page(sent, "posts", listed)

    def _list_newsletters(self, sent: Sent) -> Reply:
        return self._page(sent, "newsletters", self.newsletters)

    def _list_members(self, sent: Sent) -> Reply:
        query = dict(sent.query)
        newsletter, _, rest = query["filter"].partition("+email_disabled:0")
        segment = rest.removeprefix("+")
        if not _understood(segment):
            words = "Request not understood error, cannot list members."
            return _error(400, "BadRequestError", words, "Error parsing filter")
        one = next(one for one in self.newsletters if one["id"] in newsletter)
        names = query.get("fields", "id,email").split(",")
        found = [{name: member[name] for name in names} for member in self._matching(one, segment)]
        return self._page(sent, "members", found)

    def _matching(self, newsletter: dict[str, Any], segment: str) -> list[dict[str, Any]]:
        members = [one for one in self.members if not one["disabled"]]
        for condition in re.findall(r"(status|label):(-?)(\w+)", segment):
            name, minus, value = condition
            members = [one for one in members if (one[name] == value) != bool(minus)]
        return members

    def _page(self, sent: Sent, kind: str, everything: list[dict[str, Any]]) -> Reply:
        query = dict(sent.query)
        size = min(int(query.get("limit", 15)), self.page_size)
        page = int(query.get("page", 1))
        pages = max(1, -(-len(everything) // size))
        place = {"page": page, "limit": size, "pages": pages, "total": len(everything)}
        place |= {"next": page + 1 if page < pages else None, "prev": page - 1 or None}
        shown = everything[(page - 1) * size : page * size]
        return Reply.json({kind: shown, "meta": {"pagination": place}})

    def _newsletter(self, slug: str, name: str) -> dict[str, Any]:
        rest = {"status": "active", "visibility": "members", "sender_email": None}
        return {"id": _name(next(self._numbers)), "slug": slug, "name": name, **rest}

    def _member(self, status: str, label: str = "", *, disabled: bool = False) -> dict[str, Any]:
        name = _name(next(self._numbers))
        reader = {"id": name, "email": f"canary-{name}@example.net"}
        return {**reader, "status": status, "label": label, "disabled": disabled}


def connected(server: FakeServer | None, options: Options = OPTIONS) -> Ghost:
    """Return the adapter with the whole real client, over ``server`` or a real socket."""
    secrets = {options.api_key_env: GhostFake.key}
    reach = Ghost.connection(options, secrets)
    wire = client(reach, secrets, clock=lambda: NOW, sleep=lambda _: None, transport=server)
    return Ghost(options, wire)


def render(
    title: str,
    excerpt: str,
    card: str,
    reader: Mapping[str, str] = READER,
    *,
    laboratory: bool = False,
) -> str:
    """Make the email of a post as one reader sees it.

    The steps are those of Ghost: the card, the design around it, character references resolved,
    the tags replaced; then Mailgun's. Addresses are shown as their servers read them.
    """
    wrapped = CURLY.sub(_wrapped, card) if laboratory else card
    whole = letter(markup.escape(title), markup.escape(excerpt), wrapped)
    pieces = RAW.split(whole)
    pieces[::2] = [piece.replace("&#123;", "{") for piece in pieces[::2]]
    tagged, values = _tagged("".join(pieces), reader)
    seen = mailgunned(tagged, values).replace("\u200b", "")
    return URL.sub(lambda url: unquote(url[0]), seen)


def letter(title: str, excerpt: str, card: str) -> str:
    """Put the parts of an email into Ghost's design."""
    return f"<i>{excerpt}</i>\n<h1>{title}</h1>\n{card}\n<p>Sent by Press</p>"


def mailgunned(text: str, values: Mapping[str, str]) -> str:
    """Replace what Mailgun would; what it has no value for vanishes."""
    return MAILGUN.sub(lambda found: values.get(found[1] or "", ""), text)


def _wrapped(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    known = before.endswith("%%") and after.startswith("%%")
    return found[0] if known else f"%%{found[0]}%%"


def _tagged(html: str, reader: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Put Mailgun's variables in the place of Ghost's tags; return their values, too."""
    values = dict(reader)
    for number, inside in enumerate(dict.fromkeys(TAG.findall(html))):
        parts = PROPERTY.fullmatch(inside)
        if parts and parts[1] in reader:
            values[f"v_{number}"] = reader[parts[1]] or parts[2] or ""
            html = html.replace(f"%%{{{inside}}}%%", f"%recipient.v_{number}%")
    return html, values


def _claims(token: str, key: str) -> dict[str, Any]:
    """Return what a token claims; nothing where its signature or its key is wrong."""
    name, secret = key.split(":")
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    header, claims, proof = (base64.urlsafe_b64decode(part + "==") for part in parts)
    signed = ".".join(parts[:2]).encode()
    right = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
    if proof != right or json.loads(header) != {"alg": "HS256", "typ": "JWT", "kid": name}:
        return {}
    found: dict[str, Any] = json.loads(claims)
    return found


def _invalid(given: dict[str, Any], required: str) -> Reply | None:
    words = "Validation error, cannot save post."
    if required not in given:
        return _error(422, "ValidationError", words, "Validation failed for 0.")
    for name, most in LIMITS.items():
        if len(given.get(name) or "") > most:
            return _error(422, "ValidationError", words, f"Validation failed for {name}.")
    return None


def _understood(segment: str) -> bool:
    balanced = segment.count("(") == segment.count(")")
    return balanced and bool(re.fullmatch(r"(all)?|[()+]*((status|label):-?\w+[()+]*)+", segment))


def _defaults() -> dict[str, Any]:
    nobody = {"email": None, "newsletter": None, "email_segment": "all", "count": {"clicks": 0}}
    return {"status": "draft", "email_only": False, "tags": [], **nobody}


def _email(members: int) -> dict[str, Any]:
    counts = {"email_count": members, "delivered_count": 0, "opened_count": 0, "failed_count": 0}
    return {"status": "pending", "error": None, "track_opens": True, "track_clicks": True, **counts}


def _name(number: int) -> str:
    return f"6b04d8b347308e5a{number:08x}"


def _stamp(seconds: float) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _error(status: int, kind: str, message: str, context: str = "", code: str = "") -> Reply:
    about = {"message": message, "context": context or None, "type": kind, "details": None}
    return Reply.json({"errors": [{**about, "property": None, "code": code or None}]}, status)
