"""An event is found by its id, or by a beginning that no other id has."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from timeline.errors import NothingFound, UsageError
from timeline.log.ids import find_id

IDS = [
    "sakhour-seized",
    "sakhour-seized-sohr",
    "hanano-taken",
    "hanano-ruins",
    *(f"fled-{n}" for n in range(7)),
]


@pytest.mark.parametrize(
    ("id", "found"),
    [
        ("sakhour-seized-sohr", "sakhour-seized-sohr"),
        ("sakhour-seized", "sakhour-seized"),  # itself, though another begins so
        ("sakhour-seized-", "sakhour-seized-sohr"),
        ("hanano-t", "hanano-taken"),
        ("fled-3", "fled-3"),
    ],
)
def test_an_event_is_found_by_its_id_or_the_beginning_of_it(id, found):
    """As long as only one begins so."""
    assert find_id(id, IDS) == found


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("hanano", "hanano-taken, hanano-ruins"),
        ("s", "sakhour-seized, sakhour-seized-sohr"),
        ("fled-", "fled-0, fled-1, fled-2, fled-3, fled-4 …"),
    ],
)
def test_of_several_that_begin_so_none_is_taken_and_they_are_listed(id, shown):
    """The first five of them."""
    with pytest.raises(UsageError) as error:
        find_id(id, IDS)
    (problem,) = error.value.problems
    assert (problem.found.split()[0], problem.hint) == (id, shown)


@pytest.mark.parametrize(
    ("id", "hint"),
    [
        ("hanano-takn", "hanano-taken"),
        ("taken", ""),
        ("", ""),
        ("sakhour-seized-sohr-2", "sakhour-seized-sohr"),
    ],
)
def test_what_is_the_beginning_of_no_id_is_not_found(id, hint):
    """What comes near is suggested; the middle of an id is no beginning."""
    with pytest.raises(NothingFound) as error:
        find_id(id, IDS)
    assert hint in error.value.problems[0].hint


@given(data=st.data())
def test_an_id_is_found_by_every_beginning_that_no_other_has(data: DataObject):
    """Every beginning finds itself, one, or says that there are several or none."""
    ids = data.draw(
        st.lists(st.sampled_from([*IDS, "a", "ab", "abc", "b-1", "b.1"]), min_size=1, unique=True)
    )
    id = data.draw(st.sampled_from([*beginnings(ids), "nothing"]))
    longer = [one for one in ids if one.startswith(id)]
    if id in ids or len(longer) == 1:
        assert find_id(id, ids) == (id if id in ids else longer[0])
    else:
        with pytest.raises(UsageError if longer else NothingFound):
            find_id(id, ids)


def beginnings(ids: Iterable[str]) -> Iterator[str]:
    """Yield every beginning of some ids, of a letter or more."""
    for id in ids:
        yield from (id[:length] for length in range(1, len(id) + 1))
