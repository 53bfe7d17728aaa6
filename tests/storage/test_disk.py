"""The real disk meets size limits, full disks, replaced logs and missing locks."""

import builtins
import errno
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define
from writers import child, statement

from timeline.errors import TimelineError
from timeline.log import init as start
from timeline.log.reader import check, read
from timeline.log.writer import Writer, append
from timeline.storage.disk import SYSTEM, LogFile, System, opened
from timeline.storage.paths import LOG

SMALL = 256 * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log that holds one event."""
    file = tmp_path / "events.jsonl"
    file.touch()
    append(file, [statement("a", "s")])
    return file


def goes_on(path: Path, expected: list[str]) -> None:
    """Hold that a log has some events and no faults."""
    log, problems = check(path)
    assert ([event.id for event in log.events], problems, log.torn, log.strays) == (
        expected,
        [],
        None,
        (),
    )


def limited(path: Path, size: int) -> list[str]:
    """Append to a log of limited size in another process, and return what it told."""

    def run(tell) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        for _ in range(2):
            try:
                append(path, [statement("b", "s", 500)])
            except TimelineError as error:
                tell(str(error))

    process = child(run)
    assert process.wait() == 0
    return process.acknowledged


def test_a_log_that_may_grow_no_more_takes_the_append_once_it_may(path):
    """The system writes the bytes that fit, then refuses; then the limit is gone."""
    size = path.stat().st_size
    first, second = limited(path, size + 100)
    assert "only 100 of" in first
    assert "File too large" in second
    assert read(path).torn
    append(path, [statement("b", "s", 500)])
    goes_on(path, ["a", "b"])
    assert len(read(path).repairs) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, which takes a system administrator to make."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs leave to mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_that_is_freed_takes_the_append(small_disk):
    """Short write, no room at all, room again."""
    log = small_disk / "events.jsonl"
    log.touch()
    append(log, [statement("a", "s")])
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(SMALL - 24 * 1024))
    for _ in range(3):
        with pytest.raises(TimelineError, match=r"only \d+ of \d+ bytes|No space left on device"):
            append(log, [statement("b", "s", 40_000)])
    assert [event.id for event in read(log).events] == ["a"]
    assert read(log).torn
    ballast.unlink()
    append(log, [statement("b", "s", 40_000)])
    goes_on(log, ["a", "b"])


def test_a_timeline_that_could_not_be_begun_leaves_no_file(tmp_path):
    with pytest.raises(TimelineError, match="No space left on device"):
        start.begin(tmp_path, "Town", "UTC", Stingy())
    assert not [*tmp_path.iterdir()]


@define
class Stingy(System):
    """A disk on which the last file finds no room."""

    def create(self, path: Path) -> int:
        if path.name == LOG:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().create(path)


def test_a_timeline_that_was_begun_halfway_is_completed(tmp_path):
    """A killed `init` leaves a beginning of its files; any other content belongs to someone."""
    start.begin(tmp_path, "Town", "UTC")
    city = tmp_path / "city.toml"
    whole = city.read_bytes()
    city.write_bytes(whole[:100])
    (tmp_path / ".gitattributes").unlink()
    start.begin(tmp_path, "Town", "UTC")
    assert city.read_bytes() == whole
    assert (tmp_path / ".gitattributes").is_file()
    city.write_bytes(whole + b"# mine\n")
    with pytest.raises(TimelineError, match="there already"):
        start.begin(tmp_path, "Town", "UTC")
    assert city.read_bytes() == whole + b"# mine\n"


# One write, one sync ------------------------------------------------------------------------------


@define
class Listing(System):
    """The system's disk, with a list of what was asked of it."""

    done: list[str]

    def lock(self, handle: int) -> None:
        self.done.append("lock")
        super().lock(handle)

    def write(self, handle: int, data: bytes) -> int:
        self.done.append("write")
        return super().write(handle, data)

    def sync(self, handle: int) -> None:
        self.done.append("sync")
        super().sync(handle)

    def sync_folder(self, folder: Path) -> None:
        self.done.append("sync folder")
        super().sync_folder(folder)

    def unlock(self, handle: int) -> None:
        self.done.append("unlock")
        super().unlock(handle)


