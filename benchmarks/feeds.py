"""How long `publish feed` takes, as ratios within one run.

    python benchmarks/feeds.py [POSTS]

It writes POSTS (1,000) posts of about 900 words, always the same ones, and times whole processes:
reading the files and nothing else, and `publish feed`. The median of five runs counts. The ratio
is to the reading: seconds say more about the machine.
"""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

RUNS = 5
TEXT = (
    "the press writes a letter to every reader who asked for one and keeps a note of what it "
    "promised so that nobody gets the same letter twice although wires break and clocks differ"
)
CONFIG = """\
id: benchmark
site: {title: Benchmark, url: "https://benchmark.example/", timezone: UTC}
feeds: {authority: benchmark.example, authority_date: 2026-01-01}
provider: {name: outbox}
"""
READ = "import pathlib; [path.read_bytes() for path in pathlib.Path('posts').iterdir()]"


def make(root: Path, count: int) -> None:
    """Write a publication with ``count`` posts, the same ones every time."""
    chance = random.Random(20261123)  # noqa: S311 - text, not secrets
    (root / "posts").mkdir()
    (root / "publish.yml").write_text(CONFIG, encoding="utf-8")
    day = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        header = f"title: Post {number}\ndate: {day - timedelta(days=number):%Y-%m-%d}\n"
        body = "\n\n".join(paragraph(chance, number) for number in range(12))
        text = f"---\n{header}tags: [t{number % 7}, t{number % 11}]\n---\n{body}\n"
        (root / "posts" / f"post-{number:06}.md").write_text(text, encoding="utf-8")


def paragraph(chance: random.Random, number: int) -> str:
    """Make 75 words, with a heading now and then, emphasis and a link."""
    words = [chance.choice(TEXT.split()) for _ in range(75)]
    words[10] = f"*{words[10]}*"
    words[30] = f"[{words[30]}](../post-000001/)"
    heading = f"## Part {number}\n\n" if number % 4 == 0 else ""
    return heading + " ".join(words) + "."


def seconds(command: list[str], root: Path) -> float:
    """Return the median wall time of whole runs of ``command``."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Make the posts, time the commands, print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root, count)
        base = seconds([sys.executable, "-c", READ], root)
        feed = seconds([sys.executable, "-m", "pressrun", "feed"], root)
    print(f"{count} posts, median of {RUNS} whole processes")
    print(f"  reading the files   {base:7.2f} s    1.0")
    print(f"  publish feed        {feed:7.2f} s  {feed / base:5.1f}")


if __name__ == "__main__":
    main()
