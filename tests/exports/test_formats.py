"""Exports say what the replay says, keep vagueness where a format can, and are read by the readers and schemas of others."""

import csv as spreadsheet
import importlib.metadata
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import hostile
import jsonschema
import pytest
from attrs import evolve, fields
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import CITY, cuts, cuts_around, instants, logs

from projections import PROJECTIONS
from timeline import Timeline
from timeline.domain.boundaries import Boundary
from timeline.domain.events import Displacement
from timeline.domain.selection import Selection
from timeline.domain.timed_event import timed
from timeline.errors import TimelineError
from timeline.exports import FORMATS, csv, geojson, kml, parquet, timelinejs, timemap
from timeline.exports import serialization as documents
from timeline.exports import tables as sheets
from timeline.exports.request import Export
from timeline.log.reader import Log
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.storage import output as placing
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, TICK, Moment, When

ROOT = Path(__file__).parents[2]
MADE = date(2026, 1, 31)
POINTS = {
    "hill": (36.05, 37.05),
    "market": (36.1, 37.1),
    "garden": (36.2, 37.0),
    "east": (36.1, 37.06),
}
MAPPED = evolve(CITY, places={id: evolve(place, lat=POINTS.get(id, (None, None))[0], lon=POINTS.get(id, (None, None))[1])
                              for id, place in CITY.places.items()})  # fmt: skip
"""The city of the other tests, with points for some of its places."""


def export_of(log, city=MAPPED, **asked):
    """Return an export of some events, as if they had been read from a file."""
    read = Log(
        path=Path("events.jsonl"),
        events=tuple(log),
        lines={event.id: n for n, event in enumerate(log, 1)},
        sha256="0" * 64,
    )
    dated = tuple(timed(event, city.zone) for event in log)
    timeline = Timeline(city=city, log=read, dated=dated, projections=PROJECTIONS)
    return Export(timeline=timeline, made=MADE, **{"cut": AsOf(), **asked})


def aleppo(**asked):
    """Return an export of the shipped log."""
    timeline = Timeline.open(ROOT / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, made=MADE, **{"cut": timeline.cut("2016-11-28"), **asked})


def at(text):
    """Return an instant that an export wrote; None for none."""
    return None if text is None else datetime.fromisoformat(text)


policies = st.sampled_from(tuple(POLICIES))

# What is said, as the replay says it --------------------------------------------------------------


@given(st.data(), logs(), policies)
def test_the_features_of_a_state_are_its_answers(data, log, policy):
    cut = data.draw(cuts() | cuts_around(log))
    export = export_of(log, cut=cut, policy=policy)
    document = json.loads(geojson.state(export))
    answers = export.timeline.state(cut=cut, policy=policy).answers()
    places = {
        one["id"]: one["properties"]
        for one in document["features"]
        if one["properties"]["kind"] == "place"
    }
    assert list(places) == list(answers["control"])
    for id, answer in answers["control"].items():
        for name in (
            "holder",
            "status",
            "certain",
            "ground",
            "before",
            "because",
            "against",
            "unclear",
            "inherited_from",
        ):
            assert places[id][name] == answer[name]
        since = answer["since"] or {"text": None, "earliest": None, "latest": None}
        assert [places[id][name] for name in ("since", "since_earliest", "since_latest")] == list(
            since.values()
        )
        assert [one.partition("=")[0] for one in places[id]["shares"]] == [
            one["actor"] for one in answer["shares"]
        ]
        assert places[id].get("siege") == answers["siege"].get(id)
        assert places[id].get("casualties") == answers["casualties"].get(id)
        assert places[id].get("conditions") == answers["conditions"].get(id)
    flows = [
        one["properties"]
        for one in document["features"]
        if one["properties"]["kind"] == "displacement"
    ]
    assert [
        {name: one[name] for name in flow}
        for one, flow in zip(flows, answers["displacement"]["flows"], strict=True)
    ] == (answers["displacement"]["flows"])


@given(st.data(), logs(), policies, st.sampled_from(("valid", "known", "both")))
def test_a_history_gives_the_answer_of_every_instant(data, log, policy, along):
    """At any time exactly one feature of a place holds, and says what the replay says; or none, and nobody had said anything."""
    cut = evolve(
        data.draw(cuts()), at=data.draw(st.none() | instants()) if along == "known" else None
    )
    export = export_of(log, cut=cut, policy=policy, along=along)
    features = json.loads(geojson.history(export))["features"]
    ends = [at(one["properties"][name]) for one in features for name in ("start", "end")]
    for instant in [*(end for end in ends[:6] if end), data.draw(instants())]:
        if cut.known is not None and along == "known" and instant > cut.known:
            continue
        here = {"valid": evolve(cut, at=instant), "known": evolve(cut, known=instant),
                "both": evolve(cut, at=instant, known=min(instant, cut.known or instant))}[along]  # fmt: skip
        answers = export.timeline.state(cut=here, policy=policy).answers()["control"]
        for id, answer in answers.items():
            holding = [
                one["properties"]
                for one in features
                if one["properties"]["place"] == id and _holds(one["properties"], instant)
            ]
            assert len(holding) == bool(answer["because"] or answer["against"] or answer["unclear"])
            for one in holding:
                assert all(
                    one[name] == answer[name]
                    for name in ("holder", "status", "certain", "because", "against", "unclear")
                )


