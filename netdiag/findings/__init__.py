"""What the evidence means: the registry of codes with their words, and the rules that raise them. Pure.

The rules about endpoints are imported from :mod:`netdiag.findings.rules`: ``detect`` does without what they need.
"""

from netdiag.findings.catalog import LANGUAGES, Remedy, Words, catalog, severity, term, terms, words
from netdiag.findings.places import no_name, no_way, of_names, of_place, of_platform, values

__all__ = [
    "LANGUAGES",
    "Remedy",
    "Words",
    "catalog",
    "no_name",
    "no_way",
    "of_names",
    "of_place",
    "of_platform",
    "severity",
    "term",
    "terms",
    "values",
    "words",
]
