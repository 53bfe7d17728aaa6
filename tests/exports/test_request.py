"""An export holds the events that were known at its cut, and filters change no answer."""

import json

from hypothesis import given
from hypothesis import strategies as st
from sample_exports import MAPPED, aleppo, export_of
from strategies import cuts, cuts_around, logs

from timeline.domain.selection import Selection
from timeline.exports import geojson
from timeline.replay import engine


@given(st.data(), logs())
def test_an_export_holds_every_event_that_was_known_then(data, log):
    """Each stands once, withdrawn ones with when and by which, and nothing of what came later."""
    cut = data.draw(cuts() | cuts_around(log))
    export = export_of(log, cut=cut)
    recorded = engine.recorded_by(export.timeline.timed_events, cut)
    known = [timed for timed in recorded if cut.known is None or timed.known <= cut.known]
    begun = [timed for timed in known if timed.window.began(cut.instant)]
    assert [quote.timed for quote in export.events] == begun
    withdrawn = engine.withdrawals(known)
    assert all(quote.withdrawn == withdrawn.get(quote.event.id) for quote in export.events)


@given(st.data(), logs())
def test_events_stand_as_the_replay_says_and_only_exported_events_speak_of_them(data, log):
    cut = data.draw(cuts() | cuts_around(log))
    export = export_of(log, cut=cut)
    ids = {quote.event.id for quote in export.events}
    standing = set(engine.visible(export.timeline.timed_events, cut))
    assert {quote.event.id for quote in export.standing} == ids & standing
    for quote in export.events:
        assert ids.issuperset((*quote.agreed, *quote.denied, *quote.doubted))


@given(st.data(), logs(min_size=1))
def test_a_filter_chooses_and_changes_no_answer(data, log):
    """A feature is shown with filters as without, word for word."""
    event = data.draw(st.sampled_from(log))
    criteria = {
        "sources": (event.source,),
        "types": (event.type,),
        "places": (getattr(event, "place", "east"),),
        "text": event.id,
    }
    names = data.draw(st.sets(st.sampled_from(sorted(criteria)), min_size=1))
    selection = Selection(**{name: criteria[name] for name in names})
    whole, part = export_of(log), export_of(log, selection=selection)
    for write in (geojson.state, geojson.history):
        assert _features(write(part)) <= _features(write(whole))
    chosen = {timed.event.id for timed in selection.choose(whole.timeline.timed_events, MAPPED)}
    assert {quote.event.id for quote in part.events} == chosen
    assert set(part.origin["chosen"]) == names


def _features(document):
    """Return the features of a document without the numbers of features of one place."""
    return {json.dumps({**feature, "id": ""}) for feature in json.loads(document)["features"]}


def test_filters_choose_places_and_the_events_that_answers_name():
    def shown(**criteria):
        document = geojson.state(aleppo(selection=Selection(**criteria)))
        return [feature["id"] for feature in json.loads(document)["features"]]

    assert shown(places=("sakhour",)) == ["sakhour"]
    assert shown(places=("sakhour",), sources=("guardian",)) == []
    assert shown(places=("sakhour",), sources=("sohr",)) == ["sakhour"]
    assert shown(sources=("damascus",)) == ["east-aleppo>west-aleppo"]
