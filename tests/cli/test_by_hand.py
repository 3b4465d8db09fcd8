"""What is proven and cannot be written is said to be just that: it is never counted as repaired."""

import json
from xml.etree import ElementTree as ET

import pytest
from report.judges import JUDGES

from netdiag.report.rendered import FORMATS

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

MODEL = "  type: ollama\n  model: qwen2.5:3b\n"
FOLDED = f"openie_llm:\n{MODEL}  base_url: >-\n    http://localhost:11434\n"
PLAIN = f"chat_llm:\n{MODEL}  base_url: http://localhost:11434\n"
TEMPLATE = f"vectorize_model:\n{MODEL}  base_url: '{{{{ URL }}}}'\n"


def counts(report: dict) -> dict[str, int]:
    """What became of the endpoints, without what there is none of."""
    return {name: n for name, n in report["summary"].items() if n}


def test_a_folded_value_beside_a_plain_one(place):
    """The plain one is repaired, the folded one is pending: the status is 3, and again when nothing else is left."""
    file = place.write("kag_config.yaml", FOLDED + PLAIN)
    report = place.report("fix-base-url", "kag_config.yaml")
    assert (report["exit_code"], counts(report)) == (3, {"repaired": 1, "by_hand": 1})
    assert file.read_text() == FOLDED + PLAIN.replace("localhost", "172.17.0.1")
    again = place.netdiag("fix-base-url", "kag_config.yaml")
    assert again.returncode == 3
    assert "repaired" not in again.stdout
    assert "1 working, 1 to change by hand" in again.stdout
    checked = place.report("check", "kag_config.yaml")
    assert (checked["exit_code"], counts(checked)) == (1, {"works": 1, "by_hand": 1})


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_counts_alike(place, form):
    """One is repaired in each, and the other is a problem."""
    place.write("kag_config.yaml", FOLDED + PLAIN)
    done = place.netdiag("fix-base-url", "kag_config.yaml", "--format", form)
    said = done.stdout
    assert done.returncode == 3
    if form != "text":
        JUDGES[form](said)
    counted = {
        "text": lambda: said.count("\nrepaired: ") == 1 and "1 repaired, 1 to change by hand" in said,
        "json": lambda: json.loads(said)["summary"]["repaired"] == 1,
        "jsonl": lambda: json.loads(said.splitlines()[-1])["summary"]["repaired"] == 1,
        "junit": lambda: [e.get("type") for e in ET.fromstring(said).iter("failure")] == ["ND506"],
        "sarif": lambda: [r["ruleId"] for r in json.loads(said)["runs"][0]["results"]] == ["ND506"],
        "nagios": lambda: said.startswith("NETDIAG WARNING - ") and "repaired=1;;;0 repairable=0;;;0 by_hand=1" in said,
    }
    assert counted[form](), said


def test_dry_run_is_said_where_it_was_given(place):
    """A repair that cannot be written says so, and names no option that nobody gave."""
    place.write("kag_config.yaml", PLAIN)
    dry = place.netdiag("fix-base-url", "--dry-run", "kag_config.yaml")
    assert (dry.returncode, "(--dry-run)" in dry.stdout, "can be repaired" in dry.stdout) == (3, True, True)
    refused = place.netdiag("fix-base-url", "kag_config.yaml", env={"NETDIAG_STATE_DIR": "/proc/nowhere"})
    assert refused.returncode == 77, refused.stdout
    assert "(--dry-run)" not in refused.stdout
    assert "proven, not written: " in refused.stdout
    assert "1 to repair; nothing was written" in refused.stdout


def test_what_works_beside_what_nobody_filled_in(place):
    """One that answers does not make up for one whose variable is not set."""
    place.write("kag_config.yaml", PLAIN.replace("localhost", "172.17.0.1") + TEMPLATE)
    report = place.report("check", "kag_config.yaml")
    assert (report["exit_code"], counts(report)) == (1, {"works": 1, "left_alone": 1})
    assert place.netdiag("check", "kag_config.yaml", "--format", "nagios").stdout.startswith("NETDIAG CRITICAL - ")


def test_only_loopback_and_all_is_well(nowhere):
    """A container without any network whose models answer on loopback is well; the fact is a note."""
    script = (
        "import subprocess,sys,time;"
        "server=subprocess.Popen([sys.executable,'-m','netdiag.lab.servers','ollama','--port','0'],"
        "stdout=subprocess.PIPE,text=True);"
        "port=server.stdout.readline().split()[-1];"
        "open('kag_config.yaml','w').write(open('template.yaml').read().replace('PORT',port));"
        "done=subprocess.run(['netdiag','check','kag_config.yaml','--format','json'],stdout=subprocess.PIPE,text=True);"
        "server.terminate();print(done.stdout);sys.exit(done.returncode)"
    )
    nowhere.write("template.yaml", PLAIN.replace("11434", "PORT"))
    done = nowhere.inside.run(["python3", "-c", script])
    assert done.returncode == 0, done.stdout + done.stderr
    said = {finding["code"]: finding["severity"] for finding in json.loads(done.stdout)["findings"]}
    assert said["ND104"] == "note"
