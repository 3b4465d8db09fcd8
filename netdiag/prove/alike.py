"""Endpoints that differ only in where they stand: what is proven of one of them is proven of all. Pure.

In OpenSPG 0.6 and 0.7 each knowledge base has a copy of the global configuration, so thousands of endpoints may be
three.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, TypeVar

from netdiag.model.endpoint import Endpoint

Result = TypeVar("Result")

_IDS: Final = frozenset({"modelId", "llm_id"})
"""Where OpenSPG's pages note which model it is: each row has another one, and KAG sends and reads neither."""


def once_each(
    endpoints: Sequence[Endpoint],
    work: Callable[[Sequence[Endpoint]], Sequence[Result]],
    copied: Callable[[Result, Endpoint], Result],
) -> tuple[Result, ...]:
    """Return ``work`` of all endpoints, done for one of those that are alike, and ``copied`` to each of the others."""
    places: dict[Hashable, int] = {}
    of = [places.setdefault(key(endpoint), len(places)) for endpoint in endpoints]
    firsts: dict[int, Endpoint] = {}
    for number, endpoint in zip(of, endpoints, strict=True):
        firsts.setdefault(number, endpoint)
    results = work(list(firsts.values()))
    return tuple(
        results[number] if endpoint is firsts[number] else copied(results[number], endpoint)
        for number, endpoint in zip(of, endpoints, strict=True)
    )


def key(endpoint: Endpoint) -> Hashable:
    """Return what is equal for endpoints of which all is the same but where they stand.

    Whether that is a row of the server's database matters, since the server adds to what it hands to KAG.
    """
    is_row = bool(endpoint.table)
    is_edited = endpoint.url_span is not None
    settings = {name: value for name, value in endpoint.settings.items() if name not in _IDS}
    alike = endpoint._replace(source="", line=0, place="", column=0, url_span=None, settings=settings)
    return is_row, is_edited, _frozen(alike)


def _frozen(value: Any) -> Hashable:
    """Return a value that is equal for equal values of equal types only: KAG sends ``1`` and ``true`` differently."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, Mapping):
        return dict, tuple((name, type(name), _frozen(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return type(value), tuple(map(_frozen, value))
    if isinstance(value, set):
        return set, frozenset(map(_frozen, value))
    return type(value), value
