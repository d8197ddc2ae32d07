"""The demonstration's invented content: complete, varied, and readable by what loads it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from app.vocabulary import Language, Question, ReviewState, SuggestionKind, Visibility

DEMO = Path(__file__).parents[2] / "app" / "content" / "demo"
ITEM_NUMBERS = range(1, 25)
DISTRICTS = frozenset(
    {
        "shinan",
        "shibei",
        "licang",
        "laoshan",
        "west-coast",
        "chengyang",
        "jimo",
        "jiaozhou",
        "pingdu",
        "laixi",
    }
)
REASONS = {
    ReviewState.RETURNED: frozenset({"details-missing"}),
    ReviewState.DECLINED: frozenset({"other-office", "repeated"}),
}
# The block of common Chinese characters; punctuation and full-width forms do not count.
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
MOBILE = re.compile(r"1[3-9]\d{9}")
INVENTED_MOBILE = re.compile(r"1[3-9]\d0{8}")
DOMAIN = re.compile(r"(?:@|https?://)([a-z0-9.-]+)")


@dataclass(frozen=True)
class DemoSuggestion:
    """One entry of a suggestions file; an unknown or missing key refuses to load."""

    key: str
    lang: str
    kind: str
    question: str
    items: list[int]
    district: str | None
    title: str
    text: str
    days_ago: int
    hour: int
    person: str
    supports: int
    state: str
    reason: str | None
    group: str | None
    nickname: str | None
    visibility: str


@dataclass(frozen=True)
class DemoCampaign:
    """One entry of the campaigns file."""

    slug: str
    question: str
    title: dict[str, str]
    intro: dict[str, str]
    opens_days_ago: int
    closes_in_days: int
    items: list[int]


def read_suggestions(language: Language) -> list[DemoSuggestion]:
    content = (DEMO / f"suggestions-{language}.yaml").read_text(encoding="utf-8")
    return [DemoSuggestion(**entry) for entry in yaml.safe_load(content)]


def read_campaigns() -> list[DemoCampaign]:
    content = (DEMO / "campaigns.yaml").read_text(encoding="utf-8")
    return [DemoCampaign(**entry) for entry in yaml.safe_load(content)]


def reads_like(text: str, language: Language) -> bool:
    """Whether most letters of a text belong to the script of a language."""
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    if language is Language.ZH:
        return han > latin / 2
    return han == 0 and latin > 0


def by_group(suggestions: Iterable[DemoSuggestion]) -> dict[str, list[DemoSuggestion]]:
    groups: dict[str, list[DemoSuggestion]] = defaultdict(list)
    for suggestion in suggestions:
        if suggestion.group is not None:
            groups[suggestion.group].append(suggestion)
    return groups


CHINESE = read_suggestions(Language.ZH)
ENGLISH = read_suggestions(Language.EN)
ALL = CHINESE + ENGLISH
CAMPAIGNS = read_campaigns()

each_campaign = pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda one: one.slug)


def test_a_traditional_text_with_an_address_in_it_reads_like_chinese() -> None:
    assert reads_like("學歷證明可否線上核驗，請回覆 example.com", Language.ZH)


def test_an_english_text_does_not_read_like_chinese() -> None:
    assert not reads_like("The app refuses my passport.", Language.ZH)


def test_a_chinese_text_does_not_read_like_english() -> None:
    assert not reads_like("護照註冊不了 passport", Language.EN)


def test_there_are_enough_suggestions_in_both_languages() -> None:
    assert len(CHINESE) >= 150
    assert len(ENGLISH) >= 60


def test_every_key_names_one_suggestion() -> None:
    assert len({suggestion.key for suggestion in ALL}) == len(ALL)


def test_no_two_suggestions_share_a_text_or_a_title() -> None:
    assert len({suggestion.text for suggestion in ALL}) == len(ALL)
    assert len({suggestion.title for suggestion in ALL}) == len(ALL)


def test_a_suggestion_fits_the_form() -> None:
    for suggestion in ALL:
        assert 4 <= len(suggestion.title) <= 60, suggestion.key
        assert 10 <= len(suggestion.text) <= 2000, suggestion.key
        assert suggestion.title == suggestion.title.strip(), suggestion.key
        assert suggestion.text == suggestion.text.strip(), suggestion.key
        assert len(suggestion.items) <= 3, suggestion.key
        assert len(set(suggestion.items)) == len(suggestion.items), suggestion.key


def test_a_suggestion_uses_only_known_words() -> None:
    for suggestion in ALL:
        assert suggestion.lang in set(Language), suggestion.key
        assert suggestion.kind in set(SuggestionKind), suggestion.key
        assert suggestion.question in set(Question), suggestion.key
        assert suggestion.state in set(ReviewState), suggestion.key
        assert suggestion.visibility in set(Visibility), suggestion.key
        assert suggestion.district is None or suggestion.district in DISTRICTS, suggestion.key
        assert set(suggestion.items) <= set(ITEM_NUMBERS), suggestion.key


def test_a_suggestion_is_dated_and_supported_within_bounds() -> None:
    for suggestion in ALL:
        assert 1 <= suggestion.days_ago <= 120, suggestion.key
        assert 0 <= suggestion.hour <= 23, suggestion.key
        assert 0 <= suggestion.supports <= 60, suggestion.key
        assert re.fullmatch(r"p\d{3}", suggestion.person), suggestion.key


def test_a_suggestion_is_written_in_the_language_it_names() -> None:
    for suggestion in ALL:
        assert reads_like(suggestion.title + suggestion.text, Language(suggestion.lang)), (
            suggestion.key
        )


def test_only_a_refused_suggestion_has_a_reason() -> None:
    for suggestion in ALL:
        allowed = REASONS.get(ReviewState(suggestion.state))
        if allowed is None:
            assert suggestion.reason is None, suggestion.key
        else:
            assert suggestion.reason in allowed, suggestion.key


def test_only_what_the_public_can_see_has_support() -> None:
    for suggestion in ALL:
        visible = (
            suggestion.state == ReviewState.PUBLISHED and suggestion.visibility == Visibility.PUBLIC
        )
        assert visible or suggestion.supports == 0, suggestion.key


def test_contact_data_is_plainly_invented() -> None:
    for suggestion in ALL:
        words = suggestion.title + suggestion.text
        assert all(INVENTED_MOBILE.fullmatch(number) for number in MOBILE.findall(words)), (
            suggestion.key
        )
        assert all(
            re.fullmatch(r"example\.(com|net|org)", host) for host in DOMAIN.findall(words)
        ), suggestion.key


def test_contact_data_never_stands_in_a_published_suggestion() -> None:
    published = [one for one in ALL if one.state == ReviewState.PUBLISHED]
    assert not [one.key for one in published if MOBILE.search(one.text) or "@" in one.text]


def test_some_pending_suggestions_need_masking() -> None:
    pending = [one for one in ALL if one.state == ReviewState.PENDING]
    assert sum(1 for one in pending if MOBILE.search(one.text)) >= 3


def test_most_suggestions_are_published_and_a_good_part_waits() -> None:
    share = {state: sum(one.state == state for one in ALL) / len(ALL) for state in ReviewState}
    assert 0.70 <= share[ReviewState.PUBLISHED] <= 0.85
    assert 0.12 <= share[ReviewState.PENDING] <= 0.22
    assert share[ReviewState.RETURNED] > 0
    assert share[ReviewState.DECLINED] > 0


def test_every_district_speaks_in_the_demonstration() -> None:
    assert {one.district for one in ALL if one.district} == DISTRICTS


def test_most_items_have_a_voice_and_some_are_silent() -> None:
    named = {number for one in ALL for number in one.items}
    assert 18 <= len(named) < len(ITEM_NUMBERS)


def test_every_kind_and_question_occurs_in_both_languages() -> None:
    for suggestions in (CHINESE, ENGLISH):
        assert {one.kind for one in suggestions} == set(SuggestionKind)
        assert {one.question for one in suggestions} == set(Question)


def test_some_people_write_more_than_once() -> None:
    assert 0.7 * len(ALL) < len({one.person for one in ALL}) < len(ALL)


def test_lengths_vary_from_a_line_to_a_letter() -> None:
    lengths = sorted(len(one.text) for one in CHINESE)
    assert lengths[0] < 30
    assert lengths[-1] > 400
    assert sum(length >= 60 for length in lengths) > len(lengths) / 2
    assert all(30 <= len(one.text.split()) <= 120 for one in ENGLISH)


def test_groups_are_many_and_of_several_sizes() -> None:
    sizes = {name: len(members) for name, members in by_group(ALL).items()}
    assert len(sizes) >= 18
    assert min(sizes.values()) >= 3
    assert 10 <= max(sizes.values()) <= 16


def test_groups_leave_room_for_single_matters() -> None:
    assert 0.3 <= sum(one.group is None for one in ALL) / len(ALL) <= 0.5


@pytest.mark.parametrize("name", sorted(by_group(ALL)))
def test_a_group_is_told_by_several_people_and_seen_in_public(name: str) -> None:
    published = [one for one in by_group(ALL)[name] if one.state == ReviewState.PUBLISHED]
    assert len({one.person for one in published}) >= 2
    assert len(published) >= 3


def test_several_groups_are_told_in_both_languages() -> None:
    shared = by_group(CHINESE).keys() & by_group(ENGLISH).keys()
    assert len(shared) >= 8


def test_one_estate_has_two_matters_and_two_places_share_a_problem() -> None:
    groups = by_group(CHINESE)
    for name in ("lanting-gate", "lanting-charging"):
        assert any("澜汀雅苑" in one.title + one.text for one in groups[name])
    assert not any("云杉郡" in one.title + one.text for one in groups["camera-huaiyin"])
    assert not any("槐荫里" in one.title + one.text for one in groups["camera-yunshan"])


def test_the_campaigns_put_each_question_once() -> None:
    assert sorted(one.question for one in CAMPAIGNS) == sorted(Question)
    assert len({one.slug for one in CAMPAIGNS}) == len(CAMPAIGNS)


@each_campaign
def test_a_campaign_speaks_both_languages(campaign: DemoCampaign) -> None:
    for texts in (campaign.title, campaign.intro):
        assert texts.keys() == set(Language)
        assert all(reads_like(text, Language(lang)) for lang, text in texts.items())


@each_campaign
def test_a_campaign_names_known_items_and_an_address(campaign: DemoCampaign) -> None:
    assert campaign.items
    assert set(campaign.items) <= set(ITEM_NUMBERS)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", campaign.slug)


@each_campaign
def test_a_campaign_was_open_when_its_suggestions_came(campaign: DemoCampaign) -> None:
    days = [one.days_ago for one in ALL if one.question == campaign.question]
    assert max(days) < campaign.opens_days_ago
    assert min(days) > -campaign.closes_in_days


def test_an_ended_campaign_stands_beside_open_ones() -> None:
    assert sum(one.closes_in_days < 0 for one in CAMPAIGNS) == 1
