"""The questions that a log is asked: one file for each, listed here and nowhere else.

To add one, write its file (a projection with its presentation) and list it in `PROJECTIONS`.
"""

from typing import Any

from projections.aid import PROJECTION as AID
from projections.casualties import PROJECTION as CASUALTIES
from projections.conditions import PROJECTION as CONDITIONS
from projections.control import PROJECTION as CONTROL
from projections.displacement import PROJECTION as DISPLACEMENT
from projections.siege import PROJECTION as SIEGE
from projections.statements import PROJECTION as STATEMENTS
from timeline.replay.projection import Projection

PROJECTIONS: tuple[Projection[Any, Any, Any], ...] = (
    CONTROL,
    DISPLACEMENT,
    CASUALTIES,
    AID,
    SIEGE,
    CONDITIONS,
    STATEMENTS,
)
"""Every projection, in the order of the sections of the state."""

__all__ = [
    "AID",
    "CASUALTIES",
    "CONDITIONS",
    "CONTROL",
    "DISPLACEMENT",
    "PROJECTIONS",
    "SIEGE",
    "STATEMENTS",
]
