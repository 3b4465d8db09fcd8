"""From what the host itself shows to the cause: facts where a container could only guess."""

import json

import pytest
from host_views import OWN, listening, sibling, view

from netdiag import findings
from netdiag.findings.context import Context
from netdiag.findings.reach import FILTERED
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.host import Firewall, HostView
from netdiag.model.place import Candidate
from netdiag.model.report import Examined, Finding

LOCAL = Candidate("localhost", "loopback", "", 0, ("127.0.0.1",))
GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 1, ("172.18.0.1",))
NEAR = Candidate("ollama", "sibling", "ollama (release_default)", 2, ("172.18.0.9",), 11434, (11434,))
PLACE = {
    "platform": "docker-compose",
    "systems": "linux",
    "containers": "172.18.0.0/16",
    "gateway": "172.18.0.1",
    "bridge": "yes",
}

REFUSED, SILENT = "connection_refused", "timed_out"


def told(
    seen: HostView | None, failure: str = REFUSED, control: str = REFUSED, type_: str = "ollama", proof: str = ""
) -> list[Finding]:
    """What is said of an endpoint whose connects to the host ended like this."""
    attempts = [
        Attempt("tcp", "localhost", "127.0.0.1", 11434, 0, 1, REFUSED),
        Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0, 1, failure, neighbour="complete"),
        Attempt("control", "172.18.0.1", "172.18.0.1", 1, 0, 1, control),
        Attempt("tcp", "ollama", "172.18.0.9", 11434, 0, 1, REFUSED),
    ]
    endpoint = Endpoint("llm.json", 1, "", "chat", type_, "qwen2.5:3b", "http://localhost:11434/")
    proofs = (Proof("ollama", "http://ollama:11434/", proof, service=Service("ollama")),) if proof else ()
    item = Examined(endpoint, "broken", tuple(attempts), proofs)
    return list(of_endpoint(item, Context((LOCAL, GATEWAY, NEAR), "0.8", 120, place=PLACE, host=seen)))


UFW = Firewall("ufw", "active", "/etc/ufw/ufw.conf")
IPTABLES = Firewall("iptables", "active", "iptables-save", ("-A INPUT -p tcp --dport 11434 -j DROP",))
UNREADABLE = Firewall("nftables", "unreadable", "nft list ruleset")
ELSEWHERE = sibling(publish="127.0.0.1")

REFUSALS = {
    "no view of the host": (None, ["ND201"]),
    "another machine carries the containers": (view()._replace(listeners=None), ["ND201"]),
    "on loopback only": (view(listening("127.0.0.1")), ["ND270"]),
    "on loopback of both families": (view(listening("127.0.0.1"), listening("::1")), ["ND270"]),
    "nobody": (view(), ["ND271"]),
    "nobody that serves models": (view(listening("0.0.0.0", "sshd", 22)), ["ND271"]),
    "the service on another port": (view(listening("127.0.0.1", "ollama", 11435)), ["ND272"]),
    "on all addresses": (view(listening("0.0.0.0")), ["ND273"]),
    "on all addresses, by IPv6's socket": (view(listening("::")), ["ND273"]),
    "on the very address": (view(listening("172.18.0.1")), ["ND273"]),
    "on an address of its own": (view(listening("192.168.1.5")), ["ND278"]),
    "another container, on loopback": (view(listening("127.0.0.1", ""), siblings=(ELSEWHERE,)), ["ND274"]),
    "another container, from another machine": (view(siblings=(ELSEWHERE,))._replace(listeners=None), ["ND274"]),
    "another container, not published": (view(siblings=(sibling(),)), ["ND274"]),
    "another container has the port, the host serves": (
        view(listening("127.0.0.1"), siblings=(sibling(),)),
        ["ND270"],
    ),
    "another container, on its own loopback": (
        view(siblings=(sibling(publish="0.0.0.0", inside="127.0.0.1"),)),
        ["ND275"],
    ),
    "another container, nobody in it": (view(siblings=(sibling(publish="0.0.0.0", inside=""),)), ["ND276"]),
    "another container that has stopped": (
        view(siblings=(sibling(publish="127.0.0.1", state="exited", inside=None),)),
        ["ND277"],
    ),
    "a stopped container of the same port": (
        view(listening("127.0.0.1"), siblings=(sibling(state="exited", inside=None),)),
        ["ND270"],
    ),
    "a stopped container that published it, the host serves": (
        view(listening("127.0.0.1"), siblings=(sibling(publish="127.0.0.1", state="exited", inside=None),)),
        ["ND270"],
    ),
    "a container on the same network that refuses": (view(siblings=(sibling(network=OWN, inside=""),)), ["ND276"]),
    "two containers that can only meet on Docker's own bridge": (
        view(siblings=(sibling(publish="127.0.0.1", network="none", names=()),), networks=("bridge",)),
        ["ND201"],
    ),
}


