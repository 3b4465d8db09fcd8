"""The one door to the Docker API: opens it, lets only the calls through that are allowed, and says why it is shut."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from netdiag import failures
from netdiag.container.address import Address, find, socket_path
from netdiag.container.allowed import template
from netdiag.container.refusal import Refused
from netdiag.text import shown

if TYPE_CHECKING:
    from docker import APIClient

_ANSWER_LIMIT_S: Final = 60

LARGEST: Final = 32 << 20
"""Bytes of one answer: a thousand containers, listed, are some 2 MB."""


@contextlib.contextmanager
def connected(
    allowed: Sequence[str], environ: Mapping[str, str] = os.environ, *, answer_s: float = _ANSWER_LIMIT_S
) -> Iterator[tuple["APIClient", Address]]:
    """Yield a client that makes no call but those ``allowed``, and where it found the engine.

    ``answer_s`` is how many seconds the engine may be silent in a call.

    Raises :class:`Refused` with the command to run where the engine cannot be used.
    """
    try:
        import docker  # noqa: PLC0415 - the extra `netdiag[docker]`
        import docker.errors  # noqa: PLC0415
    except ImportError:
        raise Refused(word="no_docker_package") from None
    import requests  # noqa: PLC0415

    address = find(environ)
    try:
        client = _guarded(docker.APIClient, allowed, answer_s)(
            base_url=address.url, version="auto", timeout=answer_s, tls=address.tls or False
        )
        with contextlib.closing(client):
            yield client, address
    except Refused as refused:
        refused.values.setdefault("docker", address.program)
        raise
    except docker.errors.APIError as error:
        raise Refused(word="engine_says", detail=shown(error.explanation or str(error))) from error
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise _shut(address, error) from error


def _guarded(base: type["APIClient"], allowed: Sequence[str], answer_s: float) -> type["APIClient"]:
    """Return the SDK's client with its one way out guarded: all its calls go through ``Session.send``."""

    class Guarded(base):  # type: ignore[misc]
        def send(self, request: Any, **options: Any) -> Any:
            call = template(request.method, request.path_url)
            if call not in allowed:
                msg = f"netdiag may not make this call of the Docker API here: {call}"
                raise AssertionError(msg)
            return bounded(super().send(request, **{**options, "stream": True}), answer_s, **options)

    return Guarded


def bounded(response: Any, answer_s: float, *, stream: bool = False, **_: object) -> Any:
    """Return an answer that is read, unless it is a ``stream``, within as many bytes and seconds as any is worth."""
    if stream:
        return response
    content, until = bytearray(), time.monotonic() + answer_s
    for part in response.iter_content(1 << 16):
        content += part
        if len(content) > LARGEST or time.monotonic() > until:
            response.close()
            raise Refused(word="engine_answer", detail=f"{len(content)} bytes and more")
    response._content, response._content_consumed = bytes(content), True  # noqa: SLF001 - what `requests` does itself
    return response


def _shut(address: Address, error: BaseException) -> Refused:
    """Return why no engine answers at ``address``: by the error of the system that is at the bottom of the SDK's."""
    path = socket_path(address.url)
    cause = next((each for each in _causes(error) if isinstance(each, OSError) and each.errno), None)
    values = {"url": address.shown, "path": path, "detail": shown(str(cause or error))}
    if "TLS" in str(error) or "SSL" in str(error):
        return Refused(word="engine_tls", **values)
    if any("timed out" in str(each) for each in _causes(error)):
        return Refused(word="engine_hangs", **values)
    if isinstance(cause, PermissionError):
        return Refused(word="engine_not_permitted", **values)
    if isinstance(cause, (FileNotFoundError, ConnectionRefusedError)) or (cause and cause.errno in failures.NO_WAY):
        return Refused(
            word="engine_not_running_podman" if address.by == "by_podman" else "engine_not_running", **values
        )
    if "version" in str(error):
        return Refused(word="engine_too_old", **values)
    return Refused(word="engine_unusable", **values)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and all that led to it, also what urllib3 and requests keep among their arguments."""
    waiting, seen = [error], set()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [link for link in (each.__cause__, each.__context__, *each.args) if isinstance(link, BaseException)]
