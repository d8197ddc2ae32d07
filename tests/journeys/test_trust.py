"""The desk's safety in a real browser: the warning before signing out, and the pages on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Reader

WARNING = ".idle-warning"
PAGES = ("today", "account", "fairness", "log")


@pytest.mark.parametrize(("lang", "stay"), [("en", "Stay signed in")])
def test_an_idle_desk_warns_and_stays_open_when_asked_to(
    reader: Reader, lang: str, stay: str
) -> None:
    page = reader.page
    page.clock.install()
    reader.sign_in("admin@example.org", lang=lang)
    expect(page.locator(WARNING)).to_be_hidden()
    page.clock.fast_forward("26:00")
    expect(page.locator(WARNING)).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(page.locator(WARNING)).to_be_visible()
    reader.check()
    page.get_by_role("button", name=stay).click()
    expect(page.locator(WARNING)).to_be_hidden()
    page.clock.fast_forward("28:00")
    expect(page.locator(WARNING)).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("button", name=stay).click()
    expect(page.locator(WARNING)).to_contain_text("You have been signed out.")
    expect(page.get_by_role("button", name=stay)).to_be_hidden()


def test_what_is_done_in_another_tab_counts(reader: Reader) -> None:
    page = reader.page
    page.clock.install()
    reader.sign_in("admin@example.org", lang="en")
    page.clock.fast_forward("20:00")
    page.evaluate("localStorage.setItem('desk-seen', String(Date.now()))")
    page.clock.fast_forward("20:00")
    expect(page.locator(WARNING)).to_be_hidden()
    page.clock.fast_forward("08:00")
    expect(page.locator(WARNING)).to_be_visible()


def test_the_pages_of_trust_fit_a_phone(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 320, "height": 640})
    reader.sign_in("admin@example.org", lang="zh")
    for name in PAGES:
        reader.open(f"/zh/staff/{name}")
    reader.open("/zh/statistics")
    reader.open("/zh/open-data")
