"""The documents hold together: links lead somewhere, options and variables are all told, codes exist."""

import argparse
import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from reference import FORMS, STATUSES, VARIABLES

from netdiag import exits, findings
from netdiag.cli.parser import parser
from netdiag.probe import environment
from netdiag.report.rendered import FORMATS

PROJECT = Path(__file__).parent.parent
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "examples").rglob("*.md")])
COMMANDS = parser()._subparsers._group_actions[0].choices
OPTIONS = [
    pytest.param(action, id=f"{name} {action.option_strings[-1] if action.option_strings else action.metavar}")
    for name, sub in {"": parser(), **COMMANDS}.items()
    for action in sub._actions
    if action.dest not in ("help", "command")
]


def name(page):
    """Return how a test is called."""
    return str(page.relative_to(PROJECT))


def prose(page):
    """Return the Markdown without what stands in fences, where brackets are a program's own."""
    return re.sub(r"^( *)```.*?^\1```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page):
    """Return what may follow ``#`` in a link to a Markdown page: GitHub's name of each heading, and ids of its own."""
    text = prose(page)
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    bare = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in bare} | set(
        re.findall(r'id="([^"]+)"', text)
    )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    """The file is there, and so is the heading or the anchor after ``#``."""
    text = prose(page)
    links = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.MULTILINE)]
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(PROJECT), link
        if anchor and target.suffix == ".md":
            assert unquote(anchor) in anchors(target), link


def test_every_page_is_two_clicks_from_the_readme():
    """In each language what the README links to, and what that links to, is everything."""
    for readme in ("README.md", "README.zh-CN.md"):
        seen = {PROJECT / readme}
        for _ in range(2):
            seen |= {target for page in seen for target in linked(page)}
        assert set(PAGES) - seen <= {PROJECT / "CHANGELOG.md"}


def linked(page):
    """Return the pages that a page leads to."""
    links = (link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)) if ":" not in link)
    targets = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
    return targets & set(PAGES)


@pytest.mark.parametrize("action", OPTIONS)
def test_every_option_says_what_it_does_and_its_default(action):
    """Help is never empty, and a default it names is the parser's own."""
    assert action.help
    said = re.search(r"\(default: ([^;)]+)", action.help % {"default": action.default, "prog": "netdiag"})
    takes_a_value = action.nargs != 0 and not isinstance(action, (argparse._AppendAction, argparse._CountAction))
    if takes_a_value and action.default not in (None, [], 0.0, argparse.SUPPRESS) and action.dest != "lang":
        assert said
        value = said.group(1).split(";")[0]
        assert (action.type or str)(value) == action.default


def test_every_exit_status_is_told():
    """No constant of exits is missing, and none is made up."""
    assert set(STATUSES) == {value for key, value in vars(exits).items() if key.isupper()}


def test_every_format_is_told():
    """In the order of the help."""
    assert tuple(FORMS) == FORMATS


def test_every_environment_variable_that_is_read_is_told():
    """What the source asks the environment for by name, and what it keeps of the server's."""
    read = {*environment._KEPT, *(name.lower() for name in environment._SENT)}
    for file in (PROJECT / "netdiag").rglob("*.py"):
        if "lab/servers" not in str(file):
            read |= {asked.lower() for asked in asked_for(ast.parse(file.read_text("utf-8")))}
    assert read == {variable.lower() for names in VARIABLES for variable in names}


def asked_for(tree):
    """Yield the names in ``environ["NAME"]``, ``environ.get("NAME")`` and in the table of the platforms' variables."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=mapping, slice=ast.Constant(value=str(variable))):
                pass
            case ast.Call(func=ast.Attribute(value=mapping, attr="get"), args=[ast.Constant(value=str(variable)), *_]):
                pass
            case (
                ast.Assign(targets=[ast.Name(id="_VARIABLES")], value=table)
                | ast.AnnAssign(target=ast.Name(id="_VARIABLES"), value=table)
            ):
                yield from (row.elts[1].value for row in table.elts)
                continue
            case _:
                continue
        if ast.unparse(mapping).rpartition(".")[2] == "environ":
            yield variable


def test_the_codes_that_documents_name_exist():
    """A code in prose or a link is one of the registry's."""
    known = set(findings.catalog())
    for page in PAGES:
        assert set(re.findall(r"\bND\d{3}\b", page.read_text("utf-8"))) <= known, page


def test_the_modules_that_the_architecture_names_exist():
    """A room or module that was renamed is found in its description."""
    told = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    paths = set(re.findall(r"`([\w-]+/[\w./-]*(?:\.\w+|/))`", told))
    assert paths
    assert [path for path in paths if not any((root / path).exists() for root in (PROJECT, PROJECT / "netdiag"))] == []
