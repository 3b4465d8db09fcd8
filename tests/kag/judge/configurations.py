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
from kag.judge.server import MODELS

from netdiag.kag.version import Version
from netdiag.lab.servers.openai_compatible import KEY

RELEASES: Final[Mapping[Version, str]] = {"0.6": "0.6.0", "0.7": "0.7", "0.8": "0.8.0"}
SERVERS: Final = ("ollama", "vllm", "vllm-with-key", "llama-cpp-python")
ABSENT: Final = object()
USUAL: Final = ""
"""The name of what need not be named."""

ADDRESSES: Final[Mapping[str, str | object]] = {
    "root": "http://{at}",
    "/": "http://{at}/",
    "//": "http://{at}//",
    "/v1": "http://{at}/v1",
    "/v1/": "http://{at}/v1/",
    "/v1//": "http://{at}/v1//",
    "/v1/v1": "http://{at}/v1/v1",
    "/v1/chat/completions": "http://{at}/v1/chat/completions",
    "/v1/chat/completions/": "http://{at}/v1/chat/completions/",
    "/v1/embeddings": "http://{at}/v1/embeddings",
    "/v1/rerank": "http://{at}/v1/rerank",
    "/api": "http://{at}/api",
    "/api/chat": "http://{at}/api/chat",
    "/api/generate": "http://{at}/api/generate",
    "no scheme": "{at}",
    "no scheme, /": "{at}/",
    "no scheme, /v1": "{at}/v1",
    "upper case": "HTTP://{at}/V1",
    "localhost": "http://localhost:{port}/v1",
    "blank before": " http://{at}/v1",
    "blank after": "http://{at}/v1 ",
    "blank after root": "http://{at} ",
    "tab after": "http://{at}/v1\t",
    "newline after": "http://{at}/v1\n",
    "query": "http://{at}/v1?a=b",
    "fragment": "http://{at}/v1#a",
    "user": "http://user:word@{at}/v1",
    "one slash": "http:/{at}/v1",
    "full-width": "http\uff1a//{at}/v1",
    "path beyond ASCII": "http://{at}/v1/\u6a21\u578b",
    "escaped path": "http://{at}/%76%31",
    "half an escape in the path": "http://{at}/v1/50%",
    "an escape in lower case": "http://{at}/v1/a%2fb",
    "brackets in the path": "http://{at}/v1/a[1]{{b}}|c^d`e\"f",
    "dots in the path": "http://{at}/v1/./a/../../v1",
    "dots at the end": "http://{at}/v1/a/..",
    "backslash in the path": "http://{at}\\v1",
    "empty query": "http://{at}/v1?",
    "query beyond ASCII": "http://{at}/v1?a=\u6a21 b",
    "newline after root": "http://{at}\n",
    "newline after /": "http://{at}/\n",
    "line break of Windows": "http://{at}/v1\r\n",
    "tab before": "\thttp://{at}/v1",
    "blank before root": " http://{at}",
    "no-break space before": "\u00a0http://{at}/v1",
    "full-width space after": "http://{at}/v1\u3000",
    "byte order mark": "\ufeffhttp://{at}/v1",
    "zero-width space in the host": "http://local\u200bhost:{port}/v1",
    "control character in the path": "http://{at}/v1\x01",
    "tab in the host": "http://127.0.\t0.1:{port}/v1",
    "blank in the host": "http://local host:{port}/v1",
    "blank before the port": "http://127.0.0.1: {port}/v1",
    "full-width dots": "http://127\u30020\u30020\u30021:{port}/v1",
    "half-width ideographic dots": "http://127\uff610\uff610\uff611:{port}/v1",
    "full-width digits": "http://\uff11\uff12\uff17.0.0.1:{port}/v1",
    "full-width slash": "http:\uff0f\uff0f{at}/v1",
    "Arabic digits": "http://\u0661\u0662\u0667.0.0.1:{port}/v1",
    "upper-case host": "http://LOCALHOST:{port}/v1",
    "dot after the host": "http://localhost.:{port}/v1",
    "two dots in the host": "http://localhost..:{port}/v1",
    "below localhost": "http://a.localhost:{port}/v1",
    "short address": "http://127.1:{port}/v1",
    "number": "http://2130706433:{port}/v1",
    "hexadecimal": "http://0x7f000001:{port}/v1",
    "octal": "http://0177.0.0.1:{port}/v1",
    "address with a zero in front": "http://127.0.0.01:{port}/v1",
    "zero": "http://0:{port}/v1",
    "all addresses": "http://0.0.0.0:{port}/v1",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/v1",
    "IPv6 without brackets": "http://::1:{port}/v1",
    "zone": "http://[fe80::1%25lo]:{port}/v1",
    "name in brackets": "http://[localhost]:{port}/v1",
    "escaped host": "http://%6cocalhost:{port}/v1",
    "host beyond ASCII": "http://\u6a21\u578b.invalid:{port}/v1",
    "host with an underscore": "http://no_such_host.invalid:{port}/v1",
    "host of 64 characters": "http://" + "a" * 64 + ":{port}/v1",
    "placeholder": "http://<ip>:{port}/v1",
    "braces": "http://{{host}}:{port}/v1",
    "star": "http://*:{port}/v1",
    "zeros before the port": "http://127.0.0.1:000{port}/v1",
    "port and a letter": "http://{at}x/v1",
    "port in words": "http://127.0.0.1:port/v1",
    "port too high": "http://127.0.0.1:99999/v1",
    "port below zero": "http://127.0.0.1:-1/v1",
    "two ports": "http://{at}:{port}/v1",
    "port 0": "http://127.0.0.1:0/v1",
    "colon without a port": "http://127.0.0.1:/v1",
    "user with a blank": "http://a user:w ord@{at}/v1",
    "user with escapes": "http://a%40b:%E6%A8%A1%25@{at}/v1",
    "user with signs": "http://a;b=c:d|e^f@{at}/v1",
    "user with an at": "http://a@b:c@{at}/v1",
    "user alone": "http://user@{at}/v1",
    "password alone": "http://:word@{at}/v1",
    "user beyond ASCII": "http://\u7528\u6237:\u5bc6\u7801@{at}/v1",
    "user with a slash": "http://a/b:c@{at}/v1",
    "mixed-case scheme": "Http://{at}/v1",
    "scheme cut short": "htp://{at}/v1",
    "scheme of another kind": "ftp://{at}/v1",
    "scheme twice": "http://http://{at}/v1",
    "no colon": "http//{at}/v1",
    "no slashes": "http:{at}/v1",
    "three slashes": "http:///{at}/v1",
    "two slashes in front": "//{at}/v1",
    "a semicolon": "http;//{at}/v1",
    "backslashes": "http:\\\\{at}\\v1",
    "quotation marks": "\"http://{at}/v1\"",
    "curly quotation marks": "\u201chttp://{at}/v1\u201d",
    "comma after": "http://{at}/v1,",
    "two of them": "http://{at}/v1,http://{at}/v1",
    "only a scheme": "http://",
    "only a path": "/v1",
    "only a port": ":{port}",
    "only a port and a scheme": "http://:{port}/v1",
    "blank": " ",
    "empty": "",
    "missing": ABSENT,
}
"""``{at}`` is host and port of the server."""

