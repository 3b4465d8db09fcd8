"""The command line. Nothing is imported before it is needed: ``--version`` costs next to nothing."""

import sys
from collections.abc import Sequence

from netdiag import __version__, exits


def main(argv: Sequence[str] | None = None) -> int:
    """Run netdiag with ``argv`` (by default the process's own) and return the exit status; never raises.

    Imports happen inside, so that Ctrl-C is answered in the same way while they are under way.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments == ["--version"]:
        sys.stdout.write(f"netdiag {__version__}\n")
        return exits.OK
    status = _run(arguments)
    if argv is None:
        _end_undisturbed()
    return status


def _run(arguments: list[str]) -> int:
    try:
        from netdiag.cli.parser import parse  # noqa: PLC0415

        parsed = parse(arguments)
        from netdiag.cli import commands  # noqa: PLC0415 - --help ends before this

        _heed_sigterm()
        return commands.run(parsed)
    except KeyboardInterrupt:
        sys.stderr.write("\nnetdiag: interrupted; files are as they were, or whole\n")
        return exits.INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`netdiag check | head`). Python would complain while flushing at exit.
        sys.stdout = None
        return exits.PROBLEM
    except Exception as error:  # noqa: BLE001 - a traceback would be useless to a user, and might show a secret
        sys.stderr.write(f"netdiag: ND701: netdiag itself failed: {describe(error)}; please report it\n")
        return exits.INTERNAL


def _heed_sigterm() -> None:
    """Let SIGTERM interrupt the first process of a container: the kernel drops signals that it has no handler for.

    ``docker stop`` and a pod's deletion would else wait for 10 or 30 seconds, and kill it (pid_namespaces(7)).
    """
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _end_undisturbed() -> None:
    """Let Ctrl-C come too late: all is said, and Python would answer it with a traceback while it tidies up."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def describe(error: BaseException) -> str:
    """Return the kind of the error and the line of netdiag it came from, without its text, which may hold a key."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    at = f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{at}"
