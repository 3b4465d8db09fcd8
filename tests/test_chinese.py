"""Chinese output is Chinese: no source of messages holds an English sentence, and none lacks its translation."""

import argparse
import ast
import inspect
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import netdiag
from netdiag import findings
from netdiag.cli import chinese, spoken
from netdiag.cli.parser import _COMMANDS, parser
from netdiag.container import words as container_words
from netdiag.findings import details
from netdiag.lab import scenarios
from netdiag.report import seen
from netdiag.report.labels import LABELS

PROGRAM = Path(netdiag.__file__).parent

QUOTED = re.compile(
    r"`[^`]*`|“[^”]*”|\{[^}]*\}|%\([a-z_]+\)[a-z]|https?://\S+|--?[a-z][\w-]*|[\w./~-]*[/_=][\w./=:~-]*"
)
"""What is no prose: what is quoted, values, URLs, options, paths, names of variables."""

NAMES = (
    "Apple container", "AWS ECS", "Amazon ECS", "Docker Desktop", "Docker Engine", "GitHub Actions",
    "GitHub Codespaces", "Hugging Face", "LM Studio", "Model Runner", "Podman Desktop", "Rancher Desktop", "Settings",
    "Resources", "Network", "Spring Boot", "Windows Server", "No route to host", "Protocol not available",
    "Server disconnected without sending a response",
)  # fmt: skip
"""Names of products, of what stands on their pages, and texts of errors: nobody translates them."""

SENTENCE = re.compile(r"\b[A-Za-z][a-z']*(?: [a-z][a-z']*\b){2,}|\b[A-Za-z][a-z']+(?: [A-Za-z][a-z']+){3,}")
"""Three words in a row of which all but the first are small, or four of any kind."""


def english(text: str) -> list[str]:
    """English sentences in a text that should have none; lines of commands are none."""
    prose = QUOTED.sub("、", text)
    for name in NAMES:
        prose = prose.replace(name, "、")
    return [found for found in SENTENCE.findall(prose) if not found.startswith(COMMANDS)]


COMMANDS = (
    "apt install", "docker", "kubectl", "netdiag", "ollama", "pip install", "podman", "ss ", "sudo", "systemctl",
    "wsl ",
)  # fmt: skip
"""How a command begins that stands in a sentence to be copied."""


def messages() -> Iterator[tuple[str, str]]:
    """Every Chinese text of the program, with where it is from."""
    for code, entry in findings.catalog().items():
        yield code, entry["title"]["zh"]
        yield code, entry["explanation"]["zh"]
        for remedy in entry["remedies"]:
            yield code, remedy["zh"]
            yield code, remedy.get("on", {}).get("zh", "")
    yield from ((f"term {word}", said["zh"]) for word, said in findings.terms().items())
    yield from ((f"label {name}", said["zh"]) for name, said in LABELS.items())
    yield from ((f"word {name}", said[1]) for name, said in container_words._WORDS.items())
    yield from ((f"command line: {english}", said) for english, said in chinese.WORDS.items())
    yield from ((f"seen {name}", said["zh"]) for name, said in seen._SAID.items())
    yield from ((f"seen {pattern}", said) for pattern, said in seen._CHINESE)
    yield from ((f"detail {pattern}", said) for pattern, said in details.CHINESE)
    for name in scenarios.names():
        scenario = scenarios.by_name(name)
        yield f"scenario {name}", scenario.title["zh"]
        yield f"scenario {name}", scenario.story["zh"]


def test_no_message_is_english():
    """Names, options, paths and commands stay; no sentence does."""
    found = [(where, english(text)) for where, text in messages()]
    assert len(found) > 1000
    assert [each for each in found if each[1]] == []


TRANSLATED = re.compile(
    r"服务的说法|看到了|所见：|一言不发|退出状态|(?<!如)你(?!的地址)|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"
)
"""What nobody writes who thinks in Chinese, what has another name here, and blanks where lines were joined."""


def test_chinese_is_not_translated_word_by_word():
    """One name for each thing: 检测到, 服务返回, 退出码, 您; no blank between two characters."""
    assert [(where, text) for where, text in messages() if TRANSLATED.search(text)] == []


def test_english_is_recognized():
    """The test can fail: a sentence of English is found, names and commands are not taken for one."""
    assert english("错误：the following arguments are required")
    assert english("there is no such file")
    assert not english("在 Docker Desktop 的 Settings → Resources → Network 中")
    assert not english("运行 `docker compose up -d --no-deps server`")


@pytest.fixture
def speaking(monkeypatch):
    """The command line in Chinese, and argparse as it was afterwards."""
    for name in ("_", "ngettext"):
        monkeypatch.setattr(argparse, name, getattr(argparse, name))
    monkeypatch.setattr(spoken, "_table", {})
    spoken.speak("zh")


