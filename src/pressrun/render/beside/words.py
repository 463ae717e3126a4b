"""What Pressrun itself says on the pages beside the feeds, in each language that it knows."""

from dataclasses import dataclass

from pressrun.render.languages import primary


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language; ``{title}`` and ``{opml}`` are places to fill."""

    language: str
    follow: str
    what: str
    explained: str
    how: str
    steps: tuple[str, str, str]
    feeds: str
    choice: str
    address: str
    parts: str
    all_at_once: str
    newest: str
    notice: str
    learn_more: str


_ENGLISH = Words(
    language="en",
    follow="Follow {title}",
    what="What is a feed?",
    explained=(
        "A feed is a list of a site’s newest posts, written for programs. "
        "A feed reader looks at the feeds that you choose and shows you what is new: "
        "no account here, no algorithm, and nobody learns your email address."
    ),
    how="How to subscribe",
    steps=(
        "Get a feed reader, such as Thunderbird, NetNewsWire, Feeder or Inoreader.",
        "Copy the address of a feed below.",
        "In the reader, choose “Add feed” or “Subscribe” and paste the address.",
    ),
    feeds="The feeds",
    choice="Each format holds the same posts. If in doubt, take the address in the box.",
    address="Address to copy",
    parts="Feeds with some of the posts",
    all_at_once="For a reader that imports lists, all feeds in one file: {opml}.",
    newest="Newest posts",
    notice=(
        "This is a feed. Copy its address from your browser’s address bar into a feed reader, "
        "and new posts will come to you."
    ),
    learn_more="How that works:",
)

_GERMAN = Words(
    language="de",
    follow="{title} abonnieren",
    what="Was ist ein Feed?",
    explained=(
        "Ein Feed ist eine Liste der neuesten Beiträge einer Website, geschrieben für Programme. "
        "Ein Feedreader sieht nach den Feeds, die Sie auswählen, und zeigt Ihnen, was neu ist: "
        "kein Konto, kein Algorithmus, und niemand erfährt Ihre E-Mail-Adresse."
    ),
    how="So abonnieren Sie",
    steps=(
        "Nehmen Sie einen Feedreader, etwa Thunderbird, NetNewsWire, Feeder oder Inoreader.",
        "Kopieren Sie unten die Adresse eines Feeds.",
        "Wählen Sie dort „Feed hinzufügen“ oder „Abonnieren“ und fügen Sie die Adresse ein.",
    ),
    feeds="Die Feeds",
    choice="In jedem Format stehen dieselben Beiträge. Im Zweifel nehmen Sie die im Kasten.",
    address="Adresse zum Kopieren",
    parts="Feeds mit einem Teil der Beiträge",
    all_at_once="Für Feedreader, die Listen importieren, alle Feeds in einer Datei: {opml}.",
    newest="Neueste Beiträge",
    notice=(
        "Das ist ein Feed. Kopieren Sie seine Adresse aus der Adresszeile des Browsers in einen "
        "Feedreader, dann kommen neue Beiträge zu Ihnen."
    ),
    learn_more="Wie das geht:",
)

_KNOWN = {words.language: words for words in (_ENGLISH, _GERMAN)}


def words_in(language: str) -> Words:
    """Find the words for a language's tag; English for one that we have no words of."""
    return _KNOWN.get(primary(language), _ENGLISH)
