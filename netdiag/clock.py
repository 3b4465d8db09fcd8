"""The time of day and how long something took, as reports have them."""

import time
from datetime import datetime, timezone


def now() -> str:
    """Return the time of day in UTC, to the second (ISO 8601)."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def since(began: float) -> float:
    """Return the milliseconds since ``began``, a reading of :func:`time.monotonic`."""
    return round((time.monotonic() - began) * 1000, 3)
