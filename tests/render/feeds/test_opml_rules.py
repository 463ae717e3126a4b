"""The feed validator's rules for OPML, each seen red."""

import pytest

from support.opml_rules import messages

GOOD = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Feeds of R&amp;amp;D</title>
    <dateModified>Tue, 10 Nov 2026 08:00:00 +0000</dateModified>
  </head>
  <body>
    <outline text="a &amp;lt; b" title="T" type="rss" version="RSS2" language="de-AT"
      xmlUrl="https://notes.example/feed.xml" htmlUrl="https://notes.example/"/>
  </body>
</opml>
"""


def test_there_is_nothing_to_say_of_a_good_one():
    assert messages(GOOD.encode()) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("SAXError", "</body>", ""),
        ("InvalidOPMLVersion", 'version="2.0"', 'version="3"'),
        ("MissingElement", "head>", "foot>"),
        ("MissingElement", "<outline ", "<line "),
        ("UndefinedElement", "dateModified>", "dateMade>"),
        ("InvalidRFC2822Date", "Tue, 10 Nov 2026", "2026-11-10"),
        ("UnexpectedAttribute", 'title="T"', 'name="T"'),
        ("MissingAttribute", 'text="a &amp;lt; b"', ""),
        ("UnexpectedText", 'notes.example/"/>', 'notes.example/">x</outline>'),
        ("MissingXmlURL", "xmlUrl", "url"),
        ("MissingTitleAttr", 'title="T"', ""),
        ("MissingOutlineType", 'type="rss"', ""),
        ("InvalidOutlineVersion", "RSS2", "ATOM"),
        ("InvalidFullLink", 'xmlUrl="https://notes.example', 'xmlUrl="'),
        ("InvalidLanguage", "de-AT", "Deutsch"),
        ("NotHtml", "R&amp;amp;D", "R&amp;D&lt;/b>"),
        ("NotHtml", "a &amp;lt; b", "a &lt; b"),
    ],
)
def test_each_rule_sees_what_breaks_it(name, old, new):
    assert old in GOOD
    found = messages(GOOD.replace(old, new).encode())
    assert [each for each in found if each.startswith(f"{name}: ")]
