"""KAG itself is the judge: for thousands of configurations netdiag sends what KAG sends, and comes to its verdict.

Where the two differ it is either meant (``MEANT``) or a bug of netdiag's (``BUGS``); a difference that is neither fails
the test. What is listed must still be there, so that neither table outlives its reason.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

import pytest
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

    def __str__(self) -> str:
        return (
            f"{self.case.name}: {', '.join(self.differences)}\n"
            f"    KAG     {_shown(self.kag)}\n    netdiag {_shown(self.netdiag)}"
        )


def _shown(did: Did) -> str:
    ended = {True: "passes", False: "fails", None: "raises"}[did.ok]
    sent = did.sent
    request = f"{sent.method} {sent.path} {sent.authorization} {sent.body}" if sent else "sends nothing"
    return f"{ended}: {request} [{did.said}]"


class Row(NamedTuple):
    """Why there is a difference, and whether a pair differs for that reason."""

    reason: str
    applies: Callable[[Pair], bool]


OLLAMA_OF_NULL = ("ollama chat of null", "ollama chat without content", "lines of content null")

MEANT: Mapping[str, Row] = {
    "Ollama-in-0.6": Row(
        "0.6 chat, type Ollama: the released package does not know it, images of its time do (KAG issue 331)",
        lambda p: (p.case.version, p.case.kind, p.case.type) == ("0.6", "chat", "Ollama"),
    ),
    "no-base_url": Row(
        "0.7-0.8, type ollama: without a base_url KAG calls 127.0.0.1:11434; netdiag sees only what has one",
        lambda p: p.sdk == "ollama" and p.chose("base_url", "missing"),
    ),
    "model-on-disk": Row(
        "0.6-0.8 embedding, bge and bge_m3: whether a model is at the path is not netdiag's to see",
        lambda p: "model not found at" in p.kag.said,
    ),
    "stream-of-nothing": Row(
        "0.7-0.8, a stream: KAG takes an answer without a single piece for good, any web page too",
        lambda p: (
            p.streams
            and bool(p.kag.ok)
            and not p.netdiag.ok
            and not (p.sdk == "ollama" and p.answered(*OLLAMA_OF_NULL))
        ),
    ),
    "empty-vector": Row(
        "0.6-0.8 embedding: a vector without numbers is good to KAG",
        lambda p: p.answered("empty vector", "empty vector in base64", "ollama empty vector") and bool(p.kag.ok),
    ),
    "document-left-out": Row(
        "0.7-0.8 rerank: KAG takes an order that leaves the document out for good",
        lambda p: (
            p.answered("ranked nothing", "ranked an object", "ranked by text", "ranked by null") and bool(p.kag.ok)
        ),
    ),
}
"""Why netdiag does otherwise, and where."""

BUGS: Mapping[str, Row] = {
    "slashes-at-the-end": Row(
        "0.6-0.8, the openai SDK: of several slashes at the end KAG takes off none, netdiag all",
        lambda p: p.sdk == "openai" and p.chose("base_url", "//", "/v1//"),
    ),
    "fragment": Row(
        "0.6-0.8, the SDKs of OpenAI and Ollama: KAG leaves out a #fragment, netdiag adds the path behind it",
        lambda p: p.sdk != "requests" and p.chose("base_url", "fragment"),
    ),
    "query": Row(
        "0.6-0.8, type ollama: KAG leaves out a ?query, netdiag adds the path behind it",
        lambda p: p.sdk == "ollama" and p.chose("base_url", "query"),
    ),
    "user": Row(
        "0.6-0.8, type ollama: KAG leaves out user:password, netdiag sends it",
        lambda p: p.sdk == "ollama" and p.chose("base_url", "user"),
    ),
    "tab-or-newline": Row(
        "0.6-0.8, type ollama and requests: KAG leaves out or escapes a tab or newline, to netdiag it is a bad URL",
        lambda p: p.sdk != "openai" and p.chose("base_url", "tab after", "newline after"),
    ),
    "blank-after-the-port": Row(
        "0.6-0.8, type ollama and requests: a blank after the port is an error to KAG, netdiag sends",
        lambda p: p.sdk != "openai" and p.chose("base_url", "blank after root"),
    ),
    "blank-before": Row(
        "0.6 vllm and rerank: KAG leaves out a blank before the URL, to netdiag it is a bad URL",
        lambda p: p.sdk == "requests" and p.chose("base_url", "blank before"),
    ),
    "needless-escapes": Row(
        "0.6 vllm and rerank: KAG undoes needless escapes of a path (%76 is v), netdiag sends them",
        lambda p: p.sdk == "requests" and p.chose("base_url", "escaped path"),
    ),
    "empty-base_url": Row(
        "0.6-0.8, type ollama: an empty base_url is 127.0.0.1:11434 to KAG, a bad URL to netdiag",
        lambda p: p.sdk == "ollama" and p.case.kind == "chat" and p.chose("base_url", "empty"),
    ),
    "empty-key": Row(
        "0.7-0.8 chat: an empty api_key is an error to KAG, netdiag sends the key dummy",
        lambda p: (
            p.case.version != "0.6" and p.sdk == "openai" and p.case.kind == "chat" and p.chose("api_key", "empty")
        ),
    ),
    "null-key": Row(
        "0.7-0.8 chat: an api_key of null is an error to KAG, netdiag sends the key dummy",
        lambda p: (
            p.case.version != "0.6" and p.sdk == "openai" and p.case.kind == "chat" and p.chose("api_key", "null")
        ),
    ),
    "rerank-without-a-key": Row(
        "0.7-0.8 rerank: KAG calls without a key too, and with one that ends in a blank; netdiag cannot",
        lambda p: p.case.kind == "rerank" and p.chose("api_key", "blank", "blank after", "empty", "missing", "null"),
    ),
    "empty-model": Row(
        "0.6-0.8: KAG sends a model that is empty or null, which some servers ignore; netdiag refuses it",
        lambda p: p.chose("model", "empty", "null"),
    ),
    "default-model": Row(
        "0.6-0.7 embedding: without a model KAG asks for text-embedding-3-small, netdiag refuses it",
        lambda p: p.case.kind == "embedding" and p.chose("model", "missing"),
    ),
    "words-for-stream": Row(
        "0.6-0.8 stream: KAG takes 1 for true, None and null for none, and no other words; netdiag takes all for false",
        lambda p: p.chose("stream", '"1"', '"yes"', '""', '"none"', "null"),
    ),
    "temperature-of-true": Row(
        "0.6-0.8: a temperature of true is an error to KAG, netdiag sends it",
        lambda p: p.chose("temperature", "true"),
    ),
    "timeout-in-quotes": Row(
        "0.7-0.8: a timeout in quotes is an error to KAG, netdiag does not look at it",
        lambda p: p.chose("timeout", '"30"', '"soon"'),
    ),
    "max_rate-in-quotes": Row(
        "0.7-0.8: a max_rate in quotes is an error to KAG, netdiag does not look at it",
        lambda p: p.chose("max_rate", '"10"'),
    ),
    "max_tokens-in-quotes": Row(
        "0.8: max_tokens in quotes, or null, is an error to KAG, netdiag sends it",
        lambda p: p.chose("max_tokens", '"16"', '"many"', "null"),
    ),
    "words-for-think": Row(
        "0.8: think knows true, false, 1, 0, None and null to KAG, netdiag takes the rest for false",
        lambda p: p.chose("think", '"no"', "null"),
    ),
    "lists-and-mappings": Row(
        "0.8: KAG sends a list of stop words and an extra_body, netdiag leaves them out",
        lambda p: p.chose("stop", "a list") or p.chose("extra_body", "a mapping", "nested"),
    ),
    "vector_dimensions-no-number": Row(
        "0.6-0.8 embedding: vector_dimensions that are no number are an error to KAG, netdiag does not look",
        lambda p: p.chose("vector_dimensions", '"many"'),
    ),
    "local-types-everywhere": Row(
        "0.6-0.8: to netdiag every kind of node has all types that call nobody, to KAG it depends on kind and version",
        lambda p: "not in acceptable choices" in p.kag.said and p.netdiag.said.startswith("not sent: None"),
    ),
    "mock-without-dimensions": Row(
        "0.6-0.8 embedding: mock needs vector_dimensions",
        lambda p: p.case.kind == "embedding" and p.case.type == "mock" and not p.chose("vector_dimensions"),
    ),
    "number-raises": Row(
        "0.8 chat, type ollama: an answer that is a number ends netdiag in an exception",
        lambda p: p.netdiag.ok is None and p.answered("a number"),
    ),
    "message-without-content": Row(
        "0.6-0.8 chat: a message without content is as good to KAG as one with null",
        lambda p: p.sdk == "openai" and p.answered("chat without content"),
    ),
    "ollama-content-null": Row(
        "0.7-0.8 chat, type ollama: content that is null or missing is good to KAG",
        lambda p: p.sdk == "ollama" and p.answered(*OLLAMA_OF_NULL),
    ),
    "vllm-content-no-text": Row(
        "0.6 chat, type vllm: content that is no text is an error to KAG",
        lambda p: (
            p.sdk == "requests"
            and p.answered("chat of null", "chat of a number", "chat of parts", "chat with reasoning only")
        ),
    ),
    "byte-order-mark": Row(
        "0.6 chat, type vllm: a byte order mark is an error to KAG",
        lambda p: p.sdk == "requests" and p.answered("chat with a byte order mark"),
    ),
    "ollama-answer-refused": Row(
        "0.7-0.8 chat, type ollama: without a role, or with text where numbers belong, the SDK refuses the answer",
        lambda p: (
            p.sdk == "ollama"
            and p.answered("ollama chat without role", "ollama chat with counts of text", "ollama chat of a number")
        ),
    ),
    "ollama-counts-null": Row(
        "0.8 chat, type ollama: counts of null are an error to KAG",
        lambda p: p.sdk == "ollama" and p.answered("ollama chat with counts of null"),
    ),
    "vectors-refused": Row(
        "0.6-0.8 embedding: two vectors for one text, or half a number, are an error to KAG",
        lambda p: p.sdk == "openai" and p.answered("two vectors", "vector in base64 cut short"),
    ),
    "vector-of-words": Row(
        "0.8 embedding, type ollama: a vector of words is an error to KAG",
        lambda p: p.sdk == "ollama" and p.answered("ollama vector of words"),
    ),
}
"""What is wrong, and where; each is an expected failure below, and leaves this table when it is mended."""


@pytest.fixture(scope="session")
def pairs(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Return what KAG and netdiag did with every configuration."""
    for release in RELEASES.values():
        if not (ENVIRONMENTS / release / "made").exists():
            require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    return [Pair(*did) for did in all_of_them(tmp_path_factory.mktemp("kag"))]


