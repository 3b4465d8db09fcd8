"""``netdiag explain``: what a code means, with every remedy; nothing is probed."""

import argparse
import sys

from netdiag import exits, findings
from netdiag.text import shown


def codes(arguments: argparse.Namespace) -> int:
    """Print what the codes mean that ``arguments`` name, or without any a line for each there is."""
    known = findings.catalog()
    wanted = [code.upper() for code in arguments.codes] or list(known)
    unknown = [code for code in wanted if code not in known]
    if unknown:
        sys.stderr.write(f"netdiag: there is no code {shown(', '.join(unknown))}; `netdiag explain` lists all\n")
        return exits.USAGE
    from netdiag.report.explained import as_json, as_text  # noqa: PLC0415 - a mistyped code needs neither

    if arguments.format == "json":
        sys.stdout.write(as_json(wanted, arguments.lang))
    else:
        sys.stdout.write(as_text(wanted, arguments.lang, briefly=not arguments.codes))
    return exits.OK
