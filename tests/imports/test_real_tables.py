"""Tables that others made, imported whole by the shipped mappings: what they say is answered."""

import csv
import json
from calendar import monthrange
from collections import Counter
from datetime import datetime
from functools import cache
from itertools import product
from operator import itemgetter
from pathlib import Path

import pytest
import ukraine
from commandline import run

from projections import PROJECTIONS
from projections.casualties import PROJECTION as CASUALTIES
from projections.control import PROJECTION as CONTROL
from projections.displacement import PROJECTION as DISPLACEMENT
from timeline import Timeline
from timeline.domain.events import PlaceId
from timeline.replay.tallies import People

SHARED = Path(__file__).parents[3] / "shared/data"
UCDP, DTM = SHARED / "ucdp/ged_aleppo_2016_2019.csv", SHARED / "iom_dtm/dtm_admin1_irq.json"
BARE = '[city]\nid = "all"\nname = "All"\ntimezone = "{}"\n'
WORDS = {"ukraine": "Ukraine", "russia": "Russia", "dpr": "Donetsk PR", "lpr": "Luhansk PR"}
OTHER_WORDS = {
    "dpr": "Donetsk PR",
    "contested ukraine": "Contested",
    "gray zone": "nobody",
    "uncontrolled": "nobody",
    "ukraine": "Ukraine",
}
"""Words of the table that mean the same as others, folded."""

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no real data in ../shared/data")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Make empty timelines whose city files have what a mapping drafts for a table."""

    def begun(mapping: str, table: Path, zone: str) -> Path:
        log = tmp_path_factory.mktemp(mapping) / "events.jsonl"
        log.touch()
        city = log.with_name("city.toml")
        city.write_text(BARE.format(zone), "utf-8")
        drafted = run("import", mapping, str(table), "--draft-places", "--log", str(log)).stdout
        city.write_text(BARE.format(zone) + drafted, "utf-8")
        return log

    return begun


def imported(mapping: str, table: Path, log: Path, *options: str, code: int = 0) -> dict:
    """Import a table and return the summary."""
    command = ("import", mapping, str(table), "--log", str(log), "--json", *options)
    return json.loads(run(*command, code=code).stdout)


def accounted(summary: dict) -> bool:
    """Return whether every row became events, said nothing new, was left out or was set aside."""
    parts = ("became", "unchanged", "left_out", "set_aside")
    return summary["rows"] == sum(summary[part] for part in parts)


def written(log: Path) -> dict[str, dict]:
    """Return the events of a log by id."""
    events = map(json.loads, log.read_text("utf-8").splitlines())
    return {event["id"]: event for event in events}


# Wikipedia's table of Ukraine ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def war(folder) -> tuple[Path, dict]:
    """The table of Ukraine, imported."""
    log = folder("control-revisions", ukraine.FILE, "Europe/Kyiv")
    return log, imported("control-revisions", ukraine.FILE, log, code=1)


def test_every_row_of_ukraine_is_accounted_for_and_set_aside_where_it_names_no_holder(war):
    """Dates, coordinates and scraps of markup in the holder's column are rejects, by number."""
    log, summary = war
    rows = ukraine.read()
    assert accounted(summary)
    assert summary["rows"] == len(rows) == 19_623
    rejects = log.parent / f"{ukraine.FILE.name}.rejects.csv"
    with rejects.open(encoding="utf-8", newline="") as file:
        aside = {row["set aside: row"]: row["column"] for row in csv.DictReader(file)}
    assert len(aside) == summary["set_aside"]
    assert aside == {row["seq"]: blamed(row) for row in rows if not names_holder(row)}


def blamed(row: dict[str, str]) -> str:
    """Return the column of a row that names no holder, or no place."""
    return "held_by" if names_place(row) else "name"


def names_place(row: dict[str, str]) -> bool:
    """Return whether the name in a row may be that of a place."""
    return row["name"][:1].isalpha()


def names_holder(row: dict[str, str]) -> bool:
    """Return whether a row says who holds a place, by the words that the table explains.

    A row that leaves the table need name nobody.
    """
    holder = " ".join(row["held_by"].split()).casefold()
    known = {*map(str.casefold, WORDS.values()), *OTHER_WORDS, "contested"}
    return names_place(row) and (row["change"] == "remove" or holder in known)


@pytest.mark.slow
def test_ukraine_imported_again_is_nothing_new(war):
    """Not a byte is added."""
    log, first = war
    before = log.read_bytes()
    again = imported("control-revisions", ukraine.FILE, log, code=1)
    assert log.read_bytes() == before
    assert (again["events"], again["unchanged"]) == (0, first["rows"] - first["set_aside"])


