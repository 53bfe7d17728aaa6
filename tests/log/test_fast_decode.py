"""Fast decoding: whatever line it takes, the codec takes too and reads in the same way."""

import json
from collections.abc import Callable, Iterator
from operator import itemgetter
from random import Random

import pytest
from badlines import suite
from effort import times
from hypothesis import given
from hypothesis import strategies as st
from strategies import events

from timeline.domain.events import EVENT_TYPES, Event
from timeline.errors import InvalidEvent
from timeline.log import fast_decode
from timeline.log.codec import CODEC
from timeline.log.strict_json import MAX_LINE

HEAD = '{"id":"a","type":"%s","v":1,"occurred":"2016","reported":"2016","source":"s",'
SHORT = HEAD % "control_change" + '"place":"p"'
"""A change of control that leaves out the fields with a default, `ground` and `how`."""
WHOLE = SHORT + ',"ground":"held","how":"change"'
SHARED = HEAD % "control_change" + '"place":"p","actor":"g","ground":"held","extent":%s,'
SHARED += '"how":"change"}'
DISPLACED = HEAD % "displacement" + '"origin":"p"%s,"measure":"flow"}'


def noted(text: str) -> str:
    return f'{WHOLE},"note":{text}}}'


def counted(people: str) -> str:
    return DISPLACED % f',"people":{people}'


HIDDEN = {
    "a key for one left out": SHORT + ',"how":"change","bogus":1}',
    "a misspelt key": SHORT + ',"how":"change","grond":"contested"}',
    "a key of another type": DISPLACED % ',"place":"q"',
    "a repeated key": SHORT + ',"how":"change","place":"q"}',
    "a repeated type": SHORT + ',"how":"change","type":"siege"}',
    "a second version": SHORT + ',"how":"change","v":2}',
    "a repeated key within": counted('{"low":3,"low":4}'),
    "an unknown key within": counted('{"low":3,"hihg":4}'),
    "a deep value of an unknown key": f'{WHOLE},"x":{"[" * 40}{"]" * 40}}}',
    "a value of an unknown key that is too deep for any reader": f'{WHOLE},"x":{"[" * 500_000}',
    "a number without end in an unknown key": SHORT + ',"how":"change","x":1e999}',
    "a key that ends in a backslash": SHORT + ',"how":"change","x\\\\":1}',
    "a space before the colon": WHOLE + ',"x" :1}',
    "a tab before the colon": WHOLE + ',"x"\t:1}',
    "a blank note": noted('" "'),
    "a note of one newline": noted('"\\n"'),
    "a note of one tab": noted('"\\t"'),
    "a note of all blanks": noted('" \\t\\n\\r "'),
    "a note of an escaped space": noted('"\\u0020"'),
    "an empty note": noted('""'),
    "a blank place": WHOLE.replace('"p"', '" "') + "}",
    "an empty source": WHOLE.replace('"s"', '""') + "}",
    "a blank part": DISPLACED % ',"parts":["q"," "]',
    "a blank collector": f'{WHOLE},"archive":{{"sha256":"{"0" * 64}","collector":" "}}}}',
    "a NUL": noted('"x\\u0000"'),
    "a NUL in a part": DISPLACED % ',"parts":["q\\u0000"]',
    "half of a character": noted('"\\ud800x"'),
    "half of a character at the end": noted('"x\\ude00"'),
    "a control character": noted('"x\x01y"'),
    "an unknown escape": noted('"\\x41"'),
    "a null": noted("null"),
    "a whole number with a point": counted('{"low":3.0}'),
    "a whole number with an exponent": counted('{"low":3e0}'),
    "a negative zero with a point": counted('{"low":-0.0}'),
    "a boolean for a number": counted('{"low":true}'),
    "a text for a number": counted('{"low":"3"}'),
    "a number for a text": noted("3"),
    "a date as an object": WHOLE.replace('"2016"', '{"text":"2016"}', 1) + "}",
    "a date as a number": WHOLE.replace('"2016"', "2016", 1) + "}",
    "no date": WHOLE.replace('"2016"', "null", 1) + "}",
    "a number beyond 2^53": counted('{"low":9007199254740992}'),
    "a number of 5000 digits": counted('{"low":%s}' % ("1" * 5000)),
    "a share that overflows": SHARED % '{"low":1e999}',
    "an id of a million digits": WHOLE.replace('"a"', f'"{"1" * 1_000_000}"', 1) + "}",
    "a line over 1 MiB": noted(f'"{"x" * MAX_LINE}"'),
    "a comma too many": WHOLE + ",}",
    "something after the end": WHOLE + "}}",
    "a BOM": "\ufeff" + WHOLE + "}",
}

