"""The path a base_url must end in, by version, node and type: the same server needs different ones."""

import re
from typing import Final

from netdiag.kag.version import Version
from netdiag.model.endpoint import Endpoint

PROVIDERS: Final = {
    "api.openai.com": "/v1",
    "api.siliconflow.cn": "/v1",
    "api.deepseek.com": "/v1",
    "dashscope.aliyuncs.com": "/compatible-mode/v1",
    "dashscope-intl.aliyuncs.com": "/compatible-mode/v1",
    "open.bigmodel.cn": "/api/paas/v4",
    "ark.cn-beijing.volces.com": "/api/v3",
    "generativelanguage.googleapis.com": "/v1beta/openai",
    "openrouter.ai": "/api/v1",
    "api.groq.com": "/openai/v1",
    "qianfan.baidubce.com": "/v2",
}
"""Where providers have their OpenAI-compatible API, as their documentation says. OpenSPG 0.8 offers the first without
its path (openspg-initdb.sql:488), and so does KAG's documentation with DashScope."""

_AZURE: Final = (".openai.azure.com", ".services.ai.azure.com")
"""Azure gives each resource a name of its own below these, and the API that KAG's type ``openai`` speaks this path."""
_AZURE_PATH: Final = "/openai/v1"

SERVICES: Final = {"docker-model-runner": "/engines/v1", "infinity": ""}
"""Servers of one's own that have it elsewhere than at ``/v1``, by the names of :mod:`netdiag.probe.identity`."""

_CALLS: Final = ("/chat/completions", "/completions", "/embeddings", "/api/chat", "/api/generate", "/api/embeddings",
                 "/api/embed", "/completion", "/embedding", "/rerank", "/models", "/api")  # fmt: skip
"""What a call adds to a base_url, and people write into it; the longer of two that end alike first. ``/completion`` and
``/embedding`` are llama.cpp's own (tools/server/README.md)."""

GUESSED: Final = ("", "/api")
"""Where an OpenAI-compatible API also is, though not by what a base_url says: at the root (DeepSeek, llama.cpp's
server), or where Open WebUI has it (docs.openwebui.com, API endpoints)."""

_VERSION: Final = re.compile(r"/v\d\w*\Z")

_DOUBLED: Final = r"(/v\d\w*)(?:\1)+"


def right_path(
    version: Version, endpoint: Endpoint, present: str = "", host: str = "", service: str = ""
) -> str | None:
    """Return the path for a server that keeps the OpenAI or Ollama layout, or ``None`` where no rule is known.

    ``vllm`` posts to the base_url as it stands up to 0.6, and below it from 0.7; Ollama's own API is at the root, its
    OpenAI-compatible one (the only one for embeddings up to 0.7) below ``/v1``. ``present`` is the path as it is now:
    where only what a call adds must go from it, what a gateway has before that stays. ``host`` may be a provider's,
    ``service`` is who answered.
    """
    return next(iter(paths(version, endpoint, present, host, service)), None)


def paths(
    version: Version, endpoint: Endpoint, present: str = "", host: str = "", service: str = ""
) -> tuple[str, ...]:
    """Return every path at which the API that an endpoint's type speaks may be, the best first; none for other types.

    The arguments are those of :func:`right_path`. What stands before the version or the call in ``present`` is kept
    first, since a gateway or nginx may have the service below a path of its own, and left out afterwards.
    """
    kept = without_call(present)
    below = _VERSION.sub("", kept)
    known = _provided(host) or SERVICES.get(service)
    found: tuple[str, ...] = ()
    if endpoint.type.lower() == "ollama":
        found = (below, "")
    elif endpoint.kind == "rerank":
        found = (f"{below}/v1/rerank", "/v1/rerank", "/rerank")
    elif _posts_verbatim(version, endpoint):
        bases = (*([known] if known else []), f"{below}/v1", "/v1", kept)
        found = tuple(f"{base}/chat/completions" for base in bases)
    elif endpoint.type in ("maas", "openai", "vllm"):
        changed = [kept] if kept not in ("", _path_of(present)) else []
        found = (*([] if known is None else [known]), *changed, f"{below}/v1", "/v1", *GUESSED)
    return tuple(dict.fromkeys(found))


def is_provider(host: str) -> bool:
    """Tell whether ``host`` is that of a provider whose layout is known."""
    return bool(_provided(host))


def other_version(version: Version, endpoint: Endpoint, present: str) -> Version | None:
    """Return the version of KAG for which the path ``present`` is right where it is wrong for ``version``.

    Only ``vllm`` changed its rule: up to 0.6 the whole path of the call belongs into the base_url, from 0.7 on none.
    """
    if endpoint.kind != "chat" or endpoint.type != "vllm":
        return None
    is_whole = present.partition("?")[0].rstrip("/").endswith("/chat/completions")
    if is_whole == _posts_verbatim(version, endpoint):
        return None
    return "0.6" if is_whole else "0.8"


def _provided(host: str) -> str:
    name = host.lower()
    return _AZURE_PATH if name.endswith(_AZURE) else PROVIDERS.get(name, "")


def fault(version: Version, endpoint: Endpoint, present: str, wanted: str) -> str:
    """Return the word for what is wrong with the path ``present`` where ``wanted`` is right (findings/terms.yaml)."""
    whole = present.partition("?")[0]
    path = whole.rstrip("/")
    if wanted.strip("/") == path.strip("/") and whole.endswith("//"):
        return "path_slashes"
    ending = next((call for call in _CALLS if path.endswith(call)), "")
    if re.search(_DOUBLED, path):
        return "path_v1_twice"
    if _posts_verbatim(version, endpoint) or endpoint.kind == "rerank":
        return "path_other" if ending else "path_call_missing"
    if ending:
        return "path_doubled" if ending in _added(version, endpoint) else "path_of_another_call"
    if wanted.endswith("/v1") and "/v1" not in path:
        return "path_v1_missing"
    return "path_v1_surplus" if endpoint.type.lower() == "ollama" and "/v1" in path else "path_other"


def _added(version: Version, endpoint: Endpoint) -> tuple[str, ...]:
    """Return what KAG appends to the base_url of such an endpoint."""
    if endpoint.type.lower() == "ollama":
        chat = "/api/generate" if version in ("0.5", "0.6") else "/api/chat"
        return ("/api/embeddings",) if endpoint.kind == "embedding" else (chat,)
    return ("/embeddings",) if endpoint.kind == "embedding" else ("/chat/completions",)


def _posts_verbatim(version: Version, endpoint: Endpoint) -> bool:
    return endpoint.kind == "chat" and endpoint.type == "vllm" and version in ("0.5", "0.6")


def without_call(present: str) -> str:
    """Return the path without what a call adds to it and without a doubled version."""
    path = _path_of(present)
    while ending := next((call for call in _CALLS if path.endswith(call)), ""):
        path = path.removesuffix(ending).rstrip("/")
    return re.sub(_DOUBLED, r"\1", path)


def _path_of(present: str) -> str:
    return present.partition("?")[0].rstrip("/")
