"""What a look at a certificate tells: for whom and until when it is, and all that is wrong with it."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final

from netdiag import failures
from netdiag.probe.tls import Look
from netdiag.text import shown

_CLOCK_S: Final = 86400
"""Seconds by which two clocks must differ to be worth a word: a day, since nothing here needs them to be exact."""


def told(look: Look, failure: str) -> Mapping[str, str]:
    """Return what a look at a certificate tells, and all that is wrong with it beside what the call failed at."""
    if look.certificate is None:
        return {}
    subject, issuer, starts, ends, names = look.certificate
    now = datetime.now(timezone.utc).timestamp()
    faults = [failure] if failure != failures.TLS_UNTRUSTED else []
    faults += [failures.TLS_EXPIRED] if ends < now else []
    faults += [failures.TLS_NOT_YET_VALID] if now < starts else []
    faults += [] if look.fits_name else [failures.TLS_WRONG_NAME]
    there = now + (look.ahead_s or 0)
    told = {
        "subject": shown(subject),
        "issuer": shown(issuer),
        "signed": "itself" if subject == issuer else "other",
        "starts": _day(starts),
        "ends": _day(ends),
        "names": shown(", ".join(names)) or "-",
        "faults": " ".join(dict.fromkeys(faults)),
        "here": _day(now),
        "there": _day(there),
    }
    valid_there = starts <= there <= ends and not starts <= now <= ends
    return told | {"clock": "differs" if valid_there and abs(there - now) > _CLOCK_S else "same"}


def _day(when: float) -> str:
    return datetime.fromtimestamp(when, timezone.utc).date().isoformat()
