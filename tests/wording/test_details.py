"""What else the words of a refusal tell, and where servers put them."""

import json

import pytest

from netdiag import kag
from netdiag.kag import refusals
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret
from netdiag.wording import bodies, details

SENT = {"model", "messages", "temperature", "max_tokens", "stream", "chat_template_kwargs", "enable_thinking"}


@pytest.mark.parametrize(
    ("said", "named", "field"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
            (),
            "max_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0.7 with this model.", (), "temperature"),
        ("invalid temperature: only 1 is allowed for this model", (), "temperature"),
        ("Unrecognized request argument supplied: chat_template_kwargs", (), "chat_template_kwargs"),
        ('Unknown name "chat_template_kwargs": Cannot find field.', (), "chat_template_kwargs"),
        ("stream is not allowed; instead use max_tokens", (), "stream"),
        ("Extra inputs are not permitted", ("enable_thinking", "chat_template_kwargs"), "enable_thinking"),
        ("max_tokens 参数无效", (), "max_tokens"),
        ("Extra inputs are not permitted", ("top_k",), ""),
        ("Invalid value for maximum_tokens", (), ""),
        ("temperature is rising", (), ""),
    ],
)
def test_the_field_is_the_one_that_is_refused(said, named, field):
    """Not the one that is recommended, none that was not sent, and none where nothing is refused."""
    assert details.field(said, named, SENT) == field


@pytest.mark.parametrize(
    ("said", "tokens", "of_answer"),
    [
        ("max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for m", 4096, True),
        ("max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas…", 4096, True),
        ("Range of max_tokens should be [1, 2000]", 2000, True),
        ("the valid range of max_tokens is [1, 4096]", 4096, True),
        ("max_tokens 不能大于 4095", 4095, True),
        ("max_tokens must be less than or equal to `1024`", 1024, True),
        ("This model's maximum context length is 8192 tokens. However, you requested 8300", 8192, False),
        ("max_tokens=8192 cannot be greater than max_model_len=512. Please request fewer", 512, False),
        ("the request exceeds the available context size (512 tokens), try increasing it", 512, False),
        (
            "length of prompt_tokens (5) + max_tokens (8192) must be less than or equal to max_seq_len (4096)",
            4096,
            False,
        ),
        ("Your request exceeded model token limit: 8192", 8192, False),
        ("on tokens per minute (TPM): Limit 6000, Requested 8300", 6000, False),
    ],
)
def test_the_limit_is_the_models(said, tokens, of_answer):
    """The number that a model takes, not the one that was asked for, and whether it is that of an answer alone."""
    assert details.limit(said) == (tokens, of_answer)


def test_a_refusal_without_a_number_has_no_limit():
    """What is not said is not made up."""
    assert details.limit("too many tokens") is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Please retry in 34.07s.", "34 s"),
        ("Please try again in 7m12.5s. Visit", "432 s"),
        ("Please retry after 34 seconds.", "34 s"),
        ("please try again after 1 seconds", "1 s"),
        ("Please try again in 700ms.", ""),
        ("Please try again later.", ""),
    ],
)
def test_how_long_to_wait(said, seconds):
    """In seconds, where the words say it."""
    assert details.wait(said) == seconds


@pytest.mark.parametrize(
    ("said", "place", "loopback"),
    [
        (
            "Cannot connect to host localhost:11434 ssl:default [Connect call failed ('127.0.0.1', 11434)]",
            "localhost:11434",
            True,
        ),
        (
            'do request failed: Post "http://127.0.0.1:9999/v1/x": dial tcp 127.0.0.1:9999: connect: refused',
            "127.0.0.1:9999",
            True,
        ),
        ("dial tcp 172.18.0.7:8000: connect: connection refused", "172.18.0.7:8000", False),
        ("connect ECONNREFUSED 127.0.0.1:11434", "127.0.0.1:11434", True),
        ("HTTPConnectionPool(host='vllm', port=8000): Max retries exceeded", "vllm:8000", False),
        ("OpenAIException - Connection error.", "", False),
    ],
)
def test_which_service_a_gateway_could_not_call(said, place, loopback):
    """As the gateway names it; its own localhost is told apart."""
    assert (details.upstream(said), details.is_loopback(place)) == (place, loopback)


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("This server does not support embeddings. Start it with `--embeddings`", "--embeddings"),
        ("Please add `--is-embedding` when launching the server", "--is-embedding"),
        ("This server does not support reranking. Start it with `--reranking`", "--reranking"),
        ("the model computes no embeddings", ""),
    ],
)
def test_the_option_that_a_server_asks_for(said, option):
    """The remedy is the server's own."""
    assert details.option(said) == option


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Only the default (1) value is supported.", "1"),
        ("invalid temperature: only 1 is allowed for this model", "1"),
        ("invalid temperature: only 0.6 is allowed for this model", "0.6"),
        ("temperature must be between 0 and 2", ""),
    ],
)
def test_the_only_value_of_a_field(said, value):
    """What thinking models of OpenAI and Kimi say of their temperature."""
    assert details.only_value(said) == value


