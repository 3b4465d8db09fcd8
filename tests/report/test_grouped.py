"""What is the same for several endpoints is said once, for people; machines get each endpoint."""

import xml.etree.ElementTree as ET

import pytest
from report.situations import BROKEN, EVIDENCE, REPAIRABLE, WORKS, endpoint, report

from netdiag.report.as_html import as_html
from netdiag.report.as_json import as_dict
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text
from netdiag.report.rendered import rendered
from netdiag.report.seen import seen

ROWS = ((4, "openie_llm", "", ""), (10, "chat_llm", "v1", "v1"), (16, "vectorizer", "v1/embeddings", "v1"))
SEVERAL = tuple(
    REPAIRABLE._replace(
        endpoint=endpoint(line, node, f"http://localhost:11434/{old}"), proven_url=f"http://172.18.0.1:11434/{new}"
    )
    for line, node, old, new in ROWS
)
REPORT = report("check", *SEVERAL, exit_code=3)

ONCE = {
    "en": ("http://localhost:11434 -> http://172.18.0.1:11434", "own call to qwen2.5:3b", "default gateway of eth0"),
    "zh": ("http://localhost:11434 -> http://172.18.0.1:11434", "的实际调用验证：", "eth0 的默认网关"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_says_it_once(language):
    """Origin, proof and address stand once, each place once; more than the origin is shown where more changes."""
    text = " ".join(as_text(REPORT, language).split())
    assert [text.count(each) for each in ONCE[language]] == [1, 1, 1]
    assert [text.count(f"kag_config.yaml:{line} {node}") for line, node, _, _ in ROWS] == [1, 1, 1]
    assert "chat_llm http://172.18.0.1:11434/v1 " in text
    assert "vectorizer http://localhost:11434/v1/embeddings -> http://172.18.0.1:11434/v1" in text


def test_quiet_has_a_line_for_each():
    """What -q leaves is for whoever searches in it."""
    lines = as_text(REPORT, "en", detail=-1).splitlines()
    assert sum(line.startswith("can be repaired: kag_config.yaml:") for line in lines) == 3


def test_the_page_and_the_issue_say_it_once():
    """One article, one list of what was tried; a row of the table for each base_url, and each place in it."""
    page = as_html(REPORT)
    assert (page.count("<article"), page.count("<details")) == (1, 1)
    assert page.count("kag_config.yaml:") >= 3
    table = [line for line in as_markdown(REPORT).splitlines() if line.startswith("| can be repaired")]
    assert len(table) == 3


def test_machines_get_each_endpoint():
    """JSON, JUnit and SARIF are read by endpoint."""
    assert len(as_dict(REPORT)["endpoints"]) == 3
    assert len(ET.fromstring(rendered(REPORT, "junit", "en")).findall(".//testcase")) == 3


@pytest.mark.parametrize(
    ("item", "first"),
    [
        (WORKS, "base_urls: 1 working; nothing to repair"),
        (REPAIRABLE, "base_urls: 1 to repair"),
        (BROKEN, "problem: the host answers, but refuses connections from containers on port 11434"),
    ],
)
def test_the_first_line_is_the_useful_one(item, first):
    """The problem where there is one, else how it stands."""
    assert as_text(report("check", item, evidence=EVIDENCE)).splitlines()[0] == first


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        (
            "172.17.0.1:11434 tcp connection_refused (2.0 ms), ARP complete",
            "172.17.0.1:11434: connection refused (2.0 ms); a machine on this network has the address",
            "172.17.0.1:11434：拒绝连接（2.0 毫秒）；本网络中有机器使用该地址",
        ),
        (
            "172.17.0.1:1 control timed_out (305.5 ms)",
            "172.17.0.1:1, where surely nobody listens, for comparison: no answer (305.5 ms)",
            "172.17.0.1:1（该端口必然无人监听，用于对照）：没有回应（305.5 毫秒）",
        ),
        ("host.docker.internal:11434 dns dns_nxdomain (1.0 ms)", "host.docker.internal: name not known (1.0 ms)", None),
        ("10.0.0.1:80 tcp host_unreachable (0.1 ms), not sent: blackhole", None, None),
        ("http://h:1/v1: HTTP 404, path_not_found", "http://h:1/v1: HTTP 404, no such path", None),
        ("host: ufw is active (/etc/ufw/ufw.conf)", "host: ufw is active (/etc/ufw/ufw.conf)", None),
        ("listening here: nobody", "listening here: nobody", "本机监听：无"),
        ("my_own_word: stays", "my_own_word: stays", "my_own_word: stays"),
    ],
)
def test_what_was_seen_is_told_in_words(line, english, chinese):
    """No word of the vocabulary and nothing of ARP or controls is left; what is none stays as it is."""
    assert english in (None, seen(line, "en"))
    assert chinese in (None, seen(line, "zh"))
    assert not {"control", "complete", "dns_nxdomain", "host_unreachable"} & set(seen(line, "en").split())
