"""Tables that others made, imported whole by the shipped mappings: what they say is what is answered, and every row is accounted for."""

import csv
import json
import random
from calendar import monthrange
from collections import Counter
from datetime import datetime
from functools import cache
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

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no real data in ../shared/data")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return what makes an empty timeline, with what the city file lacks for a table drafted by a mapping."""

    def begun(mapping: str, table: Path, zone: str) -> Path:
        log = tmp_path_factory.mktemp(mapping) / "events.jsonl"
        log.touch()
        (log.parent / "city.toml").write_text(BARE.format(zone), "utf-8")
        drafted = run("import", mapping, str(table), "--draft-places", "--log", str(log)).stdout
        with (log.parent / "city.toml").open("a", encoding="utf-8") as file:
            file.write(drafted)
        return log

    return begun


def imported(mapping: str, table: Path, log: Path, *options: str, code: int = 0) -> dict:
    """Import a table and return the summary."""
    return json.loads(
        run("import", mapping, str(table), "--log", str(log), "--json", *options, code=code).stdout
    )


def accounted(summary: dict) -> bool:
    """Return whether every row became events, said nothing new, was left out or was set aside."""
    return (
        summary["rows"]
        == summary["became"] + summary["unchanged"] + summary["left_out"] + summary["set_aside"]
    )


# Wikipedia's table of Ukraine ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def war(folder) -> tuple[Path, dict]:
    """The table of Ukraine, imported."""
    log = folder("control-revisions", ukraine.FILE, "Europe/Kyiv")
    return log, imported("control-revisions", ukraine.FILE, log, code=1)


