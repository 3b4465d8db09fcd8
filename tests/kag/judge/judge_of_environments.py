"""KAG's own checkers, asked under one environment after another: run by the Python of a KAG's environment.

Reads ``{"kind": "chat", "config": {…}, "variables": {…}}``, one a line; answers as ``judge.py`` does. The SDKs read
variables when a client is made, so that to set them in this process is to have started it with them.
"""

import json
import logging
import os
import sys
import time

import judge


def main():
    """Answer every line of standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what KAG prints belongs elsewhere
    time.sleep = judge.without_pauses
    import kag  # noqa: F401, PLC0415 - registers every type, and prints

    heard = judge.Heard()
    logging.getLogger().addHandler(heard)
    started_with = dict(os.environ)
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update({**started_with, **asked["variables"]})
        print(json.dumps(judge.verdict(asked["kind"], asked["config"], heard)), file=answers, flush=True)


if __name__ == "__main__":
    main()
