"""What the documentation shows is what the program prints."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from docker_api_page import page as docker_api
from golden import check, check_block, steady
from platforms_page import page as platforms
from reference import reference
from troubleshooting_page import page as troubleshooting

PROJECT = Path(__file__).parent.parent
TRANSCRIPTS = [
    (page, command)
    for page in ("README.md", "README.zh-CN.md", "docs/guide.md", "docs/guide.zh-CN.md")
    for command in re.findall(r"<!-- transcript: (.*) -->", (PROJECT / page).read_text("utf-8"))
]


@pytest.mark.lab
@pytest.mark.parametrize(("page", "command"), TRANSCRIPTS)
@pytest.mark.usefixtures("namespaces")
def test_transcripts_are_real(page, command):
    """Each transcript is, but for its milliseconds, what its command prints now."""
    argv = [sys.executable, "-m", "netdiag", *shlex.split(command)]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, capture_output=True, encoding="utf-8", timeout=60, check=True, env=environ)
    check_block(PROJECT / page, f"transcript: {command}", steady(done.stdout))


def test_the_two_readmes_show_the_same():
    """The Chinese page has the same commands and transcripts as the English one."""
    english, chinese = ((PROJECT / page).read_text("utf-8") for page in ("README.md", "README.zh-CN.md"))
    assert re.findall(r"^python3 .*$", english, re.MULTILINE) == re.findall(r"^python3 .*$", chinese, re.MULTILINE)
    assert english.count("<!-- transcript") == chinese.count("<!-- transcript") == 2


def test_the_reference_follows_the_code():
    """docs/reference.md is made from the parser and the exit statuses; it cannot drift."""
    check(PROJECT / "docs" / "reference.md", reference())


def test_the_table_of_platforms_follows_the_code():
    """docs/platforms.md is made from the table that names platforms."""
    check(PROJECT / "docs" / "platforms.md", platforms())


def test_the_calls_of_the_docker_api_follow_the_code():
    """docs/docker-api.md is made from the table that the client holds itself to."""
    check(PROJECT / "docs" / "docker-api.md", docker_api())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_troubleshooting_pages_follow_the_registry(language):
    """Every code has its section and its anchor in both languages; neither page can drift."""
    name = "troubleshooting.md" if language == "en" else "troubleshooting.zh-CN.md"
    check(PROJECT / "docs" / name, troubleshooting(language))
