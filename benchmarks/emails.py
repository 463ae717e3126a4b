"""What it takes to inline and to render emails, as ratios to premailer within one run.

    pip install css-inline
    python benchmarks/emails.py

The posts are made here, always the same ones: short ones of some 900 words, and long ones of 17 kB
of Markdown with hundreds of links. The best of several rounds counts, which follow one another in
turns; a whole command runs from cold each time. Seconds say more about the machine than ratios do.
"""

import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from pressrun import check, config
from pressrun.model import Message, Post
from pressrun.parallel import cores, in_halves
from pressrun.publication import Publication
from pressrun.render import email, markdown
from pressrun.render.inline import inline
from pressrun.render.templates import Templates

ROUNDS = 5
SHORT, LONG = 20, 600
CONFIG = """\
id: benchmark
site: {title: Benchmark, url: "https://benchmark.example/", timezone: UTC}
feeds: {authority: benchmark.example, authority_date: 2026-01-01}
email: {from: "Benchmark <b@benchmark.example>", postal_address: 1 Example Street}
provider: {name: outbox}
"""
TEXT = (
    "the press writes a letter to every reader who asked for one and keeps a note of what it "
    "promised so that nobody gets the same letter twice although wires break and clocks differ"
)
WORDS = TEXT.split()
MEASURE = "premailer.transform, as it comes"
PLAIN = """
import json, logging, sys, time
import cssutils
from premailer import transform
cssutils.log.setLevel(logging.CRITICAL)
documents, times = json.load(open(sys.argv[1])), []
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    for each in documents:
        transform(each)
    times.append(time.perf_counter() - started)
print(min(times))
"""
CODE = """\
```python
def send(issue: Issue, ledger: Ledger) -> None:
    for step in ledger.steps(issue.key):
        if step.name == "sending":
            raise Uncertain(issue.key)
```"""


def prose(chance: random.Random, words: int, links: int) -> str:
    """Make a paragraph with some links."""
    made = [chance.choice(WORDS) for _ in range(words)]
    for number in range(links):
        made[number * words // links] = f"[{chance.choice(WORDS)}](https://x.example/{number}/)"
    return " ".join(made) + "."


def short(chance: random.Random) -> str:
    """Make some 900 words with headings, code, a list and a table."""
    extras = (CODE, "- one\n- two\n- three", "> quoted\n", "| a | b |\n| - | - |\n| 1 | 2 |")
    parts = (f"## Part\n\n{prose(chance, 220, 3)}\n\n{extra}" for extra in extras)
    return "\n\n".join(parts)


def long(chance: random.Random) -> str:
    """Make 17 kB of short paragraphs, list items and headings with hundreds of links."""
    parts = (
        f"### Section\n\n{prose(chance, 40, 8)}\n\n- {prose(chance, 24, 6)}\n- Last"
        for _ in range(26)
    )
    return "\n\n".join(parts)


def post(number: int, body: str) -> Post:
    """Make a post of a body."""
    day = datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=number)
    name = f"post-{number:04}"
    return Post(
        id=name,
        path=f"posts/{name}.md",
        slug=name,
        url=f"https://benchmark.example/{name}/",
        title=f"How letter {number} reached its readers",
        published=day,
        updated=day,
        body=body,
        body_line=5,
        description="What was promised, and what arrived.",
    )


