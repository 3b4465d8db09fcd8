# ruff: noqa: PLC0415 - importing KAG prints, so standard output must be put aside before
"""KAG of one version as the judge of files in labs: run by the Python of a KAG's environment with a socket's path.

KAG is imported once. Every connection is one question, a line of JSON: ``{"container": PID, "directory": …, "file": …,
"node": …, "kind": …, "environment": {…}, "limit_s": …}``. A forked process enters the container, loads the file as KAG
does and asks KAG's own checker about the node; the answer is one line, ``{"node", "ok", "error", "logged", "base_url",
"late"}``. ``late`` means that there was no verdict within the limit.
"""

import json
import logging
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "judge"))

CLOSED = "http://127.0.0.1:9/v1"
"""Where nobody listens: what KAG imports only for a call is imported by a call that fails."""
ONE_NODE = ""
"""Stands for the whole file where that is one node."""


def loaded(file):
    """Return the configuration in the working directory as KAG reads it; what its server stores is JSON."""
    if file != "kag_config.yaml":
        return json.loads(Path(file).read_text("utf-8"))
    from kag.common.conf import load_config

    return load_config()


def verdict(judge, asked):
    """Return KAG's verdict, from inside the container."""
    from namespaces import enter_container

    heard = judge.Heard()
    logging.getLogger().addHandler(heard)
    enter_container(asked["container"])
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    name = asked["node"]
    try:
        config = loaded(asked["file"])
        node = config if name == ONE_NODE else config[name]
        shown = node.get("base_url")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the verdict
        said = f"not loaded: {type(error).__name__}: {error}"
        return {"node": name, "ok": False, "error": said[:600], "logged": [], "base_url": None}
    return {"node": name, **judge.verdict(asked["kind"], node, heard), "base_url": shown}


def within_limit(judge, asked):
    """Let a process of its own find the verdict, and end it when the limit has passed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(verdict(judge, asked)).encode())
        except BaseException as error:  # noqa: BLE001 - the one who asks must know, and this process must end
            os.write(writing, json.dumps({"broken": repr(error)}).encode())
        finally:
            os._exit(0)
    os.close(writing)
    late = not select.select([reading], [], [], asked["limit_s"])[0]
    if late:
        os.kill(child, signal.SIGKILL)
    said = b"".join(iter(lambda: os.read(reading, 1 << 16), b""))
    os.close(reading)
    os.waitpid(child, 0)
    nothing = {"node": asked["node"], "ok": False, "error": "no verdict in time", "logged": [], "base_url": None}
    return {**(nothing if late else json.loads(said)), "late": late}


def attend(judge, connection):
    """Answer one question."""
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        stream.write(json.dumps(within_limit(judge, json.loads(stream.readline()))) + "\n")
        stream.flush()


def warmed(judge):
    """Import KAG with all that its checkers import when they are first used."""
    import kag  # noqa: F401 - registers every type

    heard = judge.Heard()
    for kind, type_ in (("chat", "openai"), ("chat", "vllm"), ("chat", "ollama"), ("embedding", "openai")):
        judge.verdict(kind, {"type": type_, "base_url": CLOSED, "model": "m", "api_key": "k"}, heard)


def reap():
    """Take away those who have attended and ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main():
    """Answer until the program that started this one closes its end of standard input."""
    import judge

    os.dup2(2, 1)  # what KAG prints belongs elsewhere
    time.sleep = judge.without_pauses
    warmed(judge)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(sys.argv[1])
        server.listen(64)
        while sys.stdin not in (ready := select.select([server, sys.stdin], [], [])[0]):
            connection, _ = ready[0].accept()
            if os.fork() == 0:
                try:
                    attend(judge, connection)
                finally:
                    os._exit(0)
            connection.close()
            reap()


if __name__ == "__main__":
    main()
