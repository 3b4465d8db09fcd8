"""A process with a terminal of its own that opens a shell in a lab and says how it ended; run by the tests."""

import fcntl
import os
import termios

from netdiag.lab import World, make

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
with make(World()) as lab:
    status = lab.interactive(["sh", "-i"])
    print(f"status {status}, terminal {'ours' if os.tcgetpgrp(0) == os.getpgrp() else 'lost'}")
