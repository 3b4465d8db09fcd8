"""The configurations that KAG and netdiag are both asked about: the same ones every time.

Chosen, not all there are: every type meets every server at every form of address, at the right address every setting
is varied alone, and then all are mixed. Names say what was chosen, so that a difference can be found again.
"""

import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kag.judge.answers import ANSWERS
from kag.judge.manners import SETTINGS_FOR
from kag.judge.server import MODELS
from kag.judge.values import ABSENT, ADDRESSES, FORMS, KEYS, MODEL, OF_YAML, SETTINGS, Written

from netdiag.kag.version import Version
from netdiag.lab.servers.openai_compatible import KEY

RELEASES: Final[Mapping[Version, str]] = {"0.6": "0.6.0", "0.7": "0.7", "0.8": "0.8.0"}
SERVERS: Final = ("ollama", "vllm", "vllm-with-key", "llama-cpp-python")
USUAL: Final = ""
"""The name of what need not be named."""

SENDING: Final[Mapping[Version, Mapping[str, tuple[str, ...]]]] = {
    "0.6": {"chat": ("maas", "vllm", "ollama", "openai"), "embedding": ("openai",)},
    "0.7": {
        "chat": ("maas", "vllm", "ollama", "openai", "Ollama"),
        "embedding": ("openai",),
        "rerank": ("maas", "maas_rerank_model"),
    },
    "0.8": {
        "chat": ("maas", "vllm", "ollama", "openai", "Ollama"),
        "embedding": ("openai", "ollama", "Ollama"),
        "rerank": ("maas", "maas_rerank_model"),
    },
}
"""The types that call a service."""
ALIASES: Final = frozenset({"openai chat", "Ollama chat", "Ollama embedding", "maas_rerank_model rerank"})
"""Names for a class that has another one in the same version; ``vllm`` is one from 0.7 on."""

