"""The page of a version of the log, as it is served: it tells when the log has grown."""

from timeline.domain import boundaries
from timeline.errors import NothingFound, Problem, needing
from timeline.server.snapshot import Version
from timeline.temporal.dates import AsOf

with needing("shapely", "pictures"):
    from timeline.visual.page.content import Request
    from timeline.visual.page.html import Made, made


def page(version: Version, policy: str) -> Made:
    """Return the page with its content security policy; raise `NothingFound` for a log without events, and what `page.html.made` raises."""
    timeline = version.timeline
    if not timeline.dated:
        raise NothingFound(
            Problem(f"{timeline.log.path} holds no events yet", hint="`timeline append` adds one")
        )
    request = Request(
        timeline=timeline, cut=AsOf(), policy=policy, boundaries=boundaries.rings(timeline.city)
    )
    return made(request, version=version.tag)
