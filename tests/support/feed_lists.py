"""Lists of feeds for tests: a site's own feed, one by another name, and parts of the site."""

from pressrun.render.beside import Listed

TITLE = 'Notes & "queries"'
DESCRIPTION = "On presses <and> letters."


def listed(title: str, folder: str = "", *, formats: str = "rss atom json", **others) -> Listed:
    names = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json", "podcast": "podcast.xml"}
    values = {
        "description": "",
        "language": "en",
        "home": "https://notes.example/",
        "addresses": {
            each: f"https://notes.example/{folder}{names[each]}" for each in formats.split()
        },
    }
    return Listed(**{"title": title, **values, **others})


FEEDS = (
    listed(TITLE, description=DESCRIPTION, formats="rss atom json podcast"),
    listed("Notizen", "de/", language="de", description="Auf Deutsch.", formats="json atom"),
    listed(f"{TITLE}: a & b", "tags/a-b/"),
    listed(f"{TITLE}: العربية", "tags/arabic/", language="ar", formats="rss"),
)
