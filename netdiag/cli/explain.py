"""``netdiag explain``: what a code means, or what a pasted error can mean, with every remedy; nothing is probed."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from netdiag import clock, exits, findings, handed_in, platform
from netdiag.cli import output
from netdiag.cli.spoken import said
from netdiag.cli.terminal import complain
from netdiag.findings.commands import FROM_HOST, OURS
from netdiag.model.report import Finding, Report
from netdiag.text import shown

_LIMIT: Final = 1024 * 1024
"""Bytes read of a pasted error: a Java trace with its causes has some hundred lines."""


def codes(arguments: argparse.Namespace) -> int:
    """Print what the codes mean that ``arguments`` name, or without any a line for each there is."""
    known = findings.catalog()
    wanted = [code.upper() for code in arguments.codes] or list(known)
    unknown = [code for code in wanted if code not in known]
    if unknown:
        complain(said("there is no code {codes}; `netdiag explain` lists all", codes=shown(", ".join(unknown))))
        return exits.USAGE
    from netdiag.report.explained import as_json, as_text  # noqa: PLC0415 - a mistyped code needs neither

    if arguments.format == "json":
        output.write(as_json(wanted, arguments.lang), sys.stdout)
    else:
        sys.stdout.write(as_text(wanted, arguments.lang, briefly=not arguments.codes))
    return exits.OK


def pasted(name: str) -> Report:
    """Return what the error in file ``name`` (``-`` is standard input) can mean; raises :exc:`OSError`."""
    from netdiag.findings.pasted import read  # noqa: PLC0415 - codes are explained without it

    if name == "-":
        text = sys.stdin.buffer.read(_LIMIT)
    else:
        with Path(name).open("rb") as file:
            text = file.read(_LIMIT)
    meant = tuple(_with_caller(read(text.decode("utf-8", "replace")) or (Finding("ND702"),)))
    now = clock.now()
    status = exits.PROBLEM if meant[0].code == "ND702" else exits.OK
    return Report("explain", now, 0.0, status, findings=meant)


def _with_caller(meant: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings with how the netdiag that looks at OpenSPG's container is called from here.

    A text can be pasted on the host or in the container; the page that it comes from is neither.
    """
    if handed_in.called():
        yield from meant
        return
    called = OURS if platform.name(platform.read()).has_own_network else FROM_HOST
    for finding in meant:
        yield finding._replace(values={**finding.values, "called": called})
