"""The bundled plan, cases and lists are complete in both languages and fit one another."""

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias, TypedDict

import pytest
import yaml

from app.vocabulary import CaseKind, Comparator, Language, ModerationAction

CONTENT = Path(__file__).parents[2] / "app" / "content"
FILES = ("plan-2023", "cases", "districts", "units", "reason_codes")
LANGUAGES = {language.value for language in Language}

CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
HALF_WIDTH_IN_CHINESE = re.compile(r"[,;:?!()](?!\d)")
KEBAB = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

Yaml: TypeAlias = "dict[str, Yaml] | list[Yaml] | str | int | float | datetime.date | None"


class Words(TypedDict):
    """One text in both languages."""

    zh: str
    en: str


class Lists(TypedDict):
    """Short texts in both languages."""

    zh: list[str]
    en: list[str]


class Target(TypedDict):
    """A figure an item promises."""

    measure: Words
    comparator: str
    value: int | float
    unit: Words
    due_on: datetime.date


class Item(TypedDict):
    """One numbered item of the plan."""

    number: int
    title: Words
    digest: Lists
    units: list[str]
    keywords: Lists
    targets: list[Target]


class Chapter(TypedDict):
    """A chapter with its items."""

    number: int
    title: Words
    items: list[Item]


class Plan(TypedDict):
    """A year's plan."""

    year: int
    published_on: datetime.date
    title: Words
    publisher: Words
    source_note: Words
    chapters: list[Chapter]


class Case(TypedDict):
    """A scene or case the plan names."""

    slug: str
    kind: str
    items: list[int]
    title: Words
    digest: Words


class Named(TypedDict):
    """A district or a unit."""

    code: str
    name: Words


Reason = TypedDict(
    "Reason",
    {"code": str, "for": list[str], "label": Words, "explain": Words},
)


def read(name: str) -> str:
    return (CONTENT / f"{name}.yaml").read_text(encoding="utf-8")


def faults_in(value: Yaml, place: str = "") -> Iterator[str]:
    """Say where a text lacks a language, is empty, or has the other language's signs in it."""
    if isinstance(value, dict):
        if LANGUAGES & value.keys():
            yield from faults_in_pair(value, place)
            return
        for key, part in value.items():
            yield from faults_in(part, f"{place}/{key}")
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from faults_in(part, f"{place}/{position}")
    elif value is None or value == "":
        yield f"{place} is empty"


def faults_in_pair(pair: dict[str, Yaml], place: str) -> Iterator[str]:
    if pair.keys() != LANGUAGES:
        yield f"{place} needs both languages and nothing else"
    for text in texts_of(pair.get("zh")):
        if not text.strip() or HALF_WIDTH_IN_CHINESE.search(text):
            yield f"{place}/zh is empty or has half-width punctuation"
    for text in texts_of(pair.get("en")):
        if not text.strip() or CHINESE.search(text):
            yield f"{place}/en is empty or has Chinese characters"


def texts_of(value: Yaml) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [part if isinstance(part, str) else "" for part in parts] or [""]


def keys_are(record: object, shape: type) -> bool:
    return isinstance(record, dict) and list(record) == list(shape.__annotations__)


def repeated(values: Sequence[str]) -> set[str]:
    return {value for value in values if values.count(value) > 1}


@pytest.fixture(scope="module")
def plan() -> Plan:
    loaded: Plan = yaml.safe_load(read("plan-2023"))
    return loaded


@pytest.fixture(scope="module")
def items(plan: Plan) -> list[Item]:
    return [item for chapter in plan["chapters"] for item in chapter["items"]]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    loaded: list[Case] = yaml.safe_load(read("cases"))
    return loaded


@pytest.fixture(scope="module")
def reasons() -> list[Reason]:
    loaded: list[Reason] = yaml.safe_load(read("reason_codes"))
    return loaded


def named(name: str) -> list[Named]:
    loaded: list[Named] = yaml.safe_load(read(name))
    return loaded


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_complete_in_both_languages(name: str) -> None:
    loaded: Yaml = yaml.safe_load(read(name))

    assert list(faults_in(loaded)) == []


def test_a_missing_translation_is_found() -> None:
    assert list(faults_in({"title": {"zh": "一码通城"}}))


def test_chinese_characters_in_english_are_found() -> None:
    assert list(faults_in({"title": {"zh": "一码通城", "en": "One Code (一码通城)"}}))


def test_half_width_punctuation_in_chinese_is_found() -> None:
    assert list(faults_in({"title": {"zh": "看病,停车", "en": "Doctors and parking"}}))


def test_an_empty_list_in_one_language_is_found() -> None:
    assert list(faults_in({"digest": {"zh": ["停车难"], "en": []}}))


def test_the_plan_has_five_chapters_and_twenty_four_items_in_order(
    plan: Plan, items: list[Item]
) -> None:
    assert [chapter["number"] for chapter in plan["chapters"]] == [1, 2, 3, 4, 5]
    assert [len(chapter["items"]) for chapter in plan["chapters"]] == [6, 5, 5, 4, 4]
    assert [item["number"] for item in items] == list(range(1, 25))


def test_the_plan_says_when_it_was_published(plan: Plan) -> None:
    assert plan["year"] == 2023
    assert plan["published_on"] == datetime.date(2023, 2, 23)