def _holds(properties, instant):
    return (properties["start"] is None or at(properties["start"]) <= instant) and (
        properties["end"] is None or instant < at(properties["end"])
    )


@given(st.data(), logs())
def test_a_history_up_to_a_cut_knows_nothing_of_later(data, log):
    """No feature begins after the cut, and the last of each place is open: the cut is where we look from, not when it ended."""
    cut = data.draw(cuts())
    features = json.loads(geojson.history(export_of(log, cut=cut)))["features"]
    whole = json.loads(geojson.history(export_of(log, cut=evolve(cut, at=None))))["features"]
    assert all(
        one["properties"]["start"] is None or at(one["properties"]["start"]) <= cut.instant
        for one in features
    )
    shown = [(one["id"], one["properties"]["start"]) for one in whole]
    assert [(one["id"], one["properties"]["start"]) for one in features] == [
        (id, start) for id, start in shown if start is None or at(start) <= cut.instant
    ]


@given(st.data(), logs())
def test_a_table_of_events_holds_every_event_that_was_known_then(data, log):
    """Each once, withdrawn ones with when and by which, and nothing of what came later."""
    cut = data.draw(cuts() | cuts_around(log))
    export = export_of(log, cut=cut)
    rows = list(spreadsheet.DictReader(io.StringIO(csv.write(export))))
    facts = [
        one
        for one in engine.recorded_by(export.timeline.dated, cut)
        if cut.known is None or one.known <= cut.known
    ]
    assert [row["id"] for row in rows] == [
        one.event.id for one in facts if one.window.began(cut.instant)
    ]
    withdrawn = engine.withdrawals(facts)
    for row in rows:
        assert row["withdrawn_by"] == (withdrawn[row["id"]].by if row["id"] in withdrawn else "")
        assert set(row["agreed"].split() + row["denied"].split() + row["doubted"].split()) <= {
            one["id"] for one in rows
        }
    standing = set(engine.standing(export.timeline.dated, cut))
    assert {one.event.id for one in export.standing} == {
        row["id"] for row in rows if row["id"] in standing
    }


@given(logs(min_size=1))
def test_dates_stand_as_they_were_said_beside_their_hard_ends(log):
    export = export_of(log)
    rows = {row["id"]: row for row in spreadsheet.DictReader(io.StringIO(csv.write(export)))}
    for one in export.timeline.dated:
        row = rows[one.event.id]
        assert (row["occurred"], row["reported"]) == (one.event.occurred, one.event.reported)
        ends = (
            None if one.window.earliest == PAST else one.window.earliest,
            None if one.window.latest == FUTURE else one.window.latest,
        )
        assert (at(row["occurred_earliest"] or None), at(row["occurred_latest"] or None)) == ends
        assert at(row["known"]) == one.known


def test_every_field_of_every_type_has_its_column():
    """A new field of an event is in the tables without anybody thinking of it, and no two columns have one name."""
    columns = [column.name for column in sheets.EVENT]
    for event_type in sheets.EVENT_TYPES:
        for name in (f.name for f in fields(event_type)):
            assert any(column == name or column.startswith(f"{name}_") for column in columns), name
    for made in sheets.SHEETS.values():
        names = [column.name for column in made(export_of(())).columns]
        assert len(names) == len(set(names))


@given(st.data(), logs(min_size=1))
def test_a_filter_chooses_and_changes_no_answer(data, log):
    """What is shown with filters is shown without, word for word, but for the note that it was chosen."""
    one = data.draw(st.sampled_from(log))
    place = getattr(one, "place", "east")
    kinds = {"sources": (one.source,), "types": (one.type,), "places": (place,), "text": one.id}
    selection = Selection(
        **{
            name: kinds[name]
            for name in data.draw(st.sets(st.sampled_from(sorted(kinds)), min_size=1))
        }
    )
    whole, some = export_of(log), export_of(log, selection=selection)
    for write in (geojson.state, geojson.history):
        all_lines, lines = (set(_bare(write(export))) for export in (whole, some))
        assert lines <= all_lines
    assert some.origin["chosen"]
    chosen = {fact.event.id for fact in selection.choose(whole.timeline.dated, MAPPED)}
    assert {told.event.id for told in some.events} == chosen


