"""Work on the parts of a large log, done by several processes, with the results in the order of the parts.

The processes are started anew, not forked: what a fork copies of threads and open files is not safe
everywhere. They are told by name what to do and where to find it, and they import no main module,
so a script needs no guard. Where there is one processor, or little to do, or something that has no
name, everything is done here, with the same results.
"""

import io
import os
import pickle
import select
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple, TypeVar

from timeline.errors import Problem, TimelineError
from timeline.replay.projection import Projection

P = TypeVar("P")
T = TypeVar("T")

_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from timeline.index.processes import serve; serve()"
)


def mapped(
    work: Callable[[P], T], given: Sequence[P], *, processes: int | None = None
) -> Iterator[T]:
    """Yield the result of `work` for each of the given parts, in their order; whatever it raises is raised here.

    `work` is a function of a module, or a `functools.partial` of one; its arguments and results are
    pickled, and a projection goes by its name. As many processes work as there are processors, or
    as are asked for; each is at most one result ahead.
    """
    count = min(processors() if processes is None else processes, len(given))
    orders = _pickled(work) if count > 1 else None
    if orders is None:
        yield from map(work, given)
        return
    workers = [_start(orders) for _ in range(count)]
    try:
        for number in range(count):
            _send(workers[number], given[number])
        for number in range(len(given)):
            worker = workers[number % count]
            result = _received(worker)
            if number + count < len(given):
                _send(worker, given[number + count])
            yield result
    finally:
        for worker in workers:
            _end(worker)


Worker = subprocess.Popen[bytes]


class Crew(NamedTuple):
    """This process and others that stand ready for one task after the other; see `crew`."""

    workers: tuple[Worker, ...]

    def shared(self, work: Callable[[P], T], given: Sequence[P]) -> Iterator[tuple[int, T]]:
        """Yield the result of `work` for each of the given parts, with the number of the part, in the order in which they are ready.

        This process does its share of them, where the others would only be waited for. What
        `mapped` says of the rest is so here too.
        """
        orders = _pickled(work) if self.workers and len(given) > 1 else None
        busy: dict[Worker, deque[int]] = (
            {} if orders is None else {worker: deque() for worker in self.workers}
        )
        waiting = deque(range(len(given)))
        for worker in busy:
            _order(worker, orders or b"")
        for worker in [*busy] * (
            2 if len(given) > 1 + len(busy) else 1
        ):  # one ahead, unless there is one for each
            _hand(worker, busy, waiting, given)
        while waiting or any(busy.values()):
            if waiting:
                number = waiting.popleft()
                yield number, work(given[number])
            for worker in _ready(busy) if waiting else [one for one in busy if busy[one]]:
                yield busy[worker].popleft(), _received(worker)
                _hand(worker, busy, waiting, given)


@contextmanager
def crew(count: int) -> Iterator[Crew]:
    """Give this process and `count` - 1 others, which end with the block."""
    workers = tuple(_begin() for _ in range(count - 1))
    try:
        yield Crew(workers)
    finally:
        for worker in workers:
            _end(worker)


def processors() -> int:
    """Return how many processors this process may use; 1 where it cannot start another Python."""
    if not sys.executable or getattr(sys, "frozen", False):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def serve() -> None:
    """Do the work that stdin names, for each part that it names until it names other work, and write the results to stdout."""
    given, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    with suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        work: Callable[[Any], Any] = _nothing
        while True:
            part = pickle.load(given)  # noqa: S301  # from the process that started this one
            if isinstance(part, _Orders):
                work = pickle.loads(part.work)  # noqa: S301
                continue
            answer: tuple[bool, Any]
            try:
                answer = True, work(part)
            except Exception as error:
                answer = False, error
            pickle.dump(answer, results, pickle.HIGHEST_PROTOCOL)
            results.flush()
    os._exit(
        0
    )  # nothing is left to be said, and to take a large heap down in order costs more than the work


class _Orders(NamedTuple):
    """What is to be done from now on, pickled."""

    work: bytes


def _nothing(_: object) -> None:
    return None


class _Pickler(pickle.Pickler):
    """Pickles a projection, which is made of functions, as where it stands."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, Projection):
            return NotImplemented
        module = value.effects.__module__
        name = next((name for name, one in vars(sys.modules[module]).items() if one is value), None)
        if name is None or module == "__main__":
            raise pickle.PicklingError(f"the projection {value.name} has no name in {module}")
        return _named, (module, name)


def _named(module: str, name: str) -> Any:
    from importlib import import_module

    return getattr(import_module(module), name)


def _pickled(work: Callable[[Any], Any]) -> bytes | None:
    """Return what tells another process what to do; None where that cannot be said."""
    function = getattr(work, "func", work)
    if getattr(function, "__module__", "__main__") == "__main__":
        return None
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(work)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    return buffer.getvalue()


def _start(orders: bytes) -> Worker:
    worker = _begin()
    _order(worker, orders)
    return worker


def _begin() -> Worker:
    command = [sys.executable, "-c", _START, *sys.path]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this very Python


def _order(worker: Worker, orders: bytes) -> None:
    _send(worker, _Orders(orders))


def _hand(
    worker: Worker, busy: dict[Worker, deque[int]], waiting: deque[int], given: Sequence[Any]
) -> None:
    """Give a process the next part, if there is one."""
    if waiting:
        busy[worker].append(waiting.popleft())
        _send(worker, given[busy[worker][-1]])


def _ready(busy: dict[Worker, deque[int]]) -> list[Worker]:
    """Return the processes that have a result by now; all, where that cannot be told, so that they are waited for."""
    pipes = {_pipe(worker.stdout): worker for worker, numbers in busy.items() if numbers}
    try:
        return [pipes[pipe] for pipe in select.select([*pipes], [], [], 0)[0]]
    except (OSError, ValueError):  # pipes of another system, or the number of too many files
        return [*pipes.values()]


def _send(worker: Worker, part: Any) -> None:
    with suppress(BrokenPipeError):  # it ended; `_received` says so
        pipe = _pipe(worker.stdin)
        pickle.dump(part, pipe, pickle.HIGHEST_PROTOCOL)
        pipe.flush()


def _received(worker: Worker) -> Any:
    try:
        fine, answer = pickle.load(_pipe(worker.stdout))  # noqa: S301  # from a process that this one started
    except (EOFError, pickle.UnpicklingError):
        found = f"a process that reads a part of the log ended with code {worker.wait()}"
        raise TimelineError(Problem(found, hint="is there too little memory?")) from None
    if not fine:
        raise answer
    return answer


def _end(worker: Worker) -> None:
    worker.kill()
    with suppress(BrokenPipeError):
        worker.communicate()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # all of them were asked for
    return pipe