@pytest.mark.parametrize(("seen", "codes"), REFUSALS.values(), ids=REFUSALS)
def test_what_a_refusal_means(seen, codes):
    """A refusal has one cause once the host was looked at, and no explanation is left beside the fact."""
    found = told(seen)
    assert [finding.code for finding in found] == codes
    for language in findings.LANGUAGES:
        said = [findings.words(finding, language) for finding in found]
        assert "?" not in json.dumps([(w.title, w.explanation, w.remedies) for w in said], ensure_ascii=False)


def test_what_listens_is_the_evidence():
    """The socket that the host shows is the evidence, with its program."""
    (finding,) = told(view(listening("127.0.0.1")))
    assert finding.evidence == ("host: 127.0.0.1:11434 LISTEN, ollama",)
    assert findings.words(finding).title.endswith("for the host itself only: 127.0.0.1:11434 (ollama)")
    (unknown,) = told(view(listening("127.0.0.1", "")))
    assert findings.words(unknown).title.endswith("127.0.0.1:11434")


@pytest.mark.parametrize(
    ("started", "on", "line"),
    [
        ("system", ["as a system service"], "systemctl restart ollama"),
        ("user", ["as a service of your user"], "systemctl --user restart ollama"),
        ("snap", ["from snap"], "sudo snap set ollama host="),
        ("container", ["in a container"], "--env OLLAMA_HOST="),
        ("hand", ["started by hand"], "11434 ollama serve"),
        ("", ["as a system service", "started by hand", "from snap"], "systemctl restart ollama"),
    ],
)
def test_how_it_was_started_decides_which_lines_are_told(started, on, line):
    """What the host shows gets its own lines and no others; otherwise each says whose it is."""
    (finding,) = told(view(listening("127.0.0.1")._replace(started=started)))
    remedies = [each for each in findings.words(finding).remedies if each.on.startswith("Linux, Ollama")]
    assert [each.on.removeprefix("Linux, Ollama ") for each in remedies] == on
    assert line in remedies[0].command


def test_the_program_says_which_service_it_is():
    """A vLLM type at Ollama's program: the remedy is Ollama's, since that is who listens."""
    (finding,) = told(view(listening("127.0.0.1", "vllm")), type_="maas")
    assert commands(finding)[0].startswith("vllm serve")


FILTERS = {
    # how it ended, the control, what the host shows → codes, what the evidence says of the host
    "a rule about the port": (
        (SILENT, REFUSED, view(listening("0.0.0.0"), firewalls=(UFW, IPTABLES))),
        ["ND209"],
        [
            "host: 0.0.0.0:11434 LISTEN, ollama",
            "host: ufw is active (/etc/ufw/ufw.conf)",
            "host: iptables: -A INPUT -p tcp --dport 11434 -j DROP",
        ],
    ),
    "a rule about another port": (
        (SILENT, SILENT, view(firewalls=(IPTABLES._replace(rules=("-A INPUT -p tcp --dport 22 -j DROP",)),))),
        ["ND271", "ND210"],
        [],
    ),
    "rules that an ordinary user cannot read": (
        (SILENT, SILENT, view(listening("::"), firewalls=(UNREADABLE,))),
        ["ND210"],
        [
            "host: [::]:11434 LISTEN, ollama",
            "host: rules of nftables: not read, which takes root, and iptables-save or nft",
        ],
    ),
    "a filter before a service on loopback": (
        (SILENT, REFUSED, view(listening("127.0.0.1"), firewalls=(UFW,))),
        ["ND270", "ND209"],
        ["host: 127.0.0.1:11434 LISTEN, ollama", "host: ufw is active (/etc/ufw/ufw.conf)"],
    ),
    "firewalld": (
        ("host_unreachable", REFUSED, view(listening("0.0.0.0"), firewalls=(UFW._replace(name="firewalld"),))),
        ["ND212"],
        ["host: 0.0.0.0:11434 LISTEN, ollama", "host: firewalld is active (/etc/ufw/ufw.conf)"],
    ),
}


@pytest.mark.parametrize(("ended", "codes", "evidence"), FILTERS.values(), ids=FILTERS)
def test_what_a_filter_hides(ended, codes, evidence):
    """Behind a filter the host shows who listens, and names the firewall; what else is wrong is told as well."""
    failure, control, seen = ended
    found = told(seen, failure, control)
    assert [finding.code for finding in found] == codes
    filtered = next(finding for finding in found if finding.code in FILTERED)
    assert [line for line in filtered.evidence if line.startswith("host:")] == evidence


