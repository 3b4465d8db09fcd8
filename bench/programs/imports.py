"""What a command imports: ``imports.py COMMAND…`` prints ``{"modules", "import_ms"}`` as ``-X importtime`` tells them.

The sum is of each module's own time; to be told of each one costs time as well, so it is a little more than it is.
"""

import json
import os
import subprocess
import sys

_MARK = "import time:"

done = subprocess.run(
    sys.argv[1:], env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}, capture_output=True, encoding="utf-8", check=False
)
own = [line.removeprefix(_MARK).split("|")[0] for line in done.stderr.splitlines() if line.startswith(_MARK)]
spent = [int(each) for each in own if each.strip().isdigit()]
print(json.dumps({"modules": len(spent), "import_ms": sum(spent) / 1000}))
sys.exit(done.returncode)
