"""The knowledge bases of a running server: ``GET /public/v1/project``, a list whose ``config`` is JSON in a text."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, Final

from netdiag import config
from netdiag.model.attempt import Request
from netdiag.model.endpoint import Endpoint
from netdiag.text import printable

PROJECTS: Final = "http://127.0.0.1:8887/public/v1/project"
"""The server's own address inside its container (application-default.properties: schema.uri); needs no login."""

ANSWER_LIMIT_S: Final = 5.0
"""A server whose database hangs never answers, so the question is bounded."""


def endpoints() -> tuple[Endpoint, ...]:
    """Return the model configurations of the server on this host; none where no such server answers."""
    from netdiag.probe.http import send  # noqa: PLC0415 - httpx is paid for only where a server is asked

    answer = send(Request("GET", PROJECTS), connect_s=1.0, read_s=ANSWER_LIMIT_S, direct=True)
    if answer.failure or answer.status != 200:
        return ()
    return tuple(parse(answer.body))


def parse(body: bytes) -> Iterator[Endpoint]:
    """Yield the endpoints in the server's answer, named after their knowledge base.

    What GET shows is not byte for byte what the database stores, so none of it may be edited: no spans.
    """
    try:
        projects = json.loads(body)
    except (ValueError, RecursionError):
        return
    for project in projects if isinstance(projects, list) else ():
        if isinstance(project, dict) and isinstance(project.get("config"), str):
            yield from _of_project(project)


def _of_project(project: dict[str, Any]) -> Iterator[Endpoint]:
    source = f"OpenSPG server, knowledge base {printable(str(project.get('name', '?')), 60)}"
    try:
        document = config.parse(project["config"].encode("utf-8", "replace"), source)
    except config.Unreadable:
        return
    for endpoint in document.endpoints:
        yield dataclasses.replace(endpoint, url_span=None, line=0)
