"""The page without a browser: its contents, its numbers, its script by itself, and the command."""

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from projections import CONTROL, DISPLACEMENT, PROJECTIONS
from timeline import AsOf, PlaceId, Timeline
from timeline.replay.lifetimes import NEVER
from timeline.temporal.dates import END_OF_TIME, PAST
from timeline.text import phrases
from timeline.visual.page import patches as points
from timeline.visual.page.encoding import (
    EPOCH,
    NONE,
    Instants,
    Listed,
    carried,
    microseconds,
    packed,
)
from timeline.visual.page.patches import Patch

pytest.importorskip("shapely", reason="no shapely here; pip install 'conflict-timeline[pictures]'")
pytest.importorskip("jinja2", reason="no jinja2 here; pip install 'conflict-timeline[pictures]'")

from timeline.visual.page import html
from timeline.visual.page.content import Request, content, offsets

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "timeline" / "visual" / "page" / "script"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node here; apt install nodejs")


@pytest.fixture(scope="module")
def aleppo():
    return Timeline.open(ROOT / "events.jsonl", PROJECTIONS)


@pytest.fixture(scope="module")
def holds(aleppo):
    return content(Request(timeline=aleppo, cut=AsOf()))


@pytest.fixture(scope="module")
def written(aleppo):
    return html.page(Request(timeline=aleppo, cut=AsOf()))


def run(script, value):
    """Return the result of an expression on a value, after parts of the page's script."""
    parts = [(SCRIPT / f"{name}.js").read_text("utf-8") for name in ("data", "times", "lookup")]
    reading = "const value = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    code = "\n".join(["let data;", *parts, reading, f"console.log(JSON.stringify({script}));"])
    command = [NODE, "-e", code]
    done = subprocess.run(
        command, input=json.dumps(value), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


# Numbers ------------------------------------------------------------------------------------------


def numbered(answer):
    return NONE if answer is None else answer


@needs_node
def test_the_script_unpacks_what_was_packed():
    rng = random.Random(5)  # the same rows every time
    times = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(minutes=n * n) for n in range(30)]
    row = Instants.of(times)
    instants = [PAST, *times, NEVER]
    patches = []
    for known in sorted(rng.choices(range(31), k=40)):
        begin, end = sorted(rng.sample(range(32), 2))
        answer = rng.choice([None, rng.randrange(9)])
        patches.append(Patch(instants[known], instants[begin], instants[end], answer))
    lists = [sorted(rng.sample(range(50), rng.randrange(6))) for _ in range(60)]
    packing = {"plane": packed(patches, row), "lists": list(carried(lists)), "instants": row.json()}
    expression = """({
      plane: [...unpackPlane(value.plane)],
      lists: unpackCarried(value.lists),
      instants: [...unpackInstants(value.instants)],
    })"""
    unpacked = run(expression, packing)
    numbers = [(*map(row.number, patch[:3]), numbered(patch.answer)) for patch in patches]
    assert unpacked["plane"] == list(chain.from_iterable(numbers))
    assert unpacked["lists"] == lists
    assert unpacked["instants"][1:-1] == [time.timestamp() * 1_000_000 for time in times]
    cuts = [(at, known) for at in range(31) for known in range(32)]
    answers = run(
        "value[1].map(([at, known]) => answerAt(unpackPlane(value[0]), { at, known }))",
        [packing["plane"], cuts],
    )
    expected = [
        points.answer_at(patches, instants[at], END_OF_TIME if known == 31 else instants[known])
        for at, known in cuts
    ]
    assert answers == list(map(numbered, expected))


@given(rows=st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=9))
def test_what_is_carried_over_is_what_was_there(rows):
    last, unpacked = [], []
    for dropped, *steps in carried(rows):
        at = last[-1] if last else 0
        last = last[dropped:]
        for step in steps:
            at += step
            last = [*last, at]
        unpacked.append(last)
    assert unpacked == rows


def test_things_are_listed_once():
    listed = Listed()
    assert [listed.of(item) for item in ("a", "b", None, "a")] == [0, 1, NONE, 0]
    assert listed.items == ["a", "b"]


