"""The list of remedies: each command of the registry is run by a test, parsed by who would read it, or named here.

``RUN`` names the scenario in which a line is run as it is printed, ``CHECKED`` who judges it, ``REVIEWED`` the lines of
systems on which no test runs, each with what was looked at, and ``LISTED`` the others with the reason. A line that
matches none of them fails here, and so does an entry that matches no line.
"""

import ast
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import yaml
from findings.remedy_blocks import blocks
from findings.test_commands import lines

from netdiag import config

TESTS = Path(__file__).parents[1]
OPENSPG = TESTS / "compose/corpus/openspg-0.8.yml"
CACHE = Path(os.environ.get("NETDIAG_GROUNDS") or Path.home() / ".cache/netdiag-grounds")

RUN = {
    r"sudo (ufw|firewall-cmd|iptables -I) .*": "docker/test_docker_remedies.py::test_the_printed_command_opens_the_way",
    r"sudo ip6?tables -I INPUT ! -i lo .*": "docker/test_docker_remedies.py::test_other_machines_are_kept_out",
    r"docker network connect release_default openspg": (
        "docker/test_docker_host_view.py::test_the_printed_command_joins_the_containers"
    ),
    r"docker compose up -d --no-deps server": "docker/test_docker_compose.py::test_from_the_line_to_the_repair",
    r"netdiag fix-compose docker-compose\.yml --no-proxy localhost,172\.18\.0\.1": (
        "cli/test_remedies.py::test_what_fix_compose_writes"
    ),
    r"netdiag fix-compose docker-compose\.yml": "docker/test_docker_compose.py::test_from_the_line_to_the_repair",
    r"- NO_PROXY=localhost,172\.18\.0\.1": "cli/test_remedies.py::test_the_line_in_no_proxy",
    r"- HTTP_PROXY=": "cli/test_remedies.py::test_a_variable_set_to_nothing",
    r"- SSL_CERT_FILE=.*": "cli/test_remedies.py::test_the_file_of_trusted_issuers",
    r"printf .*OLLAMA_HOST=172.* \| sudo tee .*": "ollama/test_ollama_repair.py::test_the_printed_remedy",
    r"OLLAMA_HOST=172\S* ollama serve": "ollama/test_ollama_repair.py::test_the_printed_remedy",
    r"- \"172[\d.:]+\"": "docker/test_docker_host_view.py::test_the_printed_port_is_for_containers_only",
    r"ALTER TABLE kg_project_info MODIFY config longtext;": ("openspg/test_faults.py::test_a_column_that_is_too_small"),
}
"""What is run as printed; afterwards the same command of netdiag's ends with 0."""

CHECKED = {
    "netdiag": r"(?:sleep \d+; |echo '.*' \| |sudo |docker exec -i \S+ )?(?:netdiag|\"\$\(command -v netdiag\)\") .*",
    "environment": r"[A-Z]\w*: .*|- [A-Z]\w*=.*",
    "volume": r"- \S+:\S+:ro",
    "port": r'- "[\d.:]+"',
    "service key": r"(?:extra_hosts|dns|networks|ports): \[.*\]",
    "compose file": r"services:\n.*",
    "docker": r"docker (?!exec).*",
    "docker option": r"--(?:add-host|env|publish|dns|network pasta|network slirp4netns)\b.*",
    "unit": r"printf .*\[Service\].*",
    "shell": (
        r"(?:sudo )?(?:curl|getent|nslookup|free|ss|lsof|ip|nft|nsenter|mkdir|mv|rm|chmod|cp|cat|tr|df|ls|ps|pkill|cd|"
        r"date|ulimit|ssh|"
        r"usermod|systemctl|timedatectl|journalctl|openssl|ollama|export|unset|python3|pip|vllm|kubectl|incus|snap|PYTHON|"
        r"/opt/netdiag/bin/pip|OLLAMA_HOST=\S+ ollama)\b.*"
    ),
    "kag": (
        r"(?:base_url|model|type|api_key|max_tokens|stream|timeout|batch_size|vector_dimensions|host_addr|llm|project|"
        r"chat_llm|openie_llm|temperature)\b:.*"
    ),
    "json": r'\{"[^%]*\}',
}
"""Who judges a block: see the tests below, one for each."""

