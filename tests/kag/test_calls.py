"""What KAG sends and how it judges, held against its own clients' recorded requests and outcomes."""

import json
from pathlib import Path

import pytest

from netdiag import config, kag
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

RECORDED = [json.loads(line) for line in (Path(__file__).parent / "kag-requests.jsonl").read_text().splitlines()]
BASE = "http://127.0.0.1:18434"

CONFIGURATIONS = {
    "maas v1 ui": {"type": "maas", "base_url": f"{BASE}/v1", "api_key": "k"},
    "maas temperature str": {"type": "maas", "base_url": f"{BASE}/v1", "api_key": "k", "temperature": "0.7"},
    "maas stream True": {"type": "maas", "base_url": f"{BASE}/v1", "api_key": "k", "stream": "True"},
    "openai noV1": {"type": "openai", "base_url": BASE, "api_key": "k"},
    "maas nokey": {"type": "maas", "base_url": f"{BASE}/v1"},
    "maas full": {"type": "maas", "base_url": f"{BASE}/v1/chat/completions", "api_key": "k"},
    "vllm full": {"type": "vllm", "base_url": f"{BASE}/v1/chat/completions"},
    "vllm full + api_key": {"type": "vllm", "base_url": f"{BASE}/v1/chat/completions", "api_key": "secret"},
    "vllm v1": {"type": "vllm", "base_url": f"{BASE}/v1"},
    "vllm v1/": {"type": "vllm", "base_url": f"{BASE}/v1/"},
    "vllm root": {"type": "vllm", "base_url": BASE},
    "ollama root/": {"type": "ollama", "base_url": f"{BASE}/"},
    "Ollama root": {"type": "Ollama", "base_url": BASE},
    "ollama v1": {"type": "ollama", "base_url": f"{BASE}/v1"},
    "ollama api/generate": {"type": "ollama", "base_url": f"{BASE}/api/generate"},
    "ollama stream True": {"type": "ollama", "base_url": BASE, "stream": "True"},
    "ollama host only": {"type": "ollama", "base_url": "127.0.0.1:18434"},
    "xinference": {"type": "xinference", "base_url": f"{BASE}/v1"},
    "vec v1": {"type": "openai", "base_url": f"{BASE}/v1", "api_key": "EMPTY", "kind": "embedding"},
    "vec root": {"type": "openai", "base_url": BASE, "api_key": "EMPTY", "kind": "embedding"},
    "vec full path": {"type": "openai", "base_url": f"{BASE}/v1/embeddings", "api_key": "EMPTY", "kind": "embedding"},
    "vec ollama root": {"type": "ollama", "base_url": BASE, "kind": "embedding"},
    "vec ollama v1": {"type": "ollama", "base_url": f"{BASE}/v1", "kind": "embedding"},
    "vec maas": {"type": "maas", "base_url": f"{BASE}/v1", "kind": "embedding"},
    "rerank": {"type": "maas", "base_url": f"{BASE}/v1/rerank", "api_key": "k", "kind": "rerank"},
}
"""The configurations of the recorded cases, as far as they say what is sent (what fails before or without a
connection is told by the table in kag.calls and by the probe's own tests)."""

MODELS = {"embedding": "bge-m3", "rerank": "r", "chat": "m"}
SHOWN_HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}


def endpoint(base_url: str, *, kind: str = "chat", api_key: str | None = None, type: str = "", **settings) -> Endpoint:  # noqa: A002
    """An endpoint as a recorded case configures it."""
    key = Secret(api_key) if api_key is not None else None
    return Endpoint("f", 1, "n", kind, type, MODELS[kind], base_url, key, settings)


def recorded_cases():
    """List every recorded run whose configuration is known above; master is what newer images hold."""
    for run in RECORDED:
        if run["case"] in CONFIGURATIONS:
            version = "0.8+" if run["kag"].startswith("master") else run["kag"]
            yield pytest.param(version, run, id=f"{run['kag']} {run['case']}")


