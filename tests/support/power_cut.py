"""Cut the power of a real file system under writers, again and again.

Usage: ``sudo python tests/support/power_cut.py [ROUNDS]``.

An ext4 is made in a file and mounted by a loop device. Writers append to a log on it, events of 300
bytes to a megabyte and batches of three, and tell what was acknowledged; at a random moment
FS_IOC_SHUTDOWN stops the file system as a loss of power would: what is neither on the disk nor in
its journal is gone. What counts is what was acknowledged before that moment: a process outlives a
file system that is stopped, as it would not outlive its power, and a sync that runs into the stop
may still be confirmed by the kernel. The file system is unmounted and mounted again, which replays
the journal; then each acknowledged event must stand in the log, all that stood there before must
stand there byte for byte, and the next append must work. Needs root, `mkfs.ext4` and `mount`.
"""

import argparse
import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import click
from writers import appending, of_many_sizes, statement

from timeline.errors import InvalidLog
from timeline.log.reader import check, read
from timeline.log.writer import append

FS_IOC_SHUTDOWN = 0x8004587D
MODES = {"flush the journal": 1, "leave the journal": 2}
"""How the file system is stopped: with its journal written out, but no data, or without."""


def mounted(image: Path, folder: Path) -> None:
    """Mount the file system."""
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)


def unmount(folder: Path) -> None:
    """Unmount the file system once nobody uses it."""
    for _ in range(50):
        if subprocess.run(["umount", folder], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    sys.exit(f"{folder} cannot be unmounted")


def cut(folder: Path, mode: int) -> None:
    """Stop the file system at once."""
    handle = os.open(folder, os.O_RDONLY)
    fcntl.ioctl(handle, FS_IOC_SHUTDOWN, struct.pack("I", mode))
    os.close(handle)


def outcome(log: Path, acknowledged: set[str], before: bytes) -> str:
    """Return whether a log is altered, lost, damaged, torn or whole, and append to it."""
    data = log.read_bytes()
    if not data.startswith(before):
        return "altered"
    heads = {line.partition(b',"type"')[0] for line in data.split(b"\n")}
    if not {b'{"id":"%s"' % id.encode() for id in acknowledged} <= heads:
        return "lost"
    try:
        found = read(log)
    except InvalidLog:
        return "damaged"
    if not acknowledged <= set(found.lines):
        return "lost"
    append(log, [statement(f"after-{len(found.events)}-{len(data)}", "after")])
    after, problems = check(log)
    if problems or after.torn:
        return "damaged"
    return "torn" if found.torn else "whole"


def round_of(number: int, image: Path, place: Path, random: Random) -> tuple[str, int]:
    """Cut the power once; return how, with what outcome, and how many events were acknowledged."""
    mode = list(MODES)[number % len(MODES)]
    mounted(image, place)
    log = log_of(number, place)
    before = log.read_bytes()
    acknowledged = cut_while_writing(number, log, MODES[mode], random)
    unmount(place)
    mounted(image, place)
    if not log.exists():
        assert not acknowledged
        log.touch()
    result = outcome(log, acknowledged, before)
    unmount(place)
    return f"{mode}: {result}", len(acknowledged)


def log_of(number: int, place: Path) -> Path:
    """Return the log of a round, which is a new one, alone on the disk, in each tenth."""
    log = place / f"events-{number // 10}.jsonl"
    for old in {*place.glob("events-*.jsonl")} - {log}:
        old.unlink()
    log.touch()
    return log


def cut_while_writing(number: int, log: Path, mode: int, random: Random) -> set[str]:
    """Cut the power under two writers; return the ids that were acknowledged before."""
    names = [f"w{number}-{writer}" for writer in range(2)]
    writers = [appending(log, of_many_sizes(name, random.randrange(1 << 30))) for name in names]
    time.sleep(random.random() ** 2 * 0.4 + 0.02)
    for writer in writers:
        writer.listen()
    acknowledged = {id for writer in writers for id in writer.acknowledged}
    cut(log.parent, mode)
    for writer in writers:
        writer.wait()
    return acknowledged


def main(rounds: int, seed: int) -> None:
    """Cut the power some times and print the outcomes."""
    random, outcomes, total = Random(seed), Counter[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        image, place = Path(folder) / "disk", Path(folder) / "mounted"
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(512 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        for number in range(rounds):
            result, acknowledged = round_of(number, image, place, random)
            outcomes[result] += 1
            total += acknowledged
    click.echo(f"seed {seed}: {rounds} power cuts, {total} events acknowledged")
    for name, count in sorted(outcomes.items()):
        click.echo(f"{count:6} {name}")
    if any(name.endswith(("lost", "altered", "damaged")) for name in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rounds", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    main(arguments.rounds, arguments.seed)