REVIEWED = {
    r"sudo container system dns create \S+ --localhost 203\.0\.113\.113": (
        "macOS: Apple container, docs/how-to.md; the address is of TEST-NET-3, which nobody has"
    ),
    r'launchctl setenv OLLAMA_(?:HOST "0\.0\.0\.0:11434"|ORIGINS "\*")': "macOS: Ollama's FAQ, for the app",
    r"brew services stop ollama; pkill -x ollama; sleep 1": "macOS: brew-services(1); harmless where there is no brew",
    r'\[Environment\]::SetEnvironmentVariable\("OLLAMA_(?:HOST|ORIGINS)", "[^"]*", "User"\)': (
        "PowerShell: .NET's method of that name; the app reads it when it starts"
    ),
    r"ifconfig \| grep 'inet '; lsof .*": "macOS: ifconfig(8), lsof(8); only reads",
    r"Get-NetIPAddress .*": "PowerShell: NetTCPIP; only reads",
    r"Stop-Process -Name ollama": "PowerShell: Microsoft.PowerShell.Management; ends `ollama serve` and its runners",
    r'\$env:OLLAMA_HOST = "0\.0\.0\.0:11434"; ollama serve': "PowerShell: about_Environment_Variables",
    r"New-NetFirewallRule .* -Action Allow": "PowerShell: NetSecurity; LocalSubnet is one of its words",
    r"(?:netsh interface portproxy show all; )?Get-NetTCPConnection -State Listen.*": "PowerShell: NetTCPIP; reads",
    r"w32tm /resync; wsl --shutdown": "Windows: w32tm; WSL has its clock anew when it starts",
}
"""Lines of systems on which no test can run, and by what their names and options were looked up."""

LISTED = {
    r"(?:GRANT|CREATE USER|SELECT|UPDATE) .*;": "SQL with placeholders; tests/openspg makes its users with the like",
    r"bind-address = .*": "an option of mysqld, in a file that only the image's maker knows",
    r"remove: skip-ssl.*": "says which options to take out, and none to paste",
    r"(?:ssl_protocols|proxy_set_header|client_max_body_size) .*;": "directives of nginx, which is in no ground",
    r"(?:fake-ip-filter|dns: \{fake-ip-filter|route-exclude-address|tun): .*": (
        "Clash's configuration, of which there is no ground"
    ),
    r"traffic\.sidecar\.istio\.io/.*": "an annotation of Istio, of which there is no ground",
    r"--(?:host|served-model-name|embeddings)\b.*": "options of model servers, which need a GPU or their own build",
    r"OPTION": "an option that the service itself names",
    r"EDIT": "made by findings/edits.py in the form of the file; tests/findings/test_kinds.py has the forms",
    r"additional_drop_params: .*": "tests/litellm gives it to the real LiteLLM, which is an optional ground",
    r"external: true|host\.docker\.internal:host-gateway": "a part of a line, for the place that the code names",
    r"Environment=.*": "a line of the user's own unit; the drop-ins above are judged whole",
    r"(?:OLLAMA_HOST|HTTP_PROXY)=\S*": "a setting where it stands, in a shell's or a service's form",
    r"NAME|https?://\S+": "a value alone, for the place that the code names",
    r'"\{\{ NAME \}\}"|\{\{ .* \}\}|\{% raw %\} .*|\w+: (?:\{\{|"\{\{|!ENV|\*|&).*|model:(?: NAME| VALUE| value)?': (
        "a value in the user's own template, which tests/config/test_config_jinja.py and test_config_filled.py judge"
    ),
}
"""What is neither run nor parsed, and why."""

BLOCKS = {block: code for language in ("en", "zh") for code, _, block in blocks(language)}


def of(kind: str) -> list[str]:
    """Return the blocks that this judge reads."""
    return [block for block in BLOCKS if re.fullmatch(CHECKED[kind], block, re.DOTALL)]


PATTERNS = [*RUN, *CHECKED.values(), *REVIEWED, *LISTED]


