"""The values that KAG's constructors take: setting → what KAG does with it, by version, node and type. Pure.

``ROWS`` is the table, read in the constructors (0.6 openai_client.py:36, 0.8 openai_client.py:41, ollama_client.py:33,
vectorize_model/*.py, maas_rerank_model.py) and in what fills them in (registry/registrable.py:243, ``construct_arg``).
What is not in it KAG passes on as it is, or does not look at. Web pages and ``.env`` files make text of numbers, which
is why it matters.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from netdiag.kag.version import Version
from netdiag.model.endpoint import Endpoint
from netdiag.text import MASK, Secret, shown

FLAGS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "none": None, "0": False, "1": True}
"""The words that KAG takes for a flag, in any case (registrable.py:57); it refuses all others."""

_MEANT: Final = {"yes": True, "on": True, "y": True, "t": True}
"""Words that people write for "true"; what else is refused probably means "false"."""


class Taken(NamedTuple):
    """Which values a setting may have: of these types exactly, null, and text that ``words`` says yes to.

    ``wants`` is the word for what is wanted (findings/terms.yaml).
    """

    types: tuple[type, ...]
    null: bool
    words: Callable[[str], bool]
    wants: str


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
    given = _given(endpoint)
    for row in ROWS:
        if version in row.versions and row.kind == endpoint.kind and endpoint.type in row.types:
            for setting in row.settings:
                if setting in given and not _is_taken(row.taken, given[setting]):
                    return _wrong(row, setting, given[setting], endpoint)
    return None


def mended(version: Version, endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint with every wrong setting as it was probably meant; ``None`` where none is wrong."""
    found: Endpoint | None = None
    while fault := wrong(version, found or endpoint):
        found = _without(found or endpoint, fault)
    return found


def flag(value: object) -> bool | None:
    """Return the flag that KAG makes of ``value``, which it takes."""
    if value is None or isinstance(value, float):
        return None  # of a number with a point KAG makes nothing (registrable.py:286)
    return FLAGS[value.lower()] if isinstance(value, str) else bool(value)


