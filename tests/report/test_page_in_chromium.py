"""The page as a reader has it: real Chromium, at two widths, in both languages; it asks nothing, and hides nothing."""

import shutil

import pytest
from report.situations import BROKEN, REFUSED, SITUATIONS, report

from netdiag.report.as_html import as_html

pytestmark = pytest.mark.chromium

QUIETLY = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")
"""Root needs the first; the others keep the browser from the network."""

WIDTHS = {"a phone": 360, "a desktop": 1280}
SHOWN = ("firewall", "two-with-one-cause", "repaired", "nothing-to-do", "hostile", "chinese-names", "detect-every-kind")

LOOK = """() => {
    const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, range = document.createRange();
        const parent = node.parentElement;
        if (!node.data.trim() || parent.closest('legend') || !parent.checkVisibility()) continue;
        range.selectNodeContents(node);
        for (const box of range.getClientRects())
            if (box.width > 0.5) seen.push({text: node.data.trim().slice(0, 40), left: box.left, right: box.right,
                                           top: box.top, bottom: box.bottom});
    }
    const root = document.documentElement;
    return {seen, wide: root.scrollWidth, room: root.clientWidth};
}"""
"""Returns where each piece of text is, and how wide the page is of how much."""


@pytest.fixture(scope="module")
def chromium(require):
    """Debian's Chromium, without a window."""
    program = shutil.which("chromium")
    if program is None:
        require("chromium", "no chromium here; tests/grounds/up chromium brings it")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=[*QUIETLY])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Return the way to open a situation's page: the page, the addresses it asked for, and what it complained of."""
    contexts = []

    def open_(name, language="en", **options):
        path = tmp_path / f"{name}.html"
        path.write_text(as_html(SITUATIONS[name], language), "utf-8")
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page, asked, said = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        return page, asked, said

    yield open_
    for context in contexts:
        context.close()


def overlapping(seen: list[dict]) -> list[tuple[str, str]]:
    """Pieces of text of which one covers the other by more than the hair's breadth that rounding makes."""
    return [
        (one["text"], other["text"])
        for at, one in enumerate(seen)
        for other in seen[:at]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 2
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 4
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", SHOWN)
def test_it_fits(opened, name, width, language):
    """Nothing has to be scrolled sideways or covers another, closed or opened, and nothing was asked of anybody."""
    page, asked, said = opened(name, language, viewport={"width": width, "height": 800})
    for _ in range(2):
        found = page.evaluate(LOOK)
        assert found["wide"] <= found["room"]
        assert found["seen"]
        assert all(piece["left"] >= -0.5 and piece["right"] <= width + 0.5 for piece in found["seen"])
        assert overlapping(found["seen"]) == []
        page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
    assert [url for url in asked if not url.startswith("file://")] == []
    assert len(asked) == 1
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_axe_finds_nothing(opened, name, scheme):
    """axe-core has nothing to say: contrast, headings, landmarks, languages, in both colour schemes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page, _, _ = opened(name, color_scheme=scheme, viewport={"width": 1280, "height": 800})
    for language in ("en", "zh"):
        page.check(f"#{language}", force=True)
        violations = axe.Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []


def test_the_switch_needs_no_script(opened):
    """Without JavaScript the other language is one click away, and the first is gone then; it can be typed, too."""
    page, _, _ = opened("firewall", java_script_enabled=False)
    english, chinese = page.locator("h1 [lang=en]"), page.locator("h1 [lang=zh-CN]")
    assert (english.is_visible(), chinese.is_visible()) == (True, False)
    page.get_by_label("中文").click()
    assert (english.is_visible(), chinese.is_visible()) == (False, True)
    page.keyboard.press("ArrowLeft")
    assert (english.is_visible(), chinese.is_visible()) == (True, False)


@pytest.mark.parametrize(("name", "is_open"), [("nothing-to-do", False), ("repaired", False), ("firewall", True)])
def test_what_was_tried_is_closed_where_all_works(opened, name, is_open):
    """Who has nothing to do sees no attempts at first, and can open them; who has sees them at once."""
    page, _, _ = opened(name)
    attempts = page.locator(".attempts").first
    assert attempts.is_visible() == is_open
    if not is_open:
        page.locator("article summary").first.click()
        assert attempts.is_visible()


def test_what_was_not_waited_for_is_no_failure(opened, monkeypatch):
    """An address whose answer nobody waited for is grey, and not red."""
    left_out = REFUSED._replace(failure="not_awaited", detail="")
    broken = BROKEN._replace(attempts=(REFUSED, left_out))
    monkeypatch.setitem(SITUATIONS, "not-awaited", report("check", broken, exit_code=1))
    page, _, _ = opened("not-awaited")
    colours = [
        page.locator(f".attempts .{name} .ended").first.evaluate("it => getComputedStyle(it).color")
        for name in ("bad", "unawaited")
    ]
    grey = page.locator(".attempts .unawaited .step").first.evaluate("it => getComputedStyle(it).color")
    assert colours[1] == grey != colours[0]


def test_it_prints(opened):
    """On paper the switch is gone and everything else is there, on pages of A4."""
    page, _, _ = opened("firewall")
    page.emulate_media(media="print")
    assert not page.locator("fieldset").is_visible()
    assert page.locator("article").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")
