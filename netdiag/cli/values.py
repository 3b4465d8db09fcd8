"""What options take: read from what was typed, or refused with a word about what it takes."""

import argparse
import re
import sys
from typing import Final

from netdiag import exits
from netdiag.cli.spoken import said
from netdiag.cli.system_errors import InputError

_NAME: Final = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_.])?")
_LONGEST_KEY: Final = 1 << 16
_LONGEST_WAIT_S: Final = 3600.0
_LONGEST_DURATION_S: Final = 86400.0


def host(text: str) -> str:
    """Return an address without brackets, or a name."""
    from ipaddress import ip_address  # noqa: PLC0415 - only when the option is used

    bare = text.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        if _NAME.fullmatch(text):
            return text
    msg = said("takes an address or a name, without scheme, port or path: {text!r}", text=text)
    raise argparse.ArgumentTypeError(msg)


def network(text: str) -> str:
    """Return the name of a network."""
    from netdiag.compose import is_network  # noqa: PLC0415 - only when the option is used

    if not is_network(text):
        msg = said("takes the name of a network, as `docker network ls` shows it: {text!r}", text=text)
        raise argparse.ArgumentTypeError(msg)
    return text


def no_proxy(text: str) -> list[str]:
    """Return hosts that are called without a proxy."""
    from netdiag.compose import is_host  # noqa: PLC0415 - only when the option is used

    hosts = [host for host in text.split(",") if host]
    if not hosts or not all(map(is_host, hosts)):
        msg = f"takes names or addresses with commas between them, without scheme: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return hosts


def name_server(text: str) -> str:
    """Return the address of a name server."""
    from netdiag.compose import is_address  # noqa: PLC0415 - only when the option is used

    if not is_address(text):
        msg = f"takes the address of a name server, without port: {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return text


def page(text: str) -> str:
    """Return the name of a file that a page can be written to."""
    if not text.endswith((".html", ".md", ".json")):
        msg = said("takes a name that ends with .html, .md or .json: {text!r}", text=text)
        raise argparse.ArgumentTypeError(msg)
    return text


def db_url(text: str) -> object:
    """Return where a database is."""
    from netdiag.openspg.settings import given  # noqa: PLC0415 - only when the option is used

    try:
        return given(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(said(str(error))) from None


def seconds(text: str) -> float:
    """Return seconds, written with or without ``s``."""
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_WAIT_S:
        msg = said("takes seconds, more than 0 and at most {most:g}: {text!r}", most=_LONGEST_WAIT_S, text=text)
        raise argparse.ArgumentTypeError(msg)
    return seconds


def duration(text: str) -> float:
    """Return seconds: a plain number, or one with ``s``, ``m`` or ``h``."""
    try:
        seconds = float(text.rstrip("smh")) * {"m": 60, "h": 3600}.get(text[-1:], 1)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_DURATION_S or len(text) - len(text.rstrip("smh")) > 1:
        msg = said("takes a time more than 0 and at most 24 h, like 30, 30s, 2m or 1h: {text!r}", text=text)
        raise argparse.ArgumentTypeError(msg)
    return seconds


def listen(text: str) -> tuple[str, int]:
    """Return an address and a port."""
    from ipaddress import ip_address  # noqa: PLC0415 - only when the option is used

    address, _, number = text.rpartition(":")
    try:
        return str(ip_address(address.removeprefix("[").removesuffix("]"))), port(number)
    except ValueError:
        msg = said("takes an address and a port, like 127.0.0.1:9877 or [::1]:9877: {text!r}", text=text)
        raise argparse.ArgumentTypeError(msg) from None


def port(text: str) -> int:
    """Return a port; raises :exc:`ValueError`."""
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError
    return int(text)


def open_port(text: str) -> int:
    """Return a port that something can listen on."""
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    msg = said("takes a port from 1 to 65535: {text!r}", text=text)
    raise argparse.ArgumentTypeError(msg)


def kag_version(text: str) -> str:
    """Return a version of KAG that there is a table for."""
    from netdiag.kag.version import EVERY, parse  # noqa: PLC0415 - only when the option is used

    try:
        parse(text)
    except ValueError:
        msg = said("takes a version of KAG, one of {known}: {text!r}", known=", ".join(EVERY), text=text)
        raise argparse.ArgumentTypeError(msg) from None
    return text


def key_line() -> bytes:
    """Return the line of standard input that holds a key; raises :exc:`InputError` where there is none."""
    try:
        line = sys.stdin.buffer.readline(_LONGEST_KEY)
        text = line.decode().strip()
    except UnicodeDecodeError:
        raise InputError(reason="key_not_text", status=exits.USAGE) from None
    except OSError:
        text = ""
    if not text:
        raise InputError(reason="no_key_given", status=exits.USAGE)
    return line
