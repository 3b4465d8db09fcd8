"""Why a compose file is left as it is: the one exception of this room."""

from typing import Literal

from netdiag.model.report import Finding

Shape = Literal["compose_shape", "compose_shared", "compose_own_network", "compose_network_mode"]


class Refused(Exception):  # noqa: N818 - a state of the file, not a fault of the program
    """Nothing is put into the file; ``finding`` says why, and what the user can do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code, finding.where)
        self.finding = finding


def not_exact(where: str, path: str, reason: Shape = "compose_shape") -> Refused:
    """Return the refusal to write where something else would change, too."""
    return Refused(Finding("ND575", where, {"reason": reason, "path": path}))
