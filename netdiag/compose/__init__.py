"""Compose files: bytes → services → the line by which a service knows its host, or joins a network.

Pure, except :mod:`netdiag.compose.files`, which reads the disk. No file is ever dumped: every byte stays, and a line or
an entry is put between them.
"""

from netdiag.compose.document import Document, Growth, edits, parse, unified
from netdiag.compose.files import Project, gather
from netdiag.compose.hosts import HOST, name_the_host
from netdiag.compose.networks import is_network, join
from netdiag.compose.refusal import Refused
from netdiag.compose.services import Service, choose, services

__all__ = [
    "HOST",
    "Document",
    "Growth",
    "Project",
    "Refused",
    "Service",
    "choose",
    "edits",
    "gather",
    "is_network",
    "join",
    "name_the_host",
    "parse",
    "services",
    "unified",
]