def _bare(document):
    """Return the features of a document without the numbers that features of one place have."""
    return [json.dumps({**one, "id": ""}) for one in json.loads(document)["features"]]


def test_filters_choose_places_and_what_answers_name():
    def shown(**selection):
        return [
            one["id"]
            for one in json.loads(geojson.state(aleppo(selection=Selection(**selection))))[
                "features"
            ]
        ]

    assert shown(places=("sakhour",)) == ["sakhour"]
    assert shown(places=("sakhour",), sources=("guardian",)) == []
    assert shown(places=("sakhour", "hanano")[:1], sources=("sohr",)) == ["sakhour"]
    assert shown(sources=("damascus",)) == ["east-aleppo>west-aleppo"]


# Where it comes from ------------------------------------------------------------------------------


def texts_of(name, export):
    """Return an export as one text: of a folder all its texts, of Parquet its metadata and its values."""
    if name in ("parquet", "geoparquet"):
        pytest.importorskip("pyarrow")
    data = FORMATS[name].write(export)
    if isinstance(data, str):
        return data
    if isinstance(data, bytes):
        table = pytest.importorskip("pyarrow.parquet").read_table(io.BytesIO(data))
        return json.dumps(
            {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
        ) + str(table.to_pylist())
    return "".join(
        part.decode() for path, part in data.items() if path not in ("events.jsonl", "city.toml")
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_says_where_it_comes_from(name):
    export = aleppo(policy="cautious", selection=Selection(places=("aleppo",)))
    text = texts_of(name, export)
    for said in (
        export.timeline.log.sha256,
        "39",
        "cautious",
        "2016",
        "aleppo",
        "chosen" if name not in ("timelinejs",) else "Chosen",
    ):
        assert said in text, said


@pytest.mark.parametrize("name", FORMATS)
def test_a_hypothesis_is_marked_in_every_export(name):
    export = aleppo()
    export = evolve(export, timeline=export.timeline.supposing(without_sources=["sohr"]))
    assert "HYPOTHETICAL: without Syrian Observatory for Human Rights" in texts_of(name, export)
    assert "HYPOTHETICAL" not in texts_of(name, aleppo())


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "csv"])
def test_what_is_lost_is_said_in_the_file(name):
    """In CSV there is no place for it: the command tells."""
    text = texts_of(name, aleppo())
    assert any(
        sentence in text
        for sentence in (
            FORMATS[name].lost,
            json.dumps(FORMATS[name].lost)[1:-1],
            documents.markup(FORMATS[name].lost),
        )
    )


def test_a_hypothesis_with_events_of_its_own_is_handed_on_with_them():
    export = aleppo()
    event = evolve(export.timeline.event("hanano-captured"), id="hanano-again", recorded=None)
    export = evolve(export, timeline=export.timeline.supposing([event]))
    files = FORMATS["datapackage"].write(export)
    assert json.loads(files["hypothesis.jsonl"])["id"] == "hanano-again"


@given(st.data(), logs(), policies)
def test_no_log_is_too_odd_for_any_text_format(data, log, policy):
    export = export_of(log, cut=data.draw(cuts_around(log)), policy=policy)
    for name in ("geojson", "geojson-history", "kml", "csv", "timelinejs", "timemap"):
        assert FORMATS[name].write(export)
        assert FORMATS[name].write(evolve(export, table="changes"))


# Geometry -----------------------------------------------------------------------------------------

RING = ((37.0, 36.0), (37.1, 36.0), (37.1, 36.1), (37.0, 36.1), (37.0, 36.0))
HOLE = ((37.02, 36.02), (37.02, 36.04), (37.04, 36.04), (37.04, 36.02), (37.02, 36.02))


def bounded(tmp_path, shapes):
    """Return the shipped log with boundaries for two districts, in a folder."""
    features = [
        {"type": "Feature", "id": id, "properties": None, "geometry": Boundary(shape).geometry}
        for id, shape in shapes.items()
    ]
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "all.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), "utf-8"
    )
    text = (
        (ROOT / "city.toml")
        .read_text("utf-8")
        .replace('timezone = "', 'boundaries = "maps/all.geojson"\ntimezone = "')
    )
    text = re.sub(r", +lat = [\d.]+, lon = [\d.]+", "", text)
    (tmp_path / "city.toml").write_text(text, "utf-8")
    (tmp_path / "events.jsonl").write_bytes((ROOT / "events.jsonl").read_bytes())
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, cut=timeline.cut("2016-11-28"), made=MADE)


SHAPES = {
    "sakhour": ((RING, HOLE),),
    "masaken-hanano": ((RING,), (tuple((x + 1, y) for x, y in RING),)),
}