def test_every_record_of_the_plan_has_exactly_the_agreed_keys(
    plan: Plan, items: list[Item]
) -> None:
    assert keys_are(plan, Plan)
    assert all(keys_are(chapter, Chapter) for chapter in plan["chapters"])
    assert all(keys_are(item, Item) for item in items)
    assert all(keys_are(target, Target) for item in items for target in item["targets"])


def test_a_digest_has_three_to_six_points_and_as_many_in_english(items: list[Item]) -> None:
    for item in items:
        digest = item["digest"]
        assert 3 <= len(digest["zh"]) <= 6, item["number"]
        assert len(digest["zh"]) == len(digest["en"]), item["number"]


def test_an_item_has_eight_to_twenty_different_keywords_per_language(items: list[Item]) -> None:
    for item in items:
        for words in (item["keywords"]["zh"], item["keywords"]["en"]):
            assert 8 <= len(words) <= 20, item["number"]
            assert not repeated([word.lower() for word in words]), item["number"]


def test_the_plan_promises_at_least_thirty_figures(items: list[Item]) -> None:
    assert sum(len(item["targets"]) for item in items) >= 30


def test_every_target_can_be_compared_with_a_number_and_is_due_within_the_year(
    plan: Plan, items: list[Item]
) -> None:
    known = {comparator.value for comparator in Comparator}
    for target in (target for item in items for target in item["targets"]):
        assert target["comparator"] in known, target["measure"]
        assert type(target["value"]) in (int, float), target["measure"]
        assert target["value"] > 0, target["measure"]
        assert target["due_on"].year == plan["year"], target["measure"]


@pytest.mark.parametrize(
    ("number", "comparator", "value", "unit"),
    [
        (1, "exactly", 12, "件"),
        (2, "at_least", 95, "%"),
        (2, "more_than", 600_000, "人"),
        (3, "at_most", 2, "个工作日"),
        (3, "at_least", 10, "类"),
        (4, "at_least", 100, "个"),
        (5, "at_least", 400, "个"),
        (7, "exactly", 20, "个"),
        (7, "at_least", 4000, "项"),
        (8, "at_least", 1000, "项"),
        (14, "at_least", 20, "个"),
        (16, "at_least", 98, "%"),
        (20, "at_least", 45_000, "个"),
        (20, "at_most", 1, "毫秒"),
        (24, "at_least", 30, "场"),
    ],
)
def test_a_promised_figure_is_kept_with_its_comparator_and_unit(
    items: list[Item], number: int, comparator: str, value: int, unit: str
) -> None:
    targets = items[number - 1]["targets"]

    kept = [(target["comparator"], target["value"], target["unit"]["zh"]) for target in targets]

    assert (comparator, value, unit) in kept


def test_items_name_only_units_that_exist_and_every_unit_has_work(items: list[Item]) -> None:
    named_by_items = {code for item in items for code in item["units"]}

    assert all(item["units"] for item in items)
    assert named_by_items == {unit["code"] for unit in named("units")}


def test_every_case_has_the_agreed_keys_a_known_kind_and_real_items(
    cases: list[Case], items: list[Item]
) -> None:
    numbers = {item["number"] for item in items}
    for case in cases:
        assert keys_are(case, Case), case
        assert case["kind"] in {kind.value for kind in CaseKind}, case["slug"]
        assert case["items"], case["slug"]
        assert set(case["items"]) <= numbers, case["slug"]


def test_there_are_at_least_twenty_six_cases_and_some_of_each_kind(cases: list[Case]) -> None:
    assert len(cases) >= 26
    assert {case["kind"] for case in cases} == {kind.value for kind in CaseKind}


@pytest.mark.parametrize("scene", ["全市一家医院", "一部手机游青岛", "视频办", "数赋百景"])
def test_scenes_the_plan_names_are_among_the_cases(cases: list[Case], scene: str) -> None:
    assert any(scene in case["title"]["zh"] for case in cases)


def test_a_case_is_told_in_two_to_four_sentences_in_each_language(cases: list[Case]) -> None:
    for case in cases:
        assert 2 <= len(re.findall("[。？！]", case["digest"]["zh"])) <= 4, case["slug"]
        assert 2 <= len(re.findall(r"[.?!](?= |$)", case["digest"]["en"])) <= 4, case["slug"]


def test_the_city_has_ten_districts() -> None:
    districts = named("districts")

    assert len(districts) == 10
    assert [district["name"]["zh"] for district in districts][:2] == ["市南区", "市北区"]
    assert all(keys_are(district, Named) for district in districts)


def test_there_are_enough_reasons_to_decline_and_to_return(reasons: list[Reason]) -> None:
    uses = [use for reason in reasons for use in reason["for"]]

    assert uses.count(ModerationAction.DECLINE) >= 12
    assert uses.count(ModerationAction.RETURN) >= 5
    assert set(uses) == {ModerationAction.DECLINE, ModerationAction.RETURN}


def test_every_reason_has_the_agreed_keys_and_a_use(reasons: list[Reason]) -> None:
    for reason in reasons:
        assert keys_are(reason, Reason), reason
        assert reason["for"], reason["code"]


def test_slugs_and_codes_are_plain_and_never_repeated(
    cases: list[Case], reasons: list[Reason]
) -> None:
    groups = [
        [case["slug"] for case in cases],
        [reason["code"] for reason in reasons],
        [district["code"] for district in named("districts")],
        [unit["code"] for unit in named("units")],
    ]
    for group in groups:
        assert not repeated(group)
        assert all(KEBAB.fullmatch(code) for code in group)
