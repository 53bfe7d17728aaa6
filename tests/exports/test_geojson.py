"""GeoJSON says of places and flows what the replay says, with the geometry of the city."""

import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sample_exports import (
    HOLE,
    RING,
    aleppo,
    at,
    bounded,
    export_of,
    policies,
    properties_of,
    values,
)
from strategies import cuts, cuts_around, instants, logs

from timeline.domain.events import Displacement
from timeline.exports import geojson
from timeline.temporal.dates import Moment, When

GROUNDS = ("because", "against", "unclear")
SINCE = ("since", "since_earliest", "since_latest")
NO_SINCE = {"text": None, "earliest": None, "latest": None}
AS_THEY_ARE = ("status", "certain", "ground", "last_heard", "rule", "inherited_from", *GROUNDS)
"""The members of an answer who holds a place that are properties of its feature."""


def state_of(data, log, policy):
    """Return an export at a cut at random, and its places by their ids as GeoJSON has them."""
    export = export_of(log, cut=data.draw(cuts() | cuts_around(log)), policy=policy)
    rows = properties_of(geojson.state(export), kind="place")
    return export, {row["place"]: row for row in rows}


@given(st.data(), logs(), policies)
def test_the_features_of_places_say_who_holds_them(data, log, policy):
    export, features = state_of(data, log, policy)
    answers = export.state.answers()["control"]
    assert list(features) == list(answers)
    for id, answer in answers.items():
        row = features[id]
        assert values(row, AS_THEY_ARE) == values(answer, AS_THEY_ARE)
        assert (row["holder"], row["before"]) == (
            joined(answer["holder"]),
            joined(answer["before"]),
        )
        assert values(row, SINCE) == list((answer["since"] or NO_SINCE).values())
        actors = [share.partition("=")[0] for share in row["shares"]]
        assert actors == [share["actor"] or "unknown" for share in answer["shares"]]


def joined(holder):
    """Return the holder of an answer as features have it: several joined by +."""
    return " + ".join(holder) if isinstance(holder, list) else holder


@given(st.data(), logs(), policies)
def test_the_features_of_places_hold_the_other_answers_about_them(data, log, policy):
    export, features = state_of(data, log, policy)
    answers = export.state.answers()
    for id, row in features.items():
        about = {name: answers[name].get(id) for name in geojson.OF_PLACES}
        assert values(row, geojson.OF_PLACES) == list(about.values())


@given(st.data(), logs(), policies)
def test_the_features_of_flows_are_the_answers_about_them(data, log, policy):
    export = export_of(log, cut=data.draw(cuts() | cuts_around(log)), policy=policy)
    features = properties_of(geojson.state(export), kind="displacement")
    flows = export.state.answers()["displacement"]["flows"]
    assert len(features) == len(flows)
    assert all(flow.items() <= row.items() for row, flow in zip(features, flows, strict=True))


@given(st.data(), logs(), policies, st.sampled_from(("valid", "known", "both")))
def test_a_history_gives_the_answer_of_every_instant(data, log, policy, along):
    """At any time exactly one feature of a place holds and says what the replay says.

    Where nobody has said anything yet, none does.
    """
    times = st.none() | instants() if along == "known" else st.none()
    cut = evolve(data.draw(cuts()), at=data.draw(times))
    export = export_of(log, cut=cut, policy=policy, along=along)
    rows = properties_of(geojson.history(export))
    ends = [at(row[name]) for row in rows[:3] for name in ("start", "end")]
    for instant in [*filter(None, ends), data.draw(instants())]:
        if cut.known is None or along != "known" or instant <= cut.known:
            here = cut_at(instant, cut, along)
            state = export.timeline.state(cut=here, policy=policy)
            _check_history(rows, instant, state.answers()["control"])


def cut_at(instant, cut, along):
    """Return a cut at an instant of the clocks that run."""
    if along == "valid":
        return evolve(cut, at=instant)
    if along == "known":
        return evolve(cut, known=instant)
    return evolve(cut, at=instant, known=min(instant, cut.known or instant))


def _check_history(rows, instant, answers):
    holding = [row for row in rows if _holds(row, instant)]
    grounded = [id for id, answer in answers.items() if any(values(answer, GROUNDS))]
    assert [row["place"] for row in holding] == grounded
    for row in holding:
        answer, names = answers[row["place"]], ("status", "certain", "last_heard", *GROUNDS)
        assert row["holder"] == joined(answer["holder"])
        assert values(row, names) == values(answer, names)


def _holds(row, instant):
    start, end = at(row["start"]), at(row["end"])
    return (start is None or start <= instant) and (end is None or instant < end)


@given(st.data(), logs())
def test_a_history_up_to_a_cut_knows_nothing_of_later(data, log):
    """No feature begins after the cut, from which we look; the last of each place is open."""
    cut = data.draw(cuts())
    starts = _starts(export_of(log, cut=cut))
    whole = _starts(export_of(log, cut=evolve(cut, at=None)))
    assert starts == [(id, at) for id, at in whole if at is None or at <= cut.instant]


def _starts(export):
    features = json.loads(geojson.history(export))["features"]
    return [(each["id"], at(each["properties"]["start"])) for each in features]


def test_a_flow_is_a_line_between_two_points_and_has_none_without():
    def lines(origin, destination):
        clocks = {
            "occurred": When("2016-11-01"),
            "reported": Moment("2016-11-02"),
            "source": "paper",
        }
        flight = Displacement(id="fled", origin=origin, destination=destination, **clocks)
        features = json.loads(geojson.state(export_of((flight,))))["features"]
        flows = [each for each in features if each["properties"]["kind"] == "displacement"]
        return [flow["geometry"] for flow in flows]

    line = {"type": "LineString", "coordinates": [[37.05, 36.05], [37.1, 36.1]]}
    assert lines("hill", "market") == [line]
    assert lines("hill", "quarry") == lines("hill", None) == [None]


def test_boundaries_are_the_geometry_of_their_places_and_points_of_the_others(tmp_path):
    features = json.loads(geojson.state(bounded(tmp_path)))["features"]
    geometries = {each["id"]: each["geometry"] for each in features}
    assert geometries["sakhour"]["coordinates"] == [[*map(list, RING)], [*map(list, HOLE)]]
    assert geometries["masaken-hanano"]["type"] == "MultiPolygon"
    assert geometries["shaar"] is None
    properties = {each["id"]: each["properties"] for each in features}
    kinds = [properties[id]["geometry_is"] for id in ("sakhour", "shaar", "aleppo")]
    assert kinds == ["boundary", "none", "point"]
    assert properties["sakhour"]["area_km2"] == pytest.approx(100 - 4, rel=0.01)


@pytest.mark.parametrize("write", [geojson.state, geojson.history])
def test_geojson_is_valid_to_the_geojson_library(write, tmp_path):
    reader = pytest.importorskip("geojson")
    for export in (aleppo(), bounded(tmp_path)):
        document = reader.loads(write(export))
        assert isinstance(document, reader.FeatureCollection)
        assert document.is_valid, document.errors()
        assert len(document.features) > 100
