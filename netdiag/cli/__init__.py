"""The command line. Nothing is imported before it is needed: ``--version`` costs next to nothing."""

import os
import sys

from netdiag import __version__, exits

TYPE_CHECKING = False  # typing itself is more than `--version` costs
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run netdiag with ``argv`` and return the exit status.

    Without ``argv`` it is the process's own run: the streams are made usable, Ctrl-C is heeded, and the process ends
    here (:mod:`netdiag.cli.interrupts`). What the imports need happens inside, so that Ctrl-C and a system that refuses
    files or memory are answered in the same way while they are under way.
    """
    if argv is not None:
        return _run(list(argv))
    try:
        from netdiag.cli import streams  # noqa: PLC0415

        streams.prepare(_lost)  # first: a pipe would be given the number of a stream that is closed
        if sys.argv[1:] == ["--version"]:
            status = _status(sys.argv[1:])
            sys.stdout.flush()
            return status
        from netdiag.cli import interrupts  # noqa: PLC0415

        interrupts.heed(_language(sys.argv[1:]))
        status = _status(sys.argv[1:])
    except KeyboardInterrupt:
        status = _interrupted()
    except SystemExit as ended:  # of argparse, and of an output that nobody takes
        status = ended.code if isinstance(ended.code, int) else exits.PROBLEM
    except BaseException:  # noqa: BLE001 - files or memory were exhausted before there was anything to say it with
        status = exits.INTERNAL
        os.write(2, b"netdiag: ND630: this system gives netdiag no files or no memory; see: ulimit -a\n")
    _leave(status)
    return status


def _leave(status: int) -> None:
    try:
        from netdiag.cli import interrupts  # noqa: PLC0415

        interrupts.leave(status)
    except BaseException:  # noqa: BLE001 - the process ends, whatever became of its imports
        os._exit(status)


def _interrupted() -> int:
    from netdiag.cli import interrupts  # noqa: PLC0415 - heeded before anything could be interrupted

    try:  # noqa: SIM105 - contextlib is more than `--version` costs
        os.write(2, interrupts.said)
    except OSError:
        pass
    return exits.INTERRUPTED


def _run(arguments: list[str]) -> int:
    """Run netdiag for a caller that ends by itself."""
    try:
        return _status(arguments)
    except KeyboardInterrupt:
        return _interrupted()


def _status(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"netdiag {__version__}\n")
        return exits.OK
    try:
        from netdiag.cli.parser import parse  # noqa: PLC0415

        parsed = parse(arguments)
        from netdiag.cli import commands  # noqa: PLC0415 - --help ends before this

        return commands.run(parsed)
    except BrokenPipeError:
        # The reader went away (`netdiag check | head`). Python would complain while flushing at exit.
        sys.stdout = None
        return exits.PROBLEM
    except Exception as error:  # noqa: BLE001 - a traceback would be useless to a user, and might show a secret
        if _is_interrupt(error):
            raise KeyboardInterrupt from None
        return _failed(error, arguments)


def _is_interrupt(error: BaseException) -> bool:
    """Tell whether Ctrl-C is behind an error: CPython up to 3.11 makes a RuntimeError of it in ``__set_name__``."""
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, KeyboardInterrupt):
        behind = behind.__cause__ or behind.__context__
    return behind is not None


def _failed(error: BaseException, arguments: "Sequence[str]") -> int:
    """Say why a run ended that could not go on, and return its status."""
    from netdiag.cli import system_errors  # noqa: PLC0415

    found = system_errors.trouble(error)
    if found:
        system_errors.say(found, _language(arguments))
        return found.status
    from netdiag.cli.spoken import said  # noqa: PLC0415

    told = said("ND701: netdiag itself failed: {error}; please report it", error=describe(error))
    sys.stderr.write(f"netdiag: {told}\n")
    return exits.INTERNAL


def _lost(error: OSError) -> None:
    """Say that standard output takes nothing."""
    from netdiag.cli import system_errors  # noqa: PLC0415
    from netdiag.text import shown  # noqa: PLC0415

    detail = shown(error.strerror or type(error).__name__)
    system_errors.say(system_errors.Trouble("ND631", {"detail": detail}, exits.PROBLEM), _language(sys.argv[1:]))


def _language(arguments: "Sequence[str]") -> str:
    """Return the language asked for, which the parser may not have got to."""
    from netdiag.cli.spoken import asked  # noqa: PLC0415

    return asked(arguments, os.environ)


def describe(error: BaseException) -> str:
    """Return the kind of the error and the line of netdiag it came from, without its text, which may hold a key."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    at = f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{at}"
