"""The table of what answers mean, by the answers themselves: recorded, or from public source and error pages."""

import json
from pathlib import Path

import pytest

from netdiag import failures, kag, wording
from netdiag.kag import refusals
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

BASE = "http://172.17.0.1:8000/v1"
CASES = [json.loads(line) for line in Path(__file__).with_name("answers.jsonl").read_text("utf-8").splitlines()]
IDS = [f"{number}-{case['service']}-{case['status']}-{case['means']}" for number, case in enumerate(CASES, 1)]


def call(kind: str) -> kag.Call:
    """KAG 0.8's call of that kind, with a key."""
    types = {"chat": "maas", "embedding": "openai", "rerank": "maas"}
    base_url = f"{BASE}/rerank" if kind == "rerank" else BASE
    endpoint = Endpoint("f", 1, "n", kind, types[kind], "unit-test-model", base_url, Secret("sk-lab-invented-key"))
    made = kag.call("0.8", endpoint, base_url)
    assert isinstance(made, kag.Call)
    return made


def answered(case) -> Answer:
    """The answer of a case, as it came."""
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"], ensure_ascii=False)
    headers = case.get("headers", {"content-type": "application/json"})
    return Answer(case["status"], headers, body.encode())


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_answer_means_what_it_says(case):
    """Its words come before its status, in English and in Chinese, whatever shape they have."""
    assert kag.judge(call(case.get("kind", "chat")), answered(case))[0] == case["means"]


def test_every_row_is_there_for_an_answer():
    """Each row is the first that fits an answer of its own, so none is dead or hidden by one before it."""
    fitting = {
        wording.row_of(case["status"], refusals.read(call(case.get("kind", "chat")), answered(case)).text)
        for case in CASES
    }
    assert [(row.service, row.means) for row in wording.ROWS if row not in fitting] == []


def test_every_row_says_where_it_is_from():
    """A row without a source could not be checked by anybody, and its meaning is a word of the vocabulary."""
    assert all(row.source and row.service and row.means in failures.WORDS for row in wording.ROWS)


HEALTHY = (
    "I am a helpful assistant made to answer questions. How can I help you today?",
    "我是一个人工智能助手，可以回答您的问题，请问有什么可以帮您？",
    "Paris is the capital of France, and its key landmark is the Eiffel Tower; tokens for the metro are sold there.",
    "The quick brown fox jumps over the lazy dog.",
    "模型训练完成，共 3 个文件，用时 12 分钟。",
    "Something went wrong on our side. Reference 7f3a.",
    "Internal Server Error",
    "内部错误，请联系管理员。",
    "The server had an error while processing your request. Sorry about that!",
    "EngineCore encountered an issue. See stack trace (above) for the root cause.",
    "'NoneType' object has no attribute 'shape'",
    "Welcome to nginx! If you see this page, the web server is successfully installed and working.",
    "Ollama is running",
    "division by zero",
    "list index out of range",
    "json: cannot unmarshal array into Go value of type api.ChatRequest",
    "Expecting value: line 1 column 1 (char 0)",
    "The request was rejected because it was considered high risk",
    "系统检测到输入或生成内容可能包含不安全或敏感内容。",
    "Conversation roles must alternate user/assistant/user/assistant/...",
    "数据库查询出错，请稍后重试",
    "Token usage: 12 prompt tokens, 34 completion tokens, 46 in total.",
    "The key to success is to expect nothing and to model good behaviour.",
    "Our office is open per minute of need; the balance of work and life matters.",
)


@pytest.mark.parametrize("text", HEALTHY)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 503])
def test_a_text_about_something_else_means_nothing(text, status):
    """What a healthy service says, or one that fails for a reason of its own, is not taken for a cause."""
    assert wording.by_words(status, text) is None
