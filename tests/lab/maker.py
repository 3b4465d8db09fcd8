"""A process that makes a lab and stays in it, to be ended by the tests: ``python maker.py [HEIR]``.

It prints ``in`` when a command runs inside. With ``heir`` it first leaves a child that has all its open files.
"""

import os
import sys
import time

from netdiag.lab import LabError, Service, World, make

try:
    with make(World(services=(Service("ollama", 11434),))) as lab:
        if "heir" in sys.argv and os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        lab.run(["sh", "-c", "sleep 600 & echo in; sleep 600"], capture=False)
except (KeyboardInterrupt, LabError):
    sys.exit(130)