def test_a_flow_is_a_line_between_two_points_and_has_none_without():
    def lines(origin, destination):
        said = {"occurred": When("2016-11-01"), "reported": Moment("2016-11-02"), "source": "paper"}
        flight = Displacement(id="fled", origin=origin, destination=destination, **said)
        features = json.loads(geojson.state(export_of((flight,))))["features"]
        return [one["geometry"] for one in features if one["properties"]["kind"] == "displacement"]

    assert lines("hill", "market") == [
        {"type": "LineString", "coordinates": [[37.05, 36.05], [37.1, 36.1]]}
    ]
    assert lines("hill", "quarry") == lines("hill", None) == [None]


def test_colours_of_kml_are_those_of_the_city_with_blue_first():
    """The opposition is #6CA6C1, the second actor of the file."""
    text = kml.write(aleppo())
    assert '<Style id="full-2"><IconStyle><color>ffc1a66c</color>' in text
    assert "<PolyStyle><color>4dc1a66c</color></PolyStyle>" in text


def test_slides_lie_on_the_days_that_were_said():
    """A window of whole days ends on its last day, and one day has no other end."""
    slides = {
        slide["unique_id"]: slide for slide in json.loads(timelinejs.write(aleppo()))["events"]
    }
    taken, denied = slides["sakhour-seized-sohr"], slides["sakhour-fall-denied"]
    day = {"year": 2016, "month": 11}
    assert (taken["start_date"], taken["end_date"]) == (day | {"day": 27}, day | {"day": 28})
    assert (denied["start_date"], denied.get("end_date")) == (day | {"day": 28}, None)
    assert taken["display_date"] == "27–28 Nov 2016"


def test_boundaries_are_the_geometry_of_their_places_and_points_of_the_others(tmp_path):
    features = json.loads(geojson.state(bounded(tmp_path, SHAPES)))["features"]
    by_id = {one["id"]: one for one in features}
    assert by_id["sakhour"]["geometry"]["coordinates"] == [
        [list(map(list, RING)), list(map(list, HOLE))][0],
        list(map(list, HOLE)),
    ]
    assert by_id["masaken-hanano"]["geometry"]["type"] == "MultiPolygon"
    assert by_id["shaar"]["geometry"] is None
    assert [by_id[id]["properties"]["geometry_is"] for id in ("sakhour", "shaar", "aleppo")] == [
        "boundary",
        "none",
        "point",
    ]
    assert by_id["sakhour"]["properties"]["area_km2"] == pytest.approx(100 - 4, rel=0.01)