OTHER_TYPES: Final = (
    "azure_openai", "mock", "bge", "bge_m3", "bge_vectorize_model", "sparse_bge_m3", "maas", "MaaS", "OpenAI", "VLLM",
    "OLLAMA", "ollama", "Ollama", "openai", "vllm", "xinference", "deepseek", "ant_gpt", "maas_rerank_model",
    "", None, ABSENT,
    "kag.common.llm.openai_client.OpenAIClient",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One configuration for one version of KAG; ``base_url`` and ``model`` are filled in where the server is known.

    ``chosen`` names what is unusual about it, by setting; ``answer`` is what a ``canned`` server says to it.
    """

    version: Version
    kind: str
    server: str
    settings: Mapping[str, Any]
    chosen: Mapping[str, str]
    answer: str = ""

    @property
    def type(self) -> str:
        """The type, as netdiag reads it."""
        return self.settings.get("type") or ""

    @property
    def name(self) -> str:
        """What was chosen, in one line."""
        unusual = (f"{name} {what}" for name, what in self.chosen.items())
        said = (f"answers {self.answer}",) if self.answer else ()
        return ", ".join((self.version, self.kind, f"type {self.settings.get('type')}", self.server, *said, *unusual))

    def configuration(self, port: int) -> dict[str, Any]:
        """Return what stands in the configuration when the server listens at ``port``."""
        found = dict(self.settings)
        if isinstance(found.get("base_url"), str):
            at = f"127.0.0.1:{port}"
            filled_in = found["base_url"].replace("{at}", at).replace("{port}", str(port))
            found["base_url"] = filled_in.replace("{{", "{").replace("}}", "}")
        if isinstance(found.get("model"), str):
            model = MODELS[self.server]
            found["model"] = found["model"].replace("{model}", model).replace("{MODEL}", model.upper())
        return found


def cases(version: Version) -> list[Case]:
    """Return every case of a version, each once."""
    found: dict[str, Case] = {}
    for case in (
        *_addresses(version),
        *_forms(version),
        *_written(version),
        *_alone(version),
        *_mixed(version),
        *_types(version),
        *_answers(version),
    ):
        found.setdefault(case.name, case)
    return list(found.values())


def right_address(version: Version, kind: str, type_: str) -> str:
    """Return which of :data:`ADDRESSES` this version needs for the servers' usual layout."""
    if type_.lower() == "ollama":
        return "root"
    if kind == "rerank":
        return "/v1/rerank"
    return "/v1/chat/completions" if (version, kind, type_) == ("0.6", "chat", "vllm") else "/v1"


def _case(  # noqa: PLR0917 - six things make a case
    version: Version, kind: str, server: str, type_: Any, chosen: Mapping[str, tuple[str, Any]], answer: str = ""
) -> Case:
    """Return a case; ``chosen`` holds each setting with the name and the value that was chosen for it."""
    settings = {"type": type_} | {name: value for name, (_, value) in chosen.items()}
    settings = {name: value for name, value in settings.items() if value is not ABSENT}
    unusual = {name: what for name, (what, _) in chosen.items() if what != USUAL}
    return Case(version, kind, server, settings, unusual, answer)


def _servers(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the servers to ask, each with what it answers if that is not its own to choose; none recorded ranks."""
    return (("canned", "ranked"), ("vllm-with-key", "")) if kind == "rerank" else tuple((s, "") for s in SERVERS)


def _usual(version: Version, kind: str, type_: str, server: str) -> dict[str, tuple[str, Any]]:
    """Return settings that are right; small answers, since the recorded vLLM has a small window."""
    address = right_address(version, kind, type_)
    usual = {
        "base_url": ADDRESSES[address],
        "api_key": KEY if server == "vllm-with-key" else "k",
        "model": MODEL["right"],
        "max_tokens": 16 if kind == "chat" and server.startswith("vllm") else ABSENT,
    }
    return {name: (USUAL, value) for name, value in usual.items()}


def _is_alias(version: Version, kind: str, type_: str) -> bool:
    return f"{type_} {kind}" in ALIASES or (kind == "chat" and type_ == "vllm" and version != "0.6")


def _sending(version: Version) -> Iterator[tuple[str, str]]:
    for kind, types in SENDING[version].items():
        for type_ in types:
            yield kind, type_


def _chance(*words: str) -> random.Random:
    return random.Random(zlib.crc32(" ".join(words).encode()))


def _addresses(version: Version) -> Iterator[Case]:
    """Every type at every form of address of every server; of what is only another name, a few."""
    for kind, type_ in _sending(version):
        chance = _chance(version, kind, type_)
        for server, answer in _servers(kind):
            for address, url in ADDRESSES.items():
                if _is_alias(version, kind, type_) and chance.random() > 0.15:
                    continue
                what = USUAL if address == right_address(version, kind, type_) else address
                chosen = _usual(version, kind, type_, server) | {"base_url": (what, url)}
                yield _case(version, kind, server, type_, chosen, answer)


def _forms(version: Version) -> Iterator[Case]:
    """Every form of the right URL, at a server of each client's."""
    for kind, type_ in _sending(version):
        if not _is_alias(version, kind, type_):
            server, answer = _servers(kind)[0]
            path = ADDRESSES[right_address(version, kind, type_)].removeprefix("http://{at}")
            for form, url in FORMS.items():
                chosen = _usual(version, kind, type_, server) | {"base_url": (form, url.replace("{path}", path))}
                yield _case(version, kind, server, type_, chosen, answer)


def _alone(version: Version) -> Iterator[Case]:
    """At the right address, each setting varied alone."""
    for kind, type_ in _sending(version):
        if _is_alias(version, kind, type_):
            continue
        for server, answer in _servers(kind):
            usual = _usual(version, kind, type_, server)
            for name, values in {"api_key": KEYS, "model": MODEL, **SETTINGS[kind]}.items():
                if name in SETTINGS[kind] and server not in ("ollama", "canned"):
                    continue  # the server makes no difference
                for what, value in values.items():
                    yield _case(version, kind, server, type_, usual | {name: (what, value)}, answer)


_SETTINGS_OF_YAML: Final = {
    "model", "stream", "temperature", "timeout", "max_tokens", "seed", "extra_body", "max_rate",
    "vector_dimensions",
}  # fmt: skip


def _written(version: Version) -> Iterator[Case]:
    """At the right address, each setting with each value that only YAML writes."""
    for kind, type_ in _sending(version):
        if not _is_alias(version, kind, type_):
            server, answer = _servers(kind)[0]
            usual = _usual(version, kind, type_, server)
            for name in sorted(_SETTINGS_OF_YAML & {"model", *SETTINGS[kind]}):
                for text in OF_YAML:
                    yield _case(version, kind, server, type_, usual | {name: (text[:40], Written(text))}, answer)


def _mixed(version: Version) -> Iterator[Case]:
    """Everything at once; what is right is likelier, or every case would fail for its first fault."""
    for kind, type_ in _sending(version):
        chance = _chance(version, kind, type_, "mixed")
        for _ in range(10 if _is_alias(version, kind, type_) else 40):
            server, answer = chance.choice(_servers(kind))
            mixed = _usual(version, kind, type_, server)
            choices = {"base_url": ADDRESSES, "api_key": KEYS, "model": MODEL, **SETTINGS[kind]}
            for name, values in choices.items():
                if chance.random() < 0.3:
                    mixed[name] = chance.choice(list(values.items()))
            yield _case(version, kind, server, type_, mixed, answer)


def _types(version: Version) -> Iterator[Case]:
    """Types that call nobody, that this version does not know, or that are for something else."""
    more: list[dict[str, tuple[str, Any]]] = [{}, {"path": ("given", "/nowhere")}, {"api_key": ("missing", ABSENT)}]
    for kind in SENDING[version]:
        # netdiag takes what has vector_dimensions for an embedding model
        settings = [*more, {"vector_dimensions": ("8", 8)}] if kind == "embedding" else more
        for type_ in OTHER_TYPES:
            if type_ not in SENDING[version][kind]:
                for each in settings:
                    yield _case(version, kind, "ollama", type_, _usual(version, kind, "maas", "ollama") | each)


def _answers(version: Version) -> Iterator[Case]:
    """Answers that no recorded server gives, to a configuration that is right."""
    for kind, type_ in _sending(version):
        if _is_alias(version, kind, type_):
            continue
        for answer in ANSWERS[kind]:
            usual = _usual(version, kind, type_, "canned") | SETTINGS_FOR.get(answer, {})
            if not answer.endswith("a stream"):
                yield _case(version, kind, "canned", type_, usual, answer)
            if kind == "chat":
                yield _case(version, kind, "canned", type_, usual | {"stream": ("true", True)}, answer)
