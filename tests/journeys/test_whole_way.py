"""From a citizen's sentence to a published hot-issue list that counts it, in both languages."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Reader


@dataclass(frozen=True)
class Voice:
    """What one citizen writes, and a query that should find it."""

    lang: str
    title: str
    text: str
    query: str


VOICES = (
    Voice(
        lang="zh",
        title="停车先离场后付费又重复扣款",
        text=(
            "上周在停车场用先离场后付费，同一次停车扣了我两次钱，信用停车的客服说要等三周才能退款。"
            "希望先把账单给我看，再扣停车费。"
        ),
        query="停车 重复扣款",
    ),
    Voice(
        lang="en",
        title="Pay-later parking charged me twice for one stay",
        text=(
            "I used the leave-first, pay-later parking last week and was charged twice for one "
            "stay. Please show the parking bill before the money is taken, and refund me faster."
        ),
        query="parking charged twice",
    ),
)


def _send(reader: Reader, voice: Voice) -> tuple[str, str]:
    """Write, check and send a suggestion as somebody in no hurry; returns number and code."""
    page = reader.page
    reader.open(f"/{voice.lang}/")
    reader.open(f"/{voice.lang}/plan/2023/items/16")
    page.locator(f"main a[href^='/{voice.lang}/suggestions/new']").first.click()
    page.locator("[name=title]").fill(voice.title)
    page.locator("[name=text]").fill(voice.text)
    page.locator("[name=question][value=effect]").check()
    page.locator("[name=kind][value=complain]").check()
    page.locator("[name=district]").select_option("shinan")
    # The form's own trap for programs lets nobody through who needed less than three seconds.
    page.wait_for_timeout(3200)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    reader.check()
    expect(page.get_by_text(voice.title).first).to_be_visible()
    page.locator("form[action$='/suggestions/send'] button.btn-primary").click()
    page.wait_for_url("**/suggestions/receipt")
    reader.check()
    shown = page.locator("main").inner_text()
    number = re.search(r"QD-\d{4}-\d{6}", shown)
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown)
    assert number, shown
    assert code, shown
    page.reload()
    assert number[0] in page.locator("main").inner_text(), "a reload shows the same receipt"
    return number[0], code[0]


def _publish(reader: Reader, number: str, *, lang: str) -> None:
    """Find it in the queue, read it and publish it."""
    reader.sign_in("moderator@example.org", lang=lang)
    reader.open(f"/{lang}/staff/queue?q={number}")
    reader.page.locator(f"main a[href$='/staff/queue/{number}']").first.click()
    reader.page.wait_for_load_state()
    reader.check()
    form = reader.page.locator("form:has(input[name=action][value=publish])").first
    form.locator("button[type=submit]").click()
    reader.page.wait_for_load_state()
    reader.check()


def _find(page: Page, reader: Reader, voice: Voice, number: str) -> None:
    """The worker needs a moment; the reader looks again until it is there."""
    link = page.locator(f"main a[href$='/suggestions/{number}']").first
    for _ in range(20):
        reader.open(f"/{voice.lang}/search?q={voice.query}&type=suggestion")
        if link.count():
            break
        page.wait_for_timeout(500)
    expect(link).to_be_visible()
    assert page.locator("main mark").count(), "the words searched for are marked"
    link.click()
    page.wait_for_load_state()
    reader.check()
    expect(page.locator("h1")).to_contain_text(voice.title)


def _list(reader: Reader, number: str, *, lang: str) -> None:
    """Draft a list, publish it, and see that the suggestion counts in it."""
    page = reader.page
    reader.sign_in("compiler@example.org", lang=lang)
    reader.open(f"/{lang}/staff/hot-issues/new")
    today = datetime.now(UTC).date()
    page.locator("main input[name=from_on]").fill((today - timedelta(days=200)).isoformat())
    page.locator("main input[name=to_on]").fill((today + timedelta(days=1)).isoformat())
    page.locator("main input[name=top]").fill("0")
    page.locator("main form:has(input[name=from_on]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/staff/hot-issues/\d+"), timeout=60_000)
    reader.check()
    page.locator("main a[href$='/publish']").first.click()
    page.wait_for_load_state()
    reader.check()
    page.locator("main form:has(input[name=version]) button[type=submit]").click()
    page.wait_for_url(re.compile(rf"/{lang}/hot-issues/\d+$"), timeout=60_000)
    reader.check()
    edition = page.url
    issues = page.locator("main a[href*='/issues/']").evaluate_all(
        "links => [...new Set(links.map(link => link.getAttribute('href').split('#')[0]))]"
    )
    for issue in issues:
        reader.open(issue)
        if page.locator(f"main a[href$='/suggestions/{number}']").count():
            break
    else:
        pytest.fail(f"{number} counts in no issue of {edition}")
    answer = page.goto(f"{edition}/verify")
    assert answer is not None
    assert answer.status == 200
    reader.check()


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.lang)
def test_a_sentence_becomes_part_of_a_published_list(reader: Reader, voice: Voice) -> None:
    number, code = _send(reader, voice)
    citizen = reader.page
    staff_page = citizen.context.browser
    assert staff_page is not None
    desk = staff_page.new_context(viewport={"width": 1280, "height": 900})
    try:
        at_desk = Reader(desk.new_page(), reader.portal)
        _publish(at_desk, number, lang=voice.lang)
        _find(citizen, reader, voice, number)
        reader.open(f"/{voice.lang}/track")
        citizen.locator("[name=number]").fill(number.lower())
        citizen.locator("[name=code]").fill(code.replace("-", " "))
        citizen.locator("main form button[type=submit]").first.click()
        citizen.wait_for_load_state()
        reader.check()
        expect(citizen.locator("main")).to_contain_text(number)
        assert code not in citizen.url, "the code never stands in an address"
        desk.clear_cookies()
        _list(at_desk, number, lang=voice.lang)
    finally:
        desk.close()