KEYS: Final[Mapping[str, Any]] = {
    "k": "k",
    "right": KEY,
    "wrong": "sk-lab-another-key",
    "masked": "******",
    "empty": "",
    "missing": ABSENT,
    "null": None,
    "blank": " ",
    "blank after": f"{KEY} ",
    "newline after": f"{KEY}\n",
    "beyond ASCII": "\u5bc6\u94a5",
    "EMPTY": "EMPTY",
    "a number": 123456,
    "true": True,
}
MODEL: Final[Mapping[str, Any]] = {
    "right": "{model}",
    "missing": ABSENT,
    "empty": "",
    "null": None,
    ":latest": "{model}:latest",
    "upper case": "{MODEL}",
    "no such": "no-such-model",
    "blank after": "{model} ",
    "beyond ASCII": "\u6a21\u578b",
    "a number": 7,
    "true": True,
}
CHAT: Final[Mapping[str, Mapping[str, Any]]] = {
    "stream": {"true": True, "false": False, '"False"': "False", '"True"': "True", '"0"': "0", '"1"': "1",
               '"yes"': "yes", '""': "", '"none"': "None", "null": None, "1": 1},
    "temperature": {"0.2": 0.2, '"0.5"': "0.5", "1": 1, "0": 0, '"hot"': "hot", "null": None, "true": True},
    "timeout": {"30": 30, '"30"': "30", "2.5": 2.5, "null": None, '"soon"': "soon"},
    "max_tokens": {"16": 16, "0": 0, "-1": -1, '"16"': "16", '"many"': "many", "null": None, "16.5": 16.5,
                   "true": True},
    "think": {"true": True, "false": False, '"true"': "true", '"no"': "no", "null": None, "1": 1},
    "seed": {"1": 1, '"1"': "1", "null": None},
    "top_p": {"0.9": 0.9, '"0.9"': "0.9", "null": None},
    "stop": {"a word": "x", "null": None, "a list": ["x", "y"]},
    "extra_body": {"a mapping": {"a": 1}, "nested": {"chat_template_kwargs": {"enable_thinking": True}}, "empty": {}},
    "customize": {"as the web page saves it": {"max_tokens": 16}},
    "creator": {"as the web page saves it": "openspg"},
    "name": {"given": "x"},
    "max_rate": {"10": 10, '"10"': "10", "null": None, "true": True},
    "time_period": {"2.5": 2.5, '"1"': "1"},
}  # fmt: skip
EMBEDDING: Final[Mapping[str, Mapping[str, Any]]] = {
    "vector_dimensions": {"64": 64, '"64"': "64", "null": None, '"many"': "many", "64.5": 64.5, "true": True},
    "timeout": CHAT["timeout"],
    "max_rate": CHAT["max_rate"],
    "batch_size": {"4": 4, '"4"': "4", '"few"': "few", "2.5": 2.5},
    "customize": CHAT["customize"],
    "creator": CHAT["creator"],
    "name": CHAT["name"],
}
RERANK: Final[Mapping[str, Mapping[str, Any]]] = {
    "timeout": {**CHAT["timeout"], "true": True},
    "max_rate": CHAT["max_rate"],
    "creator": CHAT["creator"],
}
SETTINGS: Final = {"chat": CHAT, "embedding": EMBEDDING, "rerank": RERANK}

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
    for case in (*_addresses(version), *_alone(version), *_mixed(version), *_types(version), *_answers(version)):
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
        usual = _usual(version, kind, type_, "canned")
        for answer in ANSWERS[kind]:
            yield _case(version, kind, "canned", type_, usual, answer)
            if kind == "chat":
                yield _case(version, kind, "canned", type_, usual | {"stream": ("true", True)}, answer)