def test_what_is_acknowledged_is_on_the_disk(path):
    """The lines go out in one write and are synced before the receipt is given."""
    disk = Listing([])
    append(path, [statement("b", "s"), statement("c", "s")], disk=disk)
    assert disk.done == ["lock", "write", "sync", "unlock"]


def test_the_first_line_of_a_log_is_kept_with_its_name(tmp_path):
    (tmp_path / "events.jsonl").touch()
    disk = Listing([])
    append(tmp_path / "events.jsonl", [statement("b", "s")], disk=disk)
    assert disk.done == ["lock", "write", "sync", "sync folder", "unlock"]


def test_what_is_there_already_is_on_the_disk_too(path):
    """An event found in the log is synced before it is acknowledged, as its writer may be dead."""
    disk = Listing([])
    append(path, [statement("a", "s")], disk=disk)
    assert disk.done == ["lock", "sync", "sync folder", "unlock"]


def test_a_trial_writes_and_syncs_nothing(path):
    disk = Listing([])
    append(path, [statement("a", "s"), statement("b", "s")], dry_run=True, disk=disk)
    assert disk.done == ["lock", "unlock"]


# Another file in its place ------------------------------------------------------------------------


@define
class Replaced(System):
    """A disk on which the log is replaced by another file while a writer waits for the lock."""

    path: Path
    times: int = 2

    def lock(self, handle: int) -> None:
        if self.times:
            self.times -= 1
            copy = self.path.with_suffix(".new")
            shutil.copy(self.path, copy)
            copy.replace(self.path)
        super().lock(handle)


@pytest.mark.parametrize("use", ["append", "kept"])
def test_what_took_the_place_of_the_log_is_what_is_appended_to(path, use):
    """Version control replaces files; an acknowledged event is in the one that the path names."""
    if use == "append":
        append(path, [statement("b", "s")], disk=Replaced(path))
    else:
        disk = Replaced(path, 0)
        writer = Writer(path, disk=disk)
        writer.append([statement("c", "s")])
        disk.times = 2
        writer.append([statement("b", "s")])
        writer.close()
    assert "b" in read(path).lines


def test_a_log_that_is_gone_by_then_is_told(path):
    writer = Writer(path)
    path.unlink()
    with pytest.raises(TimelineError, match="no log"):
        writer.append([statement("b", "s")])
    assert not path.exists()


# Systems without something ------------------------------------------------------------------------


def test_without_file_locks_nothing_is_written(path, monkeypatch):
    """On Windows there is no `fcntl`: appending is refused in a sentence, and reading goes on."""
    before, imported = path.read_bytes(), builtins.__import__

    def without(name, *rest):
        if name == "fcntl":
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(TimelineError, match="appending needs a POSIX system, for its file locks"):
        append(path, [statement("b", "s")])
    assert [event.id for event in read(path).events] == ["a"]
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    """Some file systems have no such thing, and say so."""
    numbers = iter((errno.EINVAL, errno.EIO))

    def refuse(handle: int) -> None:
        raise OSError(next(numbers), "no")

    monkeypatch.setattr(os, "fsync", refuse)
    SYSTEM.sync_folder(tmp_path)
    with pytest.raises(OSError, match="no"):
        SYSTEM.sync_folder(tmp_path)


def test_no_handle_is_left_open(path):
    """Neither after a success nor after a failure."""
    before = len(os.listdir("/dev/fd"))
    append(path, [statement("b", "s")])
    read(path)
    for use in (
        lambda: append(path, [statement("b", "other")]),
        lambda: append(path.parent / "none", []),
    ):
        with pytest.raises(TimelineError):
            use()
    assert len(os.listdir("/dev/fd")) == before


def test_lines_are_split_at_newlines_alone(path):
    path.write_bytes(b"a\rb\x0bc\n\x85\xe2\x80\xa8\n\nend")
    with opened(path) as file:
        assert list(file.lines()) == [b"a\rb\x0bc\n", b"\x85\xe2\x80\xa8\n", b"\n", b"end"]
        assert list(file.lines(2)) == [b"b\x0bc\n", b"\x85\xe2\x80\xa8\n", b"\n", b"end"]


def test_a_log_cannot_be_opened_is_told(tmp_path):
    with pytest.raises(TimelineError, match="cannot be opened"):
        LogFile.open(tmp_path, writing=True)
