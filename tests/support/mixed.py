"""Lines in which scripts, directions, digits, brackets and invisible characters mix."""

from hypothesis import strategies as st

MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""The characters that only direct others."""

_POOLS = (
    "abAfi fl, .-",
    "لاآأإبحدلا ـئ",
    "٠١٢٣۴۵،؛؟",
    "0123,. %+-€№",
    "()[]{}«»‹›<>/–×!?:'\"",
    "\u064b\u0650\u0651\u0301\u200d\u200c\u200b\ufeff\u00ad",
    MARKS,
    "שלЇ中\u0750\ufdfa\ufefb\ufffd\U0001f3f4",
)
_SOME = st.lists(st.sampled_from(_POOLS), min_size=1, max_size=4).map("".join)
LINES = _SOME.flatmap(lambda pool: st.text(st.sampled_from(pool), max_size=24))
"""Each of a few pools, so that most of a line often is of one kind."""
