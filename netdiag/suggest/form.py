"""Where a model is typed, and for which KAG: by what the server's tables, the files and KAG's package say. Pure."""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from netdiag.kag.version import OF_08, Version
from netdiag.model.endpoint import MODEL_PAGE
from netdiag.model.suggestion import Form

_GLOBAL: Final = "kg_config"


class Place(NamedTuple):
    """The form, and the KAG that reads what is typed there; ``certain`` is whether it is known to be that one."""

    form: Form
    version: Version
    certain: bool


def place(
    codes: Collection[str], sources: Iterable[str], version: Version, *, certain: bool, has_server: bool
) -> Place:
    """Return where to type: ``codes`` are the findings about the sources, ``sources`` the names of what was read.

    The tables of a server tell its version; where a KAG was found that is another one, it is not certain any more.
    For 0.8's page the release is imitated, since what it takes the KAG of July 2025 takes as well.
    """
    tables = {part for source in sources if source.startswith("openspg:") for part in source.split("/")}
    if "ND538" in codes or MODEL_PAGE in tables:
        return Place("models_page", "0.8", certain and version == "0.8")
    if "ND537" in codes or _GLOBAL in tables:
        is_older = version in ("0.6", "0.7")
        return Place("global_page", version if is_older else "0.7", certain and is_older)
    if not has_server or "ND505" in codes:
        return Place("file", version, certain)
    return Place("models_page" if version in OF_08 else "global_page", version, certain)
