"""HTML made of small functions that escape whatever is no markup yet.

Not a template library: the page is one, its data are those of a report, and netdiag's place in OpenSPG's image should
hold no package for the sake of one command. What is said in both languages stands there twice, marked with its own.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Final

LANGUAGES: Final = {"en": "en", "zh": "zh-CN"}

_VOID: Final = frozenset({"input", "meta", "rect", "line"})


class Html(str):
    """Text that is markup already; only :func:`tag` and :func:`joined` make it."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str) -> Html:
    """Return an element: children that are no :class:`Html` are text; ``class_`` and ``aria_label`` are attributes."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[str]) -> Html:
    """Return children one after another, text among them escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children))


def both(said: Callable[[str], str], name: str = "span", /, **attributes: str) -> Html:
    """Return what ``said`` says, once in an element of each language; what is the same in both once without."""
    english, chinese = said("en"), said("zh")
    if english == chinese:
        return tag(name, english, **attributes) if attributes or name != "span" else joined([english])
    return joined(
        tag(name, text, lang=LANGUAGES[language], **attributes) for language, text in (("en", english), ("zh", chinese))
    )