@given(st.lists(st.floats(-180, 180), min_size=6, max_size=30))
@example([37.0, 36.0, 37.1, 36.0, 37.1, 36.1])
def test_well_known_binary_is_read_by_others(numbers):
    wkb = pytest.importorskip("shapely")
    ring = [[x, y / 2] for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
    ring.append(ring[0])
    shapes = [{"type": "Point", "coordinates": ring[0]}, {"type": "Polygon", "coordinates": [ring, ring]},
              {"type": "MultiPolygon", "coordinates": [[ring], [ring, ring]]}]  # fmt: skip
    for shape in shapes:
        read = wkb.from_wkb(parquet.wkb(shape))
        assert json.loads(wkb.to_geojson(read)) == shape


# Read by the readers of others --------------------------------------------------------------------


@pytest.mark.parametrize("write", [geojson.state, geojson.history])
def test_geojson_is_valid_to_the_geojson_library(write, tmp_path):
    reader = pytest.importorskip("geojson")
    for export in (aleppo(), bounded(tmp_path, SHAPES)):
        document = reader.loads(write(export))
        assert isinstance(document, reader.FeatureCollection)
        assert document.is_valid, document.errors()
        assert len(document.features) > 100


def test_kml_is_valid_to_the_schema_of_the_ogc(tmp_path):
    """Fastkml ships the XML schema of KML and a reader that knows its times and geometries."""
    reader = pytest.importorskip("fastkml")
    for number, export in enumerate((aleppo(), bounded(tmp_path, SHAPES))):
        file = tmp_path / f"{number}.kml"
        file.write_text(kml.write(export), "utf-8")
        assert reader.validate(file_to_validate=file)
        (document,) = reader.KML.parse(file, validate=True).features
        placemarks = [one for folder in document.features for one in folder.features]
        assert len(placemarks) == kml.count(export) == len(export.spells) + 39
        (taken,) = (
            one for one in placemarks if one.name == "Sakhour: Government, disputed, possible"
        )
        assert taken.begin.dt == datetime(2016, 11, 26, 22, tzinfo=UTC)
        assert taken.end.dt == datetime(2016, 11, 28, 22, tzinfo=UTC) - TICK
        assert taken.style_url.url == "#pale-1"
    assert taken.geometry.geom_type == "Polygon"


def test_a_broken_kml_is_found_by_the_schema(tmp_path):
    """The check can fail: a TimeSpan after the style is not what the schema wants."""
    reader = pytest.importorskip("fastkml")
    text = re.sub(
        r"(<TimeSpan>.*?</TimeSpan>)(<styleUrl>[^<]*</styleUrl>)", r"\2\1", kml.write(aleppo())
    )
    (tmp_path / "broken.kml").write_text(text, "utf-8")
    with pytest.raises(AssertionError):
        reader.validate(file_to_validate=tmp_path / "broken.kml")


def test_a_data_package_is_valid_to_frictionless(tmp_path):
    """Every table has the columns and types that its description says, and every file its size and digest."""
    reader = pytest.importorskip("frictionless")
    files = FORMATS["datapackage"].write(
        evolve(
            bounded(tmp_path, SHAPES), mappings=(b'x = "y"\n',), licence="https://example.org/terms"
        )
    )
    placing.place(files, tmp_path / "package", force=False, keep=())
    report = reader.validate(str(tmp_path / "package" / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])
    names = ["log", "city", "boundaries-1", "mapping-1", "events", "states", "changes"]
    assert [task.name for task in report.tasks] == names
    rows = (
        reader.Package(str(tmp_path / "package" / "datapackage.json"))
        .get_resource("events")
        .read_rows()
    )
    (row,) = (row for row in rows if row["id"] == "reached-west-damascus")
    assert (row["people_high"], row["people_low"]) == (2000, None)
    assert row["occurred_latest"] == datetime(2016, 11, 28, 22, tzinfo=UTC)


def test_a_data_package_that_was_altered_is_found(tmp_path):
    """The check can fail: a table with another value, and one with a text for a number."""
    reader = pytest.importorskip("frictionless")
    files = dict(FORMATS["datapackage"].write(aleppo()))
    files["events.csv"] = files["events.csv"].replace(b",2000,", b",many,")
    placing.place(files, tmp_path / "package", force=False, keep=())
    errors = reader.validate(str(tmp_path / "package" / "datapackage.json")).flatten(["type"])
    assert ["type-error"] in errors
    assert ["hash-count"] in errors


def test_a_crate_is_read_by_rocrate(tmp_path):
    reader = pytest.importorskip("rocrate.rocrate")
    export = evolve(bounded(tmp_path, SHAPES), licence="https://example.org/terms")
    placing.place(FORMATS["ro-crate"].write(export), tmp_path / "crate", force=False, keep=())
    crate = reader.ROCrate(tmp_path / "crate")
    assert [one.id for one in crate.data_entities] == (
        ["events.jsonl", "city.toml", "maps/all.geojson", "events.csv", "states.csv", "changes.csv"]
    )
    assert (
        str(crate.metadata["conformsTo"]) == "https://w3id.org/ro/crate/1.1"
        or crate.version == "1.1"
    )
    assert crate.root_dataset["license"].id == "https://example.org/terms"
    assert crate.root_dataset["datePublished"] == "2026-01-31"
    (making,) = (one for one in crate.contextual_entities if one.type == "CreateAction")
    assert [one.id for one in making["result"]] == ["events.csv", "states.csv", "changes.csv"]
    assert making["instrument"]["version"] == importlib.metadata.version("conflict-timeline")
    assert all(
        (tmp_path / "crate" / one.id).stat().st_size == int(one["contentSize"])
        for one in crate.data_entities
    )


def test_every_entity_that_a_crate_names_is_described():
    """RO-Crate 1.1, section 4.1: what is referred to in the crate is an entity of the flat list, each once."""
    graph = json.loads(
        FORMATS["ro-crate"].write(evolve(aleppo(), licence="https://example.org/terms"))[
            "ro-crate-metadata.json"
        ]
    )["@graph"]
    ids = [one["@id"] for one in graph]
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'{"@id": "([^"]*)"}', json.dumps(graph)))
    assert named - {"https://w3id.org/ro/crate/1.1"} <= set(ids)


def test_hxl_is_read_by_the_library_of_hxl(tmp_path):
    reader = pytest.importorskip("hxl")
    for table in sheets.SHEETS:
        file = tmp_path / f"{table}.csv"
        file.write_text(csv.write(aleppo(table=table, hxl=True)), "utf-8")
        source = reader.data(str(file), reader.InputOptions(allow_local=True))
        rows = list(source)
        sheet = sheets.SHEETS[table](aleppo())
        assert [column.header for column in source.columns] == [
            column.name for column in sheet.columns
        ]
        assert len(rows) == len(sheet.rows)
        core = {
            "#date",
            "#event",
            "#geo",
            "#indicator",
            "#loc",
            "#meta",
            "#org",
            "#status",
            "#description",
            "#affected",
            "#cause",
            "#severity",
        }
        assert {column.tag for column in source.columns} <= core
    assert [
        row.get("#org+armed+name")
        for row in rows
        if row.get("#loc+code-parent-inherited") == "sakhour"
    ][-1] == "Government"


