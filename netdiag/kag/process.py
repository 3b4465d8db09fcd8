"""What the environment of KAG's process adds to a call: a key where none is given, and two headers. Pure.

Read in openai/_client.py of 1.59 (with KAG 0.6), 1.75 (0.7) and 1.91 (0.8) and measured with each (tests/kag/
test_kag_environment.py). Ollama's SDK up to 0.5 reads OLLAMA_HOST alone, which counts only without a base_url.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

NOTHING: Final[Mapping[str, Secret]] = MappingProxyType({})

_KEY: Final = "OPENAI_API_KEY"
_HEADERS: Final = (("OPENAI_ORG_ID", "OpenAI-Organization"), ("OPENAI_PROJECT_ID", "OpenAI-Project"))


def keyed(endpoint: Endpoint, environment: Mapping[str, Secret]) -> Endpoint:
    """Return the endpoint with the key that OpenAI's SDK takes from the environment: where ``api_key`` is null.

    An absent key is none of that: KAG 0.7 and 0.8 give ``dummy`` then, and 0.6 refuses.
    """
    key = environment.get(_KEY)
    if key is None or endpoint.forms.get("api_key") != "null":
        return endpoint
    forms = {name: form for name, form in endpoint.forms.items() if name != "api_key"}
    return endpoint._replace(api_key=key, forms=forms)


def headers(environment: Mapping[str, Secret]) -> Mapping[str, Secret]:
    """Return the headers that OpenAI's SDK adds: those of variables that are set, were they empty."""
    return {header: environment[name] for name, header in _HEADERS if name in environment}


def unsendable(environment: Mapping[str, Secret]) -> str:
    """Return the variable whose value httpx cannot send as a header, so that no call is made; empty for none."""
    values = ((name, environment[name].reveal()) for name, _ in _HEADERS if name in environment)
    return next((name for name, value in values if not _is_sendable(value)), "")


def _is_sendable(value: str) -> bool:
    """Tell whether httpx takes a value (ASCII) and h11 sends it: no control characters, and no blanks around it."""
    return value.isascii() and value.isprintable() and value == value.strip()
