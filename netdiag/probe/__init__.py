"""How far does a packet get: names, TCP, HTTP, and who answers. The only room that opens sockets.

:func:`netdiag.probe.race.race` connects to everything at once and keeps the errno; :func:`netdiag.probe.http.send`
makes one call with the client that KAG's own SDKs stand on; :func:`netdiag.probe.identity.identify` asks who is there
without a key. They are imported from their modules, so that a command which only races does not pay for httpx.
"""

import sys

# httpx imports its own command line, and with it click, pygments and rich where those are installed: 60 of 100 ms
# (httpx/__init__.py catches the ImportError that this makes).
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