@pytest.mark.parametrize(("version", "run"), list(recorded_cases()))
def test_the_request_is_the_recorded_one(version, run):
    """Method, path, key and every key and value of the body are what KAG's own client sent; or nothing was."""
    if (version, run["case"]) == ("0.6", "Ollama root"):
        pytest.xfail("the released 0.6.0 package refuses a capital O; images of that time accept it (KAG issue 331)")
    configuration = CONFIGURATIONS[run["case"]]
    call = kag.call(version, endpoint(**configuration), configuration["base_url"])
    if not run["requests"]:
        assert isinstance(call, kag.NotSent)
        assert call.failure
        return
    sent = run["requests"][0]
    assert isinstance(call, kag.Call)
    assert call.request.method == sent["method"]
    assert call.request.url.removeprefix(BASE) in (sent["path"], sent["path"].removesuffix("/"))
    assert json.loads(call.request.body) == sent["body"]
    bearer = f"Bearer {call.request.bearer.reveal()}" if call.request.bearer else None
    assert bearer == sent["headers"].get("Authorization")


OPENAI = {"choices": [{"message": {"role": "assistant", "content": "hi"}}]}
STREAM = b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
SAID = {"message": {"role": "assistant", "content": "hi"}}
OLLAMA = {**SAID, "eval_count": 1, "prompt_eval_count": 1}

MAAS = {"type": "maas", "api_key": "k"}
VLLM = {"type": "vllm"}
OLLAMA_TYPE = {"type": "ollama"}
VECTORS = {"type": "openai", "api_key": "k", "kind": "embedding"}
RERANK = {"type": "maas", "api_key": "k", "kind": "rerank"}


@pytest.mark.parametrize(
    ("version", "configuration", "status", "body", "failure"),
    [
        ("0.8", MAAS, 200, OPENAI, None),
        ("0.8", MAAS, 200, {"choices": []}, "unexpected_answer"),
        ("0.8", MAAS, 200, "<html>", "web_page"),
        ("0.8", MAAS, 200, "ok", "not_a_model_service"),
        ("0.8", MAAS, 200, "", "not_a_model_service"),
        ("0.8", {**MAAS, "stream": "True"}, 200, STREAM.decode(), None),
        ("0.6", {**MAAS, "stream": "True"}, 200, STREAM.decode(), "stream_unreadable"),
        ("0.8", MAAS, 404, {"detail": "Not Found"}, "path_not_found"),
        ("0.8", MAAS, 404, "404 page not found", "path_not_found"),
        ("0.8", MAAS, 404, {"error": {"message": "The model `m` does not exist."}}, "model_not_found"),
        ("0.8", OLLAMA_TYPE, 404, {"error": "model 'm' not found"}, "model_not_found"),
        ("0.8", MAAS, 401, {"error": "Unauthorized"}, "key_refused"),
        ("0.8", MAAS, 403, "", "forbidden"),
        ("0.8", MAAS, 400, {"error": {"message": "max_tokens=8192 is too large"}}, "too_many_tokens"),
        ("0.8", MAAS, 429, {"error": {"message": "slow down"}}, "rate_limited"),
        ("0.8", MAAS, 503, {"error": "loading"}, "service_unavailable"),
        ("0.8", MAAS, 500, "oops", "server_error"),
        ("0.6", VLLM, 200, OPENAI, None),
        ("0.6", VLLM, 500, OPENAI, None),
        ("0.6", VLLM, 404, "404 page not found", "path_not_found"),
        ("0.6", OLLAMA_TYPE, 200, {"response": "hi"}, None),
        ("0.7", OLLAMA_TYPE, 200, SAID, None),
        ("0.8", OLLAMA_TYPE, 200, SAID, "unexpected_answer"),
        ("0.7", OLLAMA_TYPE, 200, 1, "unexpected_answer"),
        ("0.8", OLLAMA_TYPE, 200, 1, "unexpected_answer"),
        ("0.8", OLLAMA_TYPE, 200, OLLAMA, None),
        ("0.8", {**OLLAMA_TYPE, "stream": "True"}, 200, json.dumps(OLLAMA), "stream_unreadable"),
        ("0.7", {**OLLAMA_TYPE, "stream": None}, 200, f"{json.dumps(OLLAMA)}\n" * 2, "stream_unreadable"),
        ("0.7", {**OLLAMA_TYPE, "stream": "True"}, 200, json.dumps(OLLAMA), None),
        ("0.8", VECTORS, 200, {"data": [{"embedding": "AACAPwAAAEA="}]}, None),
        ("0.8", VECTORS, 200, {"data": []}, "unexpected_answer"),
        ("0.8", {**OLLAMA_TYPE, "kind": "embedding"}, 200, {"embedding": [0.1]}, None),
        ("0.8", RERANK, 200, {"results": [{"index": 0}]}, None),
    ],
)
def test_the_verdict_is_kags(version, configuration, status, body, failure):
    """A status, a body and a version give the verdict KAG itself would come to."""
    call = kag.call(version, endpoint(BASE, **configuration), BASE)
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    assert kag.judge(call, Answer(status, {"content-type": "x/y"}, data))[0] == failure


