"""The way from a timeline to a picture: answers, ground, scenes, figure."""

from collections.abc import Mapping, Sequence

from timeline.domain.events import PlaceId
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.text import phrases
from timeline.timeline import Timeline
from timeline.visual.map.figure import About, figure, titled
from timeline.visual.map.geometry import Rings
from timeline.visual.map.scene import ground, projections, scene
from timeline.visual.map.style import Palette

WIDTHS = {1: 1000.0, 2: 620.0, 4: 620.0}
"""How wide the districts are drawn for so many maps in one picture."""

SMALLER = 480.0
"""How wide for other numbers of maps: three stand side by side."""


def picture(
    timeline: Timeline,
    cuts: Sequence[AsOf],
    *,
    policy: str = "latest",
    arabic: bool = False,
    boundaries: Mapping[PlaceId, Rings] | None = None,
) -> str:
    """Return the map of a city at a cut, or its maps at several side by side, as SVG.

    The same answers give the same bytes. With `arabic`, districts have their Arabic names where
    they have one. `boundaries` gives the borders of districts as rings of longitude and latitude;
    the others are drawn as cells around their points. Raises `TimelineError` for a timeline without
    the projections that are drawn, a colour that is none and a point that is not on earth,
    `UsageError` for an unknown policy, and `NothingFound` where no place has a point.
    """
    projections(timeline)
    states = [timeline.state(cut=cut, policy=policy) for cut in cuts]
    width = WIDTHS.get(len(cuts), SMALLER)
    below = ground(states, boundaries, arabic=arabic, width=width, key=len(cuts) == 1)
    palette = Palette.of(timeline.city)
    scenes = [scene(state, timeline, below, palette) for state in states]
    root = timeline.city.places[timeline.city.id]
    title = titled(root.name, root.arabic, scenes)
    about = About(title, warnings(timeline), (method(timeline, policy),))
    labels = {id: actor.label for id, actor in timeline.city.actors.items()}
    return figure(scenes, below, palette, about, labels)


def warnings(timeline: Timeline) -> tuple[str, ...]:
    """Return what a picture must say above all: that its timeline is hypothetical."""
    return (phrases.safe(Report(timeline).supposed()),) if timeline.hypothesis else ()


def method(timeline: Timeline, policy: str) -> str:
    """Return how the answers of a picture were read, and the log that they come from."""
    events = phrases.count(len(timeline.timed_events), "event")
    return f"Read with the policy {policy} from {events}; log SHA-256 {timeline.log.sha256}."
