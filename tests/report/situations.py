"""Reports as runs end with them: what every renderer is shown."""

from host_views import listening, sibling, view
from made_suggestions import chat, embedding, keyed, of_vllm, proof, suggestions

from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint, Span
from netdiag.model.host import Firewall
from netdiag.model.journal import Applied, PastFile, PastRun
from netdiag.model.place import Candidate, Choice, Fact, Facts, Gateway, Hop, HostsLine, Interface, NameAnswer, Platform
from netdiag.model.plan import Edit, Plan
from netdiag.model.report import Evidence, Examined, Finding, Report
from netdiag.model.suggestion import Suggestions
from netdiag.outcome import concluded
from netdiag.text import Secret

KEY = "sk-canary-4f1d"
LOCAL = Candidate("localhost", "loopback", "", 0, ("127.0.0.1", "::1"))
NAME = Candidate("host.docker.internal", "name", "", 1)
GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 4, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "", 5, ("172.17.0.1",))
DOCKERENV = Fact("dockerenv", "present", "/.dockerenv")
PLATFORM = Platform("docker-compose", True, False, "certain", (DOCKERENV,), systems=("linux",))
URL, HOST, PATH = Span(63, 86), Span(70, 79), Span(85, 86)


def endpoint(line: int = 4, node: str = "chat_llm", base_url: str = "http://localhost:11434/") -> Endpoint:
    """An endpoint with a key that must never be seen."""
    return Endpoint(
        "kag_config.yaml", line, node, "chat", "ollama", "qwen2.5:3b", base_url, Secret(KEY), {}, URL, column=13
    )


def report(command: str = "fix-base-url", *endpoints: Examined, **more) -> Report:
    """A report about these endpoints."""
    known = {"kag_version": "0.8.0", "platform": PLATFORM, "candidates": (LOCAL, NAME, GATEWAY)}
    fields = {"exit_code": 0, "evidence": EVIDENCE, **known, "endpoints": endpoints, **more}
    return Report(command, "2026-11-23T16:40:00+00:00", 123.4, **fields)


