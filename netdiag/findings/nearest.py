"""Which of the models that a service has was meant by a name that it has not. Pure."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from netdiag import spelling

Closeness = Literal["", "same", "other_name", "other_size", "typing_error"]
"""How near: the very model for that service, the model under another organisation's name, its family, or a slip."""

_ON_OLLAMA: Final = {"BAAI/bge-m3": "bge-m3", "BAAI/bge-large-en-v1.5": "bge-large", "BAAI/bge-large-en": "bge-large"}
"""What Ollama's library calls models that are written as on Hugging Face (KAG issue 313, openspg issue 455)."""


def nearest(wanted: str, offered: Sequence[str]) -> tuple[str, Closeness]:
    """Return the model of ``offered`` that was most likely meant by ``wanted``, and how near it is; ``""`` for none.

    In this order: the same but for case, blanks, ``library/`` and ``:latest``; the same but for the organisation
    before it (``BAAI/bge-m3``); the same model in another size (``qwen2.5`` for ``qwen2.5:3b``); a typing error.
    """
    for closeness, alike in _ALIKE:
        for model in offered:
            if alike(model) == alike(wanted):
                return model, closeness
    by_name = {_bare(model): model for model in reversed(offered)}
    word = _bare(wanted)
    near = spelling.nearest(word, by_name, max(1, min(3, len(word) // 4)))
    return (by_name[near], "typing_error") if near else ("", "")


def pulled(wanted: str) -> str:
    """Return the name by which Ollama downloads ``wanted``; empty where it is Hugging Face's and Ollama has none."""
    name = wanted.strip()
    if name in _ON_OLLAMA:
        return _ON_OLLAMA[name]
    organisation, slash, _ = name.rpartition("/")
    return "" if slash and organisation != organisation.lower() else name


def _plain(model: str) -> str:
    """``library/Qwen2.5:3b `` and ``qwen2.5:3b`` are one to Ollama, as are ``bge-m3`` and ``bge-m3:latest``."""
    return model.strip().lower().removeprefix("library/").removesuffix(":latest")


def _bare(model: str) -> str:
    return _plain(model).rpartition("/")[2]


def _family(model: str) -> str:
    return _bare(model).partition(":")[0]


_ALIKE: Final[tuple[tuple[Closeness, Callable[[str], str]], ...]] = (
    ("same", _plain),
    ("other_name", _bare),
    ("other_size", _family),
)