@pytest.mark.parametrize("command", [None, *_COMMANDS])
@pytest.mark.usefixtures("speaking")
def test_help_is_chinese(command, capsys):
    """The help of each command, 80 columns wide, begins with 用法 and has no English sentence."""
    with pytest.raises(SystemExit):
        parser().parse_args([command, "--help"] if command else ["--help"])
    text = capsys.readouterr().out
    assert text.startswith("用法：netdiag")
    rest = text.partition("\n\n")[2]
    assert english(" ".join(re.sub(r"[A-Z]{2,}|\{[^}]*\}", "、", rest).split())) == []


WRONG = [
    ["frob"],
    ["check", "--bogus"],
    ["check", "--format"],
    ["check", "--format", "xml"],
    ["check", "--host", "http://x"],
    ["check", "--timeout", "never"],
    ["check", "--wait", "soon"],
    ["check", "--kag-version", "latest"],
    ["check", "--db-url", "x"],
    ["check", "--db-url", "mysql://a:b@c/d"],
    ["check", "--api-key"],
    ["chat", "--type", "t"],
    ["chat", "--api-key-env", "A", "--api-key-stdin"],
    ["report", "-o", "x.txt"],
    ["suggest", "--port", "0"],
    ["watch", "--listen", "x"],
    ["fix-compose", "--network", "a b"],
    ["detect", "--no-color=1"],
    [],
]


@pytest.mark.parametrize("argv", WRONG, ids=" ".join)
@pytest.mark.usefixtures("speaking")
def test_errors_are_chinese(argv, capsys):
    """What argparse refuses, and what netdiag does, is told in Chinese."""
    with pytest.raises(SystemExit):
        parser().parse_args(argv)
    error = capsys.readouterr().err.splitlines()[-1]
    assert "错误：" in error
    assert english(error.partition("错误：")[2]) == []
    assert re.search(r"[\u4e00-\u9fff]", error.partition("错误：")[2])


def literals(tree: ast.AST, called: str) -> Iterator[str]:
    """The texts that are written into calls of a function, concatenated where they are."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name == called:
                yield text


NEVER = (
    "not defined", "subparser", "argument \"-\"", "cannot merge", "invalid option string", "dest= is required",
    "conflict_resolution", "mutually exclusive", "cannot have multiple", "not callable", "conflicting option",
    "can't open",
    "must supply", "unrecognized subparser", "add_subparsers", "option is deprecated", "argument '%", "command '%",
    "is deprecated", "'required' is an invalid",
)  # fmt: skip
"""What argparse says to programmers only, or of what netdiag has not."""


def test_all_of_argparse_is_translated():
    """Whatever this Python's argparse can say to a user has a Chinese form."""
    tree = ast.parse(inspect.getsource(argparse))
    said = {text for name in ("_", "ngettext") for text in literals(tree, name)}
    assert len(said) > 20
    assert [text for text in said if text not in chinese.WORDS and not any(each in text for each in NEVER)] == []


def test_all_that_is_said_is_translated():
    """Every sentence of the command line's own, and every help text, stands in the table."""
    sources = [path.read_text("utf-8") for path in sorted((PROGRAM / "cli").glob("*.py"))]
    said = {text for source in sources for text in literals(ast.parse(source), "said")}
    assert len(said) > 20

    def helps(of: argparse.ArgumentParser) -> Iterator[str | None]:
        yield from (of.description, of.epilog)
        yield from (group.title for group in of._action_groups)
        for action in of._actions:
            yield action.help
            if isinstance(action, argparse._SubParsersAction):
                yield from (each.help for each in action._choices_actions)
                for sub in action.choices.values():
                    yield from helps(sub)

    said |= {text for text in helps(parser()) if text and text != argparse.SUPPRESS}
    assert sorted(said - set(chinese.WORDS)) == []


@pytest.mark.parametrize(
    ("argv", "environ", "language"),
    [
        (["check"], {}, "en"),
        (["check"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["check"], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (["check"], {"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "C"}, "zh"),
        (["check", "--lang", "zh"], {}, "zh"),
        (["check", "--lang=zh"], {}, "zh"),
        (["check", "--la", "zh"], {}, "zh"),
        (["frob", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["check", "--lang"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["check", "--lang", "de"], {}, "en"),
        (["check", "--", "--lang", "zh"], {}, "en"),
        (["check", "--lang", "en", "--lang", "zh"], {}, "zh"),
    ],
)
def test_how_the_language_is_chosen(argv, environ, language):
    """By --lang, however it is written and whatever else is wrong, then LC_ALL, LC_MESSAGES, LANG."""
    assert spoken.asked(argv, environ) == language


def test_what_cannot_be_shown_is_said_in_english(monkeypatch):
    """On an output of ASCII the command line speaks English."""
    for name in ("_", "ngettext"):
        monkeypatch.setattr(argparse, name, getattr(argparse, name))
    monkeypatch.setattr(spoken, "_table", {})
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    spoken.speak("zh")
    assert spoken.said("usage: ") == "usage: "
