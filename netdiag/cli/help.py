"""argparse as netdiag wants it: in the language that is spoken, at the terminal's width, and without a key."""

import argparse
import contextlib
import os
import re
from typing import Any, Final, NoReturn

from netdiag.cli.spoken import said

_COLON: Final = re.compile(r"(?<=[\u4e00-\u9fff]):|:(?=[\u4e00-\u9fff])")
"""A colon beside Chinese."""


class Parser(argparse.ArgumentParser):
    """Asks for the terminal's width itself: argparse would import shutil for that, 5 ms, at its first option."""

    def __init__(self, **given: Any) -> None:
        super().__init__(formatter_class=_formatter, **given)

    def error(self, message: str) -> NoReturn:
        """End with a usage error; what was typed is repeated without what may be a key, and drives no terminal."""
        from netdiag.findings.pasted.keys import without_keys  # noqa: PLC0415 - only where something is mistyped
        from netdiag.text import harmless, printable  # noqa: PLC0415

        name, is_about, rest = message.removeprefix("argument ").partition(": ")
        if is_about and message.startswith("argument "):  # Python 3.10 has this form in English only
            message = said("argument %(argument_name)s: %(message)s") % {"argument_name": name, "message": rest}
        # what looks for keys takes a full-width colon for a plain one
        super().error(_COLON.sub("：", harmless(printable(without_keys(message)))))


class _Formatter(argparse.HelpFormatter):
    """Writes help in the language that is spoken; Chinese has no blanks to break lines at, and is two columns wide."""

    def start_section(self, heading: str | None) -> None:
        """Begin a section below its heading."""
        super().start_section(heading and said(heading))

    def add_text(self, text: str | None) -> None:
        """Add a description or an epilogue."""
        super().add_text(said(text) if isinstance(text, str) else text)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and said(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        if text.isascii():
            return super()._split_lines(text, width)
        from netdiag.report.page import rows  # noqa: PLC0415 - for one language

        return list(rows(text, width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.isascii():
            return super()._fill_text(text, width, indent)
        return "\n".join(f"{indent}{line}" for line in self._split_lines(text, width - len(indent)))


def _formatter(prog: str) -> argparse.HelpFormatter:
    return _Formatter(prog, width=_columns() - 2)


def _columns() -> int:
    """Return the terminal's width as :func:`shutil.get_terminal_size` does."""
    with contextlib.suppress(ValueError):
        if (columns := int(os.environ.get("COLUMNS", ""))) > 0:
            return columns
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80
