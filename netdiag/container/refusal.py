"""What cannot be done from the host, and how the run then ends."""

from typing import Final

from netdiag import exits

_USAGE: Final = frozenset(
    {
        "no_docker_package",
        "no_containers",
        "no_such_container",
        "several_containers",
        "several_servers",
        "no_server",
        "no_such_context",
        "engine_scheme",
    }
)


class Refused(Exception):  # noqa: N818 - not a mistake of netdiag's
    """Something that cannot be done: a word of ``words.py`` and the values in its sentence; never holds a secret."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word = word
        self.values = values

    @property
    def status(self) -> int:
        """The exit status: nothing may be written, the command line names what is not there, or a problem remains."""
        if self.word == "journal_not_trusted":
            return exits.CANNOT_WRITE
        return exits.USAGE if self.word in _USAGE else exits.PROBLEM