REFUSED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.1, 0.3, "connection_refused", "Connection refused")
CONNECTED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.1, 0.3)
CALLED = Attempt("call", "172.18.0.1", "", 11434, 0.0, 38.0, None, "", 200)
PROVEN = Proof("172.18.0.1", "http://172.18.0.1:11434/", None, "", 200, 38.0, Service("ollama", "0.17.4"))
REPAIRABLE = Examined(
    endpoint(),
    "repairable",
    (REFUSED, CONNECTED, CALLED),
    (PROVEN,),
    GATEWAY,
    "http://172.18.0.1:11434/",
    runner_up=DOCKER0,
)
WORKS = REPAIRABLE._replace(verdict="works", endpoint=endpoint(9, "openie_llm", "http://172.18.0.1:11434/"))
LOOPBACK = Finding(
    "ND201",
    "kag_config.yaml:4",
    {
        "address": "172.18.0.1:11434",
        "port": "11434",
        "service": "ollama",
        "model": "qwen2.5:3b",
        "platform": "docker-compose",
        "systems": "linux",
    },
    ("172.18.0.1:11434 tcp connection_refused (0.3 ms)",),
)
MADE_BY_A_MAC = Platform(
    "kubernetes",
    True,
    False,
    "likely",
    (Fact("kubernetes", "10.96.0.1", "environment: KUBERNETES_SERVICE_HOST"),),
    (Fact("dockerenv", "present", "/.dockerenv"),),
    "docker-desktop",
    ("linux", "macos", "windows"),
    reaches_loopback=True,
)
WAYS = (
    LOCAL,
    Candidate("host.docker.internal", "name", "/etc/hosts:7", 1, ("172.17.0.1",)),
    Candidate("host.lima.internal", "name", "127.0.0.11", 2, ("192.168.5.2",)),
    Candidate("192.168.5.2", "answer", "host.docker.internal", 3, ("192.168.5.2",)),
    GATEWAY,
    Candidate("172.20.0.1", "first_address", "172.20.0.0/16 eth1", 5, ("172.20.0.1",)),
    DOCKER0,
    Candidate("10.0.2.2", "constant", "docker-rootless", 7, ("10.0.2.2",)),
    Candidate("172.20.96.1", "host_nameserver", "/etc/resolv.conf", 8, ("172.20.96.1",)),
    Candidate("10.1.2.3", "user", "", 9, ("10.1.2.3",)),
)
STATIONS = ("container", "bridge", "router", "namespace", "machine", "wsl", "outer_container", "node", "host")
ANSWERS = (
    NameAnswer("host.docker.internal", "127.0.0.11", ("192.168.5.2",), duration_ms=1.5),
    NameAnswer("host.orb.internal", "127.0.0.11", failure="dns_nxdomain", detail="NXDOMAIN", duration_ms=1.6),
)
EVIDENCE = Evidence(
    Facts(
        (DOCKERENV,),
        (Interface("eth0", ("172.18.0.2/16",), "veth"),),
        (Gateway("172.18.0.1", "eth0"),),
        (HostsLine("172.17.0.1", ("host.docker.internal",), 7),),
        ("127.0.0.11",),
        ("172.20.96.1",),
        ("127.0.0.1:8887",),
    ),
    ANSWERS,
    "0.8.0",
    120.0,
    ("HTTP_PROXY",),
)
PIN = Finding(
    "ND118",
    "/etc/hosts:7",
    {
        "name": "host.docker.internal",
        "pinned": "172.17.0.1",
        "line": "7",
        "server": "127.0.0.11",
        "answered": "192.168.5.2",
    },
    ("127.0.0.11: 192.168.5.2 (host.docker.internal)",),
)
BROKEN = Examined(endpoint(), "broken", (REFUSED,), findings=(LOOPBACK,))
BROKEN_TOO = BROKEN._replace(endpoint=endpoint(9, "openie_llm"))
TEMPLATE = Examined(
    endpoint(12, "ner_llm", "{{ URL }}"), "left_alone", findings=(Finding("ND504", "", {"base_url": "{{ URL }}"}),)
)
FOLDED = REPAIRABLE._replace(
    endpoint=endpoint(20, "openie_llm")._replace(url_span=None, left_alone="escaped"),
    findings=(Finding("ND506", "kag_config.yaml:20", {"reason": "escaped", "suggestion": "http://172.18.0.1:11434/"}),),
)
LOGIN_REFUSED = Finding(
    "ND531",
    "mysql:3306/openspg",
    {"database": "mysql:3306/openspg", "user": "root", "reason": "db_login_refused", "detail": "Access denied"},
)
EDITS = (
    Edit("kag_config.yaml", 4, "chat_llm", HOST, b"localhost", b"172.18.0.1", "host", 20),
    Edit("kag_config.yaml", 4, "chat_llm", PATH, b"/", b"", "path", 35),
)
PLAN = Plan(EDITS, {"kag_config.yaml": "0" * 64}, "--- a/kag_config.yaml\n+++ b/kag_config.yaml\n-x\n+y\n")
FILE = "/home/admin/kag_config.yaml"
WRITTEN, UNDOING = "20261123T164000.000001Z-42", "20261123T165000.000002Z-43"
RUNS = (
    PastRun("20261123T170000.000003Z-44", "2026-11-23T17:00:00+00:00", (PastFile(FILE, "done", "in_place", 2),)),
    PastRun(UNDOING, "2026-11-23T16:50:00+00:00", (PastFile(FILE, "done", "rename", 1, WRITTEN),)),
    PastRun(
        WRITTEN,
        "2026-11-23T16:40:00+00:00",
        (
            PastFile(FILE, "rolled_back", "rename", 1),
            PastFile("/home/admin/b.yaml", "undone", "rename", 1),
            PastFile("/home/admin/c.yaml", "left", "in_place", 1),
            PastFile("/home/admin/d.yaml", "unfinished", "rename", 3),
        ),
    ),
)
REFUSED_UNDO = Finding("ND605", "/var/lib/netdiag", {"reason": "file_no_such_run", "detail": "run x", "listed": "yes"})
AROUND = (
    Finding("ND607", "kag_config.yaml", {"editor": ".kag_config.yaml.swp"}),
    Finding("ND608", "kag_config.yaml", {"n": "2"}),
)
UNREADABLE = Finding("ND501", "bad.yaml:3", {"reason": "file_syntax", "detail": "expected ',' or ']'"})