def test_parquet_is_read_with_its_types():
    reader = pytest.importorskip("pyarrow.parquet")
    for table in sheets.SHEETS:
        export = aleppo(table=table)
        read, sheet = (
            reader.read_table(io.BytesIO(parquet.write(export))),
            sheets.SHEETS[table](export),
        )
        assert read.column_names == [column.name for column in sheet.columns]
        assert read.to_pylist() == [
            {column.name: row.get(column.name) for column in sheet.columns} for row in sheet.rows
        ]
    assert str(read.schema.field("start").type) == "timestamp[us, tz=UTC]"
    assert read.schema.field("start").metadata[b"hxl"] == b"#date+start"


def test_geoparquet_is_read_by_geoarrow(tmp_path):
    pytest.importorskip("geoarrow.pyarrow")
    from geoarrow.pyarrow import as_wkt
    from geoarrow.pyarrow import io as reader

    (tmp_path / "map.parquet").write_bytes(parquet.write_places(bounded(tmp_path, SHAPES)))
    table = reader.read_geoparquet_table(tmp_path / "map.parquet")
    shapes = dict(
        zip(table["place"].to_pylist(), as_wkt(table["geometry"]).to_pylist(), strict=True)
    )
    assert shapes["sakhour"].startswith(
        "POLYGON ((37 36, 37.1 36, 37.1 36.1, 37 36.1, 37 36), (37.02 36.02,"
    )
    assert shapes["masaken-hanano"].startswith("MULTIPOLYGON (((37 36,")
    assert shapes["shaar"] is None
    assert shapes["aleppo"] == "POINT (37.157 36.202)"


GEO = {
    "type": "object",
    "required": ["version", "primary_column", "columns"],
    "properties": {
        "version": {"const": "1.1.0"},
        "primary_column": {"type": "string", "minLength": 1},
        "columns": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "required": ["encoding", "geometry_types"],
                "additionalProperties": False,
                "properties": {
                    "encoding": {"const": "WKB"},
                    "geometry_types": {
                        "type": "array",
                        "uniqueItems": True,
                        "items": {"enum": ["Point", "Polygon", "MultiPolygon"]},
                    },
                    "orientation": {"const": "counterclockwise"},
                    "edges": {"enum": ["planar", "spherical"]},
                    "bbox": {
                        "type": "array",
                        "minItems": 4,
                        "maxItems": 4,
                        "items": {"type": "number"},
                    },
                },
            },
        },
    },
}
"""The metadata of GeoParquet 1.1.0 (geoparquet.org/releases/v1.1.0, "Metadata"), as far as we write them."""


def test_the_metadata_of_geoparquet_are_as_its_specification_says(tmp_path):
    reader = pytest.importorskip("pyarrow.parquet")
    schema = reader.read_schema(io.BytesIO(parquet.write_places(bounded(tmp_path, SHAPES))))
    geo = json.loads(schema.metadata[b"geo"])
    jsonschema.validate(geo, GEO)
    assert geo["columns"]["geometry"]["geometry_types"] == ["MultiPolygon", "Point", "Polygon"]
    assert geo["columns"]["geometry"]["bbox"] == [37.0, 36.0, 38.1, 36.202]
    jsonschema.validate(parquet.geo([]), GEO)


TIMELINEJS = {
    "type": "object",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {
        "events": {
            "type": "array",
            "items": {"allOf": [{"$ref": "#/$defs/slide"}, {"required": ["start_date"]}]},
        },
        "title": {"$ref": "#/$defs/slide"},
        "eras": {"type": "array"},
        "scale": {"enum": ["human", "cosmological"]},
    },
    "$defs": {
        "slide": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "start_date": {"$ref": "#/$defs/date"},
                "end_date": {"$ref": "#/$defs/date"},
                "text": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"headline": {"type": "string"}, "text": {"type": "string"}},
                },
                "media": {"type": "object", "required": ["url"]},
                "group": {"type": "string"},
                "display_date": {"type": "string"},
                "background": {"type": "object"},
                "autolink": {"type": "boolean"},
                "unique_id": {"type": "string"},
            },
        },
        "date": {
            "type": "object",
            "required": ["year"],
            "additionalProperties": False,
            "properties": {
                "year": {"type": "integer"},
                "month": {"type": "integer", "minimum": 1, "maximum": 12},
                "day": {"type": "integer", "minimum": 1, "maximum": 31},
                "hour": {"type": "integer", "minimum": 0, "maximum": 23},
                "minute": {"type": "integer", "minimum": 0, "maximum": 59},
                "second": {"type": "integer", "minimum": 0, "maximum": 59},
                "millisecond": {"type": "integer"},
                "display_date": {"type": "string"},
            },
        },
    },
}
"""The JSON format of TimelineJS 3 as timeline.knightlab.com/docs/json-format.html describes it: slides, dates, texts."""


