"""Benchmarks measure what they say, on logs that are as they are described; no time is judged."""

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import generate
from benchmarks.measure import Case, Failed, interleaved, ratios, spread
from benchmarks.questions import Row, least, most
from projections import PROJECTIONS
from timeline.timeline import Timeline

ROOT = Path(__file__).parents[2]


def objects(count: int, **options) -> list[dict]:
    return [json.loads(line) for line in generate.lines(count, **options)]


def test_generated_logs_are_the_same_each_time():
    assert list(generate.lines(500)) == list(generate.lines(500))
    assert list(generate.lines(500)) != list(generate.lines(500, seed=1))


@pytest.fixture(scope="module")
def log() -> list[dict]:
    """Return a generated log of 5,000 events."""
    return objects(5000)


def test_few_districts_are_hot_and_few_sources_loud(log):
    places = Counter(event["place"] for event in log if "place" in event)
    sources = Counter(event["source"] for event in log)
    assert share(places, 12) > 0.6
    assert share(sources, 4) > 0.3


def share(counts: Counter, most: int) -> float:
    """Return the share of the most common."""
    return sum(count for _, count in counts.most_common(most)) / counts.total()


def test_some_events_replace_others_and_some_dates_are_vague(log):
    replacing = [event for event in log if "supersedes" in event]
    assert 0.01 < len(replacing) / len(log) < 0.03
    vague = [event for event in log if len(event["occurred"]) != len("2016-01-01T00:00Z")]
    assert 0.08 < len(vague) / len(log) < 0.12


def test_reports_are_early_and_late(log):
    exact = [event for event in log if event["occurred"][16:] == "Z"]
    delays = [when(event["reported"]) - when(event["occurred"]) for event in exact]
    assert min(delays).total_seconds() < 3600
    assert max(delays).days > 30


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_backfill_reports_the_same_year_again_and_again():
    events = objects(1000, versions=5)
    for version in range(5):
        part = events[version * 200 : (version + 1) * 200]
        assert {event["occurred"][:4] for event in part} <= {"2015", "2016"}
        assert min(event["reported"][:4] for event in part) == str(2016 + version)


@pytest.mark.parametrize("versions", [1, 5])
def test_a_generated_log_is_valid(tmp_path, versions):
    generate.write(300, tmp_path, versions)
    assert len(Timeline.open(tmp_path / "events.jsonl", PROJECTIONS).dated) == 300


def test_commands_are_run_in_turn_and_what_they_tell_is_kept(tmp_path):
    done = tmp_path / "done"
    code = "import sys; open(sys.argv[1], 'a').write(sys.argv[2]); print('{\"n\": 2}')"
    cases = {name: Case([sys.executable, "-c", code, str(done), name]) for name in "ab"}
    figures = interleaved(cases, 2)
    assert done.read_text() == "ababab"
    assert figures["a"].own("n") == (2, 2)
    assert len(figures["b"].seconds) == len(figures["b"].megabytes) == 2
    assert min(figures["b"].seconds) > 0


def test_a_command_that_fails_is_not_measured():
    with pytest.raises(Failed, match="ended with 3"):
        interleaved({"a": Case([sys.executable, "-c", "raise SystemExit(3)"])}, 1)


def test_a_ratio_is_taken_round_by_round():
    assert ratios((1, 4), (2, 2)) == (0.5, 2)
    assert spread((3, 1, 2)) == {"median": 2, "least": 1, "greatest": 3}


def test_a_target_is_met_by_the_median_or_said_to_be_missed():
    records = [command.record(Row("q", values, **target)) for values, target in CASES]
    assert [record["met"] for record in records] == [True, False, True, False, None, None]
    text = command.table(HEAD, records)
    last = [line.rsplit("|", 2)[1].strip() for line in text.splitlines()[4:]]
    assert last == ["yes", "no", "yes", "no", "not measured", ""]
    assert "duckdb – not installed" in text


CASES = (
    ((1, 2, 9), most(2)),
    ((1, 3, 9), most(2)),
    ((1, 5, 9), least(5)),
    ((1, 4, 9), least(5)),
    ((), least(5)),
    ((1,), {}),
)
HEAD = {
    "python": "3",
    "system": "s",
    "processors": 1,
    "memory_gb": None,
    "versions": {"attrs": "1", "duckdb": None},
}

PROMISES = (
    "`state`, for the first time / `import click, sqlite3`, 10,000 events | ≤ 2.5 ×",
    "`state`, asked again / `import click, sqlite3`, 10,000 events | ≤ 2.5 ×",
    "of one place, for the first time / `import click, sqlite3`, 10,000 events | ≤ 1.2 ×",
    "of one place, asked again / `import click, sqlite3`, 10,000 events | ≤ 1.2 ×",
    "library call, the city, 10,000 events | ≤ 40 ms",
    "library call, one place, 10,000 events | ≤ 2 ms",
    "known early / without `--known`, 10,000 events | ≤ 3 ×",
    "known early / without `--known`, backfill, 10,000 events | ≤ 3 ×",
    "one late event, then `state` / warm, 10,000 events | ≤ 1.5 ×",
    "index build / decoding alone, 10,000 events | ≤ 3 ×",
)
"""The targets of the index that one size can show; those of the rivals need the rivals."""


@pytest.mark.slow
def test_a_quick_run_measures_everything(tmp_path):
    quick = [sys.executable, "-m", "benchmarks", "--quick", "--out", tmp_path]
    done = subprocess.run(quick, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "results.json").read_text("utf-8"))["rows"]
    measured = [f"{row['question']} | {row['target']}" for row in rows]
    for promise in PROMISES:
        assert [row for row in measured if row.endswith(promise)]
    assert (tmp_path / "results.md").read_text("utf-8").count("\n") == len(rows) + 4
