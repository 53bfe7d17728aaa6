"""The fast path: whatever line it takes, the gate takes too and reads in the same way."""

import json
from collections.abc import Callable
from random import Random

import pytest
from attrs import evolve
from effort import times
from hypothesis import given
from hypothesis import strategies as st
from strategies import events

from timeline.domain.events import EVENT_TYPES, Event
from timeline.errors import InvalidEvent
from timeline.log import fast_decode as admitted
from timeline.log.codec import CODEC
from timeline.log.strict_json import MAX_LINE

CONTROL = '{"id":"a","type":"control_change","v":1,"occurred":"2016","reported":"2016","source":"s","place":"p"'
"""A change of control that leaves out what has a default: `ground` and `how`."""
WHOLE = CONTROL + ',"ground":"held","how":"change"'
DISPLACED = '{"id":"a","type":"displacement","v":1,"occurred":"2016","reported":"2016","source":"s","origin":"p"'

HIDDEN = {
    "a key for one left out": CONTROL + ',"how":"change","bogus":1}',
    "a misspelt key": CONTROL + ',"how":"change","grond":"contested"}',
    "a key of another type": DISPLACED + ',"place":"q"}',
    "a repeated key": CONTROL + ',"how":"change","place":"q"}',
    "a repeated type": CONTROL + ',"how":"change","type":"siege"}',
    "a second version": CONTROL + ',"how":"change","v":2}',
    "a repeated key within": DISPLACED + ',"people":{"low":3,"low":4}}',
    "an unknown key within": DISPLACED + ',"people":{"low":3,"hihg":4}}',
    "a deep value of an unknown key": CONTROL + ',"how":"change","x":' + "[" * 40 + "]" * 40 + "}",
    "a number without end in an unknown key": CONTROL + ',"how":"change","x":1e999}',
    "a key that ends in a backslash": CONTROL + ',"how":"change","x\\\\":1}',
    "a space before the colon": WHOLE + ',"x" :1}',
    "a tab before the colon": WHOLE + ',"x"\t:1}',
    "a blank note": WHOLE + ',"note":" "}',
    "a note of one newline": WHOLE + ',"note":"\\n"}',
    "a note of one tab": WHOLE + ',"note":"\\t"}',
    "a note of an escaped space": WHOLE + ',"note":"\\u0020"}',
    "an empty note": WHOLE + ',"note":""}',
    "a blank part": DISPLACED + ',"parts":[" "],"measure":"flow"}',
    "a NUL": WHOLE + ',"note":"x\\u0000"}',
    "half of a character": WHOLE + ',"note":"\\ud800x"}',
    "half of a character at the end": WHOLE + ',"note":"x\\ude00"}',
    "a control character": WHOLE + ',"note":"x\x01y"}',
    "an unknown escape": WHOLE + ',"note":"\\x41"}',
    "a null": WHOLE + ',"note":null}',
    "a whole number with a point": DISPLACED + ',"people":{"low":3.0},"measure":"flow"}',
    "a whole number with an exponent": DISPLACED + ',"people":{"low":3e0},"measure":"flow"}',
    "a negative zero with a point": DISPLACED + ',"people":{"low":-0.0},"measure":"flow"}',
    "a boolean for a number": DISPLACED + ',"people":{"low":true},"measure":"flow"}',
    "a text for a number": DISPLACED + ',"people":{"low":"3"},"measure":"flow"}',
    "a number for a text": WHOLE + ',"note":3}',
    "a date as an object": WHOLE.replace('"2016"', '{"text":"2016"}', 1) + "}",
    "a number beyond 2^53": DISPLACED + ',"people":{"low":9007199254740992},"measure":"flow"}',
    "a number of 5000 digits": DISPLACED + ',"people":{"low":' + "1" * 5000 + '},"measure":"flow"}',
    "a share that overflows": WHOLE + ',"actor":"g","extent":{"low":1e999}}',
    "an id of a million digits": WHOLE.replace('"a"', f'"{"1" * 1_000_000}"', 1) + "}",
    "a line over 1 MiB": WHOLE + f',"note":"{"x" * MAX_LINE}"}}',
    "a comma too many": WHOLE + ",}",
    "something after the end": WHOLE + "}}",
    "a BOM": "\ufeff" + WHOLE + "}",
}

NOT_UTF8 = {
    "in a text": WHOLE.encode() + b',"note":"\xff"}',
    "overlong": WHOLE.encode() + b',"note":"\xc0\xaf"}',
    "half of a character": WHOLE.encode() + b',"note":"\xed\xa0\x80"}',
    "in an unknown key's value": CONTROL.encode() + b',"how":"change","x":"\xff"}',
    "in an unknown key": CONTROL.encode() + b',"how":"change","\xff":1}',
}

