"""The index of a log of Testopolis, for the tests of questions in SQL."""

from pathlib import Path

from strategies import CITY_FILE

from projections import PROJECTIONS
from timeline import Timeline
from timeline.log.admission import from_object
from timeline.timeline import index_of as find_index

TAKEN = {
    "id": "taken",
    "v": 1,
    "type": "control_change",
    "place": "hill",
    "actor": "government",
    "source": "monitor",
    "occurred": "2016-11-26",
    "reported": "2016-11-27",
}


def index_of(folder: Path, log: bytes) -> Path:
    """Return the index of a log in a folder."""
    (folder / "city.toml").write_text(CITY_FILE, "utf-8")
    path = folder / "events.jsonl"
    path.write_bytes(log)
    assert find_index(path, PROJECTIONS).refresh(anew=True)
    return folder / "events.jsonl.index"


def add(index: Path, refresh: bool = True, **fields: str) -> None:
    """Append an event to the log of an index, and catch the index up."""
    log = index.with_suffix("")
    timeline = Timeline.open(log, PROJECTIONS)
    timeline.append([from_object(TAKEN | fields, timeline.city)])
    assert not refresh or find_index(log, PROJECTIONS).refresh()
