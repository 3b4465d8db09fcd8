"""Hypothesis for the parsers: the same 1,000 cases everywhere in CI, nightly as many new ones as is asked for."""

import os

from hypothesis import HealthCheck, settings

NIGHTLY = os.environ.get("NETDIAG_EXAMPLES", "")

settings.register_profile(  # no deadline: machines are busy
    "ci",
    max_examples=1000,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly", settings.get_profile("ci"), max_examples=int(NIGHTLY or 1), derandomize=False, print_blob=True
)
settings.load_profile("nightly" if NIGHTLY else "ci")
