"""Bad input and faults: one clear message that names the place, the right exit status, no traceback, nothing lost."""

import os
import signal
import sys

import pytest
from cli.conftest import codes

pytestmark = pytest.mark.lab

ANCHOR = "chat_llm: &c\n  type: ollama\n  model: qwen2.5:3b\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"a\x00b", "it is not text"),
        (b"\xff\xfe\x00", "it is not text"),
        (b'{ "base_url": "http://localhost:1', "it is not well-formed"),
        (b"a: [1, 2\n", "it is not well-formed"),
        (b"a: 'open\n", "it is not well-formed"),
        (b"x" * (10 * 1024 * 1024), "it is too large"),
        (b"[" * 5000, "it is nested too deeply"),
    ],
    ids=["empty", "blank", "NUL", "UTF-16", "half JSON", "half list", "open quote", "10 MB", "deep"],
)
def test_a_configuration_that_cannot_be_read(place, content, says):
    """The file is named, the reason is told, nothing is written, the status is 78."""
    file = place.write("bad.yaml", content)
    done = place.netdiag("fix-base-url", "bad.yaml")
    assert done.returncode == 78
    assert "bad.yaml" in done.stdout
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert file.read_bytes() == content


def test_a_file_without_a_model(place):
    """A file that holds no model is not written; what could be typed into it is proven, and so it is pending."""
    file = place.write("none.yaml", text := b"project:\n  id: 1\n")
    done = place.netdiag("fix-base-url", "none.yaml")
    assert (done.returncode, "holds no base_url" in done.stdout, file.read_bytes()) == (3, True, text)
    file.unlink()


def test_a_file_that_is_not_there(place):
    """A missing file and a directory without a configuration are told apart."""
    assert "there is no such file" in place.netdiag("check", "none.yaml").stdout
    (place.directory / "folder").mkdir(exist_ok=True)
    done = place.netdiag("check", "folder")
    assert (done.returncode, "the directory holds no kag_config.yaml" in done.stdout) == (78, True)


def test_a_fifo_is_refused_at_once(place):
    """A pipe that nobody writes to must not hang the check."""
    fifo = place.directory / "pipe.yaml"
    os.mkfifo(fifo)
    done = place.netdiag("check", "pipe.yaml")
    assert (done.returncode, "it is not a file" in done.stdout) == (78, True)


def test_no_configuration_at_all(nowhere):
    """Without a file and without a server, the command to name one is shown."""
    done = nowhere.netdiag("fix-base-url")
    assert done.returncode == 78
    assert "netdiag fix-base-url /path/to/kag_config.yaml" in done.stdout


def test_no_network_at_all(nowhere):
    """A container without a network says so, and how to connect it."""
    nowhere.write("llm.yaml", ANCHOR + "  base_url: http://localhost:11434/\n")
    report = nowhere.report("fix-base-url", "llm.yaml")
    assert report["exit_code"] == 1
    assert "ND104" in codes(report)


@pytest.mark.parametrize(
    ("base_url", "exit_code", "said", "after"),
    [
        ("localhost:11434", 0, set(), "172.17.0.1:11434"),
        ("http://127.1:11434", 0, set(), "http://172.17.0.1:11434"),
        ("http://0.0.0.0:11434/", 0, set(), "http://172.17.0.1:11434/"),
        ("'http://[::1]:11434/'", 0, set(), "'http://172.17.0.1:11434/'"),
        ("http://LOCALHOST:11434/", 0, set(), "http://172.17.0.1:11434/"),
        ("http://user:pw@localhost:11434", 0, set(), "http://user:pw@172.17.0.1:11434"),
        ("http:/localhost:11434/", 1, {"ND503"}, None),
        ("htp://localhost:11434/", 1, {"ND503"}, None),
        ("'http://local host:11434/'", 1, {"ND503"}, None),
        ("' http://localhost:11434/'", 1, {"ND503"}, None),
        ("http：//localhost：11434/", 1, {"ND503"}, None),
        ("http://localhost:114344/", 1, {"ND503"}, None),
        ("''", 1, {"ND503"}, None),
        ("http://", 1, {"ND503"}, None),
        ("http://localhostess.invalid:11434/", 1, {"ND224"}, None),
        ("'{{ OLLAMA_URL }}'", 78, {"ND559"}, None),
        ("!ENV OLLAMA_URL", 3, {"ND556"}, None),
        ("${OLLAMA_URL}", 78, {"ND558"}, None),
    ],
)
def test_base_urls_as_people_type_them(place, base_url, exit_code, said, after):
    """What can be repaired as it stands is, to the byte; what cannot is named with its line and left alone."""
    before = f"{ANCHOR}  base_url: {base_url}  # mine\n"
    file = place.write("llm.yaml", before)
    report = place.report("fix-base-url", "llm.yaml")
    assert (report["exit_code"], codes(report)) == (exit_code, said)
    assert report["endpoints"][0]["line"] == 4
    assert file.read_text() == (before.replace(base_url, after) if after else before)


def test_a_url_without_scheme_for_another_type(place):
    """Only Ollama's SDK adds the scheme; for every other type its absence is the finding, with the right line."""
    file = place.write("llm.yaml", "chat_llm:\n  type: vllm\n  model: m\n  base_url: localhost:11434/v1\n")
    done = place.netdiag("fix-base-url", "llm.yaml")
    assert done.returncode == 1
    assert "base_url: http://localhost:11434/v1" in done.stdout
    assert "localhost:11434/v1\n" in file.read_text()


