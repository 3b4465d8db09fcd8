"""The jobs of GitHub and GitLab: judged by their schemas, and their steps run as they are written."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from docker_ground import Container, Done, Engine, Images
from examples.files import EXAMPLES, document

GITHUB = document("ci/github-actions.yml")["jobs"]["base-urls"]
GITLAB = document("ci/gitlab-ci.yml")["netdiag"]
HEALTHY = '{{ "chat_llm": {{ "type": "ollama", "base_url": "http://{host}:11434/", "model": "qwen2.5:3b" }} }}\n'


@pytest.mark.examples
@pytest.mark.parametrize(
    ("schema", "file", "wrong"),
    [
        ("github-workflows", "github-actions.yml", ("runs-on", "run-on")),
        ("gitlab-ci", "gitlab-ci.yml", ("junit", "unit")),
    ],
)
def test_schemas(tool, tmp_path, schema, file, wrong):
    """Each file is what its platform's schema asks for, and a misspelled word is not."""
    words = ("--builtin-schema", f"vendor.{schema}", *(("--data-transform", "gitlab-ci") if "gitlab" in schema else ()))
    done = tool("check-jsonschema", *words, EXAMPLES / "ci" / file)
    assert done.returncode == 0, done.stdout
    misspelled = tmp_path / file
    misspelled.write_text((EXAMPLES / "ci" / file).read_text().replace(*wrong))
    assert tool("check-jsonschema", *words, misspelled).returncode == 1


def test_the_job_may_do_little():
    """Nothing but reading the repository and uploading what was found; no key of it is left on the runner."""
    workflow = document("ci/github-actions.yml")
    assert workflow["permissions"] == {}
    assert GITHUB["permissions"] == {"contents": "read", "security-events": "write"}
    assert GITHUB["steps"][0]["with"] == {"persist-credentials": False}


def steps() -> tuple[str, str, str]:
    """Return what the workflow runs, and the file that it uploads."""
    check, words = (step["run"] for step in GITHUB["steps"] if "run" in step)
    (uploaded,) = (step["with"]["sarif_file"] for step in GITHUB["steps"] if "sarif" in step.get("uses", ""))
    return check, words, uploaded


@pytest.fixture
def run(engine: Engine, images: Images, server: Container, ollama: None, tmp_path: Path):
    """Return the way to run a step in a checkout, in the shell that the platform's runner uses."""

    def run(shell: tuple[str, ...], script: str, variables: Mapping[str, str], host: str) -> Done:
        checkout = tmp_path / "checkout"
        checkout.mkdir(exist_ok=True)
        (checkout / "kag_config.yaml").write_text(HEALTHY.format(host=host))
        ours = {"OPENSPG_CONTAINER": server.name, "NETDIAG_IMAGE": images.netdiag}
        assert set(ours) == set(variables)
        words = ("env", "--chdir", str(checkout), *(f"{name}={value}" for name, value in ours.items()), *shell)
        return engine.command(*words, script.replace("--wait 60s", "--wait 2s"), check=False)

    return run


# "bash -e" is what GitHub runs a step with that names no shell, "bash -eo pipefail" what GitLab's shell executor does.
GITHUB_SHELL = (shutil.which("bash") or "bash", "-e", "-c")
GITLAB_SHELL = (shutil.which("bash") or "bash", "-eo", "pipefail", "-c")


@pytest.mark.docker
@pytest.mark.parametrize(("host", "status"), [("GATEWAY", 0), ("localhost", 1)], ids=["right", "localhost"])
def test_github(run, server, tmp_path, host, status):
    """The step ends as the configuration deserves, and leaves what is uploaded, with the line that is wrong."""
    check, words, uploaded = steps()
    host = server.gateway() if host == "GATEWAY" else host
    done = run(GITHUB_SHELL, check, GITHUB["env"], host)
    assert done.returncode == status, done.stdout + done.stderr
    sarif = json.loads((tmp_path / "checkout" / uploaded).read_text())
    places = [
        (place["physicalLocation"]["artifactLocation"]["uri"], place["physicalLocation"]["region"]["startLine"])
        for result in sarif["runs"][0]["results"]
        for place in result["locations"]
    ]
    assert set(places) == ({("kag_config.yaml", 1)} if status else set())
    said = run(GITHUB_SHELL, words, GITHUB["env"], host)
    assert said.returncode == status
    assert ("http://localhost:11434/" in said.stdout) is bool(status)


@pytest.mark.docker
@pytest.mark.parametrize(("host", "status"), [("GATEWAY", 0), ("localhost", 1)], ids=["right", "localhost"])
def test_gitlab(run, server, tmp_path, host, status):
    """The script ends as the configuration deserves, and leaves the report with a test for the endpoint."""
    (script,) = GITLAB["script"]
    host = server.gateway() if host == "GATEWAY" else host
    done = run(GITLAB_SHELL, script, GITLAB["variables"], host)
    assert done.returncode == status, done.stdout + done.stderr
    cases = ET.parse(tmp_path / "checkout" / GITLAB["artifacts"]["reports"]["junit"]).iter("testcase")
    assert [(case.get("name"), len(case)) for case in cases] == [(f"chat_llm qwen2.5:3b http://{host}:11434/", status)]
