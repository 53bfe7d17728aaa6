"""TOML is read strictly: what is no TOML is told, and no key of a table passes unseen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain.toml_tables import MAX_INTEGER, Section, loads
from timeline.errors import TimelineError

RUBBISH = {
    "a key without a value": ("a = ", "not TOML: Invalid value"),
    "a key twice": ("a = 1\na = 2", "not TOML: Cannot overwrite a value"),
    "no such day": ("a = 2016-13-45", "not TOML: "),
    "a NUL": ("\0", "not TOML: "),
    "an integer of 20 digits": (f"[a]\nb = [{MAX_INTEGER + 1}]", "a.b[0]: a number beyond 64 bits"),
    "an integer of 5000 digits": (f"a = {'9' * 5000}", "a number beyond 64 bits"),
    "an integer in base 16": (f"a = 0x{'f' * 5000}", "a: a number beyond 64 bits"),
    "lists within lists": (f"a = {'[' * 99}{']' * 99}", "nested too deep; expected at most 32"),
    "lists without an end": (f"a = {'[' * 99999}", "nested too deep"),
    "tables within tables": (f"a = {'{a = ' * 9999}", "nested too deep"),
    "a key of many parts": (f"[{'.'.join('a' * 999)}]", "nested too deep"),
}


@pytest.mark.parametrize(("text", "told"), RUBBISH.values(), ids=RUBBISH)
def test_what_is_no_toml_is_told_in_a_sentence(text, told):
    with pytest.raises(TimelineError) as refused:
        loads(text)
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize(
    "text", ["", "# nothing", f"a = {MAX_INTEGER}", "a = nan", "a = {b = [[]]}"]
)
def test_what_is_toml_is_read(text):
    assert loads(text).keys() <= {"a"}


KEYS = st.sampled_from(["text", "texts", "flag", "choice", "table", "section", "sections", "other"])
VALUES: Any = st.recursive(
    st.one_of(st.text(max_size=3), st.booleans(), st.integers(), st.floats(), st.dates()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(KEYS, VALUES))
def test_a_value_at_fault_gives_an_empty_one_of_its_type(raw):
    section = Section(raw, "a.b", [])
    assert isinstance(section.text("text"), str)
    assert all(isinstance(text, str) for text in section.texts("texts"))
    assert isinstance(section.flag("flag"), bool)
    assert section.choice("choice", ("x", "y"), "x") is not None
    assert isinstance(section.table("table", {}), dict)
    assert isinstance(section.section("section"), Section | None)
    assert all(isinstance(inner, Section) for inner in section.sections("sections"))


@given(st.dictionaries(KEYS, VALUES))
def test_each_key_is_read_or_told_once(raw):
    section = Section(raw, "a.b", [])
    section.text("text"), section.texts("texts"), section.flag("flag")
    section.choice("choice", ("x", "y"), "x"), section.table("table", {})
    section.section("section"), section.sections("sections")
    section.done()
    paths = [problem.path.removeprefix("a.b.") for problem in section.problems]
    assert len(paths) == len(set(paths))
    assert set(paths) <= {"text", *raw}
    assert ("other" in paths) == ("other" in raw)
    assert ("text" in paths) == (not isinstance(raw.get("text"), str))
