"""YAML and INI in one file: read where it is plain what was meant, else refused with both formats named."""

import pytest

from netdiag.config import Unreadable, apply, edits, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("project:\n  id: 1\n[llm]\ntype = ollama\nbase_url = http://localhost:1/\n", [("llm", "ollama", 5)]),
        ("[llm]\ntype = a\nbase_url = localhost\nv: &v\n  base_url: localhost\n", [("llm", "a", 3), ("v", "", 5)]),
        ("[llm]\n  type = a\n  base_url = localhost\nv:\n  base_url: localhost\n", [("llm", "a", 3), ("v", "", 5)]),
        ("llm:\n  type = ollama\n  base_url = http://localhost\n", [("llm", "ollama", 3)]),
        ("llm: &l\n  type: ollama\n  base_url =  http://localhost\n  model: q\nuse: *l\n", [("llm", "ollama", 3)]),
        ("llm: &l\n  type: ollama\n  base_url =http://localhost\n  model: q\nuse: *l\n", [("llm", "ollama", 3)]),
        ("a: {base_url: http://localhost}\nllm:\n  base_url = http://localhost\n", [("a", "", 1), ("llm", "", 3)]),
        ("llms:\n  - type = a\n    base_url = http://localhost\n", [("llms[0]", "a", 3)]),
        ("; note\n[a]\nx: 1\n# c\n[llm]\ntype: b\nbase_url: http://localhost\nv:\n  k: 1\n-\n", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_was_meant_is_read(text, expected, newline):
    """Headers make sections, `=` means `:` within YAML, and every host is edited in its place."""
    data = text.replace("\n", newline).encode()
    if expected is None:
        with pytest.raises(Unreadable):
            parse(data, "-")
        return
    document = parse(data, "kag_config.yaml")
    assert document.format == "hybrid"
    assert [(e.node, e.type, e.line) for e in document.endpoints] == expected
    planned = [edit for e in document.endpoints for edit in edits(document, e, host="h")]
    assert apply(data, planned) == data.replace(b"localhost", b"h")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("llm:\n  type: ollama\n  base_url=http://localhost\n  model: q\n", 3),
        ("llm:\n  type=ollama\n  base_url=http://localhost\n", 2),
        ("llm:\n  base_url = http://localhost # c\n  model: q\n", 2),
        ("project:\n  id: 1\n[llm]\ntype = ollama\n  nested: 1\n", 4),
        ("project:\n  id: 1\n[llm]\n- base_url\n", 3),
    ],
)
def test_what_could_be_either_is_refused(text, line):
    """The line is named, and what each of the formats wants."""
    with pytest.raises(Unreadable) as refused:
        parse(text.encode(), "kag_config.yaml")
    assert (refused.value.reason, refused.value.line) == ("syntax", line)
    assert refused.value.detail.startswith(f"line {line} is INI ([section], key = value)")
    assert "YAML (key: value" in refused.value.detail


@pytest.mark.parametrize(
    ("text", "source", "detail"),
    [
        ("a: b\n\tc: d\n\n\n\n\n[llm]\ntype = x\n", "x.yaml", "a tab"),
        ("prompt: |\n  type = x\n\n\n\n\na: [b\n", "x.yaml", "not valid YAML"),
        ("base_url = http://localhost\n", "x.cfg", "a line before the first [section]"),
        ("[llm]\n- a\n", "x.cfg", "neither a [section] nor a key = value"),
        ("[llm]\na = 1\n[llm]\n", "x.cfg", "twice"),
    ],
)
def test_another_fault_is_told_as_such(text, source, detail):
    """Where mixed formats are not what is wrong, they are not blamed."""
    with pytest.raises(Unreadable, match=detail.replace("[", r"\[")):
        parse(text.encode(), source)


@pytest.mark.parametrize(
    ("text", "format_", "nodes"),
    [
        ("prompt: |\n  base_url = http://localhost\nllm: {base_url: u}\n", "yaml", ["llm"]),
        ("prompt: |\n  base_url=http://localhost\n", "yaml", []),
        ("[llm]\nnote = x\n  base_url: http://evil\nbase_url = u\n", "ini", ["llm"]),
        ("base_url = http://localhost\n", "yaml", []),
    ],
)
def test_one_format_stays_one_format(text, format_, nodes):
    """Text that only looks like the other format, in prompts and continued values, changes nothing."""
    document = parse(text.encode(), "-")
    assert (document.format, [e.node for e in document.endpoints]) == (format_, nodes)
