"""How the shares of a place are divided among its holders."""

from attrs import evolve
from claims import claim, words

from timeline.replay.division import divide
from timeline.replay.shares import Hold


def order(**shares: tuple[float, float]) -> list[str | None]:
    """Return the holders in order, of shares told together of a place that is the militia's."""
    claims = [
        evolve(claim(actor, "monitor"), value=Hold((actor,), "held", *share))
        for actor, share in shares.items()
    ]
    parts = list(words(*claims).values())
    return [share.actor for share in divide(parts, ["militia"], None)]


def test_of_shares_that_may_be_as_great_the_one_that_is_more_for_certain_comes_first():
    given = order(government=(0.1, 0.5), kurdish=(0.2, 0.5))
    assert given == ["militia", "kurdish", "government"]


def test_shares_that_are_alike_come_by_name():
    given = order(kurdish=(0.2, 0.5), government=(0.2, 0.5))
    assert given == ["militia", "government", "kurdish"]
