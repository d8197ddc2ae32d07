"""Two moderators at two browsers: who holds what, whose decision counts, who settles an appeal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import Portal, Reader
from tests.journeys.test_whole_way import Voice, _send

SECRET = "三号楼门卫老周"
NOTE = "请把具体的人藏起来，其余照原样发布。"
REASONS = "我说的是公共楼道，不是自己家里的事，请再看一遍。"

LAMP = Voice(
    lang="zh",
    title="楼道感应灯夜里常常不亮",
    text=f"晚上回家楼道漆黑一片，{SECRET}说报修了三次都没有人来，希望公布维修进度。",
    query="楼道 感应灯",
)
RAMP = Voice(
    lang="zh",
    title="图书馆门口的坡道太陡",
    text="推轮椅陪母亲去区图书馆，门口坡道又陡又滑，两边没有扶手，希望加装扶手和防滑条。",
    query="图书馆 坡道",
)


@dataclass(frozen=True)
class Desks:
    """Two moderators, each signed in with a browser profile of their own."""

    first: Reader
    second: Reader


@pytest.fixture(scope="module")
def desks(browser: Browser, portal: Portal) -> Iterator[Desks]:
    """Both moderators of the demonstration; they stay signed in from test to test."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(15_000)
    first, second = (Reader(context.new_page(), portal) for context in contexts)
    first.sign_in("moderator@example.org", lang="en")
    second.sign_in("colleague@example.org", lang="en")
    yield Desks(first, second)
    for context in contexts:
        context.close()


def _read(desk: Reader, number: str) -> None:
    """Open a suggestion at the desk."""
    desk.open(f"/en/staff/queue/{number}")


def _claim_words(desk: Reader) -> Locator:
    return desk.page.locator(".claim-words")


def _hold(desk: Reader, number: str) -> None:
    """Open it and have it: the page's script claims what waits and nobody holds."""
    _read(desk, number)
    expect(_claim_words(desk)).to_contain_text("You are working on it")


def _unfold(page: Page, action: str) -> Locator:
    """The form of a decision, made visible."""
    fold = page.locator(f".decisions > details:has(input[name=action][value={action}])")
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    return fold.locator("form")


def _send_form(form: Locator) -> None:
    form.locator("button[type=submit]").click()


def _heading(desk: Reader, words: str) -> None:
    """Wait for the page of that heading, and check it."""
    expect(desk.page.locator("h1")).to_contain_text(words)
    desk.check()


def _done(desk: Reader, number: str) -> None:
    """Wait for the page that says what was decided, and check it."""
    expect(desk.page.get_by_role("link", name=f"Look at {number}")).to_be_visible()
    desk.check()


def _decline(desk: Reader, number: str) -> None:
    form = _unfold(desk.page, "decline")
    form.locator("[name=decline-reason_code]").select_option(index=1)
    form.locator("[name=decline-note]").fill("这件事请先向物业反映。")
    _send_form(form)
    _done(desk, number)


def _look_up(reader: Reader, number: str, code: str) -> None:
    """Open one's own suggestion with number and code."""
    reader.open("/zh/track")
    reader.page.locator("[name=number]").fill(number)
    reader.page.locator("[name=code]").fill(code)
    reader.page.locator("main form button[type=submit]").first.click()
    expect(reader.page.locator("main")).to_contain_text(number)
    reader.check()


def test_the_decision_that_comes_second_is_asked_for_again(reader: Reader, desks: Desks) -> None:
    number, _code = _send(reader, LAMP)
    first, second = desks.first, desks.second
    _hold(first, number)
    first_form = _unfold(first.page, "publish")
    first_form.locator("[name=publish-note]").fill(NOTE)

    _read(second, number)
    expect(_claim_words(second)).to_contain_text("Claimed by Demo moderator")
    _send_form(_unfold(second.page, "publish"))
    _heading(second, "A colleague is working on this")
    second.page.get_by_role("link", name="Leave it to your colleague").click()
    second.page.get_by_role("link", name="Take it over…").click()
    _heading(second, "Take it over?")
    second.page.get_by_role("button", name="Take it over").click()
    expect(_claim_words(second)).to_contain_text("You are working on it")

    # The page asks when it comes to the front again; two profiles are both at the front always.
    first.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(_claim_words(first)).to_contain_text("Claimed by Demo colleague")
    expect(first.page.locator(".claim-note")).to_contain_text("It was taken over from you.")

    form = _unfold(second.page, "publish")
    form.locator("[name=publish-also_mask]").fill(SECRET)
    _send_form(form)
    _done(second, number)

    with first.page.expect_response(f"**/staff/queue/{number}") as answer:
        _send_form(first_form)
    assert answer.value.status == 409
    _heading(first, "Somebody changed this before you")
    expect(first.page.locator("[name=publish-note]")).to_have_value(NOTE)
    expect(first.page.locator("main .timeline")).to_contain_text("Demo colleague")

    reader.open(f"/zh/suggestions/{number}")
    shown = reader.page.locator("main")
    expect(shown).to_contain_text("****说报修了三次")
    expect(shown).not_to_contain_text(SECRET)


