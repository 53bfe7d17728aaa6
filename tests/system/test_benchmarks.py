"""Generated logs are as described, every target has its row, and no time is judged."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import generate
from benchmarks.bench import Row, least, most
from benchmarks.measure import Case, Failed, interleaved, ratios, spread
from projections import PROJECTIONS
from timeline.timeline import Timeline

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
MINUTE = len("2016-01-01T00:00Z")


def objects(count, **options):
    return [json.loads(line) for line in generate.lines(count, **options)]


@pytest.fixture(scope="module")
def events():
    return objects(5000)


def test_generated_logs_are_the_same_each_time():
    first, second, other = (list(generate.lines(500, seed=seed)) for seed in (2016, 2016, 1))
    assert first == second != other


def test_few_districts_are_hot_and_few_voices_loud(events):
    places = Counter(event["place"] for event in events if "place" in event)
    assert sum(count for _, count in places.most_common(12)) > 0.6 * places.total()
    voices = Counter(event["source"] for event in events)
    assert sum(count for _, count in voices.most_common(4)) > 0.3 * voices.total()


def test_few_events_supersede_others_and_few_are_vague(events):
    assert 0.01 < sum("supersedes" in event for event in events) / 5000 < 0.03
    assert 0.08 < sum(len(event["occurred"]) != MINUTE for event in events) / 5000 < 0.12


def test_reports_come_minutes_to_months_late(events):
    exact = [event for event in events if len(event["occurred"]) == MINUTE]
    delays = [when(event["reported"]) - when(event["occurred"]) for event in exact]
    assert min(delays).total_seconds() < 3600
    assert max(delays).days > 30


def when(text):
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
    assert len(Timeline.open(tmp_path / "events.jsonl", PROJECTIONS).timed_events) == 300


def test_commands_are_run_in_turn_and_their_own_figures_are_kept(tmp_path):
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


ROWS = (
    Row("q", (1, 2, 9), target=most(2)),
    Row("q", (1, 3, 9), target=most(2)),
    Row("q", (1, 5, 9), target=least(5)),
    Row("q", (1, 4, 9), target=least(5)),
    Row("q", (), target=least(5)),
    Row("q", (1,)),
)


def test_a_target_is_met_by_the_median_or_said_to_be_missed():
    met = [command.record(row)["met"] for row in ROWS]
    assert met == [True, False, True, False, None, None]


def test_the_table_says_which_targets_are_met_and_which_rivals_are_missing():
    head = {
        "python": "3",
        "system": "s",
        "processors": 1,
        "memory_gb": None,
        "versions": {"attrs": "1", "duckdb": None},
    }
    text = command.table(head, map(command.record, ROWS))
    met = [line.rsplit("|", 2)[1].strip() for line in text.splitlines()[4:]]
    assert met == ["yes", "no", "yes", "no", "not measured", ""]
    assert "duckdb – not installed" in text


PROMISES = (
    "`state PLACE --json` by the index / `import attrs, click`, 10,000 events | ≤ 3 ×",
    "`state` / `import click, sqlite3`, 10,000 events | ≤ 2.5 ×",
    "`state` of one place / `import click, sqlite3`, 10,000 events | ≤ 1.2 ×",
    "library call, the city, 10,000 events | ≤ 40 ms",
    "library call, one place, 10,000 events | ≤ 2 ms",
    "known early / without `--known`, 10,000 events | ≤ 3 ×",
    "known early / without `--known`, backfill, 10,000 events | ≤ 3 ×",
    "one late event, then `state` / warm, 10,000 events | ≤ 1.5 ×",
    "index build / decoding alone, 10,000 events | ≤ 3 ×",
)
"""The targets of the index that one size can show; the rivals' rows need the rivals."""


@pytest.mark.slow
def test_a_quick_run_measures_everything(tmp_path):
    quick = [sys.executable, "-m", "benchmarks", "--quick", "--out", tmp_path]
    done = subprocess.run(quick, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "results.json").read_text("utf-8"))["rows"]
    measured = {f"{row['question']} | {row['target']}" for row in rows}
    assert set(PROMISES) <= measured
    assert (tmp_path / "results.md").read_text("utf-8").count("\n") == len(rows) + 4


@pytest.mark.parametrize("promise", PROMISES)
def test_the_page_has_a_row_for_every_promise(promise):
    """It may be of other sizes."""
    question, target = (re.sub(r"[\d,]+ events", "", part) for part in promise.split(" | "))
    lines = PAGE.read_text("utf-8").splitlines()
    assert any(line.startswith(f"| {question}") and f"| {target} |" in line for line in lines)
