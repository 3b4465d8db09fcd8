"""Several services asked side by side, each one question after another, and one thread in which all of it is told."""

import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias, TypeVar

from netdiag import background
from netdiag.model.event import Event, Tell

MOST: Final = 8
"""Services at a time. Answers of models take seconds, and nobody has more of them at work for one KAG."""

Result = TypeVar("Result")


class _Done(NamedTuple):
    at: int
    result: object


class _Ended(NamedTuple):
    error: BaseException | None = None


Said: TypeAlias = "queue.SimpleQueue[Event | _Done | _Ended]"


def side_by_side(groups: Sequence[Sequence[int]], work: Callable[[int, Tell], Result], tell: Tell) -> dict[int, Result]:
    """Return what ``work(number, tell)`` returns for each number: groups at the same time, the numbers of one in turn.

    What the work tells reaches ``tell`` in this thread; what it raises is raised here. Threads that are left behind by
    Ctrl-C are waited for by nobody.
    """
    waiting = iter(groups)
    said: Said = queue.SimpleQueue()
    at_work = min(MOST, len(groups))
    for _ in range(at_work):
        background.start(lambda: _serve(waiting, work, said), "beside")
    results: dict[int, Result] = {}
    while at_work:
        match said.get():
            case _Done(at, result):
                results[at] = result  # type: ignore[assignment]
            case _Ended(error):
                at_work -= 1
                if error is not None:
                    raise error
            case event:
                tell(event)
    return results


def _serve(waiting: Iterator[Sequence[int]], work: Callable[[int, Tell], object], said: Said) -> None:
    """Take one group after another (an iterator of a sequence gives each to one thread only), and say how it went."""
    try:
        for group in waiting:
            for at in group:
                said.put(_Done(at, work(at, said.put)))
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        said.put(_Ended(error))
    else:
        said.put(_Ended())
