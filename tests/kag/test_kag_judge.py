"""KAG itself is the judge: for thousands of configurations netdiag sends what KAG sends, and comes to its verdict.

Where the two differ it is meant, and ``MEANT`` says why; any other difference fails the test. What is listed must still
be there, so that no row outlives its reason.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

import pytest
from kag.judge.answers import ANSWERS
from kag.judge.asking import ENVIRONMENTS, Did, all_of_them
from kag.judge.configurations import RELEASES, SENDING, Case

pytestmark = pytest.mark.kag


class Pair(NamedTuple):
    """What KAG and netdiag did with one configuration."""

    case: Case
    kag: Did
    netdiag: Did

    @property
    def differences(self) -> tuple[str, ...]:
        """In what the two differ."""
        kag, netdiag = self.kag.sent, self.netdiag.sent
        found = []
        if kag and netdiag:
            found = [name for name in kag._fields if getattr(kag, name) != getattr(netdiag, name)]
        elif kag or netdiag:
            found = ["only KAG sends" if kag else "only netdiag sends"]
        if not found and self.kag.requests != self.netdiag.requests:
            found = ["later requests"]
        return (*found, *(["verdict"] if self.kag.ok != self.netdiag.ok else []))

    @property
    def sdk(self) -> str:
        """What KAG makes the call with."""
        if self.case.type.lower() == "ollama":
            return "ollama"
        verbatim = self.case.kind == "rerank" or (self.case.version, self.case.type) == ("0.6", "vllm")
        return "requests" if verbatim else "openai"

    def chose(self, setting: str, *what: str) -> bool:
        """Whether one of these was chosen for the setting; without any, whether something unusual was."""
        chosen = self.case.chosen.get(setting)
        return chosen in what if what else chosen is not None

    def answered(self, *answers: str) -> bool:
        """Whether the server gave one of these answers."""
        return self.case.answer in answers

    @property
    def streams(self) -> bool:
        """Whether the answer is read piece by piece."""
        sent = self.kag.sent
        return bool(self.case.kind == "chat" and sent and isinstance(sent.body, dict) and sent.body.get("stream", True))

    @property
    def is_no_stream(self) -> bool:
        """Whether the answer that counts has neither an event nor, for Ollama's SDK, a line."""
        if not self.case.answer:
            return True  # a recorded server streams what it is asked to stream, and no page or refusal
        answers = ANSWERS[self.case.kind][self.case.answer]
        last = answers[min(len(self.kag.requests), len(answers)) - 1]
        body = last.body + b"".join(last.raw or ())
        return not body if self.sdk == "ollama" else b"data:" not in body

    def __str__(self) -> str:
        return (
            f"{self.case.name}: {', '.join(self.differences)}\n"
            f"    KAG     {_shown(self.kag)}\n    netdiag {_shown(self.netdiag)}"
        )


def _shown(did: Did) -> str:
    ended = {True: "passes", False: "fails", None: "raises"}[did.ok]
    sent = did.sent
    request = f"{sent.method} {sent.path} {sent.authorization} {sent.body}" if sent else "sends nothing"
    later = "".join(f"; {more.method} {more.path} {more.host} {more.authorization}" for more in did.requests[1:])
    return f"{ended}: {request}{later} [{did.said}]"


class Row(NamedTuple):
    """Why there is a difference, and whether a pair differs for that reason."""

    reason: str
    applies: Callable[[Pair], bool]


_NO_VECTORS = (
    "empty vector",
    "empty vector in base64",
    "vector in no base64",
    "ollama empty vector",
    "vector in an object",
)
_NO_RANKINGS = (
    "ranked nothing",
    "ranked an object",
    "ranked by text",
    "ranked by null",
    "ranked by a fraction",
    "ranked, the second by text",
)

