"""The exit statuses, the same for every output format. 77 and 78 are sysexits.h, 124 is coreutils' timeout.

Plain numbers: an enum, or even typing.Final, would double what ``netdiag --version`` costs.
"""

OK = 0
PROBLEM = 1
USAGE = 2
PENDING = 3
ROLLED_BACK = 4
INTERNAL = 70
CANNOT_WRITE = 77
NO_CONFIGURATION = 78
TIMED_OUT = 124
INTERRUPTED = 130