@needs_node
def test_a_compressed_block_is_read_again(aleppo, monkeypatch):
    monkeypatch.setattr(html, "READABLE", 0)
    text = html.page(Request(timeline=aleppo, cut=AsOf()))
    element = r'<script type="([^"]*)" id="data">(.*?)</script>'
    kind, block = re.search(element, text, re.DOTALL).groups()
    assert kind == html.PACKED
    assert "<" not in block
    expression = "JSON.parse(require('zlib').gunzipSync(bytesOf(value)).toString()).claims.id"
    assert sorted(run(expression, block).split(" ")) == sorted(event.id for event in aleppo.events)


# Dates --------------------------------------------------------------------------------------------

CLOCKS = [
    datetime(2016, month, day, hour, 59, 59, 999_999, tzinfo=UTC)
    for month, day in ((3, 24), (3, 25), (10, 27), (10, 28))
    for hour in range(24)
]


@needs_node
def test_the_script_writes_and_reads_instants_as_the_library_does(aleppo):
    rng = random.Random(6)  # the same instants every time
    zone = aleppo.city.zone
    begin = datetime(2016, 1, 1, tzinfo=UTC)
    seconds = [rng.randrange(31_000_000) for _ in range(200)]
    instants = [*CLOCKS, *(begin + timedelta(seconds=number) for number in seconds)]
    days = [f"2016-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    dates = [*days, "2016-11-28 18:30", "2016-11-28 18:30:05"]
    value = {
        "offsets": list(offsets([begin, begin + timedelta(days=366)], aleppo)),
        "instants": [microseconds(instant - EPOCH) for instant in instants],
        "dates": dates,
    }
    expression = """(data = { offsets: value.offsets, every: "moment" }, [
      value.instants.map(inWords),
      value.dates.map(parsed),
      value.instants.map(instant => readings(instant + offsetAt(instant)).includes(instant)),
      value.instants.map(instant => [parsed(written(instant)), instant]),
    ])"""
    words, read, real, again = run(expression, value)
    assert words == [phrases.moment(instant, zone).removeprefix("on ") for instant in instants]
    cuts = [aleppo.cut(date.replace(" ", "T")).at for date in dates]
    assert read == [microseconds(instant - EPOCH) for instant in cuts]
    assert all(real)
    doubled = microseconds(timedelta(hours=1))  # an hour shown twice is read as the first
    assert {after - before for after, before in again} <= {0, -doubled, doubled}


@needs_node
def test_the_script_writes_minutes_as_the_library_does():
    texts = ["2016-01-01T00:00Z", "2016-11-28T18:05Z", "1999-12-31T23:59Z"]
    minutes = [int(datetime.fromisoformat(text).timestamp() // 60) for text in texts]
    assert run("value.map(minuteInWords)", minutes) == list(map(phrases.date, texts))


@needs_node
@pytest.mark.parametrize("part", [*html.SCRIPTS, html.WATCH])
def test_every_part_of_the_script_is_javascript(part):
    subprocess.run([NODE, "--check", str(SCRIPT / f"{part}.js")], check=True)


def test_the_script_names_every_part_that_there_is():
    assert {path.stem for path in SCRIPT.glob("*.js")} == {*html.SCRIPTS, html.WATCH}


# The page as a text -------------------------------------------------------------------------------


def test_the_same_log_gives_the_same_page(aleppo, written):
    assert html.page(Request(timeline=aleppo, cut=AsOf())) == written


def test_nothing_but_its_own_style_and_script_may_run(written):
    header = r'http-equiv="Content-Security-Policy" content="([^"]*)"'
    policy = re.search(header, written)[1].replace("&#39;", "'")
    (style,) = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", written, re.DOTALL)
    for part in (style, script):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", written)


def test_a_page_of_aleppo_is_small(written):
    assert len(written.encode()) < 150 * 1024


def test_a_page_says_where_it_comes_from(aleppo, holds):
    text = html.page(Request(timeline=aleppo, cut=AsOf(), policy="cautious"))
    assert aleppo.log.sha256 in text
    assert "under the policy <b>cautious</b>" in text
    assert holds["origin"]["log"] == {"events": 39, "sha256": aleppo.log.sha256}


def test_a_hypothesis_is_told_at_its_head(aleppo):
    supposed = aleppo.supposing(without_sources=["sohr"])
    text = html.page(Request(timeline=supposed, cut=AsOf()))
    assert "HYPOTHETICAL: without Syrian Observatory" in text


def test_a_cut_on_the_clock_of_record_holds_for_all_of_the_page(aleppo):
    before = min(timed.recorded for timed in aleppo.timed_events) - timedelta(days=1)
    early = [timed for timed in aleppo.timed_events if timed.event.source == "sohr"]
    late = [timed for timed in aleppo.timed_events if timed.event.source != "sohr"]
    dated = (*(timed._replace(recorded=before) for timed in early), *late)
    store = evolve(aleppo.store, timed_events=dated)
    request = Request(timeline=evolve(aleppo, store=store), cut=AsOf(recorded=before))
    assert len(content(request)["claims"]["kind"]) == len(early)


def test_every_answer_about_control_has_rules_that_are_told(holds):
    control = holds["questions"][0]
    rules = {rule for face in control["faces"] for rule in holds["texts"][face[9]].split()}
    assert {"newest_turn", "disputed", "inherited", "nobody"} <= rules <= set(holds["rules"])


def test_a_total_that_would_take_too_long_is_left_out(aleppo):
    patches = points.patches(DISPLACEMENT, aleppo.timed_events, aleppo.context(), DISPLACEMENT.read)
    assert points.gathered(patches, lambda answers, _: len(answers), 0) is None
    assert points.gathered(patches, lambda answers, _: len(answers), 1000) is not None


# The command --------------------------------------------------------------------------------------


def page(*arguments, log=ROOT / "events.jsonl"):
    command = ["page", "--log", str(log), *map(str, arguments)]
    return CliRunner().invoke(main, command, obj=PROJECTIONS)


def test_the_command_writes_a_page_and_does_not_write_over_one(tmp_path):
    file = tmp_path / "aleppo.html"
    assert page("-o", file, "--at", "2016-11-28", "--known", "2016-11-28").exit_code == 0
    written = file.read_text("utf-8")
    assert '"opens":[1480370399999999,1480370399999999]' in written
    again = page("-o", file)
    assert (again.exit_code, file.read_text("utf-8")) == (1, written)
    assert "is there already" in again.stderr
    assert page("-o", file, "--force", "--policy", "cautious").exit_code == 0
    assert file.read_text("utf-8") != written


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("-o", "x.svg"), 2, "a name that ends in .html"),
        (("-o", "x.html", "--policy", "nonsense"), 2, "unknown policy"),
        (("-o", "x.html", "--at", "99"), 2, ""),
        (("-o", "x.html", "--every", "week"), 2, "week"),
        (("-o", "no/such/folder/x.html"), 1, "no folder"),
        ((), 2, "-o"),
    ],
)
def test_rubbish_is_refused(tmp_path, monkeypatch, arguments, code, told):
    monkeypatch.chdir(tmp_path)
    result = page(*arguments)
    assert (result.exit_code, told in result.stderr) == (code, True), result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_log_without_events_has_no_page(tmp_path):
    shutil.copy(ROOT / "city.toml", tmp_path)
    (tmp_path / "events.jsonl").write_bytes(b"")
    result = page("-o", tmp_path / "x.html", log=tmp_path / "events.jsonl")
    assert (result.exit_code, (tmp_path / "x.html").exists()) == (4, False)


def test_a_page_for_days_answers_at_their_ends(aleppo):
    grid = Request(timeline=aleppo, cut=AsOf(), every="day").grid
    place, events, context = PlaceId("sakhour"), aleppo.timed_events, aleppo.context()
    answers = points.patches(CONTROL, events, context, CONTROL.read, grid, [place])[place]
    for date in ("2016-11-24", "2016-11-26", "2016-11-27", "2016-11-28", "2016-12-01"):
        cut = aleppo.cut(date, date)
        answer = aleppo.state(cut=cut)[CONTROL][place]
        assert points.answer_at(answers, cut.at, cut.known) == answer
