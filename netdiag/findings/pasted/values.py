"""The values that a pasted text gives to the words of a finding. Pure."""

import re
from typing import Final

from netdiag import spelling
from netdiag.findings.nearest import pulled
from netdiag.findings.pasted.text import Taken, split
from netdiag.text import shown

_UNKNOWN: Final = {
    "near": "no",
    "proven": "no",
    "waits": "no",
    "fewer": "1024",
    "asked": "8192",
    "limit": "",
    "variables": "HTTP_PROXY",
    "failure": "",
    "systems": "linux macos windows",
    "platform": "docker-compose",
    "containers": "NETWORK",
    "gateway": "172.17.0.1",
    "bridge": "yes no",
    "file": "kag_config.yaml",
}
"""What no text tells: commands are shown for every system a host may have."""


def values(told: Taken) -> dict[str, str]:
    """Return what the words of all codes may want; what the text does not tell is an ellipsis."""
    endpoint = {"type": told.type, "base_url": shown(told.base_url), "model": told.model, "kind": told.kind or "chat"}
    is_whole = told.type and told.base_url and told.model
    listed = re.search(r"acceptable choices for type: \[(?P<known>[^\]]{0,2000})\]", told.said)
    refused = re.search(r"(?<![\w.-])(?P<type>[\w.-]{1,80}) not in acceptable choices", told.said)
    missing = re.search(r"found for key (?P<name>\w{1,80})|(?P<key>API key is not set)|NotImplemented", told.said)
    setting = (missing["name"] or ("api_key" if missing["key"] else "type")).replace("name", "type") if missing else ""
    type_ = refused["type"] if refused else told.type
    right, pull = _right_url(told), pulled(told.model)
    return {
        **_UNKNOWN,
        **endpoint,
        "type": shown(type_),
        "model": shown(told.model),
        "models": "",
        "base_url": shown(told.base_url),
        "keyed_url": shown(told.base_url.rstrip("/").removesuffix("/chat/completions")),
        "host": shown(told.host),
        "port": told.port or "11434",
        "address": f"{told.host}:{told.port}" if told.host and told.port else told.host,
        "path": split(told.base_url).path or "/" if "://" in told.base_url else "",
        "asked_path": _asked(told),
        "status": str(told.status),
        "detail": listed["known"].replace("'", "") if listed else setting or shown(told.said),
        "missing": setting,
        "instead": _instead(type_, told.kind, listed["known"] if listed else ""),
        "kag": told.kag or "0.5–0.8",
        "part": _part(told.said),
        "service": "ollama" if told.type.lower() == "ollama" or told.port == "11434" else "other",
        "suggestion": shown(right),
        "wanted": shown(right),
        "corrected": "yes" if right else "no",
        "pulled": pull,
        "pullable": "yes" if pull else "no",
        "whole": "yes" if is_whole else "no",
        "url": shown(told.base_url),
    }


def _instead(type_: str, kind: str, known: str) -> str:
    """Return the type to write: that of all embeddings, else the one of those listed that is nearly what stands."""
    listed = re.findall(r"[\w.-]+", known)
    return "openai" if kind == "embedding" else spelling.nearest(type_.lower(), listed, 2) or "openai"


def _right_url(told: Taken) -> str:
    """Return the base_url as KAG 0.7 and newer want it, where it differs from what was printed."""
    url = split(told.base_url)
    if not url.netloc or not told.type:
        return ""
    base = f"{url.scheme}://{url.netloc}"
    if url.netloc.endswith(".openai.azure.com"):
        right = f"{base}/openai/v1"
    else:
        right = base if told.type.lower() == "ollama" and told.kind != "embedding" else f"{base}/v1"
    return right if right != told.base_url.rstrip("/") else ""


def _asked(told: Taken) -> str:
    """Return the path that KAG 0.7 and newer call."""
    if "://" not in told.base_url or not told.type:
        return ""
    path = split(told.base_url).path.rstrip("/")
    if told.kind == "embedding":
        return path + "/embeddings"
    return path + ("/api/chat" if told.type.lower() == "ollama" else "/chat/completions")


def _part(said: str) -> str:
    """Return the container that a text is about, by the names of OpenSPG's compose file."""
    for part in ("neo4j", "minio", "mysql"):
        if part in said.lower():
            return f"release-openspg-{part}"
    return "release-openspg-mysql" if "JDBC" in said or "link failure" in said else "release-openspg-server:8887"
