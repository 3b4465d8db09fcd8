"""A server that sends back the key it was sent: no format shows eight characters of it, and no other word is harmed."""

import json

import pytest
from echoes import FORMS, KEY, holds, unread
from probe.web import reply, serving
from prove.test_examine import no_proxies

from netdiag import masking
from netdiag.config.learned import learned
from netdiag.job import Job
from netdiag.model.endpoint import Endpoint
from netdiag.report.as_html import as_html
from netdiag.report.as_jsonl import line
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text
from netdiag.report.rendered import FORMATS, rendered
from netdiag.single_call import call_once
from netdiag.text import Secret, shown

assert no_proxies  # a fixture for every test of this file too


def _header(echo: str) -> str:
    return echo.encode("ascii", "ignore").decode().translate(dict.fromkeys(range(32), " "))


def _error(echo: str) -> bytes:
    return json.dumps({"error": {"message": f"Incorrect API key provided: {echo} (qwen2.5:3b)"}}).encode()


PLACES = {
    "a message": lambda echo: reply(401, _error(echo), content_type="application/json"),
    "a page": lambda echo: reply(403, f"<p>{echo}</p>".encode("utf-8", "replace"), content_type="text/html"),
    "headers": lambda echo: reply(
        407, b"", WWW_Authenticate=f'Basic realm="{_header(echo)}"', Server=_header(echo), Via=f"1.1 {_header(echo)}"
    ),
    "a stream": lambda echo: reply(
        500,
        "".join(f"data: {json.dumps({'error': echo[at : at + 5]})}\n\n" for at in range(0, len(echo), 5)).encode(),
        content_type="text/event-stream",
    ),
    "models": lambda echo: reply(
        404,
        json.dumps({"data": [{"id": echo}], "error": {"message": f"model not found, there is {echo}"}}).encode(),
        content_type="application/json",
    ),
    "a redirect": lambda echo: reply(307, b"", Location=f"http://127.0.0.1:9/{_header(echo).replace(' ', '')}"),
}


def everything(place: str, echo: str, key: str = KEY) -> dict[str, str]:
    """What netdiag writes in each format about a call at a server that answers with ``echo``."""
    with masking.apart(), serving(lambda *_: PLACES[place](echo)) as site:
        endpoint = Endpoint(
            "kag_config.yaml", 3, "chat_llm", "chat", "maas", "qwen2.5:3b", f"{site.origin}/v1", Secret(key)
        )
        events = []
        report = call_once(learned(endpoint), Job("chat", answer_s=3.0, kag_version="0.8"), events.append)
        said = {form: rendered(report, form, "en") for form in FORMATS if form != "text"}
        said |= {"text": as_text(report, "zh", detail=2), "html": as_html(report), "markdown": as_markdown(report)}
        return {**said, "events": "".join(line(event) for event in events)}


@pytest.mark.parametrize("name", FORMS)
def test_no_form_of_a_key_is_shown(name):
    """However a server writes the key in its message, it is in no format, and whatever else it said is."""
    said = everything("a message", FORMS[name](KEY))
    assert {form: (holds(text), unread(text)) for form, text in said.items() if holds(text) or unread(text)} == {}
    assert "Incorrect API key provided" in said["json"]
    assert "qwen2.5:3b" in said["text"]


@pytest.mark.parametrize("name", ["eight", "base64", "percent"])
@pytest.mark.parametrize("place", [place for place in PLACES if place != "a message"])
def test_no_place_of_an_answer_shows_a_key(place, name):
    """Headers, pages, streams, lists of models and redirects are text from outside like a message."""
    said = everything(place, FORMS[name](KEY))
    assert {form: (holds(text), unread(text)) for form, text in said.items() if holds(text) or unread(text)} == {}


@pytest.mark.parametrize(
    "key", ["x", "model", "EMPTY", "qwen2.5:3b", "http://127.0.0.1", "localhost", "none", "openai"]
)
def test_no_healthy_word_is_damaged(key):
    """A key that is a word of everybody's, or of the configuration, changes nothing of what is said."""
    with masking.apart():
        masking.open_words(("qwen2.5:3b", "http://127.0.0.1:11434"))
        Secret(key)
        text = 'model "qwen2.5:3b" not found at http://127.0.0.1:11434/v1/chat/completions, try localhost or openai'
        assert shown(text) == text


def test_a_short_key_is_masked_where_it_stands_alone():
    """Of fewer than eight characters only the whole is a secret, and a word that contains it is none."""
    with masking.apart():
        Secret("q7x2k")
        assert shown("key q7x2k refused, not aq7x2kb") == "key ****** refused, not aq7x2kb"
