"""KAG's own loader is the judge of whole files: netdiag reads in a text what KAG of each version reads, or cannot.

Where the two differ it is meant, and ``MEANT`` says why; any other difference fails the test. What is listed must still
be there, so that no row outlives its reason.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

import pytest
from kag.judge.asking import ENVIRONMENTS
from kag.judge.configurations import RELEASES
from kag.loader.asking import Read, all_of_them
from kag.loader.texts import Text

pytestmark = pytest.mark.kag


class Pair(NamedTuple):
    """What KAG of a version and netdiag read in one text."""

    version: str
    text: Text
    kag: Read
    netdiag: Read

    @property
    def differs(self) -> bool:
        """Whether one of them reads other models, or only one can load the file."""
        return self.kag.nodes != self.netdiag.nodes

    def __str__(self) -> str:
        return f"{self.version} {self.text.name}:\n{self.text.text}\n  KAG     {self.kag}\n  netdiag {self.netdiag}"


class Row(NamedTuple):
    """Why there is a difference, and whether a pair differs for that reason."""

    reason: str
    applies: Callable[[Pair], bool]


MEANT: Mapping[str, Row] = {
    "not-evaluated": Row(
        "0.7-0.8: macros, and loops over what is computed, could cost hours or gigabytes; netdiag says that it leaves "
        "the template alone, and calls no model that needs it",
        lambda p: not p.netdiag.is_evaluated,
    ),
    "bytes": Row(
        "0.6-0.8: of a text written as !!binary KAG makes bytes, which none of its clients can send; nobody writes it",
        lambda p: "!!binary" in p.text.text,
    ),
}
"""Why netdiag does otherwise, and where."""


@pytest.fixture(scope="session")
def pairs(require: Callable[[str, str], NoReturn]) -> list[Pair]:
    """Return what KAG and netdiag read in every text."""
    for release in RELEASES.values():
        if not (ENVIRONMENTS / release / "made").exists():
            require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    return [Pair(*each) for each in all_of_them()]


def reasons(pair: Pair) -> list[str]:
    """Return the names of the rows that say why a pair differs."""
    return [name for name, row in MEANT.items() if row.applies(pair)]


@pytest.mark.parametrize("version", RELEASES)
def test_netdiag_reads_what_kag_reads(pairs: list[Pair], version: str) -> None:
    """The same models with the same settings, or none because the file cannot be loaded."""
    mine = [pair for pair in pairs if pair.version == version]
    unexplained = [pair for pair in mine if pair.differs and not reasons(pair)]
    assert not unexplained, "\n".join(["", *map(str, unexplained[:10]), f"{len(unexplained)} in all"])


@pytest.mark.parametrize("version", RELEASES)
def test_enough_is_read(pairs: list[Pair], version: str) -> None:
    """A thousand texts, of which many can be loaded and many cannot, and no two are the same question."""
    mine = [pair for pair in pairs if pair.version == version]
    loaded = [pair for pair in mine if pair.kag.nodes]
    refused = [pair for pair in mine if pair.kag.nodes is None]
    assert min(len(loaded), len(refused)) > 300
    assert len({pair.text.name for pair in mine}) == len(mine) >= 1000


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_still_so(pairs: list[Pair], name: str) -> None:
    """A row of the table explains a difference that is there."""
    assert [pair for pair in pairs if pair.differs and reasons(pair) == [name]], MEANT[name].reason