PLAIN = {
    "leaving out what has a default": (CONTROL + "}").encode(),
    "in full": (WHOLE + "}").encode(),
    "Arabic": (WHOLE + ',"note":"الصاخور"}').encode(),
    "emoji": (WHOLE + ',"note":"🕊"}').encode(),
    "an escaped emoji": (WHOLE + ',"note":"\\ud83d\\udd4a"}').encode(),
    "a newline within a text": (WHOLE + ',"note":"x\\ny"}').encode(),
    "a colon within a text": (WHOLE + ',"note":"so: it"}').encode(),
    "an estimate without numbers": (DISPLACED + ',"people":{},"measure":"flow"}').encode(),
    "a tiny share": (WHOLE + ',"actor":"g","extent":{"low":1e-400}}').encode(),
    "a share of many digits": (
        WHOLE + ',"actor":"g","extent":{"low":0.' + "3" * 400 + "}}"
    ).encode(),
    "a whole share": (WHOLE + ',"actor":"g","extent":{"high":1}}').encode(),
}


def gate(line: bytes) -> Event | None:
    try:
        return CODEC.decode(line)
    except InvalidEvent:
        return None


def check_agreement(line: bytes) -> None:
    """A line that the fast path takes is one event, the same one, to both; the texts are compared too, for 1 == 1.0 == True."""
    fast = admitted.decode(line)
    if fast is not None:
        slow = gate(line)
        assert fast == slow, line
        assert repr(fast) == repr(slow), line
        assert CODEC.encode(fast) == CODEC.encode(slow), line


@pytest.mark.parametrize("name", HIDDEN)
def test_a_line_that_hides_something_is_left_to_the_gate_which_refuses_it(name):
    line = HIDDEN[name].encode()
    assert gate(line) is None
    assert admitted.decode(line) is None


@pytest.mark.parametrize("name", NOT_UTF8)
def test_what_is_not_utf8_is_left_to_the_gate_which_refuses_it(name):
    assert gate(NOT_UTF8[name]) is None
    assert admitted.decode(NOT_UTF8[name]) is None


@pytest.mark.parametrize("name", PLAIN)
def test_an_unusual_but_plain_line_is_read_as_the_gate_reads_it(name):
    assert gate(PLAIN[name]) is not None
    check_agreement(PLAIN[name])


@pytest.mark.parametrize(
    "blank",
    ["\u3000", "\u00a0", "\u2028", "\x85", "\ufeff", "\\u00a0", "\\u0020", "\\n", "\x7f", "\\/"],
    ids=ascii,
)
def test_what_is_blank_to_one_is_blank_to_both(blank):
    check_agreement(f'{WHOLE},"note":"{blank}"}}'.encode())
    check_agreement(f'{DISPLACED},"parts":["x","{blank}"],"measure":"flow"}}'.encode())


@times(5)
@given(events())
def test_a_line_that_we_wrote_is_read_as_it_was_meant(event):
    """Only a line whose texts need a closer look may be left to the gate."""
    assert admitted.decode(CODEC.encode(event)) in (None, event)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.type)
def test_a_line_of_ours_of_every_type_is_taken(kind):
    """The fast path is one: it does not leave ordinary lines to the gate."""
    no_texts = dict.fromkeys(("outlet", "locator", "archive", "wording", "note"))

    @given(events(kinds=(kind,)))
    def taken(event):
        plain = evolve(event, **no_texts)
        assert admitted.decode(CODEC.encode(plain)) == plain

    taken()


# Mutants ------------------------------------------------------------------------------------------

