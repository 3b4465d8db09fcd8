"""The page and its short form as text: self-contained, without keys, in two languages, nobody else's markup."""

import re
from html.parser import HTMLParser

import pytest
from report.situations import BROKEN, DROPPED, KEY, KEY_REFUSED, SITUATIONS, WORKS, report

from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined
from netdiag.report.as_html import as_html
from netdiag.report.as_markdown import as_markdown
from netdiag.report.broken_at import broken_at
from netdiag.report.markup import Html, both, tag


class _Read(HTMLParser):
    """Collects tags with their attributes, and checks that each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "rect"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag


def tags(page: str) -> list[tuple[str, dict]]:
    """Every tag of a page that is well-formed."""
    reader = _Read()
    reader.feed(page)
    reader.close()
    assert reader._open == []
    return reader.tags


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_the_page_stands_alone(name, language):
    """No script, no reference to anything, no inline style; a policy that forbids the rest; no key."""
    page = as_html(SITUATIONS[name], language)
    found = tags(page)
    assert not {"script", "link", "img", "iframe", "a", "form", "object"} & {tag for tag, _ in found}
    assert not {"src", "href", "style", "srcset", "action"} & {key for _, given in found for key in given}
    assert not any(key.startswith("on") for _, given in found for key in given)
    assert "url(" not in page
    assert "default-src 'none'" in next(given["content"] for tag, given in found if "http-equiv" in given)
    assert found[0] == ("html", {"lang": "en" if language == "en" else "zh-CN"})
    assert KEY not in page
    assert not set(page) & {"\x1b", "\x07", "\x9b"}


@pytest.mark.parametrize("name", SITUATIONS)
def test_both_languages_are_in_it(name):
    """What is said in one language is said in the other, as often."""
    languages = [given.get("lang") for tag, given in tags(as_html(SITUATIONS[name])) if tag != "html"]
    assert languages.count("en") == languages.count("zh-CN") > 0


def test_markup_of_others_stays_text():
    """What a server said is escaped; only tag() makes markup."""
    assert "<script>" not in as_html(SITUATIONS["hostile"])
    assert tag("p", "<b>", Html("<i></i>"), title='"<') == '<p title="&quot;&lt;">&lt;b&gt;<i></i></p>'
    assert both(lambda language: "same") == "same"
    assert both(lambda language: language) == '<span lang="en">en</span><span lang="zh-CN">zh</span>'


def _tried(**more) -> Examined:
    sent = {"step": "tcp", "host": "172.18.0.1", "address": "172.18.0.1", "port": 1, "started_ms": 0, "duration_ms": 1}
    return Examined(BROKEN.endpoint, "broken", (Attempt(**{**sent, **more}),))


@pytest.mark.parametrize(
    ("items", "place"),
    [
        pytest.param([], "", id="nothing was looked at"),
        pytest.param([WORKS], "", id="all works"),
        pytest.param([WORKS, BROKEN], "service", id="refused"),
        pytest.param([_tried(failure="timed_out")], "host", id="dropped"),
        pytest.param([DROPPED], "service", id="dropped, while another port answers"),
        pytest.param([_tried(failure="network_unreachable", unsent="no_route")], "leaving", id="no route"),
        pytest.param([_tried(failure="timed_out"), _tried()], "answer", id="connected: as far as one got"),
        pytest.param([KEY_REFUSED], "answer", id="answered, but not as KAG wants"),
        pytest.param([Examined(BROKEN.endpoint, "broken")], "leaving", id="nothing could be tried"),
        pytest.param([_tried(address="127.0.0.1", failure="connection_refused")], "service", id="localhost alone"),
    ],
)
def test_where_the_way_breaks(items, place):
    """As far as one of the broken endpoints got."""
    assert broken_at(report("check", *items)) == place


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_markdown_for_an_issue(name, language):
    """Short enough to be pasted, without keys, with fences closed, mentioning nobody and linking nowhere."""
    text = as_markdown(SITUATIONS[name], language)
    assert len(text) < 20_000
    assert KEY not in text
    assert text.startswith("## netdiag: ")
    assert len(re.findall(r"^ *```", text, re.MULTILINE)) % 2 == 0
    outside = re.sub(r"^( *)(`{3,})\n.*?^\1\2$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"(?<!\\)[<@]|https?://", outside)
