"""Types that cannot be meant: which one works in their place, and what an endpoint would be with it. Pure."""

from typing import Final

from netdiag import spelling
from netdiag.kag.version import EVERY, LATE, Version
from netdiag.model.endpoint import Endpoint, Kind
from netdiag.text import Secret

LOCAL: Final = frozenset({"bge", "bge_m3", "bge_vectorize_model", "sparse_bge_m3"})
"""Embedding types that load a model from the directory ``path`` in KAG's own process and call no service; users take
them for the names of Ollama's models (KAG issues 257 and 463, openspg issue 520)."""

ALWAYS_FAILS: Final = "azure_openai"
"""It hands its SDK an argument that has no such name, for chat and embeddings, in 0.7 and 0.8 (KAG issue 543)."""

_NOBODY: Final[tuple[tuple[tuple[Version, ...], Kind, tuple[str, ...], str], ...]] = (
    (EVERY, "chat", ("mock",), ""),
    (EVERY, "embedding", ("mock",), "vector_dimensions"),
    (EVERY, "embedding", ("bge", "bge_m3"), "path"),
    (LATE, "embedding", ("bge_vectorize_model",), "path"),
    (LATE, "rerank", ("local_bge", "local_bge_rerank_model"), "path"),
)
"""Types that call no service, by version and node, and the setting that each needs (``@….register`` in kag/common).
``sparse_bge_m3`` of 0.8 is registered for another kind of vector, and no node that has a base_url can have it."""

_SERVERS: Final = frozenset(
    {"xinference", "lmstudio", "lm-studio", "localai", "llama.cpp", "llamacpp", "llama-cpp", "sglang", "oneapi"}
    | {"qwen", "tongyi", "dashscope", "bailian", "siliconflow", "zhipu", "moonshot", "kimi", "deepseek", "one-api"}
    | {"newapi", "new-api", "openai-compatible", "openai_compatible", "openai_like", "openai-api-compatible"}
)
"""Names of servers and providers that are written as a type and speak OpenAI's API; KAG has no types of that name."""

_KNOWN: Final = {"chat": ("openai", "maas", "vllm", "ollama"), "embedding": ("openai",), "rerank": ("maas",)}


def calls_nobody(version: Version, endpoint: Endpoint) -> str | None:
    """Return the setting that a type needs which calls no service (empty: none), or ``None`` where it calls one."""
    for versions, kind, types, needs in _NOBODY:
        if version in versions and kind == endpoint.kind and endpoint.type in types:
            return needs
    return None


def instead(endpoint: Endpoint) -> str:
    """Return the type that does what was probably meant in every version of KAG, or nothing where that is not known."""
    said = endpoint.type.strip().lower()
    if endpoint.kind == "embedding":
        meant = said in LOCAL or said in _SERVERS or said in ("ollama", "maas", "vllm")
        return "openai" if meant else spelling.nearest(said, _KNOWN["embedding"], 2)
    if said in _SERVERS:
        return _KNOWN[endpoint.kind][0]
    return spelling.nearest(said, _KNOWN[endpoint.kind], 2) if len(said) > 2 else ""


def mended(endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint with the type that was probably meant, and a key where that type cannot do without one."""
    type_ = instead(endpoint)
    if not type_ or type_ == endpoint.type:
        return None
    return endpoint._replace(type=type_, api_key=endpoint.api_key or Secret("none"))
