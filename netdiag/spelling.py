"""How far apart two words are, and which of several was meant. Pure."""

from collections.abc import Iterable


def distance(one: str, other: str) -> int:
    """Return how many characters must be added, dropped, replaced or swapped with their neighbour.

    The optimal string alignment distance: what a typing error changes counts once, so ``11343`` for ``11434`` is 2.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def nearest(word: str, known: Iterable[str], at_most: int) -> str:
    """Return the known word closest to ``word``, the first of equals; empty where all are further than ``at_most``."""
    near = [(distance(word, each), each) for each in known if abs(len(word) - len(each)) <= at_most]
    steps, found = min(near, key=lambda pair: pair[0], default=(at_most + 1, ""))
    return found if steps <= at_most else ""
