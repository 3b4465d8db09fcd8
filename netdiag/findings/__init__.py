"""What the evidence means: the catalogue of codes with their words, and the rules that raise them. Pure."""

from netdiag.findings.catalog import LANGUAGES, Remedy, Words, catalog, severity, term, terms, words
from netdiag.findings.rules import Context, of_endpoint, of_place

__all__ = [
    "LANGUAGES",
    "Context",
    "Remedy",
    "Words",
    "catalog",
    "of_endpoint",
    "of_place",
    "severity",
    "term",
    "terms",
    "words",
]
