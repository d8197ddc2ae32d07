"""The same way without scripts, by keyboard alone, and in large letters on a narrow screen."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, Reader

TITLE = "社区老年食堂想要大字菜单"
TEXT = "我眼睛花了，食堂墙上的菜单字太小，手机上的也看不清，希望换成大字，再配上价格。"


def _number_on(page: Page) -> str:
    found = re.search(r"QD-\d{4}-\d{6}", page.locator("main").inner_text())
    assert found
    return found[0]


def test_a_suggestion_can_be_sent_without_scripts(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    try:
        page = context.new_page()
        page.goto(f"{portal.base}/zh/suggestions/new?item=5")
        page.locator("[name=title]").fill(TITLE)
        page.locator("[name=text]").fill(TEXT)
        page.locator("[name=question][value=need]").check()
        page.wait_for_timeout(3200)
        page.locator("main form button[type=submit]").first.click()
        expect(page.get_by_text(TEXT).first).to_be_visible()
        page.locator("form[action$='/suggestions/send'] button.btn-primary").click()
        assert page.url.endswith("/zh/suggestions/receipt")
        assert _number_on(page)
        page.go_back()
        page.locator("form[action$='/suggestions/send'] button.btn-primary").click()
        first = _number_on(page)
        page.reload()
        assert _number_on(page) == first, "back and once more make no second suggestion"
    finally:
        context.close()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_a_search_needs_no_mouse(reader: Reader) -> None:
    page = reader.page
    reader.open("/en/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    _tab_to(page, "input[name=q]")
    page.keyboard.type("parking")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search?q=parking*")
    reader.check()
    _tab_to(page, "main article a")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/search" not in address)
    reader.check()


def test_large_letters_on_a_narrow_screen_stay_until_left(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    try:
        reader = Reader(context.new_page(), portal)
        for lang in ("zh", "en"):
            reader.open(f"/{lang}/plan/2023/items/1")
            reader.page.locator("button[name=large_text][value=on]").click()
            reader.page.wait_for_load_state()
            assert reader.page.url.endswith(f"/{lang}/plan/2023/items/1")
            for path in ("", "plan/2023", "cases", "suggestions", "suggestions/new", "search?q=a"):
                reader.open(f"/{lang}/{path}")
                expect(reader.page.locator("html.large")).to_have_count(1)
            reader.page.locator("button[name=large_text][value=off]").click()
            reader.page.wait_for_load_state()
            expect(reader.page.locator("html.large")).to_have_count(0)
    finally:
        context.close()
