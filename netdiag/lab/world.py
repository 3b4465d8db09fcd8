"""Makes a world real, and runs commands in its container."""

import json
import os
import pickle
import signal
import site
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from netdiag.lab.container import MAX_MESSAGE
from netdiag.lab.firewall import lacking
from netdiag.lab.forbidden import by_what, missing
from netdiag.lab.topology import World

_START_LIMIT_S: Final = 30.0
_END_LIMIT_S: Final = 10.0
_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]
_START: Final = """
import socket, sys
sys.path[:] = sys.argv[2:]
from netdiag.lab.holder import main
main(socket.socket(fileno=int(sys.argv[1])))
"""
_KEPT: Final = ("COLUMNS", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LINES", "NO_COLOR", "TERM", "TMPDIR", "VIRTUAL_ENV")
"""What of this process's environment is let in: nothing about proxies, Ollama, or the platform it runs on."""


class LabError(Exception):
    """The lab cannot be made here, or it has ended; the message says why."""


class Lab:
    """A world made real. ``directory`` is a temporary directory, inside and outside the same, and the home inside."""

    def __init__(self, channel: socket.socket, directory: Path, environment: Mapping[str, str]) -> None:
        self._channel = channel
        self._own = environment
        self.directory = directory

    def run(  # noqa: PLR0913 - the options of subprocess.run
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # noqa: A002 - subprocess.run's name for it
        timeout: float | None = 60.0,
        capture: bool = True,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command in the container as ``subprocess.run`` would, by default in ``directory``.

        ``env`` is added to the container's environment. Without ``capture`` the command writes where this process
        writes, and reads ``input`` or what this process reads; with it, ``input`` or nothing. Raises
        ``subprocess.TimeoutExpired`` after ``timeout`` seconds, ``OSError`` when the command cannot be started, and
        :class:`LabError` when the lab has ended.
        """
        with ExitStack() as stack:
            stdin, stdout, stderr = (stack.enter_context(_scratch()) for _ in range(3))
            stdin.write((input or "").encode())
            stdin.seek(0)
            streams = [stdin.fileno(), stdout.fileno(), stderr.fileno()] if capture else [0, 1, 2]
            if input is not None:
                streams[0] = stdin.fileno()
            where = {"cwd": str(cwd or self.directory), "env": self._environment | dict(env or {})}
            code = self._command(argv, where, streams, timeout)
            texts = (_text(stdout), _text(stderr)) if capture else (None, None)
        return subprocess.CompletedProcess(list(argv), code, *texts)

    def interactive(self, argv: Sequence[str]) -> int:
        """Run a shell with the user's terminal until it ends; return its exit status. For the main thread only.

        The shell is the terminal's foreground: a Ctrl-C is for what runs in it, not for this process.
        """
        where = {"cwd": str(self.directory), "env": self._environment, "foreground": True}
        try:
            return self._command(argv, where, [0, 1, 2], None)
        finally:
            _take_terminal_back()

    @property
    def _environment(self) -> dict[str, str]:
        # root would keep its journal in /var/lib, which is the machine's own
        home = {"HOME": str(self.directory), "NETDIAG_STATE_DIR": str(self.directory / ".netdiag")}
        return _container_environment() | dict(self._own) | home

    def _command(
        self, argv: Sequence[str], where: Mapping[str, object], streams: Sequence[int], timeout: float | None
    ) -> int:
        sys.stdout.flush()
        request = json.dumps({"argv": list(argv), **where}).encode()
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with theirs:
                    socket.send_fds(self._channel, [request], [*streams, theirs.fileno()])
                ours.settimeout(timeout)
                answer = json.loads(ours.recv(MAX_MESSAGE) or "{}")
            except TimeoutError:
                raise subprocess.TimeoutExpired(list(argv), timeout or 0.0) from None
            except OSError:
                answer = {}
        if "errno" in answer:
            raise OSError(answer["errno"], os.strerror(answer["errno"]), argv[0])
        if "returncode" not in answer:
            msg = f"the lab ended before {argv[0]} did"
            raise LabError(msg)
        return int(answer["returncode"])


@contextmanager
def make(world: World) -> Iterator[Lab]:
    """Make ``world`` real for the length of a ``with``; nothing of it stays behind, however this process ends.

    Raises :class:`LabError` where the kernel, or a missing package, does not allow it.
    """
    if reason := missing() or lacking(world):
        raise LabError(reason)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, _scratch() as log:
        paths = [str(_PACKAGE_PARENT), *filter(os.path.isabs, sys.path)]
        holder = subprocess.Popen(  # noqa: S603 - this Python, this package
            [sys.executable, "-I", "-S", "-c", _START, str(theirs.fileno()), *paths],
            cwd="/",
            # the container's first process shows it in /proc/1/environ
            env=_container_environment() | dict(world.environment) | dict(world.first_environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[theirs.fileno()],
        )
        try:
            theirs.close()
            yield Lab(ours, _directory(world, ours, log), dict(world.environment))
        finally:
            _end(holder)


def available() -> str:
    """Return "" where a lab can be made, else what forbids it, in plain words. It really makes one."""
    try:
        with make(World()):
            return ""
    except LabError as error:
        return str(error)


def _directory(world: World, channel: socket.socket, log: IO[bytes]) -> Path:
    with suppress(ConnectionError):  # the holder is gone: that shows below
        channel.send(pickle.dumps(world))
    channel.settimeout(_START_LIMIT_S)
    try:
        answer = json.loads(channel.recv(MAX_MESSAGE) or "{}")
    except TimeoutError:
        msg = f"the lab did not start within {_START_LIMIT_S:.0f} seconds"
        raise LabError(msg) from None
    channel.settimeout(None)
    if "directory" in answer:
        return Path(answer["directory"])
    if "errno" in answer:
        raise LabError(by_what(answer["call"] or "", answer["errno"]))
    lines = _text(log).splitlines() or ["no reason was given"]
    msg = f"the lab's process failed: {lines[-1]}"
    raise LabError(msg)


def _end(holder: "subprocess.Popen[bytes]") -> None:
    try:
        holder.communicate(timeout=_END_LIMIT_S)  # closes its standard input
    except subprocess.TimeoutExpired:
        holder.kill()
        holder.wait()


def _take_terminal_back() -> None:
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # sent to who does this from the background
    with suppress(OSError):  # there is no terminal
        os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, before)


def _container_environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # this Python's programs first: `netdiag` may not be on the PATH of who runs it
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    environment["PYTHONUSERBASE"] = site.getuserbase()  # or HOME, which is another inside, would hide it
    paths = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    if not _PACKAGE_PARENT.is_relative_to(sys.prefix):  # a checkout: the same netdiag runs inside
        paths.insert(0, str(_PACKAGE_PARENT))
    return environment | ({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})


def _scratch() -> IO[bytes]:
    # in memory: tempfile would try out its directory with a named file first, which a kill leaves behind
    return os.fdopen(os.memfd_create("netdiag-lab"), "w+b")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="backslashreplace")
