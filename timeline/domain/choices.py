"""The words that a field of an event may hold, where it may not hold any."""

from typing import Literal

Ground = Literal["held", "contested"]
How = Literal["change", "observation", "throughout"]
Measure = Literal["flow", "cumulative", "stock"]
Stance = Literal["agree", "disagree", "unclear", "comment", "predict"]
AidMove = Literal[
    "propose",
    "accept",
    "accept_with_conditions",
    "reject",
    "no_answer",
    "withdraw",
    "sign",
    "suspend",
    "resume",
    "deliver",
    "fail",
]
SiegeMove = Literal["begin", "tighten", "open_corridor", "close_corridor", "lift"]
Group = Literal["civilians", "combatants", "unspecified"]
Subject = Literal[
    "food", "water", "hospitals", "schools", "shelter", "communications", "infrastructure"
]
Level = Literal["normal", "strained", "critical", "none"]
AssessmentMeasure = Literal["share_held", "share_lost"]