def test_every_row_of_ukraine_is_accounted_for_and_what_names_no_holder_is_set_aside_with_its_row(
    war,
):
    """Dates, coordinates and scraps of markup in the column of the holder are in the file of rejects, each with its number."""
    log, summary = war
    rows = ukraine.read()
    assert accounted(summary)
    assert summary["rows"] == len(rows) == 19_623
    with (log.parent / f"{ukraine.FILE.name}.rejects.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        aside = list(csv.DictReader(file))
    assert len(aside) == summary["set_aside"]
    assert {(row["set aside: row"], row["column"]) for row in aside} == {
        (row["seq"], "name" if not row["name"][:1].isalpha() else "held_by")
        for row in rows
        if not names_holder(row)
    }


def names_holder(row: dict[str, str]) -> bool:
    """Return whether a row says who holds a place, by the words that the table itself explains; what leaves the table names none."""
    said = " ".join(row["held_by"].split()).casefold()
    known = {
        *map(str.casefold, WORDS.values()),
        "dpr",
        "contested",
        "contested ukraine",
        "gray zone",
        "uncontrolled",
    }
    return row["name"][:1].isalpha() and (row["change"] == "remove" or said in known)


def test_ukraine_imported_again_is_nothing_new(war):
    """Not a byte is added."""
    log, first = war
    before = log.read_bytes()
    again = imported("control-revisions", ukraine.FILE, log, code=1)
    assert log.read_bytes() == before
    assert (again["events"], again["unchanged"]) == (0, first["rows"] - first["set_aside"])


def test_the_log_of_ukraine_answers_what_the_table_said_at_its_revisions(war):
    """Some revisions, through the log and the front door of the library; `test_ukraine` asks many more of the same events."""
    timeline = Timeline.open(war[0], PROJECTIONS)
    times = sorted({row["commit_time"] for row in ukraine.read()}, key=datetime.fromisoformat)
    for revision in [*random.Random(6).sample(times, 3), times[-1]]:  # not for secrets
        found = timeline.state(at=revision, known=revision)[CONTROL]
        said = said_by(revision)
        assert {
            place: answered(one) for place, one in found.items() if one.status != "unknown"
        } == said


def said_by(revision: str) -> dict[PlaceId, str]:
    """Return who holds each place by the table as it was at a revision, from the file alone."""
    said: dict[PlaceId, str] = {}
    for row in ukraine.read():
        if datetime.fromisoformat(row["commit_time"]) > datetime.fromisoformat(revision):
            break
        if row["name"][:1].isalpha() and row["change"] == "remove":
            said.pop(ukraine.place_id(row["name"]), None)
        elif names_holder(row):
            said[ukraine.place_id(row["name"])] = word_of(row["held_by"])
    return said


def word_of(held_by: str) -> str:
    words = {
        "dpr": "Donetsk PR",
        "contested ukraine": "Contested",
        "gray zone": "nobody",
        "uncontrolled": "nobody",
        "ukraine": "Ukraine",
    }
    return words.get(" ".join(held_by.split()).casefold(), held_by)


def answered(answer) -> str:
    return (
        WORDS[answer.holder]
        if answer.holder
        else "Contested"
        if answer.ground == "contested"
        else "nobody"
    )


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
    places = "".join(
        f'd{number} = {{ name = "{name}" }}\n' for number, name in enumerate(districts)
    )
    source = '[sources]\nucdp = { label = "UCDP", kind = "monitor" }\n'
    log = folder("ucdp-ged", UCDP, "Asia/Damascus")
    city = (
        BARE.format("Asia/Damascus")
        + f'aliases = ["Aleppo Governorate"]\n[places]\n{places}{source}'
    )
    (log.parent / "city.toml").write_text(city, "utf-8")
    return log, imported("ucdp-ged", UCDP, log, "--edition", "2020-06-01")


def test_every_row_of_ucdp_is_an_event_and_what_is_out_of_order_is_widened_and_counted(aleppo):
    """Fifteen rows break low ≤ best ≤ high; each says in its note what stood there."""
    log, summary = aleppo
    broken = {
        row["id"] for row in deaths() if not int(row["low"]) <= int(row["best"]) <= int(row["high"])
    }
    assert (summary["rows"], summary["became"], summary["repaired"]) == (3308, 3308, len(broken))
    assert len(broken) == 15
    events = {event["id"]: event for event in map(json.loads, log.read_text("utf-8").splitlines())}
    assert {
        id.removeprefix("ucdp:") for id, event in events.items() if "widened" in event["note"]
    } == broken
    odd = events["ucdp:275529"]
    assert odd["killed"] == {"low": 0, "best": 516, "high": 516}
    assert "low 0, best 516, high 515 in the source" in odd["note"]


MONTHS = [
    f"{year}-{month:02}-{monthrange(year, month)[1]}"
    for year in range(2016, 2020)
    for month in range(1, 13)
]


@pytest.mark.parametrize(
    "months",
    [
        pytest.param(MONTHS, marks=pytest.mark.slow, id="every month"),
        pytest.param(MONTHS[::9], id="some months"),
    ],
)
def test_deaths_by_district_and_month_are_those_of_the_file(aleppo, months):
    """Sums of low, best and high, made here from the file alone; what spans months is possible at most, and certain after its last day."""
    timeline = Timeline.open(aleppo[0], PROJECTIONS)
    for month in months:
        found = timeline.state(at=month)[CASUALTIES]
        assert {place: one.killed for place, one in found.items()} == sums(month, timeline)


def sums(until: str, timeline: Timeline) -> dict[PlaceId, People]:
    """Return who was killed in each district by a day: from below what certainly happened, from above what may have."""
    low, best, high, possible, certain = Counter(), Counter(), Counter(), Counter(), Counter()
    for row in deaths():
        place = timeline.city.place(row["adm_2"] or "Aleppo Governorate").id
        least, middle, most = (int(row[name]) for name in ("low", "best", "high"))
        least, most = min(least, middle, most), max(least, middle, most)
        if row["date_end"] <= until:
            certain[place] += 1
            low[place] += least
            best[place] += middle
            high[place] += most
        elif row["date_start"] <= until:
            possible[place] += 1
            high[place] += most
    places = certain.keys() | possible.keys()
    return {
        place: People(low[place], None if possible[place] else best[place], high[place])
        for place in places
    }


def test_what_ucdp_says_of_precision_and_its_own_words_are_kept(aleppo):
    """Windows are those of the row, clarity is the grade, and what has no field stands in the note, but for what the mapping ignores."""
    events = {
        event["id"]: event for event in map(json.loads, aleppo[0].read_text("utf-8").splitlines())
    }
    for row in deaths():
        event = events[f"ucdp:{row['id']}"]
        window = (
            row["date_start"]
            if row["date_start"] == row["date_end"]
            else f"{row['date_start']}/{row['date_end']}"
        )
        assert (event["occurred"], event["grade"]) == (
            window,
            "B2" if row["event_clarity"] == "1" else "B3",
        )
        for name in (
            "where_prec",
            "date_prec",
            "where_coordinates",
            "deaths_civilians",
            "source_headline",
            "source_date",
        ):
            assert f"{name}: {row[name].strip()}" in event["note"]


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
        there = {}
        for row in sorted(rows, key=lambda row: row["reportingDate"]):
            if row["reportingDate"][:10] <= day:
                there[timeline.city.place(row["admin1Pcode"]).id] = row["numPresentIdpInd"]
        flows = timeline.state(at=day)[DISPLACEMENT].flows
        assert {flow.destination: flow.stock.best for flow in flows} == there
