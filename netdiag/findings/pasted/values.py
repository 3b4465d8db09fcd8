"""The values that a pasted text gives to the words of a finding. Pure."""

import re
from typing import Final

from netdiag import failures, spelling
from netdiag.findings.nearest import pulled
from netdiag.findings.pasted.causes import SHOWN
from netdiag.findings.pasted.reading import OWN_PORTS, Reading
from netdiag.findings.pasted.text import Taken, address, split
from netdiag.platform import names
from netdiag.platform.meaning import PLATFORM_NAMES
from netdiag.text import shown

_DETAIL: Final = 400
"""Characters of what a service said that are shown."""

_UNKNOWN: Final = {
    "near": "no",
    "proven": "no",
    "waits": "no",
    "fewer": "1024",
    "asked": "8192",
    "limit": "",
    "field": "",
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

_MODEL: Final = re.compile(
    r"""(?ix)(?:no\ endpoints\ found\ for\ |not\ found[^\n]{0,20},\ uid:\ |passed\ in\ model=|
    the\ model\ (?=[^\n]{1,99}\ or\ perm)|
    activated\ the\ model\ |(?:使用|访问)模型[：:]?\ ?)(?P<told>[\w.:/@-]{1,119}\w)(?=[^\w:/@-])|
    "(?P<quoted>[\w.:/@-]{2,120})\\{0,2}"\ does\ not\ support\b|
    (?:\bmodel[: ]{1,2}|模型\ ?)[`'"\\]{0,2}(?P<named>[\w.:/@-]{2,120})[`'"\\]{0,2}[ ,]{0,2}
    (?:not\ found|does\ not\ exist|is\ not\ found|under\ group|无可用渠道|不存在)"""
)
_MISSING: Final = re.compile(
    r"found for key (?P<name>\w{1,80})|(?P<key>API key is not set|api_key client option must be set)|"
    r"NotImplemented"
)
_LIMIT: Final = re.compile(r"(?i)(?:context (?:length|window|size)|max_model_len|max_seq_len|> )\D{0,20}(\d{2,})")


def values(told: Taken, reading: Reading) -> dict[str, str]:
    """Return what the words of all codes may want; what the text does not tell is empty."""
    base_url = told.base_url or next(iter(told.urls), "")
    host, port, configured = reading.host, reading.port, bool(told.base_url)
    if not host and reading.part == "untold":
        host, port, _ = address(base_url)
    if reading.failure == failures.UPSTREAM_FAILED and not configured:
        base_url = host = port = ""  # what a gateway names is whom it called, not where it is
    named = _MODEL.search(told.said)
    model = told.model or ((named["told"] or named["quoted"] or named["named"]) if named else "")
    is_whole = bool(told.type and told.base_url and told.model)
    listed = re.search(r"acceptable choices for type: \[(?P<known>[^\]]{0,2000})\]", told.said)
    refused = re.search(r"(?<![\w.-])(?P<type>[\w.-]{1,80}) not in acceptable choices", told.said)
    missing = _MISSING.search(told.said)
    setting = (missing["name"] or ("api_key" if missing["key"] else "type")).replace("name", "type") if missing else ""
    type_ = refused["type"] if refused else told.type
    right, pull = _right_url(told), pulled(model)
    limit = _LIMIT.search(told.said)
    return {
        **_UNKNOWN,
        "type": shown(type_),
        "model": shown(model),
        "models": "",
        "kind": told.kind or "chat",
        "base_url": shown(base_url),
        "keyed_url": shown(base_url.rstrip("/").removesuffix("/chat/completions")),
        "host": shown(host),
        "port": port,
        "address": f"{host}:{port}" if host and port else host,
        "path": (split(base_url).path or "/") if configured and "://" in base_url else "",
        "asked_path": _asked(told),
        "status": str(reading.status or ""),
        "failure": SHOWN.get(reading.failure, reading.failure),
        "detail": listed["known"].replace("'", "") if listed else setting or shown(reading.said or told.said)[:_DETAIL],
        "missing": setting,
        "instead": _instead(type_, told.kind, listed["known"] if listed else ""),
        "kag": told.kag or "0.5–0.8",
        "part": _part(told.said, reading),
        "service": "ollama" if told.type.lower() == "ollama" or port == "11434" else "other",
        "suggestion": shown(right),
        "wanted": shown(right),
        "corrected": "yes" if right else "no",
        "pulled": pull,
        "pullable": "yes" if pull else "no",
        "whole": "yes" if is_whole else "no",
        "url": shown(base_url),
        **_whose(host),
        **({"limit": limit[1], "fewer": str(int(limit[1][:9]) // 2)} if limit else {}),
        **{name: shown(value) for name, value in reading.more.items()},
        **_seconds(reading),
    }


def _whose(host: str) -> dict[str, str]:
    """Return whose name ``host`` is, where it is not one of the host: what gives the host a name helps no other."""
    bare = names.bare(host)
    if not re.search("[a-z]", bare) or bare in names.ALL:
        return {}
    runner = "runner" if bare in PLATFORM_NAMES else ""
    return {"platform": "", "whose": runner or ("elsewhere" if "." in bare else "container")}


def _seconds(reading: Reading) -> dict[str, str]:
    """Return how long a client waited, in seconds."""
    if ms := reading.more.get("ms"):
        return {"seconds": str(max(round(int(ms) / 1000), 1))}
    return {}


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


def _part(said: str, reading: Reading) -> str:
    """Return the container that a text is about, by the names of OpenSPG's compose file."""
    here = f"{reading.host} {OWN_PORTS.get(reading.port, '')} {said[slice(*reading.span)]}".lower()
    for part in ("neo4j", "minio", "mysql"):
        if part in here:
            return f"release-openspg-{part}"
    return "release-openspg-mysql" if "jdbc" in here or "link failure" in here else "release-openspg-server:8887"
