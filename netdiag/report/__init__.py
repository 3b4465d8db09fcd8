"""A report for each reader: text for people, JSON for machines. Renderers turn a value into text, no more."""

from netdiag.report.as_json import as_dict, as_json
from netdiag.report.as_text import as_text, wrapped

__all__ = ["as_dict", "as_json", "as_text", "wrapped"]