@pytest.mark.slow
def test_the_log_of_ukraine_answers_what_the_table_said_at_its_revisions(war):
    """Some revisions, through the log; `test_ukraine` asks many more of the same events."""
    timeline = Timeline.open(war[0], PROJECTIONS)
    times = sorted({row["commit_time"] for row in ukraine.read()}, key=datetime.fromisoformat)
    for revision in [*times[1 :: len(times) // 3], times[-1]]:
        answers = timeline.state(at=revision, known=revision)[CONTROL]
        known = {place: each for place, each in answers.items() if each.status != "unknown"}
        assert {place: holder_by(each) for place, each in known.items()} == holders_at(revision)


def holders_at(revision: str) -> dict[PlaceId, str]:
    """Return who holds each place by the table as it was at a revision, from the file alone."""
    holders: dict[PlaceId, str] = {}
    for row in ukraine.read():
        if datetime.fromisoformat(row["commit_time"]) > datetime.fromisoformat(revision):
            break
        if names_place(row) and row["change"] == "remove":
            holders.pop(ukraine.place_id(row["name"]), None)
        elif names_holder(row):
            word = " ".join(row["held_by"].split()).casefold()
            holders[ukraine.place_id(row["name"])] = OTHER_WORDS.get(word, row["held_by"])
    return holders


def holder_by(answer) -> str:
    """Return the word of the table for an answer."""
    nobody = "Contested" if answer.ground == "contested" else "nobody"
    return WORDS[answer.holder] if answer.holder else nobody


# UCDP ---------------------------------------------------------------------------------------------


@cache
def deaths() -> list[dict[str, str]]:
    """Return the rows of the file."""
    with UCDP.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def aleppo(folder) -> tuple[Path, dict]:
    """UCDP's events of Aleppo by district, imported: the city file knows no smaller place."""
    districts = sorted({row["adm_2"] for row in deaths() if row["adm_2"]})
    places = [f'd{number} = {{ name = "{name}" }}' for number, name in enumerate(districts)]
    source = 'ucdp = { label = "UCDP", kind = "monitor" }'
    head = f'{BARE.format("Asia/Damascus")}aliases = ["Aleppo Governorate"]'
    log = folder("ucdp-ged", UCDP, "Asia/Damascus")
    city = "\n".join([head, "[places]", *places, "[sources]", source])
    log.with_name("city.toml").write_text(city, "utf-8")
    return log, imported("ucdp-ged", UCDP, log, "--edition", "2020-06-01")


def test_every_row_of_ucdp_is_an_event_and_what_is_out_of_order_is_widened_and_counted(aleppo):
    """Fifteen rows break low ≤ best ≤ high; each says in its note what stood there."""
    log, summary = aleppo
    broken = {f"ucdp:{row['id']}" for row in deaths() if figures(row) != sorted(figures(row))}
    assert (summary["rows"], summary["became"], summary["repaired"]) == (3308, 3308, 15)
    events = written(log)
    widened = {id for id, event in events.items() if "widened" in event["note"]}
    assert widened == broken
    assert len(broken) == 15
    odd = events["ucdp:275529"]
    assert odd["killed"] == {"low": 0, "best": 516, "high": 516}
    assert "low 0, best 516, high 515 in the source" in odd["note"]


def figures(row: dict[str, str]) -> list[int]:
    """Return the low, the best and the high figure of a row."""
    return [int(row[name]) for name in ("low", "best", "high")]


MONTHS = [
    f"{year}-{month:02}-{monthrange(year, month)[1]}"
    for year, month in product(range(2016, 2020), range(1, 13))
]


@pytest.mark.parametrize(
    "months",
    [
        pytest.param(MONTHS, marks=pytest.mark.slow, id="every month"),
        pytest.param(MONTHS[::9], id="some months"),
    ],
)
def test_deaths_by_district_and_month_are_those_of_the_file(aleppo, months):
    """Sums of low, best and high, made here from the file alone.

    A window that is under way is possible at most; it is certain after its last day.
    """
    timeline = Timeline.open(aleppo[0], PROJECTIONS)
    for month in months:
        answers = timeline.state(at=month)[CASUALTIES]
        assert {place: each.killed for place, each in answers.items()} == sums(month, timeline)


def sums(until: str, timeline: Timeline) -> dict[PlaceId, People]:
    """Return who was killed in each district by a day.

    From below those who certainly were, from above those who may have been.
    """
    low, best, high, open_windows = Counter(), Counter(), Counter(), set()
    for row in deaths():
        place = timeline.city.place(row["adm_2"] or "Aleppo Governorate").id
        if row["date_start"] <= until:
            high[place] += max(figures(row))
        if row["date_end"] <= until:
            low[place] += min(figures(row))
            best[place] += int(row["best"])
        elif row["date_start"] <= until:
            open_windows.add(place)
    bests = dict(best) | dict.fromkeys(open_windows)
    return {place: People(low[place], bests[place], high[place]) for place in high}


def test_what_ucdp_says_of_precision_and_its_own_words_are_kept(aleppo):
    """Windows are those of the row, clarity is the grade; what has no field stands in the note."""
    events = written(aleppo[0])
    for row in deaths():
        event = events[f"ucdp:{row['id']}"]
        days = dict.fromkeys([row["date_start"], row["date_end"]])
        assert event["occurred"] == "/".join(days)
        assert event["grade"] == ("B2" if row["event_clarity"] == "1" else "B3")
        for name in IN_THE_NOTE:
            assert f"{name}: {row[name].strip()}" in event["note"]


IN_THE_NOTE = (
    "where_prec",
    "date_prec",
    "where_coordinates",
    "deaths_civilians",
    "source_headline",
    "source_date",
)


# DTM ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "every",
    [pytest.param(1, marks=pytest.mark.slow, id="every round"), pytest.param(7, id="some rounds")],
)
def test_the_displaced_of_each_governorate_at_each_round_are_those_of_the_file(folder, every):
    """A stock: who is there on the day of the round, by the last round before or on it."""
    log = folder("iom-dtm", DTM, "Asia/Baghdad")
    summary = imported("iom-dtm", DTM, log)
    rows = json.loads(DTM.read_text("utf-8"))["result"]
    assert accounted(summary)
    assert summary["became"] == len(rows) == 1430
    timeline = Timeline.open(log, PROJECTIONS)
    rounds = sorted({row["reportingDate"][:10] for row in rows})
    for day in [*rounds[::every], rounds[-1]]:
        present = {}
        for row in sorted(rows, key=itemgetter("reportingDate")):
            if row["reportingDate"][:10] <= day:
                present[timeline.city.place(row["admin1Pcode"]).id] = row["numPresentIdpInd"]
        flows = timeline.state(at=day)[DISPLACEMENT].flows
        assert {flow.destination: flow.stock.best for flow in flows} == present