NOT_UTF8 = {
    "in a text": WHOLE.encode() + b',"note":"\xff"}',
    "overlong": WHOLE.encode() + b',"note":"\xc0\xaf"}',
    "half of a character": WHOLE.encode() + b',"note":"\xed\xa0\x80"}',
    "in an unknown key's value": SHORT.encode() + b',"how":"change","x":"\xff"}',
    "in an unknown key": SHORT.encode() + b',"how":"change","\xff":1}',
}

OURS = {
    "in full": WHOLE + "}",
    "Arabic": noted('"الصاخور"'),
    "emoji": noted('"🕊"'),
    "a newline within a text": noted('"x\\ny"'),
    "a control character by its number": noted('"x\\u0001\\u001f\x7f"'),
    "a colon within a text": noted('"so: it"'),
    "a text that begins with a quotation mark": noted('"\\"so\\" he said"'),
    "a text of one quotation mark": noted('"\\""'),
    "a text that begins and ends with a blank": noted('" x "'),
    "a text that spells an escape": noted('"\\\\u0000"'),
    "an estimate without numbers": counted("{}"),
    "the largest number": counted('{"low":9007199254740991}'),
    "a whole share": SHARED % '{"low":0,"high":1}',
    "a share": SHARED % '{"low":0.25,"high":0.3333333333333333}',
    "a tiny share": SHARED % '{"low":1e-05}',
    "the smallest share": SHARED % '{"low":5e-324}',
}

PLAIN = {
    "leaving out the fields with a default": SHORT + "}",
    "an escaped emoji": noted('"\\ud83d\\udd4a"'),
    "an escaped slash": noted('"\\/"'),
    "a letter by its number": noted('"\\u0041"'),
    "an upper-case number of an escape": noted('"\\u001F"'),
    "a newline by its number": noted('"x\\u000ay"'),
    "a key by the numbers of its letters": WHOLE + ',"n\\u006fte":"x"}',
    "blanks between tokens": WHOLE.replace(",", " , ") + "}",
    "a blank at the end": WHOLE + "} ",
    "another order": WHOLE.replace(',"v":1', "") + ',"v":1}',
    "another order within": SHARED % '{"high":1,"low":0}',
    "no parts": DISPLACED % ',"parts":[]',
    "a share that is next to nothing": SHARED % '{"low":1e-400}',
    "a share of many digits": SHARED % ('{"low":0.%s}' % ("3" * 400)),
    "a whole share with a point": SHARED % '{"low":0.0,"high":1.0}',
    "a share of minus nothing": SHARED % '{"low":-0.0}',
    "a share with a capital exponent": SHARED % '{"low":1E-5}',
    "a share with a trailing zero": SHARED % '{"low":0.250}',
}


def gate(line: bytes) -> Event | None:
    try:
        return CODEC.decode(line)
    except InvalidEvent:
        return None


def check_agreement(line: bytes) -> None:
    """Check that a line that is taken is one event, the same one, to the codec.

    The texts are compared too, for 1 == 1.0 == True.
    """
    fast = fast_decode.decode(line)
    if fast is not None:
        slow = gate(line)
        assert fast == slow, line
        assert repr(fast) == repr(slow), line
        assert json.loads(line) == json.loads(CODEC.encode(fast)), line


@pytest.mark.parametrize("name", HIDDEN)
def test_a_line_that_hides_something_is_left_to_the_codec_which_refuses_it(name):
    line = HIDDEN[name].encode()
    assert gate(line) is None
    assert fast_decode.decode(line) is None


@pytest.mark.parametrize("name", NOT_UTF8)
def test_what_is_not_utf8_is_left_to_the_codec_which_refuses_it(name):
    assert gate(NOT_UTF8[name]) is None
    assert fast_decode.decode(NOT_UTF8[name]) is None


@pytest.mark.parametrize("name", OURS)
def test_a_line_as_we_write_it_is_taken(name):
    line = OURS[name].encode()
    assert CODEC.encode(CODEC.decode(line)) == line
    assert fast_decode.decode(line) is not None
    check_agreement(line)


@pytest.mark.parametrize("name", PLAIN)
def test_a_line_that_others_wrote_is_left_to_the_codec_which_takes_it(name):
    line = PLAIN[name].encode()
    assert gate(line) is not None
    assert fast_decode.decode(line) is None


@pytest.mark.parametrize(
    "blank",
    ["\u3000", "\u00a0", "\u2028", "\x85", "\ufeff", "\\u00a0", "\\u0020", "\\n", "\x7f", "\\/"],
    ids=ascii,
)
def test_what_is_blank_to_one_is_blank_to_both(blank):
    check_agreement(noted(f'"{blank}"').encode())
    check_agreement((DISPLACED % f',"parts":["x","{blank}"]').encode())


@times(5)
@given(events())
def test_a_line_that_we_wrote_is_taken_as_it_was_meant(event):
    assert fast_decode.decode(CODEC.encode(event)) == event


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.type)
def test_a_line_of_ours_of_every_type_is_taken(kind):
    @times(2)
    @given(events(kinds=(kind,)))
    def taken(event):
        assert fast_decode.decode(CODEC.encode(event)) == event

    taken()


