"""What an endpoint that KAG refuses, or that met another API than its type speaks, was probably meant to be. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import failures
from netdiag.kag import needs, settings, types
from netdiag.kag.calls import ROWS, NotSent, call
from netdiag.kag.version import EVERY, Version
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

PLACEHOLDER: Final = Secret("none")
"""A key for a call that KAG makes only with one. A service that needs a key refuses it."""


def mended(version: Version, endpoint: Endpoint, failure: str) -> Endpoint | None:
    """Return the endpoint without what KAG refuses it for, ``failure``, where it is known what was meant instead."""
    if failure == failures.WRONG_SETTING:
        return settings.mended(version, endpoint)
    other = needs.meant(endpoint) if endpoint.ignored else types.mended(endpoint)
    return (settings.mended(version, other) or other) if other else None


def completed(version: Version, endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint of a database row so that KAG ``version`` makes its call, or ``None`` where that is unknown.

    Nothing that decides where and how it calls is guessed: the type is the stored one, or the one of the row's
    provider. What is filled in is a key, and what is left out are settings that KAG does not take.
    """
    other = needs.meant(endpoint) if endpoint.ignored else endpoint
    other = settings.mended(version, other) or other
    refused = call(version, other, other.base_url)
    if isinstance(refused, NotSent) and (refused.failure, refused.detail) == (failures.MISSING_SETTING, "api_key"):
        forms = {name: form for name, form in other.forms.items() if name != "api_key"}
        other = other._replace(api_key=PLACEHOLDER, forms=forms)
        other = settings.mended(version, other) or other
        refused = call(version, other, other.base_url)
    is_refused = isinstance(refused, NotSent) and refused.failure not in (None, failures.BAD_URL)
    return None if is_refused or other == endpoint else other


def others(version: Version, endpoint: Endpoint) -> Iterator[Endpoint]:
    """Yield the endpoint with each other type of KAG ``version`` that makes another call for such a node.

    What that type cannot do without is filled in: ``api_key`` with :data:`PLACEHOLDER`. A type for which KAG would
    refuse other settings of this endpoint is left out.
    """
    for row in ROWS:
        if version not in row.versions or row.kind != endpoint.kind or endpoint.type in row.types:
            continue
        other = endpoint._replace(type=next((each for each in _PREFERRED[version] if each in row.types), row.types[0]))
        refused = call(version, other, other.base_url)
        if isinstance(refused, NotSent) and (refused.failure, refused.detail) == (failures.MISSING_SETTING, "api_key"):
            other = other._replace(api_key=PLACEHOLDER)
            refused = call(version, other, other.base_url)
        if not isinstance(refused, NotSent) or refused.failure == failures.BAD_URL:
            yield other


_PREFERRED: Final[Mapping[Version, tuple[str, ...]]] = {
    **dict.fromkeys(EVERY, ("openai", "ollama", "vllm")),
    "0.5": ("maas", "ollama", "vllm"),  # kag/common/llm/client/llm_client.py:32 knows these three
}
"""Which of the types that make the same call is told: the one that documentation has, or the only one."""
