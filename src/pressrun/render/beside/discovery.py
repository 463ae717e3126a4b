"""The lines in a page's head by which browsers and readers find its feeds.

https://www.rssboard.org/rss-autodiscovery
"""

from collections.abc import Sequence

from pressrun.render.beside.listed import Format, Listed, marked_up


def snippet(feeds: Sequence[Listed]) -> str:
    """Write one line of HTML for each format of each feed, to be pasted into a site's head."""
    return "".join(_link(feed, each, address) for feed in feeds for each, address in feed.formats())


def _link(feed: Listed, written: Format, address: str) -> str:
    # Whoever is offered several formats must be able to tell them apart.
    title = f"{feed.title} ({written.label})" if len(feed.addresses) > 1 else feed.title
    return (
        f'<link rel="alternate" type="{written.media_type}"'
        f' title="{marked_up(title)}" href="{marked_up(address)}">\n'
    )
