"""What stands beside the feeds: a list of them for readers, one for sites, and what people see.

All of it is made of values and the same each time. Nothing here needs feedgen or lxml, so a run
that finds its feeds unchanged loads neither.
"""

from pressrun.render.beside.discovery import snippet
from pressrun.render.beside.listed import FORMATS, Listed
from pressrun.render.beside.opml import opml
from pressrun.render.beside.page import page
from pressrun.render.beside.stylesheet import stylesheet, with_stylesheet

__all__ = ["FORMATS", "Listed", "opml", "page", "snippet", "stylesheet", "with_stylesheet"]
