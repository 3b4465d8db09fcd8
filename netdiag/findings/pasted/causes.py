"""From what failed, and at whose address, to the codes that it is told as; and which code says less. Data."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from netdiag import failures
from netdiag.findings.pasted import words as word


class Cause(NamedTuple):
    """Codes by whose address it was, the most likely first; ``reason`` is what their words want.

    ``ND520`` says that the text alone does not tell, and gives the command that does.
    """

    untold: tuple[str, ...]
    other: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    loopback: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    reason: str = "no_cause_shown"


_ITSELF: Final = ("ND521", "ND520")
_OWN: Final = ("ND525",)


def _everywhere(*codes: str, reason: str = "no_cause_shown") -> Cause:
    return Cause(codes, codes, codes, codes, codes, reason)


CAUSES: Final[Mapping[str, Cause]] = {
    # connections
    failures.CONNECTION_REFUSED: Cause(("ND491",), ("ND490",), ("ND201", "ND520"), _ITSELF, _OWN, "nobody_listens"),
    failures.TIMED_OUT: Cause(("ND491",), ("ND490",), ("ND202",), _ITSELF, _OWN, "timed_out_shown"),
    failures.READ_TIMED_OUT: Cause(("ND204",), ("ND204",), ("ND204",), ("ND204",), _OWN, "timed_out_shown"),
    failures.HOST_UNREACHABLE: Cause(("ND491",), ("ND490",), ("ND203",), _ITSELF, _OWN),
    failures.NETWORK_UNREACHABLE: Cause(("ND491",), ("ND490",), ("ND203",), _ITSELF, _OWN),
    failures.DNS_FAILED: Cause(("ND103",), ("ND103",), ("ND103",), ("ND103",), _OWN),
    failures.CONNECTION_CLOSED: Cause(("ND205",), ("ND205",), ("ND205",), ("ND205",), _OWN),
    failures.CONNECTION_RESET: Cause(("ND205",), ("ND205",), ("ND205",), ("ND205",), _OWN),
    failures.NOT_HTTP: Cause(("ND491",), ("ND490",), ("ND490",), ("ND490",), _OWN),
    word.LATE: Cause(("ND491",), ("ND490",), ("ND490",), ("ND490",), _OWN, "timed_out_shown"),
    word.NOT_CONNECTED: Cause(("ND491",), ("ND490",), ("ND490",), ("ND490",), _OWN, "any_connection"),
    word.ANY_CONNECTION: Cause(("ND520",), ("ND520",), ("ND520",), _ITSELF, _OWN, "any_connection"),
    # TLS
    failures.TLS_NOT_SPOKEN: _everywhere("ND318"),
    failures.TLS_SPOKEN: _everywhere("ND317"),
    failures.TLS_UNTRUSTED: _everywhere("ND302"),
    failures.TLS_FAILED: Cause(("ND491",), ("ND490",), ("ND490",), ("ND490",), ("ND490",)),
    # what stands before the service
    word.FIREWALL: Cause(("ND202",), ("ND202",), ("ND202",), ("ND202",), _OWN),
    failures.PROXY_UNUSABLE: _everywhere("ND529"),
    word.PROXY_REFUSED: _everywhere("ND528", "ND520", reason="proxy_answered"),
    word.GATEWAY: _everywhere("ND528", "ND520", reason="proxy_answered"),
    failures.UPSTREAM_FAILED: _everywhere("ND460"),
    word.CLOUDFLARE: _everywhere("ND495"),
    word.BODY_TOO_LARGE: _everywhere("ND494"),
    # answers
    failures.WEB_PAGE: _everywhere("ND425"),
    failures.PATH_NOT_FOUND: _everywhere("ND402", reason="path_unknown"),
    word.PATH: _everywhere("ND402", reason="path_unknown"),
    word.NO_JSON: _everywhere("ND425", "ND520", reason="path_unknown"),
    word.STATUS: _everywhere("ND492"),
    failures.UNEXPECTED_ANSWER: _everywhere("ND410"),
    failures.FIELD_REFUSED: _everywhere("ND421"),
    failures.KEY_UNSENDABLE: _everywhere("ND411"),
    failures.BAD_URL: _everywhere("ND503", reason="no_scheme"),
    # OpenSPG and KAG
    word.OWN_PART: _everywhere("ND525"),
    word.OWN_VERSIONS: _everywhere("ND526"),
    word.KEY_WANTED: _everywhere("ND524", reason="key_wanted"),
    word.STREAMED: _everywhere("ND524", reason="streaming"),
    word.NO_DESCRIPTION: _everywhere("ND524", reason="description"),
    word.BATCH: _everywhere("ND524", reason="batch"),
    failures.UNSUPPORTED_TYPE: _everywhere("ND507"),
    failures.LOCAL_TYPE: _everywhere("ND508"),
    failures.BROKEN_TYPE: _everywhere("ND509"),
    failures.MISSING_SETTING: _everywhere("ND408"),
    word.NOT_IMPLEMENTED: _everywhere("ND408", "ND520"),
    word.NO_DIRECTORY: _everywhere("ND527"),
    word.DIMENSIONS: _everywhere("ND493"),
    # what hides the cause
    word.HIDDEN_POOL: Cause(("ND520",), ("ND520",), ("ND520",), ("ND520",), _OWN, "any_connection"),
    word.HIDDEN_BY_PROXY: _everywhere("ND520", reason="proxy_answered"),
    word.HIDDEN_EMBEDDING: _everywhere("ND522"),
    word.HIDDEN_BY_RETRIES: _everywhere("ND520", reason="hidden_by_retries"),
    word.HIDDEN_BY_JAVA: _everywhere("ND523"),
    word.HIDDEN: _everywhere("ND520"),
}
"""Failures that are not here have the code of :func:`netdiag.findings.service.code_of`, whoever was called."""

SHOWN: Final[Mapping[str, str]] = {word.LATE: failures.TIMED_OUT}
"""What a failure is called in words, where that is another's."""

