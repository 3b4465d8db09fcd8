"""The values that travel: facts → candidates → attempts → findings → plan → applied → report.

Every value is frozen and made of the standard library's types, so any stage can be tested with a literal, printed,
compared and stored. Times are milliseconds since the run began. Each stage has a module of its own, and is imported
from there. They are named tuples: a dataclass takes six times as long to make, and importing those 30 ms.
"""
