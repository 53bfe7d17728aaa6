"""What a replay has to know of a whole log before it can read it event by event: withdrawals, copies, and what statements are about.

All of it is found in one pass that decodes only the events that refer to others. Of every event two numbers are kept, where it begins and a
hash of its id, and of every reference one; so the survey of a log is a twentieth of what its events are.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import define, field, frozen

from timeline import admitted, bulk
from timeline.bulk import Part, Unusual
from timeline.copies import earlier, same_content
from timeline.events import Event, EventId, Retraction, Statement
from timeline.log import references
from timeline.storage import LogFile, opened

_BUCKETS = 256


@frozen(kw_only=True)
class Survey:
    """A log as one pass found it.

    Attributes:
        parts: the log, in parts.
        sha256: the digest of its bytes.
        events: how many events it holds, each once.
        copies: where lines begin that do not count, because a copy of their event does; of copies the earliest recorded counts.
        withdrawn: the ids of the events that others withdraw.
        about: where the events begin that statements are about: for each statement, in order, for each of its references.
        first: for each part, how many such references stand before it.
    """

    parts: tuple[Part, ...]
    sha256: str
    events: int
    copies: frozenset[int]
    withdrawn: frozenset[EventId]
    about: "array[int]"
    first: tuple[int, ...]


def survey(path: Path, withdraws: Callable[[Event], bool] = lambda _: True) -> Survey:
    """Return the survey of a log, in which an event that retracts or supersedes others counts if it `withdraws`.

    Raises `Unusual` for a log that only the plain way of reading judges, as for a reference to no event.
    """
    parts = bulk.parts(path)
    seen, digest = _Seen(withdraws), hashlib.sha256()
    first = []
    for part in parts:
        first.append(len(seen.about))
        offset = part.begin
        for raw in bulk.lines(part):
            digest.update(raw)
            seen.take(raw, offset)
            offset += len(raw)
    seen.check()
    with opened(path) as file:
        copies = frozenset(_copies(file, seen.ids.alike()))
    return Survey(
        parts=tuple(parts),
        sha256=digest.hexdigest(),
        events=seen.count - len(copies),
        copies=copies,
        withdrawn=frozenset(seen.withdrawn),
        about=seen.ids.find(seen.about, copies),
        first=tuple(first),
    )


@define
class _Ids:
    """Where each event begins, by a hash of its id; in buckets, so that looking up is done with little more memory than this."""

    hashes: "list[array[int]]" = field(factory=lambda: [array("q") for _ in range(_BUCKETS)])
    offsets: "list[array[int]]" = field(factory=lambda: [array("q") for _ in range(_BUCKETS)])

    def alike(self) -> Iterator[list[int]]:
        """Yield where lines begin whose ids have one hash: copies of an event, or, once in a long while, not."""
        for keys, offsets in zip(self.hashes, self.offsets, strict=True):
            if len(set(keys)) < len(keys):
                same: dict[int, list[int]] = {}
                for key, offset in zip(keys, offsets, strict=True):
                    same.setdefault(key, []).append(offset)
                yield from (several for several in same.values() if len(several) > 1)

    def find(self, keys: "array[int]", copies: frozenset[int]) -> "array[int]":
        """Return where the events begin that some hashes are of; raise `Unusual` where there is none."""
        wanted: dict[int, list[int]] = {}
        for place, key in enumerate(keys):
            wanted.setdefault(key % _BUCKETS, []).append(place)
        found = array("q", bytes(8 * len(keys)))
        for bucket, places in wanted.items():
            pairs = zip(self.hashes[bucket], self.offsets[bucket], strict=True)
            table = {key: offset for key, offset in pairs if offset not in copies}
            for place in places:
                if keys[place] not in table:
                    raise Unusual
                found[place] = table[keys[place]]
        return found


@define
class _Seen:
    """What was seen of a log so far."""

    withdraws: Callable[[Event], bool]
    ids: _Ids = field(factory=_Ids)
    count: int = 0
    about: "array[int]" = field(factory=lambda: array("q"))
    withdrawn: set[EventId] = field(factory=set)
    _targets: "array[int]" = field(factory=lambda: array("q"))
    _retractions: set[int] = field(factory=set)

    def take(self, raw: bytes, offset: int) -> None:
        """Keep what a line tells of its event; one that refers to others holds, literally, one of three texts."""
        self.count += 1
        key = hash(raw[7 : raw.find(b'"', 7)])
        self.ids.hashes[key % _BUCKETS].append(key)
        self.ids.offsets[key % _BUCKETS].append(offset)
        if b',"supersedes":"' in raw or b'","type":"statement","v":' in raw or b'","type":"retraction","v":' in raw:
            self._refer(decoded(raw))

    def check(self) -> None:
        """Raise `Unusual` where something is withdrawn that is not there, or that may not be."""
        if not self._retractions.isdisjoint(self._targets):
            raise Unusual
        self.ids.find(self._targets, frozenset())

    def _refer(self, event: Event) -> None:
        if isinstance(event, Retraction):
            self._retractions.add(hash(event.id.encode()))
        if isinstance(event, Statement):
            self.about.extend(hash(id.encode()) for id in event.about)
        withdrawn = [target for path, target in references(event) if not path.startswith("$.about")]
        self._targets.extend(hash(target.encode()) for target in withdrawn)
        if withdrawn and self.withdraws(event):
            self.withdrawn.update(withdrawn)


def _copies(file: LogFile, alike: Iterable[list[int]]) -> Iterator[int]:
    """Yield where copies begin that do not count; raise `Unusual` for one id with two contents."""
    for offsets in alike:
        held: dict[EventId, tuple[int, Event]] = {}
        for offset in offsets:
            event = event_at(file, offset)
            before = held.setdefault(event.id, (offset, event))
            if before[0] == offset:
                continue
            if not same_content(before[1], event):
                raise Unusual
            lost, kept = (before, (offset, event)) if earlier(event, before[1]) else ((offset, event), before)
            held[event.id] = kept
            yield lost[0]


def event_at(file: LogFile, offset: int) -> Event:
    """Return the event whose line begins at a byte; raise `Unusual` if it does not read as we write it."""
    return decoded(next(iter(file.lines(offset)), b""))


def decoded(raw: bytes) -> Event:
    """Return the event of a line, with its newline; raise `Unusual` if it does not read as we write it."""
    event = admitted.decode(raw[:-1])
    if event is None:
        raise Unusual
    return event
