"""Settings of an endpoint as they are written in its place: in YAML, JSON, an INI file or an ``.env``. Pure."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, Literal

from netdiag.model.endpoint import Endpoint

Form = Literal["yaml", "json", "ini", "env"]

_BY_SUFFIX: Final[Mapping[str, Form]] = {".json": "json", ".cfg": "ini", ".ini": "ini"}
_ENV_NAME: Final = re.compile(r"(?i)(?:.*\.env|\.env\..*)\Z")
_VARIABLE: Final = re.compile(r"(?P<prefix>[A-Z][A-Z0-9_]*?_|)(?:BASE_URL|API_BASE|BASE|HOST|URL|[A-Z]*_?MODEL)\Z")
_NEEDS_QUOTES: Final = re.compile(r"[^\w./:@+-]|:\s|:\Z|\A[\d-]|\A\Z")


def form_of(endpoint: Endpoint) -> Form:
    """Return the form of the text that an endpoint stands in, by the name of its file; a row's is JSON."""
    if endpoint.table:
        return "json"
    path = PurePath(endpoint.source)
    return "env" if _ENV_NAME.match(path.name) else _BY_SUFFIX.get(path.suffix.lower(), "yaml")


def variable(node: str, setting: str) -> str:
    """Return the variable of an ``.env`` that is a setting of the endpoint whose variable is ``node``."""
    found = _VARIABLE.match(node)
    return f"{found['prefix']}{setting.upper()}" if found else ""


def written(endpoint: Endpoint, settings: Mapping[str, str]) -> str:
    """Return ``settings`` as they are written where the endpoint stands: lines, or members of a JSON object.

    In an ``.env`` a setting whose variable is not known by the endpoint's own keeps its name.
    """
    form = form_of(endpoint)
    if form == "json":
        return ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in settings.items())
    if form == "ini":
        return "\n".join(f"{name} = {value}" for name, value in settings.items())
    if form == "env":
        named = {variable(endpoint.node, name) or name: value for name, value in settings.items()}
        base_url = {endpoint.node: settings["base_url"]} if "base_url" in settings else {}
        return "\n".join(f"{name}={value}" for name, value in {**named, **base_url}.items())
    return "\n".join(f"{name}: {_yaml(value)}" for name, value in settings.items())


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if _NEEDS_QUOTES.search(text) else text