@pytest.mark.parametrize("block", BLOCKS, ids=[f"{code}: {block}"[:70] for block, code in BLOCKS.items()])
def test_each_is_in_the_list(block: str) -> None:
    """A command that nobody has run, judged or listed does not get into the registry."""
    assert any(re.fullmatch(pattern, block, re.DOTALL) for pattern in PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_entry_is_left_over(pattern: str) -> None:
    """An entry of which no command is left goes."""
    assert any(re.fullmatch(pattern, block, re.DOTALL) for block in BLOCKS)


@pytest.mark.parametrize("place", sorted(set(RUN.values())))
def test_what_runs_them_is_there(place: str) -> None:
    """Each scenario that is named is a test."""
    file, _, name = place.partition("::")
    tree = ast.parse((TESTS / file).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_netdiag_s_own() -> None:
    """They are the ones that tests/findings/test_commands.py gives to the parser."""
    assert [block for block in of("netdiag") if not any(lines(block))] == []


def test_shell_lines(tmp_path: Path) -> None:
    """A shell can read each of them; bash says where it could not."""
    for block in (
        *of("shell"),
        *of("docker"),
        *of("unit"),
        *of("netdiag"),
        *(b for b in BLOCKS if b.startswith("sudo")),
    ):
        script = tmp_path / "line.sh"
        script.write_text(f"{block}\n")
        done = subprocess.run(("bash", "-n", script), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


def test_documents_of_kubernetes() -> None:
    """What `kubectl` is given is YAML with a kind; examples/ has the same documents, judged by a schema."""
    texts = [block.partition("<<'EOF'\n")[2].removesuffix("\nEOF") for block in of("shell") if "<<'EOF'" in block]
    kinds = [document["kind"] for text in texts for document in yaml.safe_load_all(text)]
    assert kinds == ["Service", "EndpointSlice"]


def test_json() -> None:
    """What is written into daemon.json is JSON."""
    assert [list(json.loads(block)) for block in of("json")] == [["host-gateway-ip"]]


def test_lines_of_kag_s_configuration() -> None:
    """netdiag's own reading of a kag_config.yaml takes each, alone or as a setting of a model."""
    model = 'chat_llm: {"type": "openai", "base_url": "http://a/v1", "model": "m"}\n'
    for block in of("kag"):
        if any(re.fullmatch(pattern, block, re.DOTALL) for pattern in LISTED):
            continue
        loaded = yaml.safe_load(block)
        assert isinstance(loaded, dict), block
        is_whole = any(isinstance(value, dict) for value in loaded.values())
        text = f"{block}\n" if is_whole else f"vectorizer:\n  {block}\n" + model
        document = config.parse(text.encode(), "kag_config.yaml")
        urls = {endpoint.base_url for endpoint in document.endpoints}
        wanted = re.findall(r"base_url: (http\S+)", block)
        assert set(wanted) <= urls, block


Compose = Callable[[str], dict]


@pytest.fixture
def compose(tmp_path: Path, require: Callable[[str, str], NoReturn]) -> Compose:
    """Return what gives a text to Docker Compose v2 and returns the services that it reads."""
    program = CACHE / "docker-config/cli-plugins/docker-compose"
    if not program.exists():
        require("compose", f"there is no {program}; build it: tests/grounds/up compose")
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "COMPOSE_PROJECT_NAME": "judged"}

    def read(*texts: str) -> dict:
        files = [tmp_path / f"{number}.yml" for number, _ in enumerate(texts)]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        named = [word for file in files for word in ("-f", str(file))]
        argv = (str(program), *named, "config", "--format", "json")
        done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr + texts[-1]
        return json.loads(done.stdout)["services"]

    return read


def below(text: str, key: str, added: list[str]) -> str:
    """Return OpenSPG's own compose file with lines pasted below a key of its server, as a person does it."""
    head, middle, tail = text.partition(f"    {key}:\n")
    assert middle, key
    return head + middle + "".join(f"      {line}\n" for line in added) + tail


@pytest.mark.compose
def test_lines_below_environment(compose: Compose) -> None:
    """`NAME: value` in OpenSPG's own file, `- NAME=value` where the list form is used: both give the same variable."""
    blocks_ = of("environment")
    mapped = [block for block in blocks_ if not block.startswith("- ")]
    listed = [block for block in blocks_ if block.startswith("- ")]
    of_openspg = OPENSPG.read_text()
    of_list = of_openspg.replace("      TZ: Asia/Shanghai\n      LANG: C.UTF-8\n", "      - TZ=Asia/Shanghai\n", 1)
    read = {}
    for block in mapped:
        name = block.partition(":")[0]
        read.setdefault(name, set()).add(
            compose(below(of_openspg, "environment", [block]))["server"]["environment"][name]
        )
    for block in listed:
        name, _, value = block.removeprefix("- ").partition("=")
        assert compose(below(of_list, "environment", [block]))["server"]["environment"][name] == value
        assert value in read[name], f"{block} has no twin of the other form"
    assert len(listed) == sum(map(len, read.values()))


@pytest.mark.compose
def test_other_lines_of_a_compose_file(compose: Compose) -> None:
    """Below `volumes` and `ports`, and as a key of the service, OpenSPG's own file takes each of them."""
    text = OPENSPG.read_text()
    everything = below(below(text, "volumes", of("volume")), "ports", of("port")[:1])
    keys = [block for block in of("service key") if not block.startswith("ports")]
    assert {"extra_hosts", "dns"} <= {key.partition(":")[0] for key in keys}
    for key in keys:
        marked = "    container_name: release-openspg-server\n"
        compose(everything.replace(marked, f"{marked}    {key}\n", 1))
    read = compose(everything)["server"]
    assert len(read["volumes"]) == 1 + len(of("volume"))
    for port in of("port"):
        assert len(compose(below(text, "ports", [port]))["server"]["ports"]) == 2


@pytest.mark.compose
def test_files_beside_openspg_s_own(compose: Compose) -> None:
    """A file of its own is taken together with OpenSPG's, as the remedy says."""
    for block in of("compose file"):
        assert compose(OPENSPG.read_text(), f"{block}\n")["server"]


@pytest.mark.compose
def test_docker_s_own(require: Callable[[str, str], NoReturn]) -> None:
    """Docker has each command and each option that is printed."""
    program = shutil.which("docker")
    if not program:
        require("docker", "there is no docker command: tests/grounds/up docker")
    environ = {**os.environ, "DOCKER_CONFIG": str(CACHE / "docker-config")}
    told: dict[str, str] = {}

    def said(words: str) -> str:
        if words not in told:
            argv = (program, *words.split(), "--help")
            done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=30, check=False)
            told[words] = done.stdout if done.returncode == 0 else ""
        return told[words]

    for block in of("docker"):
        for line in re.findall(r"docker ((?:compose |network |context )?[a-z]+)([^&|;(]*)", block):
            options = re.findall(r"(?<=\s)--?[a-z][a-z-]*", line[1].partition(" mysql mysql")[0])
            assert all(re.search(rf"{option}\b", said(line[0])) for option in options), block
            assert said(line[0]), block
    for block in of("docker option"):
        assert re.search(rf"{block.split()[0]}\b", said("run")), block


@pytest.mark.examples
def test_drop_ins_of_systemd(require: Callable[[str, str], NoReturn], tmp_path: Path) -> None:
    """systemd knows every line of the drop-ins; each stands beside a unit like the one it is for."""
    program = shutil.which("systemd-analyze")
    if not program:
        require("systemd", "there is no systemd-analyze; run, as root: tests/grounds/up systemd")
    assert of("unit")
    for number, block in enumerate(of("unit")):
        text = re.search(r"printf '(.*?)' ", block)[1].replace("\\n", "\n")
        unit = re.search(r"/(\w+)\.service\.d/", block)[1]
        place = tmp_path / str(number)
        (place / f"{unit}.service.d").mkdir(parents=True)
        (place / f"{unit}.service").write_text("[Service]\nExecStart=/bin/true\n")
        (place / f"{unit}.service.d/netdiag.conf").write_text(text)
        argv = (program, "verify", "--man=no", str(place / f"{unit}.service"))
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        said = [line for line in done.stderr.splitlines() if "netdiag" in line or unit in line]
        assert (done.returncode, said) == (0, []), block


@pytest.mark.examples
def test_a_wrong_drop_in_is_seen(require: Callable[[str, str], NoReturn], tmp_path: Path) -> None:
    """The check above can fail."""
    program = shutil.which("systemd-analyze")
    if not program:
        require("systemd", "there is no systemd-analyze; run, as root: tests/grounds/up systemd")
    (tmp_path / "ollama.service.d").mkdir()
    (tmp_path / "ollama.service").write_text("[Service]\nExecStart=/bin/true\n")
    (tmp_path / "ollama.service.d/netdiag.conf").write_text("[Service]\nEnvironment=“OLLAMA_HOST=0.0.0.0”\nAfterr=x\n")
    argv = (program, "verify", "--man=no", str(tmp_path / "ollama.service"))
    assert "netdiag.conf" in subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False).stderr
