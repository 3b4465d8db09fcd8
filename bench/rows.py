"""A server with 50 knowledge bases and one with 5,000, repaired in one session: what each run takes, and the ratio.

    python -m bench.rows

It needs a MariaDB (`tests/grounds/up mariadb`) and the packages of the tests. Each run is a process of its own, so that
start-up counts for both; the model service and the server that answers GET are the tests' own. What is measured is the
time of netdiag's process by the clock, its processor time, its largest memory, and the statements it sent.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

_TESTS: Final = Path(__file__).parents[1] / "tests"

ROWS: Final = (50, 5000)
COMMANDS: Final = ("fix-base-url --dry-run", "fix-base-url", "check", "rollback")
LIMIT: Final = 10.0
"""How many times the time of 50 rows 5,000 may take."""


def _of_tests(name: str) -> Any:
    """Return a module of the tests of product mode."""
    if str(_TESTS) not in sys.path:
        sys.path.insert(0, str(_TESTS))
    return importlib.import_module(f"openspg.{name}")


def one(order: dict[str, Any]) -> None:
    """Run one command beside the database and the server of ``order``, and print what it took as a line of JSON."""
    began = time.monotonic()
    os.chdir(order["directory"])
    os.environ["NETDIAG_STATE_DIR"] = str(Path(order["directory"]) / "state")
    from netdiag import cli, engine, openspg, platform, undoing  # noqa: PLC0415 - start-up is a part of what is measured
    from netdiag.text import Secret  # noqa: PLC0415

    beside = _of_tests("beside")
    database = openspg.Database("127.0.0.1", order["database"], "root", Secret("openspg"), "openspg")
    server = openspg.Server(port=order["api"], runs=True, database=database)
    for module, name, value in (
        (platform, "candidates", beside.WAYS),
        (platform, "name", beside.PLACE),
        (engine, "server_of", server),
        (undoing, "server_of", server),
    ):
        setattr(module, name, lambda *_, value=value, **__: value)
    arguments = order["command"].split()
    with Path(os.devnull).open("w") as nowhere:
        out, sys.stdout = sys.stdout, nowhere
        status = cli.main([*arguments, *([] if arguments[0] == "rollback" else ["--kag-version", "0.7"])])
        sys.stdout = out
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"wall_s": time.monotonic() - began, "cpu_s": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss // 1024}
    print(json.dumps({"status": status, **figures}))


def measured() -> dict[tuple[int, str], dict[str, Any]]:
    """Return the figures of each run by rows and command."""
    mariadb, tables = _of_tests("mariadb"), _of_tests("tables")
    serving, api_of = _of_tests("conftest").serving, _of_tests("server").Api
    found: dict[tuple[int, str], dict[str, Any]] = {}
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as directory:
        database = mariadb.MariaDb(Path(directory))
        try:
            with serving("ollama", "--model", "qwen2.5:3b", "--model", "bge-m3") as port:
                api = api_of(database, "0.7")
                for rows in ROWS:
                    at = Path(directory) / str(rows)
                    at.mkdir()
                    database.filled("0.7", [])
                    _fill(database, rows, tables.frozen(port))
                    for command in COMMANDS:
                        order = {"database": database.port, "api": api.port, "directory": str(at), "command": command}
                        found[rows, command] = _run(database, order)
                api.close()
        finally:
            database.stop()
    return found


def _fill(database: Any, rows: int, text: str) -> None:
    with database.connected() as root, root.connection.cursor() as cursor:
        root.connection.begin()
        row = "INSERT INTO kg_project_info (name, status, config) VALUES (%s, 'VALID', %s)"
        cursor.executemany(row, [(f"kb {n}", text.replace("x-unknown", f"x-{n}")) for n in range(rows)])
        root.connection.commit()


def _run(database: Any, order: dict[str, Any]) -> dict[str, Any]:
    with database.connected() as root:
        shown = "SHOW GLOBAL STATUS LIKE 'Questions'"
        before = int(root.execute(shown)[0][1])
        program = [sys.executable, "-m", "bench.rows", json.dumps(order)]
        environment = {**os.environ, "PYTHONPATH": str(_TESTS.parent)}
        done = subprocess.run(program, capture_output=True, check=True, text=True, env=environment)
        return {**json.loads(done.stdout), "statements": int(root.execute(shown)[0][1]) - before - 1}


def main() -> int:
    """Print the table, and return 1 where 5,000 rows take more than ten times as long as 50."""
    if len(sys.argv) > 1:
        one(json.loads(sys.argv[1]))
        return 0
    found = measured()
    print("| command | rows | status | s | cpu s | MB | statements |\n|---|---|---|---|---|---|---|")
    for (rows, command), figures in found.items():
        numbers = f"{figures['wall_s']:.2f} | {figures['cpu_s']:.2f} | {figures['mb']} | {figures['statements']}"
        print(f"| {command} | {rows} | {figures['status']} | {numbers} |")
    worst = 0.0
    for command in COMMANDS:
        ratio = found[ROWS[1], command]["wall_s"] / found[ROWS[0], command]["wall_s"]
        by_cpu = found[ROWS[1], command]["cpu_s"] / found[ROWS[0], command]["cpu_s"]
        print(f"{command}: {ratio:.1f} times as long, {by_cpu:.1f} times the processor time")
        worst = max(worst, ratio)
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
