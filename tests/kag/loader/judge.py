# ruff: noqa: PLC0415 - importing KAG prints, so standard output must be put aside before
"""KAG's own loader of configuration files, asked one text after another: run by the Python of a KAG's environment.

Reads ``{"text": …, "environment": {…}}``, one a line, and answers each with ``{"error": …}``, or with
``{"nodes": […]}``: of every mapping that has a base_url the scalars, each as its type and its text.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

NAME = "kag_config.yaml"


def load(text, environment):
    """Return what KAG makes of a file with this text, in this environment; it raises what KAG raises."""
    from kag.common import conf

    before = dict(os.environ)
    # by bytes: the file is what it is, and KAG opens it as text
    Path(NAME).write_bytes(text.encode())
    os.environ.clear()
    os.environ.update(environment)
    try:
        manager = conf.KAGConfigMgr()
        manager.initialize(False)
        return manager.config
    finally:
        os.environ.clear()
        os.environ.update(before)


def nodes(config):
    """Return the scalars of every mapping with a base_url, each mapping once however often it is used."""
    found, seen, waiting = [], set(), [config]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            if "base_url" in value:
                scalars = {k: v for k, v in value.items() if isinstance(k, str) and not isinstance(v, dict | list)}
                found.append({name: [type(each).__name__, str(each)] for name, each in scalars.items()})
            waiting.extend(value.values())
        else:
            waiting.extend(value)
    return found


def main():
    """Answer every line of standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what KAG prints belongs elsewhere
    import kag  # noqa: F401 - its first import wants a project around it

    os.chdir(tempfile.mkdtemp())
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"nodes": nodes(load(asked["text"], asked["environment"]))}
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is not loaded
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
