"""What docs/deploying.md tells pipelines to run, run."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "deploying.md"


def lines():
    """Return the lines that make one run into several formats."""
    fences = re.findall(r"^```\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (found,) = (fence for fence in fences if "--replay" in fence)
    return found


@pytest.mark.lab
@pytest.mark.parametrize(
    ("base_url", "status"),
    [
        pytest.param("http://172.17.0.1:11434/", 0, id="all is well"),
        pytest.param("http://localhost:11434/", 1, id="to be repaired, so not waited for"),
    ],
)
def test_several_formats_of_one_run(place, base_url, status):
    """In a shell that ends with the first command that fails, as CI systems have it, the status is still the run's."""
    place.write("kag_config.yaml", f'chat_llm: {{"type": "ollama", "base_url": "{base_url}", "model": "qwen2.5:3b"}}\n')
    done = place.inside.run(["sh", "-e", "-c", lines()])
    assert done.returncode == status, done.stderr
    assert json.loads((place.directory / "netdiag.json").read_text("utf-8"))["exit_code"] == status
    assert ET.parse(place.directory / "netdiag.xml").getroot().get("failures") == str(status)
    assert "<html" in (place.directory / "netdiag.html").read_text("utf-8")
