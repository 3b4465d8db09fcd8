"""Lines and columns are those an editor shows: characters counted from 1, without the byte order mark."""

import re
from pathlib import Path

import pytest

from netdiag import config

CORPUS = Path(__file__).parent / "corpus"
READABLE = [path for path in sorted(CORPUS.iterdir()) if not re.search(r"^\.|cut|expected", path.name)]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_every_base_url_stands_where_it_is_said_to(path):
    """In each file of the corpus the base_url's own text is found at its line and column."""
    document = config.parse(path.read_bytes(), path.name)
    lines = re.split(r"\r\n|\r|\n", document.data.decode("utf-8-sig"))
    for endpoint in document.endpoints:
        if span := endpoint.url_span:
            written = document.data[span.start : span.end].decode()
            assert lines[endpoint.line - 1][endpoint.column - 1 :].startswith(written)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('llm: {模型: 甲, base_url: "http://localhost:1/v1/x", type: vllm}', 1, id="Chinese"),
        pytest.param('\ufeffllm: {base_url: "http://localhost:1/v1/x", type: vllm}', 1, id="a mark"),
        pytest.param('llm: {😀: a, base_url: "http://localhost:1/v1/x", type: vllm}', 1, id="beyond UTF-16's unit"),
        pytest.param('a: 1\r\nllm: {base_url: "http://localhost:1/v1/x", type: vllm}', 2, id="second line"),
    ],
)
def test_the_columns_of_edits(text, line):
    """Host and path each have the column they begin at, whatever stands before them."""
    document = config.parse(text.encode(), "kag_config.yaml")
    planned = config.edits(document, document.endpoints[0], host="172.17.0.1", path="")
    assert [(edit.line, edit.part) for edit in planned] == [(line, "host"), (line, "path")]
    row = re.split(r"\r\n|\n", text.removeprefix("\ufeff"))[line - 1]
    assert [row[edit.column - 1 :][: len(edit.old)] for edit in planned] == ["localhost", "/v1/x"]
    assert planned[0].column == row.index("localhost") + 1
