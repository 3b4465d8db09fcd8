"""Compose files: bytes → services → the line by which a service knows its host, joins a network, or calls past a proxy.

Pure, except :mod:`netdiag.compose.files`, which reads the disk. No file is ever dumped: every byte stays, and a line or
an entry is put between them.
"""

from netdiag.compose.dns import ask, is_address
from netdiag.compose.document import Document, Growth, edits, parse, unified
from netdiag.compose.environment import exempt, is_host
from netdiag.compose.files import Project, gather
from netdiag.compose.hosts import HOST, name_the_host
from netdiag.compose.networks import is_network, join
from netdiag.compose.refusal import Refused
from netdiag.compose.services import Put, Service, choose, services

__all__ = [
    "HOST",
    "Document",
    "Growth",
    "Project",
    "Put",
    "Refused",
    "Service",
    "ask",
    "choose",
    "edits",
    "exempt",
    "gather",
    "is_address",
    "is_host",
    "is_network",
    "join",
    "name_the_host",
    "parse",
    "services",
    "unified",
]
