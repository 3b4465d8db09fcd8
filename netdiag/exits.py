"""The exit statuses, the same for every output format. 77 and 78 are sysexits.h, 124 is coreutils' timeout."""

from typing import Final

OK: Final = 0
PROBLEM: Final = 1
USAGE: Final = 2
PENDING: Final = 3
ROLLED_BACK: Final = 4
INTERNAL: Final = 70
CANNOT_WRITE: Final = 77
NO_CONFIGURATION: Final = 78
INTERRUPTED: Final = 130
