"""What a replay has to know of a whole log before it can read it event by event: withdrawals, copies, and what statements are about.

Every process reads some parts, and decodes only the events that withdraw others. What is found is
put aside in buckets, by the ids of the events, and then one bucket after the other is joined: which
events the references mean, and which lines say the same again. So memory grows neither with events
nor with ids, but for eight bytes for each line that does not count and for each event that a
statement is about.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from attrs import define, field, frozen

from timeline.domain.events import TYPES, Event, Retraction
from timeline.domain.references import withdraws
from timeline.index.processes import Crew
from timeline.index.scratch import Scratch
from timeline.log import chunks as bulk
from timeline.log import fast_decode as admitted
from timeline.log.chunks import Part, Unusual
from timeline.log.duplicates import earlier, same_content
from timeline.storage.disk import LogFile, opened

STEP = 1 << 20
"""How many bytes a process surveys at a time."""
GONE = -1
"""Where an event begins that was withdrawn: nowhere, as far as statements about it are concerned."""

_TAGS = frozenset(tag.encode()[:3] for tag in TYPES)
_BUCKETS = 128
_PENDING = 8 << 10
_NEAR = 1 << 10
"""How many bytes hold most lines."""
_TARGET, _LATER, _RETRACTION = b"-", b"+", b"!"
"""What an id is referred to as: an event that is withdrawn by the cut, one that is only later, and a retraction that refers to another."""

Buckets = list[bytes]
"""Records of a part, each an id and a word, both with a newline, in buckets by their ids."""


@frozen(kw_only=True)
class Survey:
    """A log as one pass found it.

    Attributes:
        parts: the log, in parts.
        sha256: the digest of its bytes.
        events: how many events it holds, each once.
        idle: where lines begin that do not count, in order: of events that are withdrawn, and of
            copies all but the earliest recorded.
        about: where the events begin that statements are about: for each statement, in order, for
            each of its references.
        first: for each part, how many such references stand before it.
    """

    parts: tuple[Part, ...]
    sha256: str
    events: int
    idle: "array[int]"
    about: "array[int]"
    first: tuple[int, ...]


def survey(
    path: Path, counts: Callable[[Event], bool] = lambda _: True, crew: Crew = Crew(())
) -> Survey:  # noqa: B008  # nobody
    """Return the survey of a log, in which an event that retracts or supersedes others does so if it `counts`.

    Raises `Unusual` for a log that only the plain way of reading judges, as for a reference to no
    event.
    """
    parts = bulk.parts(path, step=STEP)
    found = _Found()
    for number, seen in crew.shared(partial(surveyed, counts), parts):
        found.take(parts[number], seen)
    first = found.first(parts)
    about = array("q", bytes(8 * sum(found.mentions.values())))
    with opened(path) as file:
        for joined in found.joined(file):
            for part, place, begin in joined:
                about[first[part] + place] = begin
    return Survey(
        parts=tuple(parts),
        sha256=_sha256(parts),
        events=found.events - found.copies,
        idle=array("q", sorted(found.idle)),
        about=about,
        first=tuple(first.values()),
    )


# One part -----------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """What a process saw of a part.

    Attributes:
        events: how many lines it has.
        mentions: how many events its statements are about.
        ids: the id of each line, with where it begins.
        references: each id that is referred to, with how; of what statements are about, the part
            and the number of the reference in it.
    """

    events: int
    mentions: int
    ids: Buckets
    references: Buckets


def surveyed(counts: Callable[[Event], bool], part: Part) -> Seen:
    """Return what is seen of a part; raise `Unusual` for a line that does not begin as we write it, and for such a withdrawal."""
    ids = [bytearray() for _ in range(_BUCKETS)]
    references = [bytearray() for _ in range(_BUCKETS)]
    offset, events, mentions = part.begin, 0, 0
    for raw in BytesIO(bulk.content(part)):
        end = raw.find(b'"', 7)
        id = raw[7:end]
        ids[crc32(id) % _BUCKETS] += b"%b\n%d\n" % (id, offset)
        tag = raw[end + 10 : end + 13]
        if tag not in _TAGS or raw[:7] != b'{"id":"' or raw[end : end + 10] != b'","type":"':
            raise Unusual  # before anything is replayed in vain
        if tag == b"sta":
            for about in _about(raw):
                references[crc32(about) % _BUCKETS] += b"%b\n%d:%d\n" % (
                    about,
                    part.begin,
                    mentions,
                )
                mentions += 1
        if tag == b"ret" or b',"supersedes":"' in raw:
            for one, how in _withdrawn(decoded(raw), counts):
                references[crc32(one) % _BUCKETS] += b"%b\n%b\n" % (one, how)
        offset += len(raw)
        events += 1
    return Seen(events, mentions, [*map(bytes, ids)], [*map(bytes, references)])


def _about(raw: bytes) -> list[bytes]:
    """Return the ids that a statement is about; no text of it can hold what they stand behind, for quotes in texts are escaped."""
    start = raw.find(b',"about":["')
    return raw[start + 11 : raw.find(b'"]', start)].split(b'","') if start >= 0 else []


def _withdrawn(event: Event, counts: Callable[[Event], bool]) -> Iterator[tuple[bytes, bytes]]:
    target = withdraws(event)
    if target is not None:
        yield target.encode(), _TARGET if counts(event) else _LATER
    if isinstance(event, Retraction):
        yield event.id.encode(), _RETRACTION


# All of them --------------------------------------------------------------------------------------


@define
class _Aside:
    """Records in buckets, put aside."""

    scratch: Scratch
    pending: list[bytearray] = field(factory=lambda: [bytearray() for _ in range(_BUCKETS)])
    pieces: "list[array[int]]" = field(factory=lambda: [array("q") for _ in range(_BUCKETS)])

    def take(self, records: Buckets) -> None:
        """Put the records of a part aside with the others."""
        for pending, more, pieces in zip(self.pending, records, self.pieces, strict=True):
            pending.extend(more)
            if len(pending) > _PENDING:
                pieces.extend((self.scratch.put(bytes(pending)), len(pending)))
                pending.clear()

    def columns(self, bucket: int) -> tuple[list[bytes], list[bytes]]:
        """Return the records of a bucket: their ids, and their words."""
        places = zip(self.pieces[bucket][::2], self.pieces[bucket][1::2], strict=True)
        fields = b"".join(
            [*(self.scratch.get(*place) for place in places), self.pending[bucket]]
        ).split(b"\n")
        return fields[:-1:2], fields[1::2]


@define
class _Found:
    """What was found of a log so far."""

    events: int = 0
    copies: int = 0
    mentions: dict[int, int] = field(factory=dict)
    idle: "array[int]" = field(factory=lambda: array("q"))
    _scratch: Scratch = field(factory=Scratch)
    _ids: _Aside = field(init=False)
    _references: _Aside = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ids, self._references = _Aside(self._scratch), _Aside(self._scratch)

    def take(self, part: Part, seen: Seen) -> None:
        """Take in what was seen of a part."""
        self.events += seen.events
        self.mentions[part.begin] = seen.mentions
        self._ids.take(seen.ids)
        self._references.take(seen.references)

    def first(self, parts: Iterable[Part]) -> dict[int, int]:
        """Return how many events the statements before each part are about, by where the part begins."""
        before, counted = 0, {}
        for part in parts:
            counted[part.begin] = before
            before += self.mentions[part.begin]
        return counted

    def joined(self, file: LogFile) -> Iterator[Iterable[tuple[int, int, int]]]:
        """Yield for each bucket, of what statements are about, in which part it is mentioned, as which there, and where it begins."""
        try:
            for bucket in range(_BUCKETS):
                yield self._join(bucket, self._counting(file, bucket))
        except KeyError:
            raise Unusual from None  # a reference to no event

    def _counting(self, file: LogFile, bucket: int) -> dict[bytes, int]:
        """Return where the line of each event of a bucket begins that counts."""
        names, offsets = self._ids.columns(bucket)
        lines = dict(zip(names, map(int, offsets), strict=True))
        if len(lines) < len(names):
            alike: dict[bytes, list[int]] = {}
            for name, offset in zip(names, offsets, strict=True):
                alike.setdefault(name, []).append(int(offset))
            for name, several in alike.items():
                if len(several) > 1:
                    lines[name] = _earliest(file, sorted(several))
                    self.idle.extend(one for one in several if one != lines[name])
            self.copies += len(names) - len(lines)
        return lines

    def _join(self, bucket: int, lines: dict[bytes, int]) -> list[tuple[int, int, int]]:
        names, words = self._references.columns(bucket)
        how = list(zip(names, words, strict=True))
        withdrawn = {name: lines[name] for name, word in how if word in (_TARGET, _LATER)}
        if any(word == _RETRACTION and name in withdrawn for name, word in how):
            raise Unusual
        gone = {name for name, word in how if word == _TARGET}
        self.idle.extend(lines[name] for name in gone)
        places = ((name, word.split(b":")) for name, word in how if b":" in word)
        return [
            (int(part), int(place), GONE if name in gone else lines[name])
            for name, (part, place) in places
        ]


def _earliest(file: LogFile, several: list[int]) -> int:
    """Return where of copies of an event the one begins that counts; raise `Unusual` for one id with two contents."""
    kept, held = several[0], event_at(file, several[0])
    for offset in several[1:]:
        event = event_at(file, offset)
        if not same_content(held, event):
            raise Unusual
        if earlier(event, held):
            kept, held = offset, event
    return kept


def _sha256(parts: Iterable[Part]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(bulk.content(part))
    return digest.hexdigest()


def event_at(file: LogFile, offset: int) -> Event:
    """Return the event whose line begins at a byte; raise `Unusual` if it does not read as we write it."""
    line, newline, _ = file.read(offset, _NEAR).partition(b"\n")
    return decoded(line + newline if newline else next(iter(file.lines(offset)), b""))


def decoded(raw: bytes) -> Event:
    """Return the event of a line, with its newline; raise `Unusual` if it does not read as we write it."""
    event = admitted.decode(raw[:-1])
    if event is None:
        raise Unusual
    return event
