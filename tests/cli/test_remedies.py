"""Remedies that were run: with exactly the line that was printed the same command repairs what it could not before."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from cli.conftest import Place

from netdiag import cli, lab
from netdiag.lab import scenarios
from netdiag.lab.servers.certificates import AUTHORITY

OPENSPG = Path(__file__).parents[1] / "compose/corpus/openspg-0.8.yml"

PROXIES = (
    "proxy-at-localhost",
    "proxy-not-running",
    "proxy-unknown-name",
    "no-proxy-range",
    "no-proxy-wildcard",
    "proxy-login",
    "proxy-forbids",
    "proxy-502",
    "proxy-page",
)


def fixed(scenario, variables: dict[str, str] | None = None):
    """Run the repair in the scenario's world, its container created with these variables as well."""
    first = dict(scenario.world.environment) | (variables or {})
    world = replace(scenario.world, environment=tuple(first.items()))
    with lab.make(world) as inside:
        place = Place(inside)
        file = place.write(scenario.file_name, scenario.config)
        report = place.report("fix-base-url", *scenario.options, scenario.file_name)
        return report, file.read_text()


def lines(report, code: str) -> list[str]:
    """Every line of the commands that a finding offers."""
    (found,) = (f for item in report["endpoints"] for f in item["findings"] if f["code"] == code)
    return [line.strip() for remedy in found["remedies"] for line in remedy["command"].splitlines()]


def setting(line: str) -> dict[str, str]:
    """A line of ``environment`` in a compose file, as Docker reads it."""
    name, _, value = line.removeprefix("- ").partition("=")
    return {name: value}


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("name", PROXIES[::2])
def test_what_fix_compose_writes(name, tmp_path, monkeypatch):
    """The command that is named first, run on OpenSPG's file with the container's variables, makes it succeed."""
    monkeypatch.setenv("NETDIAG_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    scenario = scenarios.by_name(name)
    before, _ = fixed(scenario)
    (code,) = {f["code"] for item in before["endpoints"] for f in item["findings"]}
    command = shlex.split(next(line for line in lines(before, code) if line.startswith("netdiag fix-compose ")))
    variables = "".join(f"      {key}: {json.dumps(value)}\n" for key, value in scenario.world.environment)
    text = OPENSPG.read_text().replace("      TZ: Asia/Shanghai\n", f"      TZ: Asia/Shanghai\n{variables}", 1)
    Path("docker-compose.yml").write_text(text)
    assert cli.main(command[1:]) == 0
    written = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]["server"]["environment"]
    after, _ = fixed(scenario, written)
    assert after["exit_code"] == 0


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("name", PROXIES[1::2])
def test_the_line_in_no_proxy(name):
    """Where a proxy stands between, the NO_PROXY line that is printed makes the repair succeed."""
    scenario = scenarios.by_name(name)
    before, _ = fixed(scenario)
    assert before["exit_code"] == 1
    (code,) = {f["code"] for item in before["endpoints"] for f in item["findings"]}
    line = next(line for line in lines(before, code) if re.match(r"- no_proxy=", line, re.IGNORECASE))
    after, text = fixed(scenario, setting(line))
    assert after["exit_code"] == 0
    assert "//172.17.0.1:" in text or after["endpoints"][0]["verdict"] == "works"


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("name", "code"), [("proxy-socks", "ND306"), ("proxy-socks-scheme", "ND307"), ("proxy-written-twice", "ND307")]
)
def test_a_variable_set_to_nothing(name, code):
    """Where a variable cannot be used, setting it to nothing as printed makes the repair succeed."""
    scenario = scenarios.by_name(name)
    before, _ = fixed(scenario)
    line = next(line for line in lines(before, code) if re.match(r"- \w+=$", line))
    after, text = fixed(scenario, setting(line))
    assert (after["exit_code"], "//172.17.0.1:" in text) == (0, True)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
def test_an_entry_that_stops_every_call():
    """The line without the entry at which the client fails makes the repair succeed."""
    scenario = scenarios.by_name("no-proxy-stops-all")
    before, _ = fixed(scenario)
    line = next(line for line in lines(before, "ND308") if line.startswith("- NO_PROXY="))
    after, text = fixed(scenario, setting(line))
    assert (after["exit_code"], "//172.17.0.1:" in text) == (0, True)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("name", "bundle"), [("tls-private-issuer", AUTHORITY), ("tls-self-signed", AUTHORITY.with_name("self-signed.pem"))]
)
def test_the_file_of_trusted_issuers(name, bundle):
    """The variable that is printed, with a file that holds the issuer, makes the repair succeed; https stays."""
    scenario = scenarios.by_name(name)
    before, _ = fixed(scenario)
    line = next(line for line in lines(before, "ND313") if re.match(r"- \w+=", line))
    (variable,) = setting(line)
    assert setting(line) == {variable: "/etc/issuers.pem"}  # where the volume of the line before puts the file
    after, text = fixed(scenario, {variable: str(bundle)})
    assert (after["exit_code"], "https://172.17.0.1:8443/" in text) == (0, True)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
def test_a_file_that_is_not_there():
    """Without the variable, as printed, the client starts again."""
    scenario = scenarios.by_name("tls-no-such-file")
    before, _ = fixed(scenario)
    line = next(line for line in lines(before, "ND320") if line.startswith("- "))
    after, text = fixed(scenario, setting(line))
    assert (after["exit_code"], "//172.17.0.1:" in text) == (0, True)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(("name", "code"), [("http-to-tls", "ND317"), ("https-to-plain", "ND318")])
def test_the_other_scheme(name, code):
    """The base_url that is suggested works: with http for https, and with https for http where the issuer is known."""
    scenario = scenarios.by_name(name)
    before, _ = fixed(scenario)
    (url,) = lines(before, code)
    config = re.sub(r"https?://[^\"]+", url, scenario.config)
    trusting = {"SSL_CERT_FILE": str(AUTHORITY)}
    after, text = fixed(replace(scenario, config=config), trusting)
    assert (after["exit_code"], text) == (0, config)


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
def test_no_password_of_a_proxy_is_anywhere(tmp_path):
    """A proxy's user and password are in no output, in no language and no format."""
    scenario = scenarios.by_name("proxy-unknown-name")
    with lab.make(scenario.world) as inside:
        place = Place(inside)
        place.write(scenario.file_name, scenario.config)
        for language in ("en", "zh"):
            for options in ([], ["--verbose"], ["--format", "json"]):
                done = place.netdiag("check", "--lang", language, *options, scenario.file_name)
                assert "ND304" in done.stdout
                assert not re.search("lab-user|lab-invented-password", done.stdout + done.stderr)