@pytest.mark.parametrize(
    ("body", "message", "codes", "fields"),
    [
        ({"error": {"message": "a", "code": "1211", "type": None}}, "a", "code=1211", ()),
        ({"error": "a"}, "a", "", ()),
        ({"detail": "a"}, "a", "", ()),
        ({"detail": {"error": {"message": "", "code": "invalid_api_key"}}}, "", "code=invalid_api_key", ()),
        ({"code": 20012, "message": "a", "data": None}, "a", "code=20012", ()),
        ([{"error": {"code": 429, "message": "a", "status": "B"}}], "a", "code=429 status=B", ()),
        ({"base_resp": {"status_code": 1008, "status_msg": "a"}}, "a", "status_code=1008", ()),
        ({"Response": {"Error": {"Code": "B", "Message": "a"}}}, "a", "code=B", ()),
        ({"errors": {"message": "a"}}, "a", "", ()),
        ({"error_code": 110, "error_msg": "a"}, "a", "error_code=110", ()),
        ({"error": {"message": "a", "metadata": {"raw": "b"}}}, "a; b", "", ()),
        ({"error": {"message": "a", "param": "x.y[0].z"}}, "a", "", ("z", "", "0", "y", "x")),
        (
            {
                "detail": [
                    {"loc": ["body", "x", "y"], "msg": "a", "type": "extra_forbidden", "input": {"max_tokens": 1}}
                ]
            },
            "x.y: a",
            "",
            ("y", "x"),
        ),
        ({"message": {"detail": [{"loc": ["body", "x"], "msg": "a"}]}}, "x: a", "", ("x",)),
        ({"choices": []}, "", "", ()),
        ("a", "", "", ()),
        (None, "", "", ()),
    ],
)
def test_every_shape_is_read(body, message, codes, fields):
    """Servers agree on no single place for what they say."""
    assert bodies.read(body) == (message, codes, fields)


def seen(body, status=400, *, version="0.8", type_="maas", base_url="http://172.17.0.1:8000/v1", headers=None):
    """What is noted of an answer to KAG's chat call."""
    endpoint = Endpoint("f", 1, "n", "chat", type_, "m", base_url, Secret("sk-lab-invented-key"))
    call = kag.call(version, endpoint, base_url)
    return kag.seen(call, Answer(status, headers or {}, json.dumps(body).encode()))


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (
            {"error": {"message": "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens"}},
            400,
            {"asked": "8192", "limit": "4096", "fewer": "4096"},
        ),
        (
            {"error": {"message": "maximum context length is 8192 tokens"}},
            400,
            {"asked": "8192", "limit": "8192", "fewer": "4096"},
        ),
        (
            {"error": {"message": "Unsupported value: 'temperature'. Only the default (1) value is supported."}},
            400,
            {"field": "temperature", "only": "1"},
        ),
        ({"error": {"message": "exceeded your current quota. Please retry in 34.1s"}}, 429, {"retry_after": "34 s"}),
        (
            {"error": {"message": "Cannot connect to host localhost:11434"}},
            500,
            {
                "upstream": "localhost:11434",
                "upstream_port": "11434",
                "upstream_loopback": "yes",
                "reason": "upstream_loopback",
            },
        ),
        (
            {"error": {"message": "bad gateway"}},
            502,
            {"upstream": "", "upstream_port": "80", "upstream_unsaid": "yes", "reason": "upstream_unsaid"},
        ),
        ({"error": {"message": "下对于模型 m 无可用渠道"}}, 503, {"channel": "yes"}),
        ({"error": {"message": "Forbidden"}}, 403, {"reason": "forbidden_words"}),
    ],
)
def test_what_is_noted_of_a_refusal(body, status, told):
    """The values that the words of its finding want."""
    assert seen(body, status) == told


def test_half_of_a_context_is_left_for_the_question():
    """An answer may be as long as its own limit."""
    assert refusals.FEWER_TOKENS == 1024
    assert seen({"error": {"message": "maximum context length exceeded"}})["fewer"] == "1024"
