"""What a pasted text can mean: every text of KAG, its page, clients and servers that users meet, and 66 reports."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdiag import findings
from netdiag.findings.pasted import read
from netdiag.findings.pasted.causes import CAUSES
from netdiag.findings.pasted.keys import without_keys
from netdiag.findings.pasted.shapes import SHAPES
from netdiag.lab import scenarios

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]
"""Reports of users: ``text`` is what they pasted, ``codes`` what it can mean, the most likely first; ``scenarios`` make
their fault anew; ``why_not`` says why neither is possible."""

WRAPPED = (
    "invalid llm config: {{'type': 'maas', 'base_url': 'http://172.17.0.1:8000/v1', 'model': 'm'}}, for details: {}"
)

NO_OLLAMA = (
    "Failed to connect to Ollama. Please check that Ollama is downloaded, running and accessible. "
    "https://ollama.com/download"
)


def codes(text: str) -> list[str]:
    """What a text can mean, by its codes."""
    return [finding.code for finding in read(text)]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_report_is_covered(case):
    """Each of the reports is explained by its text, or made anew as a scenario, or has a reason why not."""
    assert codes(case["text"]) == case["codes"]
    assert set(case["scenarios"]) <= set(scenarios.names())
    assert bool(case["codes"] or case["scenarios"]) != bool(case["why_not"])


def test_there_are_as_many_reports_as_were_collected():
    """None was dropped on the way."""
    assert len({case["id"] for case in CASES}) == len(CASES) == 66


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Connection error.", ["ND520"]),
        ("[Errno 111] Connection refused", ["ND491"]),
        (NO_OLLAMA, ["ND520"]),
        ("HTTPConnectionPool(host='10.0.0.7', port=8000): Max retries exceeded with url: /v1/x", ["ND520"]),
        ("HTTPConnectionPool(host='model', port=8000): Max retries exceeded with url: /v1/x", ["ND520"]),
        ("404 page not found", ["ND402"]),
        ("404 page not found (status code: 404)", ["ND402"]),
        ("Error code: 404 - {'detail': 'Not Found'}", ["ND402"]),
        ("Error code: 404 - {'object':'error','message':'The model `x` does not exist.','code':404}", ["ND403"]),
        ('model "x" not found, try pulling it first', ["ND403"]),
        ("model 'x' not found (status code: 404)", ["ND403"]),
        ("Error code: 401 - {'error': 'Unauthorized'}", ["ND404"]),
        ("Error code: 401 - {'error': {'message': 'The API key has expired'}}", ["ND414"]),
        ("Error code: 400 - maximum context length is 8192 tokens. However, you requested 8218", ["ND420"]),
        ("Error code: 502", ["ND528", "ND520"]),
        ("Error code: 503 - <html><body>503 Service Unavailable</body></html>", ["ND528", "ND520"]),
        ("Error code: 503 - {'error': {'code': 503, 'message': 'Loading model'}}", ["ND416"]),
        ("Error code: 503 - {'error': {'message': 'The engine is currently overloaded'}}", ["ND417"]),
        ("'str' object has no attribute 'data'", ["ND425"]),
        ("'str' object has no attribute 'choices'", ["ND425"]),
        ("Extra data: line 1 column 5 (char 4)", ["ND402"]),
        ("Expecting value: line 1 column 1 (char 0)", ["ND425", "ND520"]),
        ("xinference not in acceptable choices for type: ['openai', 'maas', 'vllm', 'ollama', 'mock']", ["ND507"]),
        ("'No configuration setting found for key name'", ["ND408"]),
        ("RetryError[<Future at 0x7f state=finished raised NotImplementedError>]", ["ND408", "ND520"]),
        ("No configuration setting found for key api_key", ["ND408"]),
        ("No configuration setting found for key path", ["ND508"]),
        ("PemjaUtils.invoke Exception uniqueKey:SPGServerBridge_acfb365f819e", ["ND523"]),
        ("invalid vectorizer config: object of type 'NoneType' has no len()", ["ND522"]),
        ("'NoneType' object is not subscriptable", ["ND522"]),
        ("'NoneType' object is not iterable", ["ND522"]),
        ("OpenAIVectorizeModel.generate_key() missing 1 required positional argument: 'api_key'", ["ND524"]),
        ("details:AzureOpenAI.__init__() got an unexpected keyword argument 'model'", ["ND509"]),
        ("'Stream' object has no attribute 'choices'", ["ND524"]),
        ("list.append() takes exactly one argument (2 given)", ["ND524"]),
        ("Using SOCKS proxy, but the 'socksio' package is not installed.", ["ND529"]),
        ("Unknown scheme for proxy URL URL('socks://127.0.0.1:7890')", ["ND529"]),
        ("Missing dependencies for SOCKS support.", ["ND529"]),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:997)", ["ND318"]),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", ["ND302"]),
        ("[Errno -3] Temporary failure in name resolution", ["ND103"]),
        ("[Errno 113] No route to host", ["ND491"]),
        ("Read timed out. (read timeout=60)", ["ND204"]),
        ("Server disconnected without sending a response.", ["ND205"]),
        ("Error code: 402 - {'error': {'message': 'Insufficient Balance'}}", ["ND418"]),
        ("Error code: 429 - {'error': {'code': 'insufficient_quota'}}", ["ND418"]),
        ("Error code: 429 - {'error': {'message': 'Rate limit reached'}}", ["ND417"]),
        ("Error code: 400 - {'error': {'code': 'Arrearage', 'message': 'in good standing'}}", ["ND418"]),
        ("Error code: 403 - {'error': {'code': 'Model.AccessDenied'}}", ["ND419"]),
        ("Error code: 400 - Unrecognized request argument supplied: chat_template_kwargs", ["ND421"]),
        ("Error code: 500 - {'error': {'message': 'this model does not support embeddings'}}", ["ND422"]),
        ('"bge-m3" does not support chat (status code: 400)', ["ND423"]),
        ("Error: listen tcp: lookup 0,0,0,0: no such host", ["ND514"]),
        ("Error: listen tcp 10.0.0.9:11434: bind: cannot assign requested address", ["ND514"]),
        ("OLLAMA_HOST=http://0.0.0.0 ollama serve", ["ND515"]),
        ("OLLAMA_HOST=0.0.0.0 ollama serve", []),
        ("nothing that anybody knows", []),
        ("", []),
    ],
)
def test_every_text_has_its_meaning(text, expected):
    """The texts of KAG's clients and checkers, of servers, of curl and of Ollama: alone, and as KAG wraps them."""
    assert codes(text) == expected