def test_an_unknown_type(place):
    """The types that this KAG knows are listed."""
    place.write("llm.yaml", "chat_llm:\n  type: xinference\n  model: m\n  base_url: http://localhost:11434/v1\n")
    done = place.netdiag("fix-base-url", "llm.yaml")
    assert done.returncode == 1
    assert "ND507" in done.stdout
    assert "maas, openai, vllm, ollama" in done.stdout


@pytest.mark.parametrize(
    ("port", "code"),
    [(12000, "ND218"), (12001, "ND401"), (12002, "ND201")],
    ids=["accepts and says nothing", "HTML", "refused"],
)
def test_what_answers_on_the_port(place, port, code):
    """Silence after accepting, a web page and a refusal are three different findings."""
    place.write("llm.yaml", f"{ANCHOR}  base_url: http://localhost:{port}/\n")
    report = place.report("check", "--timeout", "0.3", "llm.yaml")
    assert (report["exit_code"], codes(report)) == (1, {code})


def test_a_key_is_never_shown(place):
    """A refused key is named by its finding, and a web page by its own; the key itself is in no output."""
    key = "sk-canary-4f1d"
    text = f"a:\n  type: maas\n  model: qwen25-7B-chat\n  api_key: {key}\n  base_url: http://localhost:%d/v1\n"
    for port, code in ((8000, "ND404"), (12001, "ND401")):
        place.write("llm.yaml", text % port)
        for form in ("text", "json"):
            done = place.netdiag("fix-base-url", "-vv", "--format", form, "llm.yaml")
            assert key not in done.stdout + done.stderr
            assert code in done.stdout


def test_a_read_only_file(place):
    """The repair is proven but cannot be written: 77, and the file is as it was."""
    folder = place.directory / "read-only"
    folder.mkdir()
    file = folder / "llm.yaml"
    file.write_text(before := ANCHOR + "  base_url: http://localhost:11434/\n")
    mount = "mount --bind . . && mount -o remount,ro,bind . && cd . && exec netdiag fix-base-url llm.yaml"
    done = place.inside.run(["unshare", "--mount", "sh", "-c", mount], cwd=folder)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mounts inside the lab here: {done.stderr}")
    assert done.returncode == 77
    assert "ND601" in done.stdout
    assert file.read_text() == before


INTERRUPT = """
import pathlib, signal, subprocess, sys, time
run = subprocess.Popen(["netdiag", "fix-base-url", "llm.yaml"])
while "Threads:\\t1\\n" in pathlib.Path(f"/proc/{run.pid}/status").read_text():
    time.sleep(0.002)
time.sleep(float(sys.argv[1]))
run.send_signal(signal.SIGINT)
sys.exit(run.wait(30))
"""
"""Ctrl-C once netdiag is at work: the thread that waits for signals runs (before that, Python itself would answer)."""


def interrupted(place, after_s: float):
    """Run the repair of llm.yaml and interrupt it."""
    return place.inside.run([sys.executable, "-c", INTERRUPT, str(after_s)])


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_interrupted_at_any_moment(place, after_s):
    """Ctrl-C ends the run with 130 (or with 0, when all was done, or by the signal itself while that is said)."""
    before = ANCHOR + "  base_url: http://localhost:11434/\n"
    file = place.write("llm.yaml", before)
    done = interrupted(place, after_s)
    assert done.returncode in (0, 130, 256 - signal.SIGINT)
    assert "Traceback" not in done.stderr
    assert file.read_text() in (before, before.replace("localhost", "172.17.0.1"))
    assert not list(place.directory.glob(".llm*"))


def test_interrupted_while_a_model_loads(place):
    """The commonest Ctrl-C: an answer that does not come. Nothing was written yet, so nothing changes."""
    file = place.write("llm.yaml", before := ANCHOR + "  base_url: http://localhost:12000/\n")
    done = interrupted(place, 1)
    assert (done.returncode, file.read_text()) == (130, before)
    assert "interrupted" in done.stderr


def test_standard_input_to_standard_output(place):
    """`-` is a filter: the corrected configuration and nothing else on standard output, the report on the other."""
    text = '{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
    done = place.netdiag("fix-base-url", "-", input=text)
    assert done.returncode == 0
    assert done.stdout == text.replace("localhost", "172.17.0.1")
    assert "repaired" in done.stderr


def test_a_filter_loses_nothing(place):
    """What cannot be read passes through unchanged."""
    done = place.netdiag("fix-base-url", "-", input="half: [")
    assert (done.returncode, done.stdout) == (78, "half: [")


def test_two_files_one_of_them_bad(place):
    """A file that cannot be read does not keep the other from being repaired, and is not hidden by it."""
    good = place.write("good.yaml", ANCHOR + "  base_url: http://localhost:11434/\n")
    place.write("bad.yaml", b"\x00")
    done = place.netdiag("fix-base-url", "good.yaml", "bad.yaml")
    assert done.returncode == 78
    assert "172.17.0.1" in good.read_text()
    assert "bad.yaml" in done.stdout