KEY_REFUSED = Examined(
    endpoint(20, "openie_llm", "https://api.example.com/v1"),
    "broken",
    (Attempt("call", "api.example.com", "", 443, 0.0, 112.0, "key_refused", "Incorrect API key", 401),),
    (Proof("api.example.com", "https://api.example.com/v1", "key_refused", "Incorrect API key", 401, 112.0),),
    findings=(
        Finding(
            "ND404",
            "kag_config.yaml:20",
            {"address": "https://api.example.com/v1", "detail": "Incorrect API key", "model": "m", "type": "maas"},
            ("call https://api.example.com/v1: HTTP 401 (112.0 ms)",),
        ),
    ),
)
DROPPED = Examined(
    endpoint(),
    "broken",
    (
        Attempt("tcp", "localhost", "127.0.0.1", 11434, 0.1, 0.1, "connection_refused", "Connection refused"),
        Attempt("dns", "host.docker.internal", "", 11434, 0.1, 3.2, "dns_nxdomain"),
        Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.2, 1500.0, "timed_out", neighbour="complete"),
        Attempt("control", "172.18.0.1", "172.18.0.1", 1, 1501.0, 0.2, "connection_refused"),
    ),
    findings=(
        Finding(
            "ND209",
            "kag_config.yaml:4",
            {"address": "172.18.0.1:11434", "port": "11434", "containers": "172.18.0.0/16", "systems": "linux"},
            ("172.18.0.1:11434 tcp timed_out (1500.0 ms), ARP complete", "172.18.0.1:1 control connection_refused"),
        ),
    ),
)
ROW = endpoint(0, "", "http://localhost:11434/")._replace(
    source="openspg:127.0.0.1:3306/openspg/kg_user_model/1",
    place="place_models > Ollama > qwen2.5:3b",
    column=0,
)
OF_SERVER = REPAIRABLE._replace(endpoint=ROW)
CHINESE = REPAIRABLE._replace(endpoint=endpoint()._replace(source="配置/甲 乙.yaml", model="通义千问"))
CHINESE_PLAN = Plan(tuple(edit._replace(source="配置/甲 乙.yaml") for edit in EDITS), {"配置/甲 乙.yaml": "0" * 64}, "")
ONE_CALL = endpoint(0, "chat", "http://172.18.0.1:11434/")._replace(
    source="command line", url_span=None, column=0, line=0
)
HOST = view(
    listening("127.0.0.1", "docker-proxy"),
    listening("0.0.0.0", "sshd", 22),
    siblings=(sibling(publish="127.0.0.1", project="models"), sibling(name="old", state="exited", names=())),
    firewalls=(
        Firewall("ufw", "active", "/etc/ufw/ufw.conf"),
        Firewall("iptables", "active", "iptables-save", ("-P INPUT DROP",)),
        Firewall("nftables", "unreadable", "nft list ruleset"),
    ),
)
NEAR = Candidate("ollama", "sibling", "ollama (release_default)", 2, ("172.18.0.9",), 11434, (8080,))
ALIKE = Candidate("vllm", "alike", "vllm (release_default)", 6, ("172.18.0.8",), 8000, (8000,))
APART = Examined(
    endpoint(),
    "broken",
    (REFUSED,),
    findings=(
        Finding(
            "ND274",
            "kag_config.yaml:4",
            {
                **LOOPBACK.values,
                "sibling": "ollama",
                "inner_port": "11434",
                "network": "release_default",
                "joined": "ollama",
                "name": "ollama",
                "compose": "yes",
                "sibling_service": "ollama",
                "narrow": "yes",
                "alias": "",
                "seen": "yes",
            },
            ("ollama: 127.0.0.1:11434 -> 11434/tcp", "ollama: 0.0.0.0:11434 LISTEN"),
        ),
    ),
)
HOSTILE = Finding(
    "ND405",
    "f|g.yaml:1",
    {"address": "http://h|i", "detail": "a|b\x1b]0;owned\x07<script>&amp;]]>\ufffe"},
    ("\x1b[2J",),
)

