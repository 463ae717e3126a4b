"""What publish.yml describes, as frozen values: the publication and its parts.

``pressrun.config`` reads them; the annotations of each field are its check, its line of the JSON
Schema and its documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pressrun.kinds import (
    BRANCH,
    COLOUR,
    EMAIL_ADDRESS,
    ENVIRONMENT_NAME,
    FONTS,
    HOST,
    HOURS,
    IDENTIFIER,
    LANGUAGE,
    LINE,
    AtLeast,
    Between,
    Doc,
    FeedPath,
    Folder,
    LedgerStore,
    Mailbox,
    SubjectLine,
    UrlPattern,
    WebUrl,
)
from pressrun.model import Author
from pressrun.podcast import Podcast


@dataclass(frozen=True, slots=True)
class Site:
    """The website that the posts belong to."""

    title: Annotated[str, LINE, Doc("The publication's name, in feeds and emails.")]
    url: Annotated[str, WebUrl(base=True), Doc("The address of the site's front page.")]
    timezone: Annotated[ZoneInfo, Doc("The zone of dates without one, such as Europe/Berlin.")]
    description: Annotated[str, Doc("One sentence on what readers will find.")] = ""
    language: Annotated[str, LANGUAGE, Doc("A BCP 47 tag such as en or de-AT.")] = "en"
    authors: Annotated[
        tuple[Author, ...], Doc("Who writes, unless a post says otherwise; a name is enough.")
    ] = ()


@dataclass(frozen=True, slots=True)
class PostsFolder:
    """Where the posts are and where the site publishes them."""

    folder: Annotated[str, Folder(), Doc("The folder with the Markdown files.")] = "posts"
    url: Annotated[
        str,
        UrlPattern(),
        Doc("A post's path on the site, of {year}, {month}, {day}, {slug} and {path}."),
    ] = "/{slug}/"


Content = Literal["full", "summary", "both"]


@dataclass(frozen=True, slots=True)
class FeedPattern:
    """A feed for each tag, author, section or language."""

    shorthand: ClassVar[str] = "path"

    path: Annotated[str, FeedPath(), Doc("Where they lie below the folder, such as tags/{name}.")]
    include: Annotated[tuple[str, ...], Doc("These alone get a feed; all when left out.")] = ()
    exclude: Annotated[tuple[str, ...], Doc("These get none.")] = ()
    items: Annotated[
        int | None, AtLeast(1), Doc("How many of the newest posts, when not as in the others.")
    ] = None
    content: Annotated[Content | None, Doc("As feeds: content:, when it differs.")] = None
    line: int = field(default=1, metadata={"line": True}, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FeedsBy:
    """Feeds of a part of the posts: where each is a path with {name}, or a mapping with one."""

    tag: Annotated[FeedPattern | None, Doc("A feed for each tag.")] = None
    author: Annotated[FeedPattern | None, Doc("A feed for each author.")] = None
    section: Annotated[FeedPattern | None, Doc("A feed for each folder of the posts folder.")] = (
        None
    )
    language: Annotated[FeedPattern | None, Doc("A feed for each language.")] = None


@dataclass(frozen=True, slots=True)
class Feeds:
    """What `publish feed` writes."""

    authority: Annotated[
        str,
        HOST,
        Doc("A domain that was yours on authority_date: the start of feed ids. Never change it."),
    ]
    authority_date: Annotated[date, Doc("A day on which you held the authority. Never change it.")]
    folder: Annotated[str, Folder(), Doc("Where the feeds are written.")] = "public"
    url: Annotated[
        str,
        WebUrl(base=True),
        Doc("Where that folder is on the web, when it is not the site's front page."),
    ] = ""
    items: Annotated[int, AtLeast(1), Doc("How many of the newest posts.")] = 20
    content: Annotated[
        Content,
        Doc("full: whole posts. summary: their summaries. both: each in its own element."),
    ] = "both"
    archives: Annotated[
        int,
        AtLeast(0),
        Doc("Posts on each archive page, through which all can be reached; 0: no such pages."),
    ] = 0
    by: Annotated[FeedsBy, Doc("More feeds, by tag, author, section or language.")] = FeedsBy()
    markdown: Annotated[
        bool, Doc("true: each post's Markdown goes into RSS as well, as source:markdown.")
    ] = False
    hubs: Annotated[
        tuple[Annotated[str, WebUrl()], ...],
        Doc("WebSub hubs that the feeds name, for readers who want to be told of changes."),
    ] = ()
    pings: Annotated[
        tuple[Annotated[str, WebUrl()], ...],
        Doc("Other addresses that `publish feed --ping` posts the address of a changed feed to."),
    ] = ()
    cloud: Annotated[
        str, WebUrl(), Doc("The rssCloud server that RSS names, where it has one.")
    ] = ""
    podcast: Annotated[
        Podcast | None, Doc("Writes podcast.xml, of the posts that have an enclosure.")
    ] = None
    line: int = field(default=1, metadata={"line": True}, compare=False, repr=False)


Client = Literal[
    "gmail",
    "outlook",
    "apple-mail",
    "yahoo",
    "samsung-email",
    "thunderbird",
    "protonmail",
    "hey",
    "fastmail",
    "gmx",
    "web-de",
]


@dataclass(frozen=True, slots=True)
class Colours:
    """Three colours, from which all others of an email are mixed."""

    background: Annotated[str, COLOUR, Doc("Behind the text.")] = "#ffffff"
    text: Annotated[str, COLOUR, Doc("The text; bylines and rules are mixed of these two.")] = (
        "#1f2328"
    )
    accent: Annotated[str, COLOUR, Doc("Links, and the bar beside a quotation.")] = "#a4262c"


@dataclass(frozen=True, slots=True)
class DarkColours(Colours):
    """The same three for dark screens."""

    background: Annotated[str, COLOUR, Doc("Behind the text.")] = "#15181c"
    text: Annotated[str, COLOUR, Doc("The text; bylines and rules are mixed of these two.")] = (
        "#e3e6ea"
    )
    accent: Annotated[str, COLOUR, Doc("Links, and the bar beside a quotation.")] = "#ff9d94"


@dataclass(frozen=True, slots=True)
class Theme:
    """How emails look, whatever the template."""

    light: Annotated[Colours, Doc("The colours.")] = Colours()
    dark: Annotated[DarkColours, Doc("The colours where a reader's screen is dark.")] = (
        DarkColours()
    )
    text_font: Annotated[
        str, FONTS, Doc("serif, sans, or fonts that readers have, such as Verdana, sans-serif.")
    ] = "serif"
    heading_font: Annotated[str, FONTS, Doc("The same for headings.")] = "serif"
    logo: Annotated[str, WebUrl(), Doc("A picture for the head, where the name stands else.")] = ""
    logo_width: Annotated[int, Between(16, 480), Doc("Its width in pixels.")] = 120
    width: Annotated[int, Between(480, 720), Doc("The widest that an email gets, in pixels.")] = 640
    line: int = field(default=1, metadata={"line": True}, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Email:
    """What `publish email` sends."""

    sender: Annotated[
        str,
        Mailbox(),
        Doc('Name and address, such as "The Press <hello@example.org>".', key="from"),
    ] = ""
    reply_to: Annotated[str, EMAIL_ADDRESS, Doc("Where replies go, when not to the sender.")] = ""
    postal_address: Annotated[
        str, Doc("Your postal address; many countries demand one in each issue.")
    ] = ""
    mode: Annotated[
        Literal["draft", "send"],
        Doc("draft: make a draft at the provider, a person sends it there. send: send it."),
    ] = "draft"
    template: Annotated[
        str, IDENTIFIER, Doc("letter, digest, plain, or a folder of email_templates/.")
    ] = "letter"
    theme: Annotated[Theme, Doc("Colours, fonts, logo and width.")] = Theme()
    lines: Annotated[
        tuple[Literal["reply", "share"], ...],
        Doc("Lines below a post: reply asks for an answer, share for passing it on."),
    ] = ()
    clients: Annotated[
        tuple[Client, ...],
        Doc("Families of mail clients that count when `publish check` looks at what they show."),
    ] = ("gmail", "outlook", "apple-mail")
    inliner: Annotated[
        Literal["premailer", "css-inline"],
        Doc("What turns the stylesheet into style attributes; css-inline needs pressrun[fast]."),
    ] = "premailer"
    subject: Annotated[str, SubjectLine(), Doc("The subject line, of {title} and {site}.")] = (
        "{title}"
    )
    images: Annotated[
        Literal["site", "upload"],
        Doc(
            "site: readers load pictures from your site. upload: from the provider, who gets them."
        ),
    ] = "site"
    posts: Annotated[
        Literal["all", "opt-in"],
        Doc("all: every post is mailed unless it says newsletter: false. opt-in: the reverse."),
    ] = "all"
    max_issues_per_run: Annotated[int, AtLeast(1), Doc("At most so many a run, oldest first.")] = 1
    max_lateness: Annotated[int, AtLeast(1), Doc("Days; what is due for longer is held.")] = 7
    schedule: Annotated[
        Literal["wait", "provider"],
        Doc("wait: a post of a later date waits for a later run. provider: it is handed over now."),
    ] = "wait"
    quiet_hours: Annotated[
        str, HOURS, Doc("Nothing is sent then, such as 22:00-07:00 in the site's time zone.")
    ] = ""
    min_gap: Annotated[int, AtLeast(0), Doc("Hours between two issues of a newsletter.")] = 0
    max_audience_change: Annotated[
        int,
        AtLeast(0),
        Doc("Percent by which the readers may have grown or shrunk since the last issue; 0: any."),
    ] = 50
    require_live: Annotated[
        bool, Doc("Wait until the post's page and its pictures answer on the web.")
    ] = True
    line: int = field(default=1, metadata={"line": True}, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """What `publish check` and every dry run look for."""

    rules: Annotated[
        Mapping[Annotated[str, IDENTIFIER], Literal["off", "warning", "error"]],
        Doc(
            "How much a rule weighs; an error holds the issue. publish check --explain names them."
        ),
    ] = field(default_factory=dict)
    line: int = field(default=1, metadata={"line": True}, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A named stream of issues to one audience."""

    audience: Annotated[
        str, Doc("The provider's name or id of the readers; empty means everybody.")
    ] = ""
    title: Annotated[str, LINE, Doc("Its name in emails, when it differs from the site's.")] = ""


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The mailing provider by name, with its options as written: the adapter checks them."""

    name: Annotated[str, Doc("The provider's name; `publish providers` lists them.")]
    options: Mapping[str, Any] = field(metadata={"rest": True})
    line: int = field(metadata={"line": True})


@dataclass(frozen=True, slots=True)
class LedgerChoice:
    """Where the record of what was sent is kept."""

    shorthand: ClassVar[str] = "store"

    store: Annotated[
        str,
        LedgerStore(),
        Doc(
            "file: .publish/ledger/ on this machine. git: the branch of a remote, for CI. "
            "postgresql://USER@HOST/DATABASE: tables there, for several hosts."
        ),
    ] = "file"
    persistent: Annotated[
        bool, Doc("true where CI is set but the disk outlives the job (file only).")
    ] = False
    remote: Annotated[str, Doc("A git remote's name or address (git only).")] = "origin"
    branch: Annotated[str, BRANCH, Doc("The ledger's branch (git only).")] = "publish-ledger"
    password_env: Annotated[
        str, ENVIRONMENT_NAME, Doc("The variable with the password, never it (PostgreSQL only).")
    ] = "PGPASSWORD"  # noqa: S105 - the name of one


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything publish.yml describes."""

    root: Path = field(metadata={"given": True})
    id: Annotated[str, IDENTIFIER, Doc("Names the publication in the ledger. Never change it.")]
    site: Annotated[Site, Doc("The website that the posts belong to.")]
    feeds: Annotated[Feeds, Doc("What `publish feed` writes.")]
    provider: Annotated[ProviderChoice, Doc("The mailing provider and its options.")]
    posts: Annotated[PostsFolder, Doc("Where the posts are.")] = PostsFolder()
    email: Annotated[Email, Doc("What `publish email` sends.")] = Email()
    check: Annotated[Check, Doc("What `publish check` looks for.")] = Check()
    newsletters: Annotated[
        Mapping[Annotated[str, IDENTIFIER], Newsletter],
        Doc("Streams of issues by name; `main` when left out."),
    ] = field(default_factory=lambda: {"main": Newsletter()})
    ledger: Annotated[
        LedgerChoice, Doc("Where the record of what was sent is kept: a word, or a mapping.")
    ] = LedgerChoice()