def test_an_appeal_is_settled_by_the_other_moderator(reader: Reader, desks: Desks) -> None:
    number, code = _send(reader, RAMP)
    first, second = desks.first, desks.second
    _hold(first, number)
    _decline(first, number)
    first.page.get_by_role("button", name=f"Undo the decision on {number}").click()
    first.page.wait_for_url(f"**/staff/queue/{number}?*")
    expect(_claim_words(first)).to_contain_text("You are working on it")
    first.check()
    _decline(first, number)

    _look_up(reader, number, code)
    form = reader.page.locator("form[action$='/appeal']")
    form.locator("textarea").fill(REASONS)
    _send_form(form)
    expect(form).to_have_count(0)
    expect(reader.page.locator("main")).to_contain_text(REASONS)
    reader.check()

    _hold(first, number)
    expect(first.page.locator("main")).to_contain_text("so a colleague settles the appeal")
    for action in ("publish", "decline", "keep"):
        settling = first.page.locator(f"main form:has(input[name=action][value={action}])")
        expect(settling).to_have_count(0)
    forged = _unfold(first.page, "retag")
    with first.page.expect_navigation() as answer:
        forged.evaluate("form => { form.elements.action.value = 'keep'; form.requestSubmit(); }")
    assert answer.value.status == 403
    _hold(first, number)
    first.page.locator("[data-when=own] button").click()
    first.page.wait_for_url(re.compile(r"/staff/queue$"))

    _hold(second, number)
    expect(second.page.locator("main")).to_contain_text(REASONS)
    _send_form(_unfold(second.page, "publish"))
    _done(second, number)
    _look_up(reader, number, code)
    expect(reader.page.locator(f"main a[href$='/suggestions/{number}']")).to_be_visible()


def _two_published(reader: Reader) -> tuple[str, str]:
    """The numbers of two suggestions that anybody may read."""
    reader.open("/en/suggestions")
    links = reader.page.locator("main a[href*='/suggestions/QD-']")
    found = links.evaluate_all("all => all.map(link => link.getAttribute('href'))")
    numbers = list(dict.fromkeys(str(address).rpartition("/")[2] for address in found))
    return numbers[0], numbers[1]


def _up_to_joining(desk: Reader, number: str, other: str) -> None:
    """Choose what to join, as far as the page that says what it means."""
    _read(desk, number)
    desk.page.get_by_role("link", name="Join with…").click()
    desk.page.locator("#join-numbers").fill(other)
    desk.page.get_by_role("button", name="See what joining means").click()
    _heading(desk, "Join these suggestions")
    desk.page.locator(f"[name=lead][value={number}]").check()


def test_what_both_join_is_one_matter_until_one_takes_it_back(reader: Reader, desks: Desks) -> None:
    number, other = _two_published(reader)
    first, second = desks.first, desks.second
    for desk in (first, second):
        _up_to_joining(desk, number, other)
    for desk in (first, second):
        desk.page.get_by_role("button", name="Join them").click()
        desk.page.wait_for_url(re.compile(r"/staff/matters/\d+"))
        expect(desk.page.locator(".matter-members > li")).to_have_count(2)
        desk.check()
    assert first.page.url.partition("?")[0] == second.page.url.partition("?")[0]

    reader.open(f"/en/suggestions/{number}")
    joined = reader.page.locator("section[aria-labelledby=matter-title]")
    expect(joined).to_contain_text("One other suggestion was joined with this one:")
    expect(joined.locator(f"a[href$='/suggestions/{other}']")).to_be_visible()

    second.page.get_by_role("button", name="Take back change").first.click()
    expect(second.page.locator("main")).to_contain_text("It has no members any more.")
    second.check()
    reader.open(f"/en/suggestions/{number}")
    expect(joined).to_have_count(0)