def best(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Time several pieces of work in turns, and give the shortest time of each in seconds."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            found[name].append(time.perf_counter() - started)
    return {name: min(times) for name, times in found.items()}


def complete(publication: Publication, some: Iterable[Post]) -> list[Message]:
    """Render posts to messages, and check them, as a dry run does."""
    templates = Templates(publication.root, publication.email.theme)
    made = []
    for each in some:
        body = markdown.render(each, publication.site)
        message = email.render(publication, "main", each, body, (), templates=templates)
        check.message(each, body, message)
        made.append(message)
    return made


def pages(publication: Publication, some: Sequence[Post]) -> list[email.Page]:
    """Make the documents that are to be inlined."""
    templates = Templates(publication.root, publication.email.theme)
    return [
        email.draw(
            publication,
            "main",
            each,
            markdown.render(each, publication.site, plain=False),
            (),
            templates=templates,
        )
        for each in some
    ]


def plain(wanted: Sequence[email.Page], root: Path, rounds: int) -> float:
    """Time premailer as it comes, in a process of its own: ours has a larger cache."""
    documents = [
        page.html.replace("</title>", f"</title><style>{page.css}</style>", 1) for page in wanted
    ]
    (root / "pages.json").write_text(json.dumps(documents), encoding="utf-8")
    command = [sys.executable, "-c", PLAIN, str(root / "pages.json"), str(rounds)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(said.stdout)


def ours(page: email.Page, inliner: str) -> str:
    """Inline as Pressrun does."""
    return inline(page.html, page.css, template=page.place, post="post", inliner=inliner)


def inliners(publication: Publication) -> dict[str, float]:
    """Time the inliners on the same documents, warm."""
    chance = random.Random(20261123)  # noqa: S311 - text, not secrets
    wanted = pages(publication, [post(number, short(chance)) for number in range(SHORT)])
    measure = {MEASURE: plain(wanted, publication.root, ROUNDS)}
    return measure | best(
        {
            "inliner: premailer": lambda: [ours(page, "premailer") for page in wanted],
            "inliner: css-inline": lambda: [ours(page, "css-inline") for page in wanted],
        },
        ROUNDS,
    )


def many(publication: Publication) -> dict[str, float]:
    """Time hundreds of long posts from Markdown to checked messages, on all cores."""
    chance = random.Random(20261124)  # noqa: S311 - text, not secrets
    wanted = [post(number, long(chance)) for number in range(LONG)]
    measure = {MEASURE: plain(pages(publication, wanted), publication.root, 1)}

    gc.set_threshold(100_000)  # as the command does

    def render_all(inliner: Literal["premailer", "css-inline"]) -> None:
        chosen = replace(publication, email=replace(publication.email, inliner=inliner))
        in_halves(lambda some: complete(chosen, some), wanted, count=cores())

    works = {
        "complete messages": lambda: render_all("premailer"),
        "complete messages, css-inline": lambda: render_all("css-inline"),
    }
    return measure | best(works, 1)


def cold(root: Path) -> dict[str, float]:
    """Time whole commands: the import of premailer, and a dry run of one issue."""
    commands = {
        'python -c "import premailer"': [sys.executable, "-c", "import premailer"],
        "publish email --dry-run": [sys.executable, "-m", "pressrun", "email", "--dry-run"],
    }
    works = {name: partial(run, command, root) for name, command in commands.items()}
    return best(works, ROUNDS)


def run(command: list[str], root: Path) -> None:
    """Run a command in a folder."""
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def told(title: str, found: Mapping[str, float]) -> None:
    """Print a table of which the first line is the measure."""
    measure = next(iter(found.values()))
    print(f"| {title:40} |     time | ratio |\n| {'-' * 40} | -------: | ----: |")
    for name, seconds in found.items():
        print(f"| {name:40} | {seconds:6.2f} s | {seconds / measure:5.2f} |")
    print(flush=True)


def main() -> None:
    """Make the posts, time the work, print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "posts").mkdir()
        (root / "publish.yml").write_text(CONFIG, encoding="utf-8")
        chance = random.Random(20261125)  # noqa: S311 - text, not secrets
        written = f"---\ntitle: A letter\ndate: 2026-01-01\n---\n{short(chance)}\n"
        (root / "posts" / "letter.md").write_text(written, encoding="utf-8")
        publication = replace(config.load(root), root=root)
        told(f"{SHORT} posts of 900 words, warm", inliners(publication))
        told("one issue, cold", cold(root))
        told(f"{LONG} posts of 17 kB, {cores()} cores", many(publication))


if __name__ == "__main__":
    os.environ.pop("CI", None)
    main()
