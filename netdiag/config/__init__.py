"""Where base_urls live: bytes → endpoints with exact byte spans → planned edits.

Pure, except :mod:`netdiag.config.discovery`, which reads the disk. No document is ever dumped: a file keeps every
byte but those of a host or a path.
"""

from netdiag.config.discovery import NAMES, find, load
from netdiag.config.document import LIMIT, Document, parse
from netdiag.config.loading import Refused
from netdiag.config.planning import apply, edited, edits, shifted, unified
from netdiag.config.process import Process
from netdiag.config.suggestion import suggest
from netdiag.config.unreadable import Unreadable
from netdiag.config.url import (
    HOST_NAMES,
    Url,
    address_of,
    is_host_local,
    is_host_name,
    split,
    with_host,
    with_path,
    with_port,
)

__all__ = [
    "HOST_NAMES",
    "LIMIT",
    "NAMES",
    "Document",
    "Process",
    "Refused",
    "Unreadable",
    "Url",
    "address_of",
    "apply",
    "edited",
    "edits",
    "find",
    "is_host_local",
    "is_host_name",
    "load",
    "parse",
    "shifted",
    "split",
    "suggest",
    "unified",
    "with_host",
    "with_path",
    "with_port",
]