# Mutants ------------------------------------------------------------------------------------------

ODD_KEYS = (
    *('"bogus"', '"grond"', '"place"', '"note"', '"v"', '"id"', '"type"', '"low"', '"best"'),
    *('"url"', '"sha256"', '"x\\\\"', '"x\\""', '"\\":"', '"gro\\u0075nd"', '"a:b"', '":"'),
    *('"null"', '""', '" "', '"\\u0000"', '"\\ud800"', "bare", '"حلب"'),
)
ODD_TEXTS = (
    *('"3"', '""', '" "', '":"', '"::"', '"\\n"', '"\\t"', '"\\u0020"', '"\u00a0"', '"\u2028"'),
    *('"x\\u0000"', '"\\ud800"', '"\\udc00"', '"\\ud83d\\udd4a"', '"\\""', '"\\/"', '"\x01"'),
    *('"\x7f"', '"\ufeff"', '"2016"', '"2016-13"', '"B2"', '"held"', '"a"', '"\\"x"', '"\\\\"'),
)
ODD_NUMBERS = (
    *("3", "3.0", "3e0", "-0", "-0.0", "0.1", "1e-05", "1e-5", "0.00001", "1e999", "1e-999"),
    *("9007199254740992", "9007199254740991", "1" * 30, "03", "+1", ".5", "NaN", "Infinity"),
)
ODD_VALUES = (
    *(*ODD_TEXTS, *ODD_NUMBERS, "true", "false", "null", "[]", '["a"]', '[" "]', '["a","\\n"]'),
    *('[""]', "[1]", "[[]]", "[" * 40 + "]" * 40, "{}", '{"low":1}', '{"low":1,"low":2}'),
    *('{"x":1}', '{"low":1,"x":{"y":[1]}}'),
)
ODD_BYTES = (
    *(bytes([byte]) for byte in b'":,{}[]\\ \t\r\0\x01\x1f\x7f\xff\xc0\xed09aeEuX.-+nt/'),
    *(b'":', b'" :', b"\\u0000", b'\\"', b"\\\\", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc2\xa0"),
    *(b"null", b"/*", b"{}"),
)

Tree = list[tuple[str, "str | Tree"]]
"""A JSON object as its keys and values, each as written, with all that JSON libraries drop."""


def tree(value: dict) -> Tree:
    return [(json.dumps(key), branch(item)) for key, item in value.items()]


def branch(item: object) -> "str | Tree":
    return tree(item) if isinstance(item, dict) else json.dumps(item, ensure_ascii=False)


def written(pairs: Tree, colon: str = ":", comma: str = ",") -> str:
    members = []
    for key, item in pairs:
        text = item if isinstance(item, str) else written(item, colon, comma)
        members.append(f"{key}{colon}{text}")
    return "{" + comma.join(members) + "}"


def objects(pairs: Tree) -> Iterator[Tree]:
    """Yield an object and those within it."""
    yield pairs
    for _, item in pairs:
        if isinstance(item, list):
            yield from objects(item)


def drop(pairs: Tree, at: int, random: Random) -> None:
    del pairs[at : at + 1]


def repeat(pairs: Tree, at: int, random: Random) -> None:
    key, value = pairs[at]
    copy = key, random.choice([value, random.choice(ODD_VALUES)])
    pairs.insert(random.randint(at, len(pairs)), copy)


def rename(pairs: Tree, at: int, random: Random) -> None:
    pairs[at] = (random.choice(ODD_KEYS), pairs[at][1])


def respell(pairs: Tree, at: int, random: Random) -> None:
    key, value = pairs[at]
    begin = random.randrange(1, len(key))
    end = begin + random.randint(0, 1)
    pairs[at] = (key[:begin] + random.choice(["", "x", "\\\\", "\\u0061"]) + key[end:], value)


def add(pairs: Tree, at: int, random: Random) -> None:
    pairs.insert(at, (random.choice(ODD_KEYS), random.choice(ODD_VALUES)))


def revalue(pairs: Tree, at: int, random: Random) -> None:
    pairs[at] = (pairs[at][0], random.choice(ODD_VALUES))


def swap(pairs: Tree, at: int, random: Random) -> None:
    pairs[at], pairs[0] = pairs[0], pairs[at]


CHANGES: tuple[Callable[[Tree, int, Random], None], ...] = (
    *(drop, drop, repeat, rename, respell, add, add, revalue, revalue, swap),
)
SPACINGS = [(":", ",")] * 12 + [(" :", ","), (": ", ", "), ("\t:", ","), (":", " ,")]


def mutant(line: bytes, random: Random) -> bytes:
    """Return a line with a few changes of keys, values and bytes, most of them faults."""
    pairs = tree(json.loads(line))
    for _ in range(random.randint(0, 3)):
        change(pairs, random)
    text = written(pairs, *random.choice(SPACINGS)).encode("utf-8", "surrogatepass")
    for _ in range(random.choice([0, 0, 1, 2])):
        at = random.randrange(len(text))
        end = at + random.randint(0, 1)
        text = text[:at] + random.choice([b"", *ODD_BYTES]) + text[end:]
    return text


def change(pairs: Tree, random: Random) -> None:
    chosen = random.choice([part for part in objects(pairs) if part] or [pairs])
    # Mostly leave alone what every line begins with.
    first = 3 if chosen is pairs and random.random() < 0.9 else 0
    if first < len(chosen):
        random.choice(CHANGES)(chosen, random.randrange(first, len(chosen)), random)


@times(8)
@given(events(), st.integers(0, 2**32))
def test_what_is_taken_of_a_mutant_the_codec_reads_alike(event, seed):
    random, line = Random(seed), CODEC.encode(event)  # a seed, not a secret
    for _ in range(10):
        check_agreement(mutant(line, random))


# Near misses --------------------------------------------------------------------------------------

ARCHIVE = f'{{"sha256":"{"0" * 64}","collected_at":"2017","collector":"c","url":"http://x"}}'
TAIL = f'"outlet":"o","url":"http://x","locator":"l","archive":{ARCHIVE},"grade":"B2",'
TAIL += '"wording":"w","note":"\\"n\\"\\n","supersedes":"z"}'
ESTIMATE = '{"low":1,"best":2,"high":3}'
FULL = {
    "control_change": '"place":"p","actor":"g","ground":"held","extent":{"low":0.2,"high":1},'
    '"how":"change",',
    "displacement": f'"origin":"p","parts":["q","r"],"destination":"d","people":{ESTIMATE},'
    '"measure":"flow",',
    "statement": '"stance":"agree","about":["b","c"],"topic":"t","summary":"s",',
    "casualties": f'"place":"p","killed":{ESTIMATE},"injured":{ESTIMATE},"group":"civilians",'
    '"cause":"c","measure":"flow",',
    "assessment": '"measure":"share_lost","actor":"g","place":"p","share":{"low":1e-05},'
    '"since":"2015",',
}
LINES = {tag: f"{HEAD % tag}{own}{TAIL}".encode() for tag, own in FULL.items()}
"""Lines with every field of some types."""


@pytest.mark.parametrize("tag", LINES)
def test_a_line_with_every_field_is_taken(tag):
    assert fast_decode.decode(LINES[tag]) == CODEC.decode(LINES[tag])


@pytest.mark.parametrize("tag", LINES)
def test_any_value_in_any_place_is_read_as_the_codec_reads_it(tag):
    pairs = tree(json.loads(LINES[tag]))
    for part in objects(pairs):
        for at, (key, value) in enumerate(part):
            for odd in ODD_VALUES:
                part[at] = (key, odd)
                check_agreement(written(pairs).encode("utf-8", "surrogatepass"))
            part[at] = (key, value)


@pytest.mark.parametrize("tag", LINES)
def test_a_line_with_any_byte_missing_doubled_or_put_behind_the_next_is_read_alike(tag):
    line = LINES[tag]
    for at in range(len(line)):
        before, byte, after = line[:at], line[at : at + 1], line[at + 1 :]
        check_agreement(before + after)
        check_agreement(before + byte + byte + after)
        check_agreement(before + after[:1] + byte + after[1:])


@pytest.mark.parametrize("tag", LINES)
def test_a_line_with_two_fields_in_the_other_order_is_left_to_the_codec(tag):
    pairs = tree(json.loads(LINES[tag]))
    for part in objects(pairs):
        for at in range(1, len(part)):
            part[at - 1], part[at] = part[at], part[at - 1]
            line = written(pairs).encode()
            assert gate(line) == gate(LINES[tag])
            assert fast_decode.decode(line) is None
            part[at - 1], part[at] = part[at], part[at - 1]


@pytest.mark.parametrize("place", ["note", "low", "extent", "parts", "x"])
@pytest.mark.parametrize("file", suite("*.json"), ids=lambda file: file.stem)
def test_a_text_of_the_json_suite_is_read_as_the_codec_reads_it(file, place):
    frames = {
        "note": noted("%s"),
        "low": counted('{"low":%s}'),
        "extent": SHARED,
        "parts": DISPLACED % ',"parts":%s',
        "x": f'{WHOLE},"x":%s}}',
    }
    text = file.read_bytes()
    before, after = map(str.encode, itemgetter(0, 2)(frames[place].partition("%s")))
    check_agreement(text)
    check_agreement(before + text + after)
    check_agreement(before + text.strip(b" \n[]") + after)
