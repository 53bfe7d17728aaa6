"""Measure pages in a browser: their size, when they are ready, and how soon a move is painted.

    python benchmarks/pages.py [RUNS]

Two pages in turn: that of the log that comes with the project, and one of 20,000 events over 130
districts (`crowded.py`). Ready is the time from asking for the file until the page has marked
itself so; it holds reading from disk. A move is a jump of the slider to anywhere, the worst case;
its time ends in the task after the frame that shows the map. Ribbons and panel follow once the
slider rests, and are not in it. Needs Debian's chromium-headless-shell, and the extra `browser`.
"""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import click
from crowded import write
from playwright.sync_api import Browser, sync_playwright

from projections import PROJECTIONS
from timeline import AsOf, Timeline
from timeline.visual.page.content import Request
from timeline.visual.page.html import page

ROOT = Path(__file__).parents[1]
COUNT, MOVES = 20_000, 60
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

MOVE = """([clock, steps]) => new Promise(done => {
  const slider = document.getElementById(clock), times = [];
  const wait = new MessageChannel();
  let begun = 0;
  const next = () => {
    if (times.length === steps) return done(times);
    slider.value = Math.round(slider.max * ((times.length * 7 + 3) % steps) / steps);
    begun = performance.now();
    slider.dispatchEvent(new Event("input"));
    requestAnimationFrame(() => wait.port2.postMessage(0));
  };
  wait.port1.onmessage = () => { times.push(performance.now() - begun); next(); };
  next();
})"""


def written(log: Path, folder: Path, name: str) -> Path:
    """Write the page of a log, print its size and the time that this took, and return it."""
    begun = time.perf_counter()
    text = page(Request(timeline=Timeline.open(log, PROJECTIONS), cut=AsOf()))
    file = folder / f"{name}.html"
    file.write_text(text, "utf-8")
    size, seconds = file.stat().st_size / 1024, time.perf_counter() - begun
    click.echo(f"| {name}: size | {size:.0f} KiB | written in {seconds:.1f} s |")
    return file


def measure(chromium: Browser, file: Path) -> dict[str, list[float]]:
    """Return the milliseconds until a page is ready, and those of moves of each slider."""
    shown = chromium.new_context(offline=True, viewport={"width": 1280, "height": 900}).new_page()
    begun = time.perf_counter()
    shown.goto(file.as_uri())
    shown.wait_for_selector("html[data-ready]")
    ready = (time.perf_counter() - begun) * 1000
    moves = {clock: shown.evaluate(MOVE, [clock, MOVES]) for clock in ("at", "known")}
    shown.context.close()
    return {"ready": [ready], **moves}


def measure_all(
    chromium: Browser, files: dict[str, Path], runs: int
) -> dict[tuple[str, str], list[float]]:
    """Return the milliseconds of every figure of some pages, over all runs."""
    figures: dict[tuple[str, str], list[float]] = {}
    for _ in range(runs):
        for name, file in files.items():
            for what, taken in measure(chromium, file).items():
                figures.setdefault((name, what), []).extend(taken)
    return figures


@click.command()
@click.argument("runs", type=int, default=5)
def main(runs: int) -> None:
    """Print a row for each page and figure: the median and the 95th percentile, over all runs."""
    path = os.environ.get("TIMELINE_CHROMIUM") or shutil.which("chromium-headless-shell")
    path = path or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as running:
        folder = Path(name)
        click.echo("| page | median | 95th percentile |\n|---|---|---|")
        write(COUNT, folder / "log")
        logs = {
            "Aleppo": ROOT / "events.jsonl",
            f"{COUNT:,} events": folder / "log" / "events.jsonl",
        }
        files = {name: written(log, folder, name) for name, log in logs.items()}
        chromium = running.chromium.launch(executable_path=path, args=FLAGS)
        for (page_name, what), taken in measure_all(chromium, files, runs).items():
            high = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
            median = statistics.median(taken)
            click.echo(f"| {page_name}: {what} | {median:.0f} ms | {high:.0f} ms |")
        chromium.close()


if __name__ == "__main__":
    main()