@given(st.data(), logs())
@example(None, ())
def test_timelinejs_is_as_its_documentation_says(data, log):
    cut = data.draw(cuts_around(log)) if data else AsOf()
    export = export_of(log, cut=cut)
    document = json.loads(timelinejs.write(export))
    jsonschema.validate(document, TIMELINEJS)
    standing = list(export.standing)
    assert [slide["unique_id"] for slide in document["events"]] == [
        one.event.id for one in standing
    ]
    for slide, one in zip(document["events"], standing, strict=True):
        start, end = (_wall_clock(slide.get(name)) for name in ("start_date", "end_date"))
        assert end is None or start < end
        window = one.fact.window
        if window.earliest != PAST:
            assert start == window.earliest.astimezone(CITY.zone).replace(
                tzinfo=None, microsecond=0
            )


def _wall_clock(value):
    return value and datetime(
        *(value.get(name, 0) for name in ("year", "month", "day", "hour", "minute", "second"))
    )


TIMEMAP_TEXTS = ("id", "description", "date", "time", "time_precision", "location", "latitude", "longitude", "type", "category",
                 "category_full", "comments", "time_display", "shape", "colour")  # fmt: skip
TIMEMAP = {
    "events.json": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "associations"],
            "additionalProperties": False,
            "anyOf": [{"required": ["date"]}, {"required": ["latitude"]}],
            "dependentRequired": {"latitude": ["longitude"], "longitude": ["latitude"]},
            "properties": {name: {"type": "string"} for name in TIMEMAP_TEXTS}
            | {name: {"type": "array", "items": {"type": "string"}} for name in ("associations", "sources")}
            | {"date": {"pattern": r"^\d\d/\d\d/\d{4}$"}, "time": {"pattern": r"^\d\d:\d\d$"}},
        },
    },
    "associations.json": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "title", "mode"],
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in ("id", "title", "desc", "mode", "colour", "type", "display")}
            | {"filter_paths": {"type": "array"}},
        },
    },
    "sources.json": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["id", "paths"],
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in ("id", "title", "thumbnail", "type", "url", "description", "parent",
                                                                 "author", "date", "notes")}
            | {"paths": {"type": "array"}, "affil_s": {"type": "array"}},
        },
    },
}  # fmt: skip
"""The schemas of TimeMap (forensic-architecture/timemap, src/reducers/validate: eventSchema, associationsSchema, sourceSchema)."""


@given(st.data(), logs())
@example(None, ())
def test_timemap_is_as_its_schemas_say(data, log):
    export = export_of(log, cut=data.draw(cuts_around(log)) if data else AsOf())
    files = {name: json.loads(text) for name, text in timemap.write(export).items()}
    for name, schema in TIMEMAP.items():
        jsonschema.validate(files[name], schema)
    associations = {one["id"] for one in files["associations.json"]}
    for event in files["events.json"]:
        assert set(event["associations"]) <= associations
        assert set(event["sources"]) <= set(files["sources.json"])
    assert [one["id"] for one in files["events.json"]] == [one.event.id for one in export.standing]


# Hostile texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rude(tmp_path_factory):
    """A log and a city in which every text means harm."""
    folder = tmp_path_factory.mktemp("rude")
    (folder / "city.toml").write_text(hostile.city(), "utf-8")
    (folder / "events.jsonl").write_text(
        "".join(f"{json.dumps(one)}\n" for one in hostile.events()), "utf-8"
    )
    timeline = Timeline.open(folder / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, cut=AsOf(), made=MADE)


def test_hostile_texts_are_texts_in_every_json(rude):
    """JSON keeps them exactly, written so that no terminal is steered."""
    document = geojson.state(rude)
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", document
    )
    names = {
        one["properties"]["place"]: one["properties"]["name"]
        for one in json.loads(document)["features"]
        if "name" in one["properties"]
    }
    assert all(
        names[f"p{number}"] == f"{text} p{number}"
        for number, text in enumerate(hostile.LABELS.values())
    )


def test_hostile_texts_are_no_markup_in_kml(rude, tmp_path):
    text = kml.write(rude)
    root = ElementTree.fromstring(text)  # noqa: S314  # our own
    space = "{http://www.opengis.net/kml/2.2}"
    assert {element.tag.removeprefix(space) for element in root.iter()} <= {
        "kml", "Document", "name", "open", "description", "Style", "IconStyle", "LineStyle", "PolyStyle", "color", "BalloonStyle", "text",
        "ExtendedData", "Data", "value", "Folder", "Placemark", "TimeSpan", "begin", "end", "styleUrl",
    }  # fmt: skip
    for element in root.iter(f"{space}description"):
        assert set(re.findall(r"<[^>]*>?", element.text)) <= {"<p>", "</p>"}
    (tmp_path / "rude.kml").write_text(text, "utf-8")
    assert pytest.importorskip("fastkml").validate(file_to_validate=tmp_path / "rude.kml")


