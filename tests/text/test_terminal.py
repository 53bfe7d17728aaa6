"""A terminal: briefings in its width and colours, and no text that steers it."""

import re
import sys

import pytest

from timeline.text.document import Brief, Mark, Table, text_of
from timeline.text.terminal import laid_out

HOLDERS = Table(
    ("Place", "Held by"), (("Sakhour", Mark("Government", "#A93F3F")), ("Masaken Hanano", "nobody"))
)


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 80 columns that takes colours."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("FORCE_COLOR", "1")
    return monkeypatch


def print_table(table: Table) -> None:
    print_briefing([Brief("", table=table)])


def print_briefing(briefs: list[Brief]) -> None:
    sys.stdout.write(laid_out(briefs))


def plain(out: str) -> str:
    """Return what a terminal shows, without the escapes for bold type and colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", out)


def test_a_terminal_gets_the_colour_of_a_mark(terminal, capsys):
    """A holder stands behind a square in the actor's colour."""
    print_table(HOLDERS)
    out = capsys.readouterr().out
    assert "\x1b[38;2;169;63;63m■" in out
    assert "Government" in out


def test_no_colour_where_none_is_wanted(terminal, capsys):
    """``NO_COLOR`` is heeded: no escape sets a colour."""
    terminal.setenv("NO_COLOR", "1")
    print_table(HOLDERS)
    print_briefing([Brief("Control", table=HOLDERS)])
    out = capsys.readouterr().out
    assert "■" in out
    assert "\x1b[38" not in out
    assert "\x1b[3" not in out


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_keeps_to_the_width_of_the_terminal(terminal, capsys, columns):
    """Long cells are folded, and nothing is left out."""
    terminal.setenv("COLUMNS", str(columns))
    terminal.setenv("NO_COLOR", "1")
    words = [f"word{number:02}" for number in range(60)]
    print_table(Table(("A", "B"), (("short", " ".join(words)),)))
    out = capsys.readouterr().out
    assert max(len(line) for line in plain(out).splitlines()) <= columns
    assert all(word in out for word in words)


def test_texts_are_no_markup(terminal, capsys):
    """Square brackets, emoji codes and addresses are what they are."""
    print_table(Table(("A",), (("[bold]x[/bold] :smile: [/]",),)))
    assert "[bold]x[/bold] :smile: [/]" in capsys.readouterr().out


@pytest.mark.parametrize("write", ["table", "briefing"])
def test_a_terminal_gets_no_text_raw(terminal, capsys, write):
    """Escapes, overrides and newlines within a cell or a line are shown, not sent."""
    terminal.setenv("NO_COLOR", "1")
    rude = "a\x1b[31mb\u202ec\x9bd"
    if write == "table":
        print_table(Table(("A",), ((rude,), (Mark(rude, "red"),))))
    else:
        print_briefing([Brief("Said", (rude, rude))])
    out = capsys.readouterr().out
    assert [raw for raw in ("\x1b[31m", "\u202e", "\x9b") if raw in out] == []
    assert out.count("a\\u001b[31mb\\u202ec\\u009bd") == 2


def test_a_line_of_a_briefing_stays_one_line_on_a_terminal(terminal, capsys):
    """No text can pass for another line of the briefing."""
    print_briefing([Brief("Said", ("one\ntwo",))])
    assert "one\\u000atwo" in capsys.readouterr().out


def test_words_stay_whole_at_eighty_columns(terminal, capsys):
    """The briefing of a state is readable on the commonest terminal."""
    terminal.setenv("NO_COLOR", "1")
    row = (
        "West Aleppo, 44 of 44 districts",
        Mark("Government", "red"),
        "corroborated",
        "26–27 Nov 2016",
        "television reports, The Guardian",
    )
    print_table(Table(("Place", "Held by", "How sure", "Since", "Who says so"), (row,)))
    out = capsys.readouterr().out
    assert "Government" in out
    assert "corroborated" in out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_dates_stay_on_one_line_and_nothing_is_cut_off(monkeypatch, width):
    """Other columns give way to them, word by word."""
    monkeypatch.setenv("COLUMNS", str(width))
    row = (
        "East Aleppo, 50 of 53 districts",
        Mark("Kurdish forces", "yellow"),
        Mark("disputed, possible; before: Opposition", "red"),
        "27–28 Nov 2016",
        "28 Nov 2016, stale",
        "television reports, The Guardian; against: a rebel official",
    )
    columns = ("Place", "Held by", "How sure", "Since", "Last heard", "Who says so")
    text = laid_out([Brief("", table=Table(columns, (row,)))])
    assert "27–28 Nov 2016" in text
    assert "28 Nov 2016," in text
    if width >= 80:  # in less, words are broken, too
        assert "■ disputed," in re.sub(r"\x1b\[[0-9;]*m", "", text)
        assert [word for cell in row for word in text_of(cell).split() if word not in text] == []
