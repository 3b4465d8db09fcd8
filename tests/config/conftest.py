"""Hypothesis for the parsers: the same 1,000 cases, fewer in CI beside them, nightly as many new ones as asked for."""

import os

from hypothesis import HealthCheck, settings

USUAL = 1000
EXAMPLES = int(os.environ.get("NETDIAG_EXAMPLES") or USUAL)

settings.register_profile(
    "asked-for",
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= USUAL,
    print_blob=EXAMPLES > USUAL,
    deadline=None,  # machines are busy
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("asked-for")