MEANT: Mapping[str, Row] = {
    "Ollama-in-0.6": Row(
        "0.6 chat, type Ollama: the released package does not know it, images of its time do (KAG issue 331)",
        lambda p: (p.case.version, p.case.kind, p.case.type) == ("0.6", "chat", "Ollama"),
    ),
    "no-base_url": Row(
        "0.6-0.8, type ollama: without a base_url, or with an empty one, KAG calls what OLLAMA_HOST of its process "
        "says, or its own container; netdiag sees only what has one, and says of an empty one that it is empty",
        lambda p: p.sdk == "ollama" and p.chose("base_url", "missing", "empty"),
    ),
    "model-on-disk": Row(
        "0.6-0.8 embedding, bge and bge_m3: whether a model is at the path is not netdiag's to see",
        lambda p: "model not found at" in p.kag.said,
    ),
    "no-stream": Row(
        "0.7-0.8, a stream: KAG takes an answer without events, or without lines, for a model that said nothing: any "
        "web page, any error message, and a whole answer in place of pieces. It reads no word of such a service, so "
        "netdiag says what is there",
        lambda p: p.streams and p.is_no_stream and bool(p.kag.ok) and p.differences == ("verdict",),
    ),
    "interim-answer": Row(
        "0.6 vllm, 0.7-0.8 rerank: requests takes a status from 101 to 199 for the answer itself; netdiag's client "
        "reads on to the answer. No model service sends one before it",
        lambda p: p.sdk == "requests" and p.case.answer.startswith("after 102"),
    ),
    "no-vector": Row(
        "0.6-0.8 embedding: KAG's check tells the length of whatever is there, 0 of a vector without numbers, 1 of "
        "an object; nothing can be indexed by it, so netdiag says that the model gives no vector",
        lambda p: p.answered(*_NO_VECTORS) and bool(p.kag.ok) and p.differences == ("verdict",),
    ),
    "no-ranking": Row(
        "0.7-0.8 rerank: KAG takes an order that leaves the document out, or names it by what is no number, and loses "
        "it or fails when it uses that order; netdiag says that this is no ranking",
        lambda p: p.answered(*_NO_RANKINGS) and bool(p.kag.ok),
    ),
    "braces-in-a-path": Row(
        "0.6: httpx sends braces and quotation marks in a path as they are up to 0.27, and escapes them since, as "
        "netdiag's does; KAG names no version of it, so either may be there",
        lambda p: p.case.version == "0.6" and p.sdk != "requests" and p.chose("base_url", "brackets in the path"),
    ),
}
"""Why netdiag does otherwise, and where."""


@pytest.fixture(scope="session")
def pairs(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Return what KAG and netdiag did with every configuration."""
    for release in RELEASES.values():
        if not (ENVIRONMENTS / release / "made").exists():
            require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    return [Pair(*did) for did in all_of_them(tmp_path_factory.mktemp("kag"))]


def reasons(pair: Pair) -> list[str]:
    """Return the names of the rows that say why a pair differs."""
    return [name for name, row in MEANT.items() if row.applies(pair)]


def only_for(name: str, pairs: list[Pair]) -> list[Pair]:
    """Return the differences that this row explains and no other."""
    return [pair for pair in pairs if pair.differences and reasons(pair) == [name]]


def told(pairs: list[Pair]) -> str:
    """Return the differences for a person to read; the first ones show what it is about."""
    return "\n".join(["", *map(str, pairs[:10]), f"and {len(pairs) - 10} more" if len(pairs) > 10 else ""])


@pytest.mark.parametrize(("version", "kind"), [(version, kind) for version in SENDING for kind in SENDING[version]])
def test_netdiag_does_as_kag_does(pairs: list[Pair], version: str, kind: str) -> None:
    """The same requests, or none, and the same verdict, but for what the table explains."""
    mine = [pair for pair in pairs if (pair.case.version, pair.case.kind) == (version, kind)]
    unexplained = [pair for pair in mine if pair.differences and not reasons(pair)]
    assert not unexplained, told(unexplained)


@pytest.mark.parametrize("version", RELEASES)
def test_enough_is_asked(pairs: list[Pair], version: str) -> None:
    """Hundreds of configurations, of which many are good, many fail at the service and many before it."""
    mine = [pair for pair in pairs if pair.case.version == version]
    passed = [pair for pair in mine if pair.kag.ok]
    refused = [pair for pair in mine if not pair.kag.ok and pair.kag.sent]
    assert min(len(passed), len(refused), len(mine) - len(passed) - len(refused)) > 100
    assert len({pair.case.name for pair in mine}) == len(mine) > 300


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_still_so(pairs: list[Pair], name: str) -> None:
    """A row of the table explains a difference that is there."""
    assert only_for(name, pairs), MEANT[name].reason
