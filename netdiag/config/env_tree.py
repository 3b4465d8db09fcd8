"""``.env`` text → a tree with one mapping for each variable that names an address, or for each of its models.

Nobody owns the format: what is read here is what Docker Compose, python-dotenv and a shell agree on. Where they do not
(a backslash, a value of several pieces), the value is reported and left alone.
"""

import re
from typing import Final

from netdiag.config.tree import Mapping, Node, NotRead, Scalar

_REST: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_VARIABLE: Final = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)(?P<value>[ \t]*=[ \t]*)?")
_NOTHING: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_UNQUOTED: Final = re.compile(r"[^\r\n]*?(?=[ \t]+#|[ \t]*(?:[\r\n]|\Z))")
_QUOTED: Final = {"'": re.compile(r"[^']*(?=')"), '"': re.compile(r"(?:[^\"\\]|\\.)*(?=\")", re.DOTALL)}
_AMBIGUOUS: Final = re.compile(r"[\\'\"]")

_BASE_URL: Final = re.compile(r"(?i)base_url\Z")
_OTHER_URL: Final = re.compile(r"(?i)(?:OPENAI_(?:API_)?BASE|OPENAI_API_BASE_URL|OLLAMA_(?:API_BASE|HOST|URL))\Z")
"""What the clients of the two services read besides: OpenAI's SDK up to 0.28 and LiteLLM, Ollama's own."""

_SIBLINGS: Final = ("type", "client_type", "model", "api_key", "vector_dimensions")
"""The keys that make a call. KAG 0.5 exports each as ``KAG_<SECTION>_<KEY>`` (kag/common/env.py)."""

_SERVICE: Final = re.compile(r"(?i)(?:.*_)?(?P<type>OPENAI|OLLAMA)_(?:API_)?\Z")
"""The prefixes that name a service: nobody writes a type beside them."""

_MODEL: Final = re.compile(r"(?i)(?P<what>(?:[A-Z0-9]+_)*)MODEL(?:_NAME|_ID)?\Z")
_WITHOUT_SERVICE: Final = frozenset({"", "llm_", "chat_", "embedding_", "embed_", "rerank_"})
"""What may stand before ``MODEL`` in a variable that names no service, for the one service of the file."""

_NO_CHAT: Final = re.compile(r"(?i)embed|vectori[sz]e|rerank")

_UNKNOWN: Final = "neither NAME=value nor a # comment"


def read(text: str) -> list[Node]:
    """Return the variables that name an address, each with its siblings. Raises :class:`NotRead`."""
    variables: dict[str, Scalar] = {}
    at = 0
    while at < len(text):
        at = _line(text, at, variables)
    root = Mapping(0)
    root.groups = groups(variables)
    return [root]


def groups(variables: dict[str, Scalar]) -> dict[str, Mapping]:
    """Return a mapping for each of the ``variables`` that names an address, or for each of its models."""
    lowered = {name.lower(): scalar for name, scalar in variables.items()}
    found: dict[str, Mapping] = {}
    for name, scalar in variables.items():
        ending = _BASE_URL.search(name) or _OTHER_URL.search(name)
        if ending is None or (ending.re is _OTHER_URL and not _is_called(scalar.text)):
            continue
        prefix = name[: ending.start()] if ending.re is _BASE_URL else f"{name.partition('_')[0]}_"
        pairs: dict[str, Node] = {k: lowered[prefix.lower() + k] for k in _SIBLINGS if prefix.lower() + k in lowered}
        pairs["base_url"] = scalar
        if type_ := _type(prefix, pairs, variables):
            pairs.setdefault("type", Scalar(type_, scalar.start, scalar.start, "env"))
            found |= _of_service(name, prefix, pairs, variables)
        else:
            found[name] = Mapping(scalar.start, pairs)
    return found


def _type(prefix: str, pairs: dict[str, Node], variables: dict[str, Scalar]) -> str:
    """Return the type that nobody writes: that of the service which the prefix names, or openai's for a model's.

    Where an application takes an address and a model from ``LLM_BASE_URL`` and ``LLM_MODEL``, it calls them with
    OpenAI's client; a section of KAG's, ``KAG_LLM_…``, has a type.
    """
    if service := _SERVICE.match(prefix):
        return service["type"].lower()
    is_typed = prefix.lower().startswith("kag_") or not {"type", "client_type"}.isdisjoint(pairs)
    return "openai" if prefix and not is_typed and _models(prefix, variables) else ""


def _is_called(address: str) -> bool:
    """Tell whether an address is one to call: ``OLLAMA_HOST=0.0.0.0`` is where a server listens."""
    return "://" in address and "://0.0.0.0" not in address


def _of_service(name: str, prefix: str, pairs: dict[str, Node], variables: dict[str, Scalar]) -> dict[str, Mapping]:
    """Return a mapping for each kind of model that variables name beside the address of a service."""
    start = pairs["base_url"].start
    models = _models(prefix, variables) or _models("", variables)
    found: dict[str, Mapping] = {}
    for other, model in models.items():
        kind = _NO_CHAT.search(other.removeprefix(prefix))
        found.setdefault(other if kind else name, Mapping(start, pairs | {"model": model}))
    return found or {name: Mapping(start, pairs)}


def _models(prefix: str, variables: dict[str, Scalar]) -> dict[str, Scalar]:
    """Return the variables with this prefix that name a model: ``OPENAI_MODEL``, ``OPENAI_EMBEDDING_MODEL``."""
    named = {name: name[len(prefix) :] for name in variables if name.lower().startswith(prefix.lower())}
    found = {name: match for name, rest in named.items() if (match := _MODEL.match(rest))}
    if not prefix:
        found = {name: match for name, match in found.items() if match["what"].lower() in _WITHOUT_SERVICE}
    return {name: variables[name] for name in found if variables[name].text}


def _line(text: str, at: int, variables: dict[str, Scalar]) -> int:
    """Read the line at ``at``, with the further lines that its quotes hold, and return where the next one begins."""
    end = at
    if not _NOTHING.match(text, at):
        variable = _VARIABLE.match(text, at)
        if variable is None:
            raise NotRead(at, _UNKNOWN)
        end = variable.end()
        if variable["value"]:
            variables.pop(variable["name"], None)  # the last of equal names counts, and stands where it stands
            variables[variable["name"]] = scalar = _value(text, end)
            end = scalar.end
        elif not _NOTHING.match(text, end):  # NAME alone hands on a variable of the environment
            raise NotRead(at, _UNKNOWN)
    rest = _REST.match(text, end)
    return rest.end() if rest else len(text)


def _value(text: str, start: int) -> Scalar:
    quoted = _QUOTED.get(text[start : start + 1])
    if quoted is not None:
        body = quoted.match(text, start + 1)
        if body is None:
            raise NotRead(start, "a quote that is not closed")
        if _NOTHING.match(text, body.end() + 1):
            exact = "\\" not in body.group()
            return Scalar(body.group(), start, body.end() + 1, "env", within=body.span() if exact else None)
    found = _UNQUOTED.match(text, start)
    end = found.end() if found else start
    raw = text[start:end]
    return Scalar(raw, start, end, "env", within=None if _AMBIGUOUS.search(raw) else (start, end))