OF_COMPOSE = {"platform": None, "candidates": (), "evidence": None, "kag_version": ""}
LINE = b'    extra_hosts: ["host.docker.internal:host-gateway"]\n'
COMPOSE_PLAN = Plan(
    (Edit("docker-compose.yml", 12, "services.server", Span(310, 310), b"", LINE, "extra_hosts", 1),),
    {"docker-compose.yml": "0" * 64},
    "--- a/docker-compose.yml\n+++ b/docker-compose.yml\n@@ docker-compose.yml:12 services.server @@\n"
    f"+{LINE.decode()}",
)
RECREATE = Finding(
    "ND570",
    "docker-compose.yml:4",
    {
        "service": "server",
        "what": "host.docker.internal",
        "recreate": "docker compose up -d --no-deps server",
        "podman": "podman compose up -d --no-deps server",
        "inside": "netdiag --container release-openspg-server fix-base-url",
        "kind": "host",
    },
)
NO_MODEL = Finding("ND538", "place_models", {"database": "mysql:3306/openspg"}, severity="note")
GONE = chat("llama3", proof=proof("http://172.18.0.1:11434", "model_not_found", 404, "model 'llama3' not found"))


WANTS_KEY = Finding("ND582", "", {"services": "openai-compatible 172.18.0.1:4000", "wants_key": "yes"})
NO_SERVICE = Finding(
    "ND581",
    "",
    {"ports": "11434, 8000", "addresses": "172.18.0.1", "host_seen": "no", "systems": "linux", "service": "other"},
    ("172.18.0.1 connection_refused: 11434, 8000",),
)


def to_enter(command: str, made: Suggestions, *said: Finding) -> Report:
    """A run that found nothing saved, and looked for what could be."""
    return concluded(report(command, findings=(NO_MODEL, *said), suggestions=made), writes=command == "fix-base-url")