def test_the_wrapping_gives_the_values():
    """What KAG prints before the cause fills in where it was, and the command that decides."""
    (finding,) = read(WRAPPED.format("Error code: 401 - {'error': 'Unauthorized'}"))
    assert finding.code == "ND404"
    told = {name: finding.values[name] for name in ("host", "port", "model", "type", "base_url", "status")}
    assert told == {
        "host": "172.17.0.1",
        "port": "8000",
        "model": "m",
        "type": "maas",
        "base_url": "http://172.17.0.1:8000/v1",
        "status": "401",
    }


def decides(text: str) -> list[str]:
    """The commands that the last finding of a text names."""
    return [remedy.command for remedy in findings.words(read(text)[-1]).remedies]


def test_the_command_that_decides_is_filled_in():
    """Where type, URL and model are known it is the very call; else all that is configured is checked."""
    call = "netdiag chat --type maas --base-url http://172.17.0.1:8000/v1 --model m --kind chat"
    assert decides(WRAPPED.format("Connection error.")) == [call]
    assert decides("Connection error.") == ["netdiag check"]


def test_an_embedding_is_called_as_one():
    """A vectorizer's error is decided by a call for embeddings."""
    text = WRAPPED.replace("llm", "vectorizer").format("Connection error.")
    assert decides(text)[0].endswith("--model m --kind embedding")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", ["ND521", "ND520"]),
        ("127.0.0.1", ["ND521", "ND520"]),
        ("0.0.0.0", ["ND521", "ND520"]),
        ("[::1]", ["ND521", "ND520"]),
        ("172.17.0.1", ["ND520"]),
        ("model", ["ND520"]),
        ("host.docker.interal", ["ND430", "ND520"]),
    ],
)
def test_the_address_ranks_what_cannot_be_decided(host, expected):
    """localhost is the container itself, a name may be unknown or mistyped, an address says nothing."""
    assert codes(WRAPPED.replace("172.17.0.1", host).format("Connection error.")) == expected


