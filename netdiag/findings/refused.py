"""The values of findings about a refusal: which gateway's upstream, and how a login or a key is to be written. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from netdiag.model.attempt import Proof
from netdiag.model.endpoint import Endpoint
from netdiag.text import shown


def values(proof: Proof, endpoint: Endpoint) -> Mapping[str, str]:
    """Return the values that the words of ND458 to ND468, ND421 and ND422 want, beside those of every call."""
    return {
        "option": "--reranking" if endpoint.kind == "rerank" else "--embeddings",
        "only": "1",
        **_login(endpoint.type, proof.url),
        "azure_url": shown(_azure(proof.url)),
    }


def _login(type_: str, url: str) -> Mapping[str, str]:
    """Return the URL that asked for a login, around it; that of type ollama as a type that sends logins takes it."""
    sends = type_.lower() != "ollama"
    scheme, _, rest = url.rpartition("://")
    place = rest.rpartition("@")[2] if "@" in rest.partition("/")[0] else rest
    if not sends:
        place = place.rstrip("/").removesuffix("/v1") + "/v1"
    return {"sends_login": "yes" if sends else "no", "login_scheme": scheme or "http", "login_rest": shown(place)}


def _azure(url: str) -> str:
    """Return the base_url below which Azure takes a key as KAG sends it, of the same resource."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/openai/v1"
