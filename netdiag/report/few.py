"""What is told of many that are alike: a server may hold thousands of copies of one configuration. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Final, TypeVar

from netdiag.model.report import Examined

MANY: Final = 10
"""So many that are alike are told one by one: a person still reads that, and real servers hold no more."""

FEW: Final = 3
"""Of more, so many are told as examples."""

Item = TypeVar("Item")


def few(items: Iterable[Item], alike: Callable[[Item], Hashable], *, every: bool = False) -> Iterator[tuple[Item, int]]:
    """Yield the items to tell, in their order, each with how many like it are left out behind it.

    Of more than MANY for which ``alike`` returns the same, those are the first FEW; with ``every`` none is left out.
    """
    keyed = [(alike(item), item) for item in items]
    counts = Counter(key for key, _ in keyed)
    seen: Counter[Hashable] = Counter()
    for key, item in keyed:
        seen[key] += 1
        if every or counts[key] <= MANY or seen[key] < FEW:
            yield item, 0
        elif seen[key] == FEW:
            yield item, counts[key] - FEW


def values(item: Examined) -> Hashable:
    """Return what endpoints have in common of which some stand for all: all that is told of them but the place."""
    endpoint = item.endpoint
    return item.verdict, endpoint.kind, endpoint.type, endpoint.model, endpoint.base_url, item.proven_url
