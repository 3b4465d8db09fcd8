"""The guide and its Chinese twin: every code leads somewhere, every sign is one netdiag reads, every command is one."""

import itertools
import re
import shlex
from pathlib import Path

import pytest

from netdiag import findings
from netdiag.cli.parser import parser
from netdiag.findings import pasted

PROJECT = Path(__file__).parent.parent
DOCS = PROJECT / "docs"
GUIDES = ("guide.md", "guide.zh-CN.md")
SHOWN = (
    "README.md",
    "README.zh-CN.md",
    *(f"docs/{name}{to}.md" for name in ("guide", "deploying") for to in ("", ".zh-CN")),
)


def text(guide):
    """Return the page."""
    return (DOCS / guide).read_text("utf-8")


def codes(guide):
    """Return the codes that rows of the page's tables lead to, in their order."""
    return re.findall(r"\[(ND\d{3})\]\(troubleshooting", text(guide))


def signs(guide):
    """Return the texts of KAG that the page begins with."""
    return re.findall(r"^\|[^|]*\| `(.+)` \|$", text(guide), re.MULTILINE)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_error_has_its_row(guide):
    """Whatever code stands behind `problem:`, the guide says what to do, and says it once."""
    errors = [code for code in findings.catalog() if findings.severity(code) == "error"]
    assert sorted(codes(guide)) == errors


@pytest.mark.parametrize("guide", GUIDES)
def test_a_code_leads_to_its_own_entry(guide):
    """In the dictionary of the page's own language."""
    links = re.findall(r"\[(ND\d{3})\]\((troubleshooting\S*?\.md)#(\w+)\)", text(guide))
    assert {to for _, to, _ in links} == {guide.replace("guide", "troubleshooting")}
    assert all(anchor == code.lower() for code, _, anchor in links)


def test_both_languages_say_the_same():
    """The same signs, codes and steps, and the rows of a table in the same order."""
    english, chinese = GUIDES
    assert codes(english) == codes(chinese)
    assert signs(english) == signs(chinese)
    for name in ("guide", "deploying"):
        one, other = text(f"{name}.md"), text(f"{name}.zh-CN.md")
        for mark in (r"^#+ ", r"^\|", r"^```", r"^- \*\*", r"^- "):
            assert len(re.findall(mark, one, re.MULTILINE)) == len(re.findall(mark, other, re.MULTILINE)), mark


def test_both_languages_run_the_same():
    """What is to be copied is the same in both pages about deployments."""
    english, chinese = (
        re.findall(r"^```\n(.*?)^```", text(f"deploying{to}.md"), re.DOTALL | re.MULTILINE) for to in ("", ".zh-CN")
    )
    assert english == chinese


@pytest.mark.parametrize("sign", signs("guide.md"))
def test_a_sign_is_one_that_netdiag_reads(sign):
    """`netdiag explain --error` knows each text by which people find the guide."""
    assert pasted.read(sign)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_other_guides_paste(guide):
    """At most ten lines, and each link leads to a page and an anchor that are there."""
    (block,) = re.findall(r"<!-- embeddable -->\n```markdown\n(.*?)```", text(guide), re.DOTALL)
    assert block.count("\n") <= 10
    links = re.findall(r"\(NETDIAG/([^)#]+)(?:#([^)]+))?\)", block)
    assert links
    for path, anchor in links:
        headings = re.findall(r"^#+ (.+)$", (PROJECT / path).read_text("utf-8"), re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def commands():
    """Yield each command line of netdiag that a document tells people to run, as it stands there."""
    for page in SHOWN:
        told = re.sub(
            r"<!-- (transcript|product).*?\n```\n.*?```", "", (PROJECT / page).read_text("utf-8"), flags=re.DOTALL
        )
        fences = "".join(re.findall(r"^```\n.*?^```", told, re.DOTALL | re.MULTILINE))
        inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", told, flags=re.DOTALL | re.MULTILINE))
        for line in dict.fromkeys([*re.findall(r"^.*\bnetdiag .*$", fences, re.MULTILINE), *inline]):
            bare = re.split(r"[;>]| \|", re.sub(r"^docker exec \S+ ", "", line))[0].strip()
            if bare.startswith("netdiag ") and not re.search(r"[…\[]|--print-completion", bare):
                yield pytest.param(bare, id=f"{page}: {bare}")


@pytest.mark.parametrize("command", list(commands()))
def test_a_command_is_one_that_netdiag_takes(command):
    """What stands for a value is one: a placeholder is as good as a name."""
    assert parser().parse_args(shlex.split(re.sub(r"-o (FILE|文件)$", "-o FILE.html", command))[1:]).command


@pytest.mark.parametrize("name", ["deploying.md", "deploying.zh-CN.md"])
def test_the_metrics_are_those_that_watch_serves(name):
    """No alert waits for a metric that never comes."""
    served = (PROJECT / "netdiag" / "watch" / "metrics.py").read_text("utf-8")
    named = re.findall(r"`(netdiag_\w+?)(?:_total)?(?:\{[\w,]+\})?`", text(name))
    assert named
    assert [each for each in named if f'"{each}"' not in served] == []


HAS_IT = re.compile(r"image|netdiag install|in the container only|镜像|只在容器中")


@pytest.mark.parametrize("page", SHOWN)
def test_docker_exec_is_for_containers_that_have_netdiag(page):
    """Whoever has OpenSPG's own image is never told `docker exec NAME netdiag`: what stands around it says for whom."""
    paragraphs = (PROJECT / page).read_text("utf-8").split("\n\n")
    for before, paragraph in itertools.pairwise(["", *paragraphs]):
        if re.search(r"docker exec (?:-\S+ )*\S+\s+netdiag", paragraph):
            assert HAS_IT.search(before + paragraph), paragraph