@pytest.mark.parametrize(
    ("base_url", "type_", "expected"),
    [
        ("http:/localhost:11434", "ollama", "ND503"),
        ("10.0.0.9:8000/v1", "maas", "ND503"),
        ("http://10.0.0.9:11434", "openai", "ND519"),
        ("http://10.0.0.9:11434/v1", "ollama", "ND519"),
    ],
)
def test_the_printed_configuration_is_looked_at_too(base_url, type_, expected):
    """A fault that the printed configuration shows comes first, whatever the error says."""
    text = f"invalid llm config: {{'type': '{type_}', 'base_url': '{base_url}', 'model': 'm'}}, for details: x"
    assert codes(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "invalid llm config: {'api_key': '@@', 'base_url': 'http://localhost:1/v1'}, for details: Connection error.",
        "invalid llm config: {'api_key': \"@@ 'quoted'\", 'base_url': 'http://h:1'}, for details: Connection error.",
        '{"apiKey": "@@", "base_url": "http://h:1/v1"} Connection error.',
        "api_key: @@\nbase_url: http://localhost:1\nConnection error.",
        "OPENAI_API_KEY=@@ Connection error.",
        "Authorization: Bearer @@\nConnection refused",
        "curl -H 'Authorization: Bearer @@' http://localhost:1 Connection refused",
        "Error code: 401 - Incorrect API key provided: @@.",
        "base_url: http://user:@@@localhost:1/v1?api_key=@@ Connection refused",
        "password=@@ Connection refused",
    ],
)
def test_no_key_is_in_what_is_returned(text):
    """However a key is spelled, it is dropped before anything else is done with the text."""
    found = read(text.replace("@@", "sk-4f1dcanary99"))
    assert found
    assert "4f1dcanary99" not in repr(found)


@pytest.mark.parametrize(
    ("key", "code"),
    [("******", "ND412"), ("your_api_key", "ND412"), ("EMPTY", "ND413"), ("", "ND413"), ("sk-abcdef123456", "ND404")],
)
def test_what_stood_in_the_keys_place_is_told_apart(key, code):
    """A mask, nothing, or a key that is refused: known without keeping the key."""
    text = f"invalid llm config: {{'api_key': '{key}', 'base_url': 'http://h:1/v1'}}, for details: "
    text += "Error code: 401 - {'error': 'x'}"
    assert codes(text) == [code]


def test_what_is_copied_cannot_run_anything_else():
    """A pasted page may hold anything; in a command it is one quoted word."""
    text = WRAPPED.replace("'m'", "'m; rm -rf ~'").format("Connection error.")
    assert "--model 'm; rm -rf ~'" in decides(text)[0]


@pytest.mark.parametrize("failure", CAUSES)
def test_every_cause_can_be_said(failure):
    """Each code of the table is in the catalogue, and its reason has words."""
    cause = CAUSES[failure]
    assert {code for codes in cause[:5] for code in codes} <= set(findings.catalog())
    assert cause.untold
    assert cause.reason in findings.terms()


def test_every_shape_has_a_cause():
    """What a shape tells leads to a code, whoever was called."""
    assert {shape.failure for shape in SHAPES} <= CAUSES.keys()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_every_finding_is_a_sentence(case, language):
    """No value that its words ask for is left out."""
    for finding in read(case["text"]):
        said = findings.words(finding, language)
        assert "?" not in said.title
        assert all("?" not in remedy.command for remedy in said.remedies)


@given(st.text())
def test_anything_can_be_pasted(text):
    """Whatever is pasted, something is returned and nothing raised."""
    assert isinstance(read(text), tuple)


@given(st.text(alphabet="{}'\"base_url:, type=\\n[]()"))
def test_anything_like_a_dictionary_can_be_pasted(text):
    """Broken dictionaries are no trouble either."""
    assert isinstance(read(text), tuple)


PASTED_KEYS = (
    "sk-9fQ2xLz7VbN4tR8wYc3KdPaE",
    "9fQ2xLz7VbN4tR8wYc3KdPaE",
    "0f3e9a7b5c1d2e4f0f3e9a7b5c1d2e4f",
    "geheimnisvoll",
)


