"""What KAG of each version sends, and how it judges the answer. Pure but for reading which version is installed.

The tables were read in KAG's source at the tags v0.5 to v0.8.0 and hold against what its own clients were seen to
send (tests/kag/recordings). KAG itself is never imported: importing it is slow and needs a project around it.
"""

from netdiag.kag.calls import Call, NotSent, call, smaller, url
from netdiag.kag.mending import mended
from netdiag.kag.paths import fault, is_provider, other_version, right_path
from netdiag.kag.verdict import ABOUT_PATHS, dimensions, judge, seen
from netdiag.kag.version import NEWEST, Installed, chosen, installed, parse
from netdiag.probe.urls import UnusableError

__all__ = [
    "ABOUT_PATHS",
    "NEWEST",
    "Call",
    "Installed",
    "NotSent",
    "UnusableError",
    "call",
    "chosen",
    "dimensions",
    "fault",
    "installed",
    "is_provider",
    "judge",
    "mended",
    "other_version",
    "parse",
    "right_path",
    "seen",
    "smaller",
    "url",
]
