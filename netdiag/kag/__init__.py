"""What KAG of each version sends, and how it judges the answer. Pure but for reading which version is installed.

The tables were read in KAG's source at the tags v0.5 to v0.8.0 and hold against what its own clients were seen to
send (tests/kag/recordings). KAG itself is never imported: importing it is slow and needs a project around it.
"""

from netdiag.kag.calls import Call, NotSent, call, keyed, smaller, url
from netdiag.kag.clients import client_of, limit_s, pause_s
from netdiag.kag.mending import completed, mended, others
from netdiag.kag.paths import GUESSED, fault, is_provider, other_version, paths, right_path, without_call
from netdiag.kag.verdict import ABOUT_PATHS, NO_API, dimensions, judge, said, seen
from netdiag.kag.version import NEWEST, Installed, chosen, installed, parse
from netdiag.probe.urls import UnusableError

__all__ = [
    "ABOUT_PATHS",
    "GUESSED",
    "NEWEST",
    "NO_API",
    "Call",
    "Installed",
    "NotSent",
    "UnusableError",
    "call",
    "chosen",
    "client_of",
    "completed",
    "dimensions",
    "fault",
    "installed",
    "is_provider",
    "judge",
    "keyed",
    "limit_s",
    "mended",
    "other_version",
    "others",
    "parse",
    "paths",
    "pause_s",
    "right_path",
    "said",
    "seen",
    "smaller",
    "url",
    "without_call",
]
