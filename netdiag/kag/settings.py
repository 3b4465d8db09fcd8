"""The values that KAG's constructors take: setting → what KAG does with it, by version, node and type. Pure.

``ROWS`` is the table, read in the constructors (0.6 openai_client.py:36, 0.8 openai_client.py:41, ollama_client.py:33,
vectorize_model/*.py, maas_rerank_model.py) and in what fills them in (registry/registrable.py:243, ``construct_arg``).
What is not in it KAG passes on as it is, or does not look at. Web pages and ``.env`` files make text of numbers, which
is why it matters.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from netdiag.kag import hocon
from netdiag.kag.version import LATE, OF_08, SINCE_06, Version
from netdiag.masking import MASK
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret, is_integer, printable, without_secrets

FLAGS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "none": None, "0": False, "1": True}
"""The words that KAG takes for a flag, in any case (registrable.py:57); it refuses all others."""

_MEANT: Final = {"yes": True, "on": True, "y": True, "t": True}
"""Words that people write for "true"; what else is refused probably means "false"."""


class Taken(NamedTuple):
    """Which values a setting may have: of these types exactly (all, where none is named), null, and some texts.

    ``words`` tells whether a text is taken, ``fits`` whether any other value is. ``wants`` is the word for what is
    wanted (findings/terms.yaml), and ``unfit`` for what is wrong with a value that does not fit.
    """

    types: tuple[type, ...]
    null: bool
    words: Callable[[str], bool]
    wants: str
    fits: Callable[[Any], bool] = lambda _: True
    unfit: str = ""


class Row(NamedTuple):
    """What KAG of these versions does with settings of a node of this kind and these types.

    ``says`` is what KAG says of a value that it does not take.
    """

    versions: tuple[Version, ...]
    kind: str
    types: tuple[str, ...]
    settings: tuple[str, ...]
    taken: Taken
    says: str


class Wrong(NamedTuple):
    """A setting that KAG does not take: its ``value`` as YAML writes it, why not, and what to write in its place.

    ``write`` is empty where the line is best left out: KAG has a default for all of them.
    """

    setting: str
    value: str
    reason: str
    write: str
    says: str


def wrong(version: Version, endpoint: Endpoint) -> Wrong | None:
    """Return the first setting that keeps KAG ``version`` from making its call, or ``None``."""
    try:
        given = {**as_read(version, endpoint).settings, **_by_form(endpoint)}
    except hocon.KeyUnusableError as error:
        return Wrong(error.name or '""', "…", error.reason, "", error.says)
    if too_long := next((name for name, value in given.items() if _is_too_long(value)), "") if version != "0.5" else "":
        return Wrong(too_long, "…", "too_many_digits", "", "Exceeds the limit")
    for row in ROWS:
        if version in row.versions and row.kind == endpoint.kind and endpoint.type in row.types:
            for setting in row.settings:
                if setting in given and not _is_taken(row.taken, given[setting]):
                    return _wrong(row, setting, given[setting], endpoint)
            if row.settings == _RATES and (fault := _undivided(given)):
                return fault
    return None


def _is_too_long(value: object) -> bool:
    """Tell whether Python refuses to write a number as text, which KAG does with every setting when it logs them."""
    return isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS


def as_read(version: Version, endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with its settings as KAG ``version`` has them. Raises :class:`hocon.KeyUnusableError`."""
    return endpoint if version == "0.5" else endpoint._replace(settings=hocon.tree(endpoint.settings))


def wrong_type(endpoint: Endpoint) -> Wrong | None:
    """Return that a list or a mapping stands where the type belongs, or ``None``."""
    form = endpoint.forms.get("type", "")
    if form not in ("list", "mapping"):
        return None
    return Wrong("type", _SHOWN_FORMS[form], f"{form}_for_text", "", "not in acceptable choices for type")


def unsendable(endpoint: Endpoint, setting: str) -> Wrong:
    """Return that the value of a setting, or a value in it, is none that JSON can write."""
    return Wrong(setting, _yaml(endpoint.settings.get(setting)), "not_in_json", "", _NOT_JSON)