_CONNECTING: Final = frozenset(
    {
        "ND103",
        "ND201",
        "ND202",
        "ND203",
        "ND204",
        "ND205",
        "ND302",
        "ND317",
        "ND318",
        "ND514",
        "ND521",
        "ND525",
        "ND529",
    }
)

_ANSWERED: Final = frozenset(
    {
        f"ND{number}"
        for number in (402, 403, 404, 405, 406, 409, 410, *range(412, 426), *range(436, 440), *range(458, 470))
    }
    | {"ND494", "ND495", "ND526", "ND528", "ND301"}
)

VAGUER: Final[Mapping[str, frozenset[str]]] = {
    "ND491": _CONNECTING | {"ND490", "ND495", "ND460"},
    "ND490": _CONNECTING | {"ND460"},
    "ND528": (_ANSWERED | {"ND529"}) - {"ND528"},
    "ND492": _ANSWERED | {"ND317", "ND318", "ND524"},
    "ND410": frozenset({"ND425", "ND524"}),
    "ND404": frozenset({"ND412", "ND413", "ND414", "ND462", "ND464", "ND467", "ND468"}),
    "ND406": frozenset({"ND458"}),
    "ND103": frozenset({"ND514", "ND525", "ND529"}),
    "ND205": frozenset({"ND525", "ND529"}),
    "ND403": frozenset({"ND461", "ND527"}),
}
"""Code → codes that say the same and more: what a text gives that was cut is its code, or one that is vaguer.

``ND520``, ``ND522`` and ``ND523`` say that the cause is not in the text, so they are vaguer than all. ``ND491`` knows
of a connection that did not come about, ``ND490`` to which address too; ``ND492`` knows the status of an answer,
``ND528`` that it may be a gateway's or a proxy's, ``ND410`` that KAG could not read it; ``ND404`` knows that the key
is refused, and not what stands in its place, why or by whom; ``ND403`` that a model is missing, and not where;
``ND406`` that a service cannot answer, and not for want of memory; ``ND103``, ``ND205`` and ``ND403`` do not know
that it was a part of OpenSPG's, a proxy, an Ollama that starts, or a directory of KAG's.
"""

HIDES: Final = frozenset({"ND520", "ND522", "ND523"})
"""Codes that say of every text the same: that the cause is not in it."""


def is_vaguer(code: str, than: str) -> bool:
    """Tell whether ``code`` says the same as ``than``, or less of it."""
    return code == than or code in HIDES or than in VAGUER.get(code, frozenset())