def commands(finding: Finding) -> list[str]:
    """The commands of its remedies."""
    return [remedy.command for remedy in findings.words(finding).remedies]


def test_two_ways_to_another_container():
    """Both ways out are named: a network that joins them, proven as far as the host can see, and publishing."""
    (finding,) = told(view(siblings=(ELSEWHERE,)))
    connect, publish = findings.words(finding).remedies
    assert connect.command == f"docker network connect {OWN} ollama"
    assert "the host shows that the service listens" in connect.text
    assert "http://ollama:11434" in connect.text
    assert publish.command == "--publish 172.18.0.1:11434:11434"


def test_what_the_host_could_not_see_is_not_called_proven():
    """On Docker Desktop nobody sees into the container from the host: the way is offered, and said to be unproven."""
    (finding,) = told(view(siblings=(sibling(publish="127.0.0.1", inside=None),))._replace(listeners=None))
    connect = findings.words(finding).remedies[0]
    assert connect.command == f"docker network connect {OWN} ollama"
    assert "not proven" in connect.text


def test_the_port_of_another_container_is_its_own():
    """Published 8080, listening on 11434: after connecting it is the latter that counts."""
    (finding,) = told(view(siblings=(ELSEWHERE._replace(name="llm"),)))
    assert "http://llm:11434" in findings.words(finding).remedies[0].text


def test_on_the_default_bridge_the_other_network_is_joined():
    """Docker's default bridge knows no names, so this container is connected to the service's network."""
    (finding,) = told(view(siblings=(ELSEWHERE,), networks=("bridge",)))
    assert commands(finding)[0] == "docker network connect models_default openspg"


def test_of_a_compose_service_the_file_is_told():
    """What compose made is to be changed in its file, or the next `up` undoes it."""
    (finding,) = told(view(siblings=(ELSEWHERE._replace(project="models", service="llm"),)))
    assert commands(finding)[1] == (f"netdiag fix-compose docker-compose.yml --service llm --network {OWN}")
    assert commands(finding)[2] == '- "172.18.0.1:11434:11434"'


def test_what_another_container_answers_comes_first():
    """A container that was reached and lacks the model is what is to be mended."""
    assert [finding.code for finding in told(view(), proof="model_not_found")] == ["ND403"]


@pytest.mark.parametrize(
    ("seen", "code", "command"),
    [
        (sibling(), "ND274", f"docker network connect {OWN} ollama"),
        (
            sibling(name="models-ollama-1", project="models"),
            "ND274",
            f"docker network connect --alias ollama {OWN} models-ollama-1",
        ),
        (sibling(state="exited", inside=None), "ND277", "docker start ollama"),
        (sibling(network=OWN, inside="127.0.0.1"), "ND275", "OLLAMA_HOST"),
        (sibling(network=OWN), "ND206", ""),
    ],
    ids=["on another network", "a service's name", "stopped", "on its own loopback", "on this network"],
)
def test_a_container_that_is_configured_by_name(seen, code, command):
    """The base_url names a container, and the name is not known here: the host shows why."""
    attempts = (Attempt("call", "ollama", "", 11434, 0, 1, "dns_nxdomain"),)
    endpoint = Endpoint("llm.json", 1, "", "chat", "ollama", "qwen2.5:3b", "http://ollama:11434/")
    context = Context((LOCAL, GATEWAY), "0.8", 120, place=PLACE, host=view(siblings=(seen,)))
    found = of_endpoint(Examined(endpoint, "broken", attempts), context)
    assert [finding.code for finding in found] == [code]
    assert command in str(commands(found[0]))


@pytest.mark.parametrize(
    ("inside", "codes"), [("127.0.0.1", ["ND275"]), ("", ["ND276"]), (None, ["ND217"]), ("0.0.0.0", ["ND217"])]
)
def test_nobody_behind_a_published_port(inside, codes):
    """docker-proxy accepts and closes at once; the host sees into the container that it forwards to."""
    attempts = (
        Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0, 1),
        Attempt("control", "172.18.0.1", "172.18.0.1", 1, 0, 1, REFUSED),
    )
    url = "http://172.18.0.1:11434/"
    closed = Proof(
        "172.18.0.1", url, "connection_reset", service=Service("other"), seen={"unheard": "connection_reset"}
    )
    endpoint = Endpoint("llm.json", 1, "", "chat", "ollama", "qwen2.5:3b", "http://localhost:11434/")
    seen = view(listening("0.0.0.0", "docker-proxy"), siblings=(sibling(publish="0.0.0.0", inside=inside),))
    found = of_endpoint(
        Examined(endpoint, "broken", attempts, (closed,)), Context((LOCAL, GATEWAY), "0.8", 120, place=PLACE, host=seen)
    )
    assert [finding.code for finding in found] == codes
