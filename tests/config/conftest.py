"""Hypothesis for the parsers: the same 200 cases on every machine, and no deadline, since machines are busy."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "config", max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("config")