def test_a_failed_call_keeps_its_failure():
    """What happened on the way outweighs any reading of the answer."""
    call = kag.call("0.8", endpoint(BASE, **MAAS), BASE)
    assert kag.judge(call, Answer(failure="timed_out", detail="x")) == ("timed_out", "x")


@pytest.mark.parametrize(
    ("version", "configuration", "failure"),
    [
        ("0.6", {"type": "maas"}, "missing_setting"),
        ("0.8", {"type": "xinference"}, "unsupported_type"),
        ("0.7", {"type": "ollama", "kind": "embedding"}, "unsupported_type"),
        ("0.8", {"type": "openai", "kind": "embedding"}, "missing_setting"),
        ("0.8", {"type": "mock"}, None),
        ("0.8", {"type": "bge_m3", "kind": "embedding", "path": "/models/bge-m3"}, None),
        ("0.8", {"type": "bge_m3", "kind": "embedding"}, "local_type"),
        ("0.8", {"type": "azure_openai"}, "broken_type"),
        ("0.6", {"type": "azure_openai"}, "unsupported_type"),
        ("0.8", {"type": ""}, "missing_setting"),
    ],
)
def test_what_kag_does_not_send(version, configuration, failure):
    """What KAG refuses, and what calls nobody, is told without sending anything."""
    call = kag.call(version, endpoint(BASE, **configuration), BASE)
    assert isinstance(call, kag.NotSent)
    assert call.failure == failure


@pytest.mark.parametrize(
    ("version", "configuration", "path"),
    [
        ("0.8", OLLAMA_TYPE, ""),
        ("0.8", VLLM, "/v1"),
        ("0.7", VLLM, "/v1"),
        ("0.6", VLLM, "/v1/chat/completions"),
        ("0.6", MAAS, "/v1"),
        ("0.8", VECTORS, "/v1"),
        ("0.8", RERANK, "/v1/rerank"),
        ("0.8", {"type": "xinference"}, None),
    ],
)
def test_the_right_path(version, configuration, path):
    """The path depends on the version, the node and the type, and is not guessed for types nobody knows."""
    assert kag.right_path(version, endpoint(BASE, **configuration)) == path


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.8.0", "0.8"),
        ("0.7.1", "0.7"),
        ("v0.6", "0.6"),
        ("0.5.1", "0.5"),
        ("0.9", "0.8"),
        ("1.0.0rc1", "0.8"),
        ("0.8+", "0.8+"),
        ("0.8.0+", "0.8+"),
    ],
)
def test_versions_fall_into_their_table(text, version):
    """A patch release uses its minor's table; what is newer than all of them the newest."""
    assert kag.parse(text) == version


@pytest.mark.parametrize("text", ["", "latest", "0.4.2", "0"])
def test_what_is_no_version_is_refused(text):
    """Neither words nor versions older than the first table are guessed at."""
    with pytest.raises(ValueError, match="KAG"):
        kag.parse(text)


MINICONDA = "home/admin/miniconda3/lib/python3.10/site-packages"
VENV = "openspg_venv/lib/python3.8/site-packages"


