"""Errors carry their problems as data, and say them in sentences."""

import copy

import pytest

from timeline.errors import InvalidEvent, Problem, UsageError


def test_an_error_of_one_problem_says_what_was_found_where_and_what_to_do():
    error = UsageError.because(
        "31", "a day", path="$.day", where="a.csv:7", hint="did you mean 30?"
    )
    assert error.problems == (Problem("31", "a day", "$.day", "a.csv:7", "did you mean 30?"),)
    assert str(error) == "a.csv:7: $.day: 31; expected a day (did you mean 30?)"
    assert error.exit_code == 2


def test_an_error_is_located_with_all_of_its_problems():
    error = InvalidEvent([Problem("a", path="$.x"), Problem("b")]).located(where="log:1")
    assert type(error) is InvalidEvent
    assert str(error) == "log:1: $.x: a\nlog:1: b"


@pytest.mark.parametrize("error", [UsageError("a"), InvalidEvent.because("b", "c")])
def test_an_error_is_copied_with_its_problems_as_between_processes(error):
    copied = copy.copy(error)
    assert (type(copied), copied.problems) == (type(error), error.problems)