def test_hostile_texts_are_no_markup_on_slides(rude):
    document = json.loads(timelinejs.write(rude))
    for slide in (document["title"], *document["events"]):
        markup = slide["text"]["headline"] + slide["text"]["text"] + slide.get("display_date", "")
        assert set(re.findall(r"<[^>]*>?", markup)) <= {"<p>", "</p>"}
        assert slide["autolink"] is False


def test_hostile_texts_are_no_formulas(rude):
    for table in sheets.SHEETS:
        for row in spreadsheet.reader(io.StringIO(csv.write(evolve(rude, table=table, hxl=True)))):
            for value in row:
                assert not re.match(r"[\s\u200b\u200f\ufeff]*[=+@＝＋＠﹦]", value)
                assert not re.match(r"[\s\u200b]*[-−－](?!\d+(\.\d+)?$)", value)


def test_hostile_texts_name_no_file(rude):
    for name in ("datapackage", "ro-crate", "timemap"):
        assert all(
            re.fullmatch(r"[a-z0-9][a-z0-9-]*(\.[a-z]+)+", path)
            for path in FORMATS[name].write(rude)
        )


@pytest.mark.parametrize("reader", ["frictionless", "pyarrow"])
def test_hostile_packages_and_tables_are_read_by_others(rude, reader, tmp_path):
    library = pytest.importorskip(reader)
    if reader == "frictionless":
        placing.place(
            FORMATS["datapackage"].write(rude), tmp_path / "package", force=False, keep=()
        )
        report = library.validate(str(tmp_path / "package" / "datapackage.json"))
        assert report.valid, report.flatten(["title", "message"])
    else:
        from pyarrow.parquet import read_table

        assert read_table(io.BytesIO(parquet.write(rude))).num_rows == len(rude.events)


@given(st.text())
@example("\ufffe\uffff\0\x1b[31m]]>&<'\"")
def test_any_text_may_stand_in_xml(text):
    marked = documents.markup(text.replace("\0", "\\0"))
    element = ElementTree.fromstring(f"<a b=\"{marked}\" c='{marked}'>{marked}</a>")  # noqa: S314  # our own
    assert element.text in (None, element.get("b")) or element.text == element.get("c")
    assert len(element) == 0


def test_a_boundary_file_whose_name_cannot_stand_in_a_package_is_refused(tmp_path):
    export = bounded(tmp_path, SHAPES)
    (tmp_path / "maps" / "all.geojson").rename(tmp_path / "maps" / "all (1).geojson")
    city = evolve(export.city, boundaries=str(tmp_path / "maps" / "all (1).geojson"))
    with pytest.raises(TimelineError, match="for a file that is handed on"):
        FORMATS["datapackage"].write(evolve(export, timeline=evolve(export.timeline, city=city)))


def test_a_log_that_was_changed_meanwhile_is_not_handed_on(tmp_path):
    export = bounded(tmp_path, SHAPES)
    log = tmp_path / "events.jsonl"
    with log.open("ab") as file:
        file.write(b'{"appended":"since"}\n')
    assert (
        FORMATS["datapackage"].write(export)["events.jsonl"] == (ROOT / "events.jsonl").read_bytes()
    )
    log.write_bytes(log.read_bytes().replace(b"sakhour", b"Sakhour"))
    with pytest.raises(TimelineError, match="was changed while it was exported"):
        FORMATS["datapackage"].write(export)


def test_an_unpacked_package_is_a_timeline(tmp_path):
    """It is asked as the one that it was made of, boundaries and all."""
    export = bounded(tmp_path, SHAPES)
    (tmp_path / "events.jsonl.seals").write_bytes(b"{}\n")
    for name in ("datapackage", "ro-crate"):
        data = placing.zipped(FORMATS[name].write(export))
        zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path / name)
        again = Timeline.open(tmp_path / name / "events.jsonl", PROJECTIONS)
        assert again.state(cut=export.cut).sha256 == export.state.sha256
        assert evolve(export, timeline=again).boundaries == export.boundaries
        assert (tmp_path / name / "events.jsonl.seals").read_bytes() == b"{}\n"


def test_exports_are_the_same_bytes_each_time():
    for name, one in FORMATS.items():
        if name in ("parquet", "geoparquet"):
            pytest.importorskip("pyarrow")
        first, second = one.write(aleppo()), one.write(aleppo())
        assert first == second
        if not isinstance(first, str | bytes):
            assert placing.zipped(first) == placing.zipped(second)
