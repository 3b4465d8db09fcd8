"""Run a command of netdiag in a container, from the host: find the container, choose the way, go it."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from netdiag import exits
from netdiag.container import helping, hostview, reading, running
from netdiag.container.allowed import ALLOWED
from netdiag.container.client import connected
from netdiag.container.finding import find
from netdiag.container.keeping import Kept
from netdiag.container.looking import look
from netdiag.container.refusal import Refused
from netdiag.container.request import Request, Streams
from netdiag.container.ways import Way, choose, require_running
from netdiag.container.words import refusal, say, taken
from netdiag.handed_in import CALLED
from netdiag.model.container import Container

if TYPE_CHECKING:
    from docker import APIClient


def run_inside(request: Request, streams: Streams) -> int:
    """Run ``request`` and return the status of what ran, or say why it cannot be and return the status of that."""

    def tell(word: str, **values: object) -> None:
        write(say(word, request.language, **values))

    def write(sentence: str) -> None:
        streams.err.write(f"netdiag: {sentence}\n".encode())
        streams.err.flush()

    try:
        with connected(ALLOWED["run"]) as (client, address):
            if request.verbose:
                engine = reading.engine(client)
                tell(address.by, url=address.shown, detail=address.detail)
                tell("engine", name=engine.name, version=engine.version, system=engine.system)
            picked = find(client, request.container, request.calling, address.program)
            if picked.evidence:
                write(taken(picked, request))
            container = reading.container(client, picked.container.id)
            return _run(client, container, request, streams, tell)
    except Refused as refused:
        write(refusal(refused, request.language))
        return refused.status


def _run(
    client: "APIClient", container: Container, request: Request, streams: Streams, tell: Callable[..., None]
) -> int:
    require_running(container)
    way = _way(client, container, request)
    if request.verbose:
        tell("container", name=container.name, image=container.image, id=container.id[:12])
        tell(f"way_{way.name}", program=way.program)
        for why in way.passed_over:
            tell("because", why=(why,), older="", image=request.helper_image)
    status = _go(client, container, way, request, streams)
    if status == exits.CANNOT_WRITE and not request.user and container.user not in ("", "0", "root"):
        tell("try_root", user=container.user)
    return status


def _way(client: "APIClient", container: Container, request: Request) -> Way:
    inside = look(client, container.id, request.user)
    try:
        return choose(container, inside, request.helper_image, only=request.way)
    except Refused:
        with connected(ALLOWED["help"]) as (helpful, _):
            there = helping.has_image(helpful, request.helper_image)
        return choose(container, inside, request.helper_image, helper_is_there=there, only=request.way)


def _go(client: "APIClient", container: Container, way: Way, request: Request, streams: Streams) -> int:
    called = {CALLED: request.called(container.name)}
    os.environ.update(called)  # for the page that this process may make of it
    view = hostview.seen(client, container.id)
    request = replace(request, environment={**request.environment, **called}, view=view)
    visit = running.Visit(client, container.id, request, streams, Kept.of(container.id, request.user, container.user))
    if way.name == "installed":
        return running.installed(visit, way.program)
    if way.name == "lent":
        return running.lent(visit, way.program)
    return helping.helped(visit, way.program)
