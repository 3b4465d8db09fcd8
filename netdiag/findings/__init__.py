"""What the evidence means: the registry of codes with their words, and the rules that raise them. Pure.

The rules about endpoints are imported from :mod:`netdiag.findings.rules`: ``detect`` does without what they need.
"""

from netdiag.findings.catalog import (
    LANGUAGES,
    Described,
    Remedy,
    Words,
    catalog,
    described,
    lacking,
    placed,
    severity,
    severity_of,
    term,
    terms,
    words,
)
from netdiag.findings.places import no_way, of_detection, of_run, of_version, values

__all__ = [
    "LANGUAGES",
    "Described",
    "Remedy",
    "Words",
    "catalog",
    "described",
    "lacking",
    "no_way",
    "of_detection",
    "of_run",
    "of_version",
    "placed",
    "severity",
    "severity_of",
    "term",
    "terms",
    "values",
    "words",
]