def _given(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the settings as far as their type tells: a key stands for itself by its form only."""
    by_form: Mapping[str, Any] = {"empty": "", "null": None, "number": 0, "boolean": False}
    named = {name: by_form[form] for name, form in endpoint.forms.items()}
    return {**endpoint.settings, **named}


def _is_taken(taken: Taken, value: object) -> bool:
    if value is None:
        return taken.null
    return taken.words(value) if isinstance(value, str) else type(value) in taken.types


def _wrong(row: Row, setting: str, value: object, endpoint: Endpoint) -> Wrong:
    if form := endpoint.forms.get(setting):
        return Wrong(setting, _SHOWN_FORMS[form], f"{form}_for_text", _text_for(setting, form, endpoint), row.says)
    meant = _meant(row.taken, value)
    if setting in endpoint.filled:  # a variable's value may be a secret, whatever it was meant for
        return Wrong(setting, MASK, _reason(row.taken, value, meant), "", row.says)
    write = "" if meant is None else _yaml(meant)
    return Wrong(setting, _yaml(value), _reason(row.taken, value, meant), write, row.says)


def _reason(taken: Taken, value: object, meant: object) -> str:
    if value is None:
        return "null_for_number"
    if taken is FLAG:
        return "word_for_flag"
    if isinstance(value, str):
        return "number_in_quotes" if meant is not None else "text_for_number"
    return "boolean_for_number" if isinstance(value, bool) else taken.wants


def _meant(taken: Taken, value: object) -> bool | int | float | None:
    """Return the value that was probably meant, where it can be told."""
    if not isinstance(value, str):
        return None
    if taken is FLAG:
        return _MEANT.get(value.strip().lower(), False)
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _text_for(setting: str, form: str, endpoint: Endpoint) -> str:
    """Return what to write for a text that was given as something else; a key is never repeated."""
    if setting == "api_key":
        return "none" if form in ("empty", "null") else '"KEY"'
    return _yaml(endpoint.model) if setting == "model" else ""


def _without(endpoint: Endpoint, fault: Wrong) -> Endpoint:
    if fault.setting in endpoint.forms:
        forms = {name: form for name, form in endpoint.forms.items() if name != fault.setting}
        key = (endpoint.api_key or Secret("none")) if fault.setting == "api_key" else endpoint.api_key
        return endpoint._replace(forms=forms, api_key=key)
    settings = {name: value for name, value in endpoint.settings.items() if name != fault.setting}
    return endpoint._replace(settings=settings if not fault.write else {**settings, fault.setting: _read(fault.write)})


def _read(text: str) -> bool | int | float:
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text else int(text)


def _yaml(value: object) -> str:
    """Return a value as YAML writes it; text always in quotes, so that it is seen to be text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{shown(value)}"'
    return str(value) if isinstance(value, int | float) else "[…]" if isinstance(value, list) else "{…}"


def _anything(_: str) -> bool:
    return True


def _nothing(_: str) -> bool:
    return False


def _is_flag(text: str) -> bool:
    return text.lower() in FLAGS


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


_SHOWN_FORMS: Final = {"empty": '""', "null": "null", "number": "123…", "boolean": "true/false"}
"""How a value is shown that may be a key."""

FLAG: Final = Taken((bool, int, float), null=True, words=_is_flag, wants="wants_flag")
NUMBER: Final = Taken((int, float), null=True, words=_anything, wants="wants_number")
SECONDS: Final = Taken((int, float), null=True, words=_nothing, wants="wants_number")
RATE: Final = Taken((int, float), null=False, words=_nothing, wants="wants_number")
LIMIT: Final = Taken((int, float, bool), null=False, words=_nothing, wants="wants_number")
INTEGER: Final = Taken((int, bool), null=True, words=_is_integer, wants="wants_integer")
TEXT: Final = Taken((str,), null=True, words=_anything, wants="wants_text")
KEY: Final = Taken((str,), null=False, words=bool, wants="wants_text")

_REFUSED_FLAG: Final = "not supported string"
_REFUSED_NUMBER: Final = "Expected … to be numeric"
_REFUSED_TEXT: Final = "Expected … to be a string"
_LITERAL: Final = "invalid literal for int()"
_DIVIDED: Final = "unsupported operand type(s) for /"
_NO_LENGTH: Final = "object of type 'NoneType' has no len()"

_ALL: Final[tuple[Version, ...]] = ("0.6", "0.7", "0.8")
_LATE: Final[tuple[Version, ...]] = ("0.7", "0.8")
_06: Final[tuple[Version, ...]] = ("0.6",)
_08: Final[tuple[Version, ...]] = ("0.8",)
_OPENAI: Final = ("maas", "openai")
_SERVED: Final = (*_OPENAI, "vllm")
_OLLAMA: Final = ("ollama", "Ollama")
_RERANK: Final = ("maas", "maas_rerank_model")
_ON_DISK: Final = ("bge", "bge_m3", "bge_vectorize_model", "mock")
_RATES: Final = ("max_rate", "time_period")

ROWS: Final = (
    Row(_ALL, "chat", (*_SERVED, *_OLLAMA), ("model",), TEXT, _REFUSED_TEXT),
    Row(_06, "chat", _OPENAI, ("api_key",), TEXT, _REFUSED_TEXT),
    Row(_LATE, "chat", _SERVED, ("api_key",), KEY, "Connection error."),  # of null: "api_key … must be set"
    Row(_06, "chat", _OPENAI, ("stream",), FLAG, _REFUSED_FLAG),
    Row(_06, "chat", _OPENAI, ("temperature",), NUMBER, _REFUSED_NUMBER),
    Row(_LATE, "chat", (*_SERVED, *_OLLAMA), ("stream",), FLAG, _REFUSED_FLAG),
    Row(_LATE, "chat", _SERVED, ("temperature",), NUMBER, _REFUSED_NUMBER),
    Row(_LATE, "chat", _SERVED, ("timeout",), SECONDS, "Connection error."),
    Row(_LATE, "chat", _OLLAMA, ("timeout",), SECONDS, "'str' object cannot be interpreted as an integer"),
    Row(_LATE, "chat", (*_SERVED, *_OLLAMA, "mock"), _RATES, RATE, _DIVIDED),
    Row(_08, "chat", _SERVED, ("think",), FLAG, _REFUSED_FLAG),
    Row(_08, "chat", _SERVED, ("max_tokens",), LIMIT, "'>' not supported between instances"),
    Row(_ALL, "embedding", ("openai", *_OLLAMA), ("model",), TEXT, _REFUSED_TEXT),
    Row(_ALL, "embedding", ("openai",), ("api_key",), TEXT, _REFUSED_TEXT),
    Row(_ALL, "embedding", ("openai", *_OLLAMA, *_ON_DISK), ("vector_dimensions",), INTEGER, _LITERAL),
    Row(_LATE, "embedding", ("openai", *_OLLAMA), ("timeout",), SECONDS, _NO_LENGTH),
    Row(_LATE, "embedding", ("openai", *_OLLAMA), _RATES, RATE, _DIVIDED),
    Row(_08, "embedding", _OLLAMA, ("batch_size",), INTEGER, _REFUSED_NUMBER),
    Row(_LATE, "rerank", _RERANK, ("model", "api_key"), TEXT, _REFUSED_TEXT),
    Row(_LATE, "rerank", _RERANK, ("timeout",), NUMBER, _REFUSED_NUMBER),  # and then not used
    Row(_LATE, "rerank", _RERANK, _RATES, RATE, _DIVIDED),
)  # fmt: skip
"""KAG 0.5 has constructors of its own, which were not measured."""