@pytest.mark.parametrize("key", PASTED_KEYS)
@pytest.mark.parametrize(
    "form",
    [
        "api_key: {}", "OPENAI_API_KEY={}", "'apiKey': '{}'", '"client_secret": "{}"', '{{\\"token\\": \\"{}\\"}}',
        "('x-api-key', '{}')", "(b'authorization', b'Bearer {}')", "<password>{}</password>", "密钥：{}", "API密钥: {}",
        "api_key: |\n    {}", "api_key%3D{}",
        "%22password%22%3A%20%22{}%22", "curl -H 'Authorization: Bearer {}' http://x",
        "curl -u user:{} http://h/", "http://user:{}@h/v1", "http://h/v1?api_key={}&x=1", "mysql -uroot -p{} openspg",
        "unrecognized arguments: --api-key {}", "os.environ['OPENAI_API_KEY'] = '{}'", "api_key=SecretStr('{}')",
        "\\u5bc6\\u94a5: {}", "authorization=Bearer+{}", "export MYSQL_ROOT_PASSWORD={}",
    ],
)  # fmt: skip
def test_no_key_of_a_pasted_text_is_kept(form, key):
    """Nobody knows the key, so its name tells it, in the notation of whatever printed it."""
    assert key not in without_keys(form.format(key))


@pytest.mark.parametrize(
    "key",
    [
        *PASTED_KEYS[:2], "gsk_abcdefgh1234ABCD5678", "hf_aBcDeFgHiJkLmN", "AIzaSyD-abc123DEF456ghi789JKL012mno345",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.doz",
    ],
)  # fmt: skip
def test_a_key_without_a_name_is_told_by_its_shape(key):
    """As providers begin their keys, or as mixed as only chance is."""
    assert key not in without_keys(f"it says {key} and no more")


@pytest.mark.parametrize(
    "text",
    [
        "Qwen2.5-72B-Instruct-GPTQ-Int4",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        "sha256:845dbda0ea48ed749caafd9e6037047aa19acfcfd82e704d7ca97d631a0b697e", "gpt-4o-mini-2024-07-18",
        "'llm_id': 'dcb314b5-1234-4f0e-9c3c-1f2e3d4c5b6a'", "http://host.docker.internal:11434/v1/chat/completions",
        "max_tokens: 8192", "KeyError: 'choices'", "uniqueKey:SPGServerBridge_acfb365f819e", "API key is not set",
        "at com.antgroup.openspg.server.common.service.config.ConfigController.update(ConfigController.java:120)",
    ],
)  # fmt: skip
def test_what_a_diagnosis_needs_is_kept(text):
    """Models, digests, identities, addresses and places in code are no keys."""
    assert without_keys(text) == text


@pytest.mark.parametrize(
    "unit", ["a", "\n", "api_key=", "{}", "aB3", "DST=1", "-", "_", "a.", "key ", "//a@", "Error code: 502 "]
)
def test_reading_is_linear(unit):
    """A text of 200,000 characters of any kind is read, and 10,000 letters within 0.2 s, where they took 4.5 s."""
    read("base_url{" + unit * (200_000 // len(unit)) + "loading")
    letters, spent = "base_url{" + unit * (10_000 // len(unit)) + "loading", []
    for _ in range(3):
        began = time.process_time()
        read(letters)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.2


@pytest.mark.parametrize(
    "text", ["http://[", "base_url: http://[::1\ntype: ollama", "http://a:99999999/ Connection error."]
)
def test_a_url_that_is_none_is_read(text):
    """What no library takes for a URL is told like any other text."""
    assert all(finding.code.startswith("ND") for finding in read(text))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("curl: (6) Could not resolve host: host.docker.internal", "netdiag fix-compose docker-compose.yml"),
        ("wget: bad address 'ollama:11434'", "docker ps --all"),
        ("Error: getaddrinfo ENOTFOUND one-api", "docker ps --all"),
        ("curl: (6) Could not resolve host: llm.example.com", "nslookup llm.example.com"),
        ("java.net.UnknownHostException: model-runner.docker.internal", "base_url: http://172.17.0.1:12434/engines/v1"),
    ],
)
def test_a_name_that_is_not_known_is_mended_as_what_it_names(text, command):
    """What gives the host a name is not told of a container's name, or of a service on the internet."""
    (finding,) = read(text)
    (remedy, *_) = findings.words(finding).remedies
    assert finding.code == "ND103"
    assert remedy.command.startswith(command)
