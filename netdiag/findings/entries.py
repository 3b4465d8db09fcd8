"""What is typed to configure a model, and where: fields of a page, a JSON text, or a block of YAML. Pure.

Read in OpenSPG's sources: the forms that its pages are built from. 0.8 has them in ``kg_provider_param`` (by provider
and kind of model: the fields in their order, each with the name that is shown, the same in both languages) and the
types that its server stores in ``kg_config``, row ``PROVIDER_BASE_INFO`` (``UserModelManagerImpl.insert``). 0.6 and 0.7
have them in ``kg_config``, rows ``KAG_SUPPORT_MODEL`` (chat models, by vendor) and ``KAG_ENV`` (the vectorizer). All
are in ``dev/release/mysql/sql/openspg-initdb.sql``. The pages themselves are closed source, so the way through them is
inferred from what users wrote (OpenSPG/KAG issues 463, 572 and 629) and from OpenSPG's guides, which write a model of
0.6 and 0.7 as a JSON text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from netdiag.model.endpoint import Kind
from netdiag.model.suggestion import ANY_KEY, Offer, Suggestions

OWN_KEY: Final = "YOUR_API_KEY"
"""Stands for the service's own key, which is not printed. netdiag knows it for a placeholder (ND412)."""

_OLLAMA: Final = "Ollama"
_OPENAI: Final = "OpenAI"

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    _OLLAMA: ("Model", "base_url"),
    _OPENAI: ("base_url", "API-Key", "Model"),
}
"""The fields of 0.8's model page, by provider, in their order and with the names that are shown. All are required."""

STORED: Final[Mapping[tuple[str, Kind], str]] = {
    (_OLLAMA, "chat"): "ollama",
    (_OLLAMA, "embedding"): "openai",
    (_OPENAI, "chat"): "maas",
    (_OPENAI, "embedding"): "openai",
}
"""The type that 0.8's server stores for a provider and a kind: it cannot be typed."""

_VENDORS: Final[Mapping[str, str]] = {"ollama": "Ollama", "vllm": "vllm"}
"""The vendors of a chat model on the page of 0.6 and 0.7 by KAG's type; ``maas`` is that of any other."""

_WORDS: Final = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
"""Texts that YAML 1.1 takes for something else (https://yaml.org/type/bool.html, null.html)."""

_PLAIN: Final = r"[A-Za-z_](?:[\w./:@+-]*[\w/])?"
"""What needs no quotes in YAML: it begins with no digit, and a colon in it is followed by something."""


class Entry(NamedTuple):
    """What is typed for ``offer``: ``fields`` of a page by their names, in its order, or ``text`` to be pasted.

    ``provider`` is what is chosen on the page before that.
    """

    offer: Offer
    provider: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def lines(self) -> str:
        """What is copied, printable: the text, or a line for each field, ``base_url: http://172.18.0.1:11434``."""
        return self.text or "\n".join(f"{name}: {_visible(value)}" for name, value in self.fields)


def entry(offer: Offer, suggestions: Suggestions) -> Entry:
    """Return what is typed for ``offer`` in the place that ``suggestions`` are for."""
    if suggestions.form == "models_page":
        return _on_models_page(offer)
    settings = settings_of(offer)
    if suggestions.form == "global_page":
        provider = _VENDORS.get(offer.type.lower(), "maas") if offer.kind == "chat" else ""
        return Entry(offer, provider, text=_json(settings))
    return Entry(offer, text="\n".join(f"{name}: {_yaml(value)}" for name, value in settings.items()))


def settings_of(offer: Offer) -> dict[str, Any]:
    """Return KAG's settings of ``offer`` by their names, with what is to be typed for a key."""
    settings: dict[str, Any] = {"type": offer.type, "base_url": offer.base_url, "model": offer.model}
    if key := key_of(offer):
        settings["api_key"] = key
    if offer.kind == "embedding" and offer.dimensions:
        settings["vector_dimensions"] = offer.dimensions
    return settings


def key_of(offer: Offer) -> str:
    """Return what is typed for the key of ``offer``: nothing, any word, or what stands for the service's own."""
    return {"": "", "any": ANY_KEY, "own": OWN_KEY}[offer.key]


def block(suggestions: Suggestions) -> str:
    """Return the part of a kag_config.yaml that configures the best models, with the anchors of KAG's own examples.

    Empty where none was proven, and where they are entered on a page.
    """
    if suggestions.form != "file":
        return ""
    lines: list[str] = []
    for offer in suggestions.best:
        names = ("openie_llm", "chat_llm") if offer.kind == "chat" else ("vectorize_model",)
        for name in names if offer.kind in ("chat", "embedding") else ():
            lines += (f"{name}: &{name}", *(f"  {line}" for line in entry(offer, suggestions).text.splitlines()))
        if offer.kind == "embedding":
            lines.append("vectorizer: *vectorize_model")
    return "\n".join(lines)


def _on_models_page(offer: Offer) -> Entry:
    provider = _provider(offer)
    # the form of OpenAI demands a key, also where neither KAG nor the service does
    values = {"Model": offer.model, "base_url": offer.base_url, "API-Key": key_of(offer) or ANY_KEY}
    return Entry(offer, provider, tuple((name, values[name]) for name in FIELDS[provider]))


def _provider(offer: Offer) -> str:
    """Return the provider to choose: OpenAI does for all that speak its API; the form of Ollama has no key."""
    is_ollama = offer.service.service.name == "ollama" and not offer.key
    return _OLLAMA if is_ollama and STORED.get((_OLLAMA, offer.kind)) == offer.type else _OPENAI


def _visible(text: str) -> str:
    """Return ``text`` with a mark in place of what cannot be seen, which nobody could type either."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _json(settings: Mapping[str, Any]) -> str:
    """Return ``settings`` as JSON on one line; what would not print, or would turn what is read, is escaped."""
    text = json.dumps(settings, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _yaml(value: object) -> str:
    """Return ``value`` as YAML that is read back as it is, also by KAG, which first renders a file by Jinja."""
    text = str(value)
    if not isinstance(value, str):
        return text
    if re.fullmatch(_PLAIN, text, re.ASCII) and text.lower() not in _WORDS:
        return text
    return f'"{"".join(_escaped(text))}"'


def _escaped(text: str) -> Iterator[str]:
    """Yield ``text`` as it is written between double quotes (YAML 1.1, 5.6); braces, which Jinja reads, by number."""
    for character in text:
        code = ord(character)
        if character in '"\\':
            yield f"\\{character}"
        elif character.isprintable() and character not in "{}":
            yield character
        else:
            yield f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
