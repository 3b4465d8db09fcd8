"""The models of OpenSPG 0.8's page as its server gives them to KAG: without what is nested in them. Pure.

A row of ``kg_user_model`` is a list of models, and the page's own fields stand below ``customize``. Before KAG gets a
model the server dissolves every object in it, whatever its name (``JsonUtils.flatten``, ``getByModelId`` of
UserModelRepositoryImpl.java, v0.8). Lists stay, and what is null is left out when the answer is written.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

from netdiag.config import yaml_tree
from netdiag.config.tree import Mapping, Node, Scalar, Sequence

_ADDED: Final = frozenset({"logo", "provider"})
"""Keys that the server puts into a model before it dissolves it."""

_MODEL: Final = frozenset({"model", "modelId"})
"""Keys of which a model on the page has one at least."""

_BUCKETS: Final = 16
_MASK: Final = 0xFFFFFFFF


def flattened(root: Node) -> Node:
    """Return the list of models with each of them flattened; whatever else ``root`` is, as it is."""
    if not isinstance(root, Sequence):
        return root
    flat = Sequence(root.start)
    flat.items = [_flat(item) if isinstance(item, Mapping) else item for item in root.items]
    return flat


def models(root: Node) -> frozenset[Node]:
    """Return the models of a flattened list, whether they have a base_url or not."""
    items = root.items if isinstance(root, Sequence) else ()
    return frozenset(item for item in items if isinstance(item, Mapping) and not _MODEL.isdisjoint(item.pairs))


def _flat(model: Mapping) -> Mapping:
    flat = Mapping(model.start)
    for key, value in _dissolved(model, _ADDED):
        flat.put(key, value)
    flat.pairs = {key: value for key, value in flat.pairs.items() if not _is_null(value)}
    return flat


def _dissolved(mapping: Mapping, added: Collection[str] = ()) -> Iterator[tuple[str, Node]]:
    """Yield what is in a mapping as the server goes through it: where two are called alike, the later one counts."""
    for key in _in_order(mapping.pairs, added):
        value = mapping.pairs[key]
        if isinstance(value, Mapping):
            yield from _dissolved(value)
        else:
            yield key, value


def _in_order(keys: Collection[str], added: Collection[str]) -> list[str]:
    """Return the keys of a model in the order of Java's ``HashMap``, in which fastjson keeps an object.

    Its buckets double when three quarters of them are filled. The recorded answers of 0.8 have this order. With up to
    ten keys of its own a model has ``customize`` after ``type``, ``model``, ``base_url`` and ``api_key``, so that the
    page's own fields count.
    """
    buckets = _BUCKETS
    while len({*keys, *added}) > buckets * 3 // 4:
        buckets *= 2
    return sorted(keys, key=lambda key: _hash(key) % buckets)


@lru_cache(maxsize=256)
def _hash(key: str) -> int:
    """Return what Java's ``HashMap`` makes of ``String.hashCode``, which goes by UTF-16."""
    units = key.encode("utf-16-be", "surrogatepass")
    code = 0
    for at in range(0, len(units), 2):
        code = (31 * code + int.from_bytes(units[at : at + 2], "big")) & _MASK
    return code ^ (code >> 16)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and yaml_tree.tag_of(node) == yaml_tree.NULL