@pytest.mark.parametrize(
    ("directory", "version", "text"),
    [
        ("home/admin/miniconda3/lib/python3.10/site-packages/openspg_kag-0.8.0.dist-info", "0.8", "0.8.0"),
        ("openspg_venv/lib/python3.8/site-packages/openspg_kag-0.6.dist-info", "0.6", "0.6"),
        (f"{MINICONDA}/kag/common/vectorize_model/ollama_model.py", "0.8", "0.8"),
        (f"{MINICONDA}/kag/common/rerank_model", "0.7", "0.7"),
        (f"{VENV}/kag/common/llm/vllm_client.py", "0.6", "0.6"),
        (f"{VENV}/kag/common/llm/client/vllm_client.py", "0.5", "0.5"),
        (f"{VENV}/openspg_kag-0.4.1.dist-info", "0.5", "0.4.1"),
        ("nowhere", "0.8", "0.8"),
    ],
)
def test_the_installed_version_is_read_not_imported(tmp_path, directory, version, text):
    """The package's metadata in either layout of the image says which KAG it is, or its files do."""
    (tmp_path / directory).mkdir(parents=True)
    found = kag.installed(tmp_path)
    assert (found.version, found.text) == (version, text)
    assert found.certain == (directory != "nowhere" and text != "0.4.1")


RELEASED = "def generate_key(cls, base_url, api_key, model, *args, **kwargs) -> str:"
NEWER = "def generate_key(cls, base_url, model, api_key, *args, **kwargs) -> str:"


@pytest.mark.parametrize(
    ("release", "says", "version"),
    [
        ("0.8.0", RELEASED, "0.8"),
        ("0.8.0", NEWER, "0.8+"),
        (
            "0.8.0",
            "def generate_key(\n    cls,\n    base_url: str,\n    model: str,\n    api_key: str,\n):",
            "0.8+",
        ),
        ("0.8.0", "class OpenAIVectorizeModel: ...", "0.8"),
        ("0.7.1", NEWER, "0.7"),
        ("", RELEASED, "0.8"),
        ("", NEWER, "0.8+"),
    ],
    ids=["released", "newer", "newer, line by line", "without it", "of 0.7", "no metadata", "newer, no metadata"],
)
def test_which_0_8_it_is_its_files_tell(tmp_path, release, says, version):
    """Two KAGs call themselves 0.8.0: the order of the parameters of ``generate_key`` tells them apart."""
    models = tmp_path / MINICONDA / "kag/common/vectorize_model"
    models.mkdir(parents=True)
    (models / "ollama_model.py").touch()
    (models / "openai_model.py").write_text(f"# generate_key\n{says}\n    pass\n")
    if release:
        (tmp_path / MINICONDA / f"openspg_kag-{release}.dist-info").mkdir()
    found = kag.installed(tmp_path)
    text = (release or "0.8") + ("+" if version == "0.8+" else "")
    assert (found.version, found.text, found.certain) == (version, text, True)
    assert kag.chosen("0.8", tmp_path).version == (version if version != "0.7" else "0.8")


@pytest.mark.parametrize("form", ["", "empty", "null"])
def test_the_newer_0_8_fills_in_a_key(form):
    """Of an absent, empty or null key it makes one of its own, whatever OPENAI_API_KEY says; released KAG refuses."""
    given = {"": {}, "empty": {"api_key": ""}, "null": {"api_key": None}}[form]
    written = {"type": "openai", "model": "bge-m3", "base_url": BASE, **given}
    (model,) = config.parse(json.dumps({"vectorizer": written}).encode(), "-").endpoints
    environment = {"OPENAI_API_KEY": Secret("sk-of-the-process")}
    newer = kag.call("0.8+", model, BASE, environment=environment)
    assert isinstance(newer, kag.Call)
    assert newer.request.bearer == Secret("abc123")
    assert isinstance(kag.call("0.8", model, BASE), kag.NotSent)


@pytest.mark.parametrize(
    ("named", "there", "certain", "instead"),
    [("", "0.7.1", True, ""), ("0.7", "0.7.1", True, ""), ("0.6", "0.7.1", False, "0.7.1"), ("0.6", "", True, ""),
     ("", "0.9.0", False, ""), ("0.8", "0.9.0", True, "")],
)  # fmt: skip
def test_how_certain_a_version_is(tmp_path, named, there, certain, instead):
    """What was found is, and what the user names unless another one is there; what is newer than all is not."""
    if there:
        (tmp_path / f"{MINICONDA}/openspg_kag-{there}.dist-info").mkdir(parents=True)
    found = kag.chosen(named, tmp_path)
    assert (found.certain, found.instead) == (certain, instead)
