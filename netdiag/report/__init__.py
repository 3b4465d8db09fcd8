"""A report for each reader: text for people, JSON for machines. Renderers turn a value into text, no more.

Each is imported from its module, :mod:`netdiag.report.as_text` or :mod:`netdiag.report.as_json`: a command needs one.
"""