ODD_KEYS = (
    '"bogus"', '"grond"', '"place"', '"note"', '"v"', '"id"', '"type"', '"low"', '"best"', '"url"', '"sha256"', '"x\\\\"', '"x\\""',
    '"\\":"', '"gro\\u0075nd"', '"a:b"', '":"', '"null"', '""', '" "', '"\\u0000"', '"\\ud800"', "bare", '"حلب"',
)  # fmt: skip
ODD_TEXTS = (
    '"3"', '""', '" "', '":"', '"::"', '"\\n"', '"\\t"', '"\\u0020"', '"\u00a0"', '"\u2028"', '"x\\u0000"', '"\\ud800"', '"\\udc00"',
    '"\\ud83d\\udd4a"', '"\\""', '"\\/"', '"\x01"', '"\x7f"', '"\ufeff"', '"2016"', '"2016-13"', '"B2"', '"held"', '"a"',
)  # fmt: skip
ODD_NUMBERS = (
    "3", "3.0", "3e0", "-0", "-0.0", "0.1", "1e999", "1e-999", "9007199254740992", "1" * 30, "03", "+1", ".5", "NaN", "Infinity",
)  # fmt: skip
ODD_VALUES = (
    *ODD_TEXTS, *ODD_NUMBERS, "true", "false", "null", "[]", '["a"]', '[" "]', '["a","\\n"]', '[""]', "[1]", "[[]]", "[" * 40 + "]" * 40,
    "{}", '{"low":1}', '{"low":1,"low":2}', '{"x":1}', '{"low":1,"x":{"y":[1]}}',
)  # fmt: skip
ODD_BYTES = (
    *(bytes([byte]) for byte in b'":,{}[]\\ \t\r\0\x01\x1f\x7f\xff\xc0\xed09aeEuX.-+nt/'), b'":', b'" :', b"\\u0000", b'\\"', b"\\\\",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc2\xa0", b"null", b"/*", b"{}",
)  # fmt: skip

Tree = list[tuple[str, "str | Tree"]]
"""A JSON object as its keys and values, each as it is written, so that what JSON libraries drop can be written too."""


def tree(value: dict) -> Tree:
    return [
        (
            json.dumps(key),
            tree(item) if isinstance(item, dict) else json.dumps(item, ensure_ascii=False),
        )
        for key, item in value.items()
    ]


def written(pairs: Tree, colon: str = ":", comma: str = ",") -> str:
    return (
        "{"
        + comma.join(
            f"{key}{colon}{item if isinstance(item, str) else written(item, colon, comma)}"
            for key, item in pairs
        )
        + "}"
    )


def objects(pairs: Tree) -> list[Tree]:
    return [
        pairs,
        *(inner for _, item in pairs if isinstance(item, list) for inner in objects(item)),
    ]


def drop(pairs: Tree, at: int, random: Random) -> None:
    del pairs[at : at + 1]


def repeat(pairs: Tree, at: int, random: Random) -> None:
    key, value = pairs[at]
    pairs.insert(
        random.randint(at, len(pairs)), (key, random.choice([value, random.choice(ODD_VALUES)]))
    )


def rename(pairs: Tree, at: int, random: Random) -> None:
    pairs[at] = (random.choice(ODD_KEYS), pairs[at][1])


def respell(pairs: Tree, at: int, random: Random) -> None:
    key = pairs[at][0]
    where = random.randrange(1, len(key))
    pairs[at] = (
        key[:where]
        + random.choice(["", "x", "\\\\", "\\u0061"])
        + key[where + random.randint(0, 1) :],
        pairs[at][1],
    )


def add(pairs: Tree, at: int, random: Random) -> None:
    pairs.insert(at, (random.choice(ODD_KEYS), random.choice(ODD_VALUES)))


def revalue(pairs: Tree, at: int, random: Random) -> None:
    pairs[at] = (pairs[at][0], random.choice(ODD_VALUES))


CHANGES: tuple[Callable[[Tree, int, Random], None], ...] = (
    drop,
    drop,
    repeat,
    rename,
    respell,
    add,
    add,
    revalue,
    revalue,
)


def mutant(line: bytes, random: Random) -> bytes:
    """Return a line with a few changes to its keys, values and bytes, most of which a gate must refuse."""
    pairs = tree(json.loads(line))
    for _ in range(random.randint(0, 3)):
        chosen = random.choice([part for part in objects(pairs) if part] or [pairs])
        low = (
            3 if chosen is pairs and random.random() < 0.9 else 0
        )  # mostly leave alone what every line begins with
        if low < len(chosen):
            random.choice(CHANGES)(chosen, random.randrange(low, len(chosen)), random)
    colon, comma = random.choice(
        [(":", ",")] * 12 + [(" :", ","), (": ", ", "), ("\t:", ","), (":", " ,")]
    )
    text = written(pairs, colon, comma).encode("utf-8", "surrogatepass")
    for _ in range(random.choice([0, 0, 1, 2])):
        at = random.randrange(len(text))
        text = text[:at] + random.choice([b"", *ODD_BYTES]) + text[at + random.randint(0, 1) :]
    return text


@times(8)
@given(events(), st.integers(0, 2**32))
def test_what_the_fast_path_takes_of_a_mutant_the_gate_reads_alike(event, seed):
    random, line = Random(seed), CODEC.encode(event)  # a seed, not a secret
    for _ in range(10):
        check_agreement(mutant(line, random))