WHICH = Finding("ND573", "compose.yaml:2", {"reason": "compose_many_services", "services": "kag, mysql"})
SITUATIONS = {
    "repaired": report(
        "fix-base-url", REPAIRABLE, WORKS, plan=PLAN, applied=(Applied("kag_config.yaml", "r1", "rename", 2),)
    ),
    "dry-run": report("fix-base-url", REPAIRABLE, plan=PLAN, exit_code=3),
    "check": report("check", REPAIRABLE, plan=PLAN, exit_code=1),
    "two-with-one-cause": report("check", BROKEN, BROKEN_TOO, WORKS, exit_code=1),
    "nothing-to-do": report("check", WORKS),
    "beside-a-template": report("check", WORKS, TEMPLATE, exit_code=1),
    "by-hand": report(
        "fix-base-url",
        REPAIRABLE,
        FOLDED,
        plan=PLAN,
        applied=(Applied("kag_config.yaml", "r1", "rename", 2),),
        exit_code=3,
    ),
    "nothing-examined": report("check", findings=(LOGIN_REFUSED,), exit_code=78),
    "unreadable": report("fix-base-url", findings=(UNREADABLE,), exit_code=78),
    "detect": report(
        "detect",
        path=(Hop("container", "172.18.0.2/16 (eth0)"), Hop("bridge", "172.18.0.1"), Hop("host")),
        choice=Choice(GATEWAY, "no_name_known", DOCKER0),
        evidence=EVIDENCE,
    ),
    "detect-every-kind": report(
        "detect",
        platform=MADE_BY_A_MAC,
        candidates=WAYS,
        path=tuple(Hop(kind) for kind in STATIONS),
        choice=Choice(WAYS[1], "stable_name", WAYS[3]),
        findings=(PIN,),
        evidence=EVIDENCE,
    ),
    "detect-no-way": report("detect", candidates=(LOCAL, NAME), path=(Hop("container"), Hop("router"), Hop("host"))),
    "repaired-beside-an-editor": report(
        "fix-base-url",
        REPAIRABLE,
        findings=AROUND,
        plan=PLAN,
        applied=(Applied("kag_config.yaml", "r1", "in_place", 2),),
    ),
    "runs": report("rollback", runs=RUNS),
    "no-runs": report("rollback", runs=()),
    "rollback-refused": report("rollback", findings=(REFUSED_UNDO,), exit_code=1),
    "rollback": report("rollback", applied=(Applied("kag_config.yaml", "r2", "in_place", 1),)),
    "key-refused": report("check", KEY_REFUSED, WORKS, exit_code=1),
    "firewall": report("check", DROPPED, candidates=(LOCAL, NAME, GATEWAY, DOCKER0), exit_code=1),
    "from-the-host": report(
        "check",
        APART,
        candidates=(LOCAL, NAME, NEAR, GATEWAY, ALIKE),
        exit_code=1,
        evidence=EVIDENCE._replace(host=HOST),
    ),
    "detect-from-the-host": report(
        "detect",
        path=(Hop("container", "172.18.0.2/16 (eth0)"), Hop("bridge", "172.18.0.1"), Hop("host")),
        choice=Choice(GATEWAY, "no_name_known", DOCKER0),
        evidence=EVIDENCE._replace(host=HOST._replace(listeners=None, firewalls=(), engine="Docker Desktop")),
    ),
    "of-the-server": report("check", OF_SERVER, exit_code=1, plan=PLAN._replace(edits=(), diff="")),
    "cannot-write": report(
        "fix-base-url",
        REPAIRABLE,
        findings=(
            Finding("ND601", "kag_config.yaml", {"reason": "file_read_only", "detail": "Read-only file system"}),
        ),
        plan=PLAN,
        exit_code=77,
    ),
    "rolled-back": report(
        "fix-base-url", REPAIRABLE, findings=(Finding("ND602", "kag_config.yaml", {}),), plan=PLAN, exit_code=4
    ),
    "chinese-names": report("check", CHINESE, plan=CHINESE_PLAN, exit_code=1),
    "hostile": report(
        "check", BROKEN._replace(findings=(HOSTILE,)), findings=(HOSTILE._replace(where="f.yaml:1"),), exit_code=1
    ),
    "to-enter-on-the-model-page": to_enter(
        "fix-base-url", suggestions("models_page", chat(), embedding(), of_vllm(), GONE, keyed())
    ),
    "to-enter-globally": to_enter("suggest", suggestions("global_page", chat(), embedding())),
    "to-enter-in-a-file": to_enter("check", suggestions("file", chat(), embedding(key="own"))),
    "to-enter-half": to_enter("fix-base-url", suggestions("models_page", of_vllm())),
    "wants-a-key": to_enter("check", suggestions("models_page", keyed()), WANTS_KEY),
    "no-service-found": to_enter("suggest", suggestions("models_page"), NO_SERVICE),
    "compose-line": report(
        "fix-compose",
        **OF_COMPOSE,
        plan=COMPOSE_PLAN,
        applied=(Applied("docker-compose.yml", "r1", "rename", 1),),
        findings=(RECREATE, Finding("ND576", "docker-compose.yml:4", {"service": "server", "others": "worker"})),
    ),
    "compose-dry-run": report("fix-compose", **OF_COMPOSE, plan=COMPOSE_PLAN, findings=(RECREATE,), exit_code=3),
    "compose-refused": report("fix-compose", **OF_COMPOSE, findings=(WHICH,), exit_code=1),
    "one-call": report("chat", WORKS._replace(endpoint=ONE_CALL), platform=None, candidates=(), evidence=None),
    "one-call-failed": report(
        "chat", KEY_REFUSED._replace(endpoint=ONE_CALL), platform=None, candidates=(), evidence=None, exit_code=1
    ),
}
"""What is called ``hostile`` was said by a server that means no good; the key that endpoints have is in none."""

EXAMINED = {name: each for name, each in SITUATIONS.items() if each.command in ("fix-base-url", "check", "suggest")}
"""Those of the commands that have every format."""