def _undivided(given: Mapping[str, Any]) -> Wrong | None:
    """Return why KAG cannot divide ``max_rate`` by ``time_period``, or ``None`` where it can."""
    rate, period = given.get("max_rate", 1000), given.get("time_period", 1)
    try:
        rate / period
    except ZeroDivisionError:
        return Wrong("time_period", _yaml(period), "zero_period", "1", "division by zero")
    except OverflowError:
        return Wrong("max_rate", _yaml(rate), "number_too_large", "", "result too large for a float")
    except TypeError:  # a template; what is no number a row has refused
        return None
    return None


def mended(version: Version, endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint with every wrong setting as it was probably meant; ``None`` where none is wrong."""
    found: Endpoint | None = None
    for _ in range(_MOST_FAULTS):
        fault = wrong(version, found or endpoint)
        if fault is None:
            return found
        if fault.reason in (hocon.EMPTY, hocon.NOT_TEXT):
            found = _without(found or endpoint, fault)
        else:
            found = _without(as_read(version, found or endpoint), fault)
    return None


def flag(value: object) -> bool | None:
    """Return the flag that KAG makes of ``value``, which it takes: nothing of a fraction, a list or a mapping.

    registry/registrable.py:286: that branch ends without a return.
    """
    if isinstance(value, str):
        return FLAGS.get(value.lower(), False)  # another word is a template, or KAG 0.5's to judge
    return bool(value) if isinstance(value, int) else None


def _by_form(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the texts that are none as far as their type tells: a key stands for itself by its form only."""
    values: Mapping[str, Any] = {
        "empty": "", "null": None, "number": 0, "boolean": False, "list": [], "mapping": {}, "date": 0, "binary": b"",
    }  # fmt: skip
    return {name: values[form] for name, form in endpoint.forms.items()}


def _is_taken(taken: Taken, value: object) -> bool:
    if value is None:
        return taken.null
    if isinstance(value, str | Secret):
        return taken.words(value if isinstance(value, str) else value.reveal())
    return (not taken.types or type(value) in taken.types) and taken.fits(value)


def _wrong(row: Row, setting: str, value: object, endpoint: Endpoint) -> Wrong:
    if form := endpoint.forms.get(setting):
        return Wrong(setting, _SHOWN_FORMS[form], f"{form}_for_text", _text_for(setting, form, endpoint), row.says)
    meant = _meant(row.taken, value)
    if setting in endpoint.filled:  # a variable's value may be a secret, whatever it was meant for
        return Wrong(setting, MASK, _reason(row.taken, value, meant), "", row.says)
    write = "" if meant is None else _yaml(meant)
    return Wrong(setting, _yaml(value), _reason(row.taken, value, meant), write, row.says)


def _reason(taken: Taken, value: object, meant: object) -> str:
    if taken is NOBODYS:
        return taken.wants
    if value is None:
        return "null_for_number"
    if taken.unfit and type(value) in taken.types:
        return taken.unfit
    if taken is FLAG:
        return "word_for_flag"
    if isinstance(value, str):
        return "number_in_quotes" if meant is not None else "text_for_number"
    return "boolean_for_number" if isinstance(value, bool) else taken.wants


def _meant(taken: Taken, value: object) -> bool | int | float | None:
    """Return the value that was probably meant, where it can be told."""
    if taken is NOBODYS or not isinstance(value, str):
        return None
    if taken is FLAG:
        return _MEANT.get(value.strip().lower(), False)
    try:
        number = float(value)
    except ValueError:
        return None
    meant = int(number) if number.is_integer() else number
    return meant if math.isfinite(number) and taken.fits(meant) and abs(number) < _LARGEST_MEANT else None


def _text_for(setting: str, form: str, endpoint: Endpoint) -> str:
    """Return what to write for a text that was given as something else; a key is never repeated."""
    if setting == "base_url":
        return '"http://HOST:PORT"'
    if setting == "api_key":
        return "none" if form in ("empty", "null") else '"KEY"'
    return _yaml(endpoint.model) if setting == "model" else ""


def _without(endpoint: Endpoint, fault: Wrong) -> Endpoint:
    if fault.setting in endpoint.forms:
        forms = {name: form for name, form in endpoint.forms.items() if name != fault.setting}
        key = (endpoint.api_key or Secret("none")) if fault.setting == "api_key" else endpoint.api_key
        return endpoint._replace(forms=forms, api_key=key)
    settings = {name: value for name, value in endpoint.settings.items() if (name or '""') != fault.setting}
    return endpoint._replace(settings=settings if not fault.write else {**settings, fault.setting: _read(fault.write)})


def _read(text: str) -> bool | int | float:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch("-?[0-9]+", text) else float(text)


def _yaml(value: object) -> str:
    """Return a value as YAML writes it, bounded; text always in quotes, so that it is seen to be text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{printable(without_secrets(value), _LONGEST_SHOWN)}"'
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_LONGEST_SHOWN else "…"
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else ".nan" if math.isnan(value) else f"{value}"[:-3] + ".inf"
    return {list: "[…]", dict: "{…}", Secret: MASK}.get(type(value), "…")


def _anything(_: str) -> bool:
    return True


def _nothing(_: str) -> bool:
    return False


def _is_flag(text: str) -> bool:
    return text.lower() in FLAGS


def _is_whole_above_zero(text: str) -> bool:
    return is_integer(text) and int(text) > 0


def _is_limit(seconds: float) -> bool:
    """Tell whether a client sends anything with a timeout: not with 0, nor more nanoseconds than 64 bits hold."""
    return 0 < seconds < _LONGEST_TIMEOUT_S


def _is_name(value: object) -> bool:
    return not (isinstance(value, list | dict | set) and value)


_MOST_DIGITS: Final = 4300
"""``sys.get_int_max_str_digits()``"""

_MOST_FAULTS: Final = 100
_LONGEST_TIMEOUT_S: Final = 2**63 / 10**9
_LARGEST_MEANT: Final = 10.0**9
_LONGEST_SHOWN: Final = 40
"""Digits or characters of a value that are repeated in a finding."""

_SHOWN_FORMS: Final = {
    "empty": '""', "null": "null", "number": "123…", "boolean": "true/false", "list": "[…]", "mapping": "{…}",
    "date": "2025-…", "binary": "!!binary …",
}  # fmt: skip
"""How a value is shown that may be a key."""

FLAG: Final = Taken((), null=True, words=_is_flag, wants="wants_flag")
NUMBER: Final = Taken((int, float), null=True, words=_anything, wants="wants_number")
SECONDS: Final = Taken(
    (int, float), null=True, words=_nothing, wants="wants_number", fits=_is_limit, unfit="no_timeout"
)
ENDLESS: Final = SECONDS._replace(fits=lambda s: s > 0 and (isinstance(s, float) or s <= sys.float_info.max))
"""What an asynchronous client takes, whose clock is the event loop's."""

RATE: Final = Taken((int, float), null=False, words=_nothing, wants="wants_number")
LIMIT: Final = Taken((int, float, bool), null=False, words=_nothing, wants="wants_number")
INTEGER: Final = Taken((int, bool), null=True, words=is_integer, wants="wants_integer")
BATCH: Final = Taken(
    (int, bool), null=False, words=_is_whole_above_zero, wants="wants_integer", fits=lambda n: n > 0, unfit="no_batch"
)
TEXT: Final = Taken((str,), null=True, words=_anything, wants="wants_text")
KEY: Final = Taken((str,), null=False, words=bool, wants="wants_text")
NAME: Final = Taken((), null=True, words=_anything, wants="wants_text", fits=_is_name)
NOBODYS: Final = Taken((), null=False, words=_nothing, wants="reserved_name", fits=lambda _: False)
"""A name that KAG's constructor has for itself."""

_REFUSED_FLAG: Final = "not supported string"
_REFUSED_NUMBER: Final = "Expected … to be numeric"
_REFUSED_TEXT: Final = "Expected … to be a string"
_LITERAL: Final = "invalid literal for int()"
_NO_ITEM: Final = "'NoneType' object is not subscriptable"
_NOT_JSON: Final = "not JSON serializable"
_UNHASHABLE: Final = "unhashable type"
_TWICE: Final = "got multiple values for argument"
_DIVIDED: Final = "unsupported operand type(s) for /"
_NO_LENGTH: Final = "object of type 'NoneType' has no len()"

_06: Final[tuple[Version, ...]] = ("0.6",)
_OPENAI: Final = ("maas", "openai")
_SERVED: Final = (*_OPENAI, "vllm")
_OLLAMA: Final = ("ollama", "Ollama")
_RERANK: Final = ("maas", "maas_rerank_model")
_ON_DISK: Final = ("bge", "bge_m3", "bge_vectorize_model", "mock")
_RATES: Final = ("max_rate", "time_period")

ROWS: Final = (
    Row(SINCE_06, "chat", (*_SERVED, *_OLLAMA), ("model", "base_url"), TEXT, _REFUSED_TEXT),
    Row(_06, "chat", _OPENAI, ("api_key",), TEXT, _REFUSED_TEXT),
    Row(LATE, "chat", _SERVED, ("api_key",), KEY, "Connection error."),  # of null: "api_key … must be set"
    Row(_06, "chat", _OPENAI, ("stream",), FLAG, _REFUSED_FLAG),
    Row(_06, "chat", _OPENAI, ("temperature",), NUMBER, _REFUSED_NUMBER),
    Row(LATE, "chat", (*_SERVED, *_OLLAMA), ("stream",), FLAG, _REFUSED_FLAG),
    Row(LATE, "chat", _SERVED, ("temperature",), NUMBER, _REFUSED_NUMBER),
    Row(LATE, "chat", _SERVED, ("timeout",), SECONDS, "Connection error."),
    Row(LATE, "chat", _OLLAMA, ("timeout",), SECONDS, "'str' object cannot be interpreted as an integer"),
    Row(LATE, "chat", (*_SERVED, *_OLLAMA), ("name",), NAME, _UNHASHABLE),
    Row(LATE, "chat", (*_SERVED, *_OLLAMA, "mock"), _RATES, RATE, _DIVIDED),
    Row(LATE, "chat", (*_SERVED, *_OLLAMA), ("self", "check"), NOBODYS, _TWICE),
    Row(OF_08, "chat", _SERVED, ("think",), FLAG, _REFUSED_FLAG),
    Row(OF_08, "chat", _SERVED, ("max_tokens",), LIMIT, "'>' not supported between instances"),
    Row(SINCE_06, "embedding", ("openai", *_OLLAMA), ("model", "base_url"), TEXT, _REFUSED_TEXT),
    Row(SINCE_06, "embedding", ("openai",), ("api_key",), TEXT, _REFUSED_TEXT),
    Row(SINCE_06, "embedding", ("openai", *_OLLAMA, *_ON_DISK), ("vector_dimensions",), INTEGER, _LITERAL),
    Row(LATE, "embedding", ("openai",), ("timeout",), SECONDS, _NO_LENGTH),
    Row(OF_08, "embedding", _OLLAMA, ("timeout",), ENDLESS, _NO_LENGTH),
    Row(LATE, "embedding", ("openai", *_OLLAMA), _RATES, RATE, _DIVIDED),
    Row(LATE, "embedding", ("openai", *_OLLAMA), ("self",), NOBODYS, _TWICE),
    Row(("0.7",), "embedding", ("openai",), ("name",), NAME, _UNHASHABLE),
    Row(OF_08, "embedding", _OLLAMA, ("batch_size",), BATCH, _NO_ITEM),
    Row(LATE, "rerank", _RERANK, ("model", "api_key", "base_url"), TEXT, _REFUSED_TEXT),
    Row(LATE, "rerank", _RERANK, ("timeout",), NUMBER, _REFUSED_NUMBER),  # and then not used
    Row(LATE, "rerank", _RERANK, ("name",), NAME, _UNHASHABLE),
    Row(LATE, "rerank", _RERANK, _RATES, RATE, _DIVIDED),
    Row(LATE, "rerank", _RERANK, ("self",), NOBODYS, _TWICE),
)  # fmt: skip
"""KAG 0.5 has constructors of its own, which were not measured."""
