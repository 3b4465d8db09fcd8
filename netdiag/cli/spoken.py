"""What the command line itself says, in the language asked for: English stands in the source, Chinese in a table.

The language counts from the first word on, that of argparse's own errors included, and so it is chosen before anything
is parsed, and once for the process.
"""

import sys

TYPE_CHECKING = False  # typing itself is more than `--version` costs
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_table: "Mapping[str, str]" = {}


def language(environ: "Mapping[str, str]") -> str:
    """Return ``zh`` where the locale is Chinese, in POSIX's order of precedence, else ``en``."""
    chosen = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def asked(arguments: "Sequence[str]", environ: "Mapping[str, str]") -> str:
    """Return the language asked for, by ``--lang`` (abbreviated or not) or else by the locale."""
    found = language(environ)
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == "--":
            break
        name, has_value, value = argument.partition("=")
        if len(name) > len("--l") and "--lang".startswith(name):
            value = value if has_value else following
            found = value if value in ("en", "zh") else found
    return found


def speak(language: str) -> None:
    """Speak ``language`` from now on, as far as standard output can show it; argparse does, too."""
    import argparse  # noqa: PLC0415 - `--version` ends before this

    global _table  # noqa: PLW0603 - the language of a process, as its locale is
    _table = {}
    if language == "zh" and shows("中", sys.stdout.encoding):
        from netdiag.cli.chinese import WORDS  # noqa: PLC0415 - for one language

        _table = WORDS
    # what argparse imports as `_` is gettext's, which wants a catalogue of its own in a directory of the system's
    vars(argparse).update(_=said, ngettext=lambda one, more, n: said(one if n == 1 else more))


def said(english: str, **values: object) -> str:
    """Return a sentence in the language that is spoken, ``values`` filled in where there are any."""
    text = _table.get(english, english)
    return text.format_map(values) if values else text


def shows(text: str, encoding: "str | None") -> bool:
    """Tell whether a stream with ``encoding`` can show ``text``."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
