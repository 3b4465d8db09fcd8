"""Ask KAG itself and netdiag about the same configuration, each at servers of its own, and keep what both did."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final

from docker_ground import CACHE
from kag.judge.answers import ANSWERS
from kag.judge.configurations import RELEASES, Case, cases
from kag.judge.server import Capture, Kept, capture
from kag.judge.values import Written

from netdiag import config, kag
from netdiag.kag.version import Version
from netdiag.model.endpoint import Endpoint
from netdiag.probe.environment import Environment
from netdiag.prove.between import Between
from netdiag.text import Secret

ENVIRONMENTS: Final = CACHE / "kag-judge"
HERE: Final = Path(__file__).parent
NODES: Final = {"chat": "chat_llm", "embedding": "vectorize_model", "rerank": "rerank_model"}
LIMIT_S: Final = 900.0
"""How long one judge may take for everything it is asked."""


@dataclass(frozen=True)
class Did:
    """What was done with one configuration: the requests, and whether it ended well (``None``: it raised)."""

    requests: tuple[Kept, ...]
    ok: bool | None
    said: str = ""

    @property
    def sent(self) -> Kept | None:
        """The first request."""
        return self.requests[0] if self.requests else None


@dataclass
class Judge:
    """A process of KAG's: every question is one line, every verdict another."""

    process: "subprocess.Popen[str]"

    def verdict(self, kind: str, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what KAG's own checker says."""
        assert self.process.stdin
        assert self.process.stdout
        said = as_yaml(configuration) if is_yaml(configuration) else configuration
        self.process.stdin.write(json.dumps({"kind": kind, "config": said}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"KAG ended at {kind} {configuration}"
        verdict: Mapping[str, Any] = json.loads(answer)
        return verdict


def judge_of(release: str, ollama_host: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that runs KAG of this release in its environment's folder, and all its variables.

    Where a configuration has no base_url, Ollama's SDK looks at ``ollama_host``.
    """
    home = ENVIRONMENTS / release
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "MPLCONFIGDIR": str(home),
        "NO_PROXY": "*",
        "KAG_PROJECT_HOST_ADDR": "http://127.0.0.1:9",
        "OLLAMA_HOST": ollama_host,
        # every client of the SDKs reads all certificates there are anew, which is most of the time it takes
        "SSL_CERT_FILE": str(home / "one.pem"),
        "PYTHONIOENCODING": "utf-8",
    }
    return [str(home / "bin/python"), str(HERE / "judge.py")], environment


@contextmanager
def judge(version: Version, ollama_host: str, log: IO[bytes]) -> Iterator[Judge]:
    """Run KAG of this version, for :data:`LIMIT_S` at most."""
    command, environment = judge_of(RELEASES[version], ollama_host)
    process = subprocess.Popen(
        command,
        cwd=ENVIRONMENTS / RELEASES[version],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
    )
    limit = Timer(LIMIT_S, process.kill)
    limit.start()
    try:
        yield Judge(process)
    finally:
        limit.cancel()
        process.kill()
        process.communicate()


def is_yaml(configuration: Mapping[str, Any]) -> bool:
    """Whether a value of it is one that only YAML can write."""
    return any(isinstance(value, Written) for value in configuration.values())


def as_yaml(configuration: Mapping[str, Any]) -> str:
    """Return the configuration as YAML writes it."""
    texts = {
        name: value.text if isinstance(value, Written) else json.dumps(value) for name, value in configuration.items()
    }
    return "\n".join(f"{name}: {text}" for name, text in texts.items())


def endpoint_of(case: Case, configuration: Mapping[str, Any]) -> Endpoint:
    """Return what netdiag reads from the configuration; without a base_url it would not see it at all."""
    if isinstance(configuration.get("base_url"), str):
        if is_yaml(configuration):
            nested = as_yaml(configuration).replace("\n", "\n  ")
            document = config.parse(f"{NODES[case.kind]}:\n  {nested}\n".encode(), "kag_config.yaml")
        else:
            document = config.parse(json.dumps({NODES[case.kind]: configuration}).encode(), "kag_config.json")
        (found,) = document.endpoints
        assert found.kind == case.kind, found
        return found
    key = configuration.get("api_key")
    known = {"type", "model", "base_url", "api_key"}
    return Endpoint(
        source="kag_config.json",
        line=1,
        node=NODES[case.kind],
        kind=case.kind,  # type: ignore[arg-type]
        type=case.type,
        model=configuration.get("model") or "",
        base_url="",
        api_key=Secret(key) if isinstance(key, str) else None,
        settings={name: value for name, value in configuration.items() if name not in known},
    )


def netdiag_says(case: Case, configuration: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Make netdiag's call for the configuration and return whether it ended well, and what there is to say."""
    endpoint = endpoint_of(case, configuration)
    call = kag.call(case.version, endpoint, endpoint.base_url)
    if isinstance(call, kag.NotSent):
        return call.failure is None, f"not sent: {call.failure} {call.detail}"
    answer = Between(Environment(), 5, 60, sleep=lambda _: None).send(call)
    try:
        failure, detail = kag.judge(call, answer)
    except Exception as error:  # noqa: BLE001 - one that cannot be judged is a difference; the others are still asked
        return None, f"netdiag raised {error!r}"
    return failure is None, f"{failure or ''} {detail}"[:300]


def netdiag_does(case: Case, configuration: Mapping[str, Any], servers: Capture) -> Did:
    """Let netdiag prove the configuration."""
    ok, said = netdiag_says(case, configuration)
    return Did(servers.taken(), ok, said)


def kag_does(case: Case, configuration: Mapping[str, Any], servers: Capture, asked: Judge) -> Did:
    """Let KAG check the configuration."""
    verdict = asked.verdict(case.kind, configuration)
    return Did(servers.taken(), verdict["ok"], " ".join([verdict["error"], *verdict["logged"]]))


def both(version: Version, log: Path) -> list[tuple[Case, Did, Did]]:
    """Return what KAG and what netdiag did with every configuration of a version."""
    found = []
    with ExitStack() as stack:
        servers = stack.enter_context(capture())
        output = stack.enter_context(log.open("wb"))
        asked = stack.enter_context(judge(version, f"127.0.0.1:{servers.ports['ollama']}", output))
        for case in cases(version):
            if case.answer:
                servers.can(*ANSWERS[case.kind][case.answer])
            configuration = case.configuration(servers.ports[case.server])
            by_kag = kag_does(case, configuration, servers, asked)
            found.append((case, by_kag, netdiag_does(case, configuration, servers)))
    return found


def all_of_them(logs: Path) -> list[tuple[Case, Did, Did]]:
    """Return what became of every configuration; a process for each version, since there are more cores than one."""
    with ProcessPoolExecutor(len(RELEASES), get_context("spawn")) as pool:
        found = pool.map(both, RELEASES, [logs / version for version in RELEASES])
        return [did for each in found for did in each]
