"""The path a base_url must end in, by version, node and type: the same server needs different ones."""

from netdiag.kag.version import Version
from netdiag.model.endpoint import Endpoint


def right_path(version: Version, endpoint: Endpoint) -> str | None:
    """Return the path for a server that keeps the OpenAI or Ollama layout, or ``None`` where no rule is known.

    ``vllm`` posts to the base_url as it stands up to 0.6, and below it from 0.7; Ollama's own API is at the root, its
    OpenAI-compatible one (the only one for embeddings up to 0.7) below ``/v1``.
    """
    if endpoint.type.lower() == "ollama":
        return ""
    if endpoint.kind == "rerank":
        return "/v1/rerank"
    if endpoint.kind == "chat" and endpoint.type == "vllm" and version in ("0.5", "0.6"):
        return "/v1/chat/completions"
    if endpoint.type in ("maas", "openai", "vllm"):
        return "/v1"
    return None