def reasons(pair: Pair) -> list[str]:
    """Return the names of the rows that say why a pair differs."""
    return [name for table in (MEANT, BUGS) for name, row in table.items() if row.applies(pair)]


def only_for(name: str, pairs: list[Pair]) -> list[Pair]:
    """Return the differences that this row explains and no other."""
    return [pair for pair in pairs if pair.differences and reasons(pair) == [name]]


def told(pairs: list[Pair]) -> str:
    """Return the differences for a person to read; the first ones show what it is about."""
    return "\n".join(["", *map(str, pairs[:10]), f"and {len(pairs) - 10} more" if len(pairs) > 10 else ""])


@pytest.mark.parametrize(("version", "kind"), [(version, kind) for version in SENDING for kind in SENDING[version]])
def test_netdiag_does_as_kag_does(pairs: list[Pair], version: str, kind: str) -> None:
    """The same first request, or none, and the same verdict, but for what the tables explain."""
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


def bugs() -> Iterator[Any]:
    """Yield every row of the table, expected to fail for its reason."""
    for name, row in BUGS.items():
        expected = pytest.mark.xfail(strict=True, reason=row.reason, raises=AssertionError)
        yield pytest.param(name, marks=expected, id=name)


@pytest.mark.parametrize("name", list(bugs()))
def test_no_bug_is_left(pairs: list[Pair], name: str) -> None:
    """Nothing differs for this reason; when that is so, the row can go."""
    differ = only_for(name, pairs)
    assert not differ, told(differ)
