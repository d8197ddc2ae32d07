"""Both sets of judged queries: every sort is there, every answer exists and is public."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import pytest
import yaml

from app.engines.search.analysis import MAX_QUERY_LENGTH
from app.engines.text.normalise import fold
from app.vocabulary import Language, ReviewState, Visibility

CONTENT = Path(__file__).parents[2] / "app" / "content"
SETS = ("judged_queries", "judged_queries_unseen")
LEAST_QUERIES = 130
LEAST_OF_A_SORT = {
    "one_character": 6,
    "two_characters": 6,
    "word": 6,
    "long_question": 6,
    "traditional": 6,
    "en_for_zh": 6,
    "zh_for_en": 6,
    "pinyin": 6,
    "typo": 6,
    "homophone": 6,
    "mixed": 6,
    "code": 6,
    "synonym": 6,
    "place": 6,
    "no_result": 6,
}
MOST_RELEVANT = 10
LEAST_ITEMS_ASKED_FOR = 20
HAN = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]")
LATIN_OR_DIGIT = re.compile("[A-Za-z0-9]")
CODE = re.compile("[0-9]|[A-Z]{2}|[A-Z][\u4e00-\u9fff]")


class JudgedQuery(TypedDict):
    """A query and all that answers it."""

    query: str
    sort: str
    relevant: list[str]


class Demonstrated(TypedDict):
    """What these tests read of a demonstration suggestion."""

    key: str
    title: str
    text: str
    state: str
    visibility: str


def read(name: str) -> str:
    return (CONTENT / f"{name}.yaml").read_text(encoding="utf-8")


def demonstration() -> list[Demonstrated]:
    return [
        suggestion
        for language in Language
        for suggestion in yaml.safe_load(read(f"demo/suggestions-{language}"))
    ]


def is_public(suggestion: Demonstrated) -> bool:
    return (suggestion["state"], suggestion["visibility"]) == (
        ReviewState.PUBLISHED,
        Visibility.PUBLIC,
    )


def has_answer_in(judged: JudgedQuery, language: Language) -> bool:
    return any(ref.startswith(f"suggestion:{language}-") for ref in judged["relevant"])


def is_long(query: str) -> bool:
    return len(HAN.findall(query)) >= 20 or len(query.split()) >= 12


# What a query of a sort must look like; the sorts that are not here may look like anything.
SHAPES: dict[str, Callable[[JudgedQuery], bool]] = {
    "one_character": lambda judged: re.fullmatch(HAN, judged["query"]) is not None,
    "two_characters": lambda judged: len(HAN.findall(judged["query"])) == len(judged["query"]) == 2,
    "long_question": lambda judged: is_long(judged["query"]),
    "traditional": lambda judged: fold(judged["query"]).text != judged["query"],
    "en_for_zh": lambda judged: (
        not HAN.search(judged["query"]) and has_answer_in(judged, Language.ZH)
    ),
    "zh_for_en": lambda judged: (
        not LATIN.search(judged["query"]) and has_answer_in(judged, Language.EN)
    ),
    "pinyin": lambda judged: re.fullmatch("[a-z ]+", judged["query"]) is not None,
    "homophone": lambda judged: HAN.search(judged["query"]) is not None,
    "mixed": lambda judged: bool(
        HAN.search(judged["query"]) and LATIN_OR_DIGIT.search(judged["query"])
    ),
    "code": lambda judged: CODE.search(judged["query"]) is not None,
}


def fits_its_sort(judged: JudgedQuery) -> bool:
    """Say whether a query looks like what its sort promises."""
    shape = SHAPES.get(judged["sort"])
    return shape is None or shape(judged)


def read_set(name: str) -> list[JudgedQuery]:
    loaded: list[JudgedQuery] = yaml.safe_load(read(name))
    return loaded


def asked_in(queries: list[JudgedQuery]) -> set[str]:
    """Return the queries in one script and letter case, for these are the same to the search."""
    return {fold(judged["query"]).text for judged in queries}


@pytest.fixture(scope="module", params=SETS)
def queries(request: pytest.FixtureRequest) -> list[JudgedQuery]:
    return read_set(request.param)


@pytest.fixture(scope="module")
def public_references() -> set[str]:
    items = {
        f"item:{item['number']}"
        for chapter in yaml.safe_load(read("plan-2023"))["chapters"]
        for item in chapter["items"]
    }
    cases = {f"case:{case['slug']}" for case in yaml.safe_load(read("cases"))}
    suggestions = {f"suggestion:{one['key']}" for one in demonstration() if is_public(one)}
    return items | cases | suggestions


def test_a_judged_query_has_exactly_the_agreed_keys(queries: list[JudgedQuery]) -> None:
    for judged in queries:
        assert list(judged) == list(JudgedQuery.__annotations__), judged
        assert isinstance(judged["query"], str), judged
        assert all(isinstance(reference, str) for reference in judged["relevant"]), judged


def test_there_are_enough_queries_of_every_sort(queries: list[JudgedQuery]) -> None:
    counts = Counter(judged["sort"] for judged in queries)
    assert counts.keys() == LEAST_OF_A_SORT.keys()
    assert {sort for sort, least in LEAST_OF_A_SORT.items() if counts[sort] < least} == set()
    assert len(queries) >= LEAST_QUERIES


def test_a_query_can_be_typed_into_the_search_field(queries: list[JudgedQuery]) -> None:
    for judged in queries:
        assert judged["query"] == judged["query"].strip() != "", judged
        assert len(judged["query"]) <= MAX_QUERY_LENGTH, judged


def test_no_query_is_asked_twice_within_a_sort(queries: list[JudgedQuery]) -> None:
    counts = Counter((judged["query"].lower(), judged["sort"]) for judged in queries)
    assert {query for query, count in counts.items() if count > 1} == set()


def test_a_query_asked_twice_has_the_same_answers(queries: list[JudgedQuery]) -> None:
    answers: dict[str, set[str]] = {}
    for judged in queries:
        relevant = set(judged["relevant"])
        assert answers.setdefault(judged["query"].lower(), relevant) == relevant, judged


def test_no_query_is_in_both_sets() -> None:
    seen, unseen = (asked_in(read_set(name)) for name in SETS)
    assert seen & unseen == set()


def test_a_query_in_another_script_is_the_same_query() -> None:
    one = JudgedQuery(query="櫻桃", sort="traditional", relevant=["suggestion:zh-101"])
    other = JudgedQuery(query="樱桃", sort="two_characters", relevant=["suggestion:zh-101"])
    assert asked_in([one]) == asked_in([other])


def test_every_query_looks_like_its_sort(queries: list[JudgedQuery]) -> None:
    assert [judged["query"] for judged in queries if not fits_its_sort(judged)] == []


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ("停车", "one_character"),
        ("停车难", "two_characters"),
        ("怎么停车？", "long_question"),
        ("停车难", "traditional"),
        ("停车", "en_for_zh"),
        ("parking", "zh_for_en"),
        ("停che", "pinyin"),
        ("停车", "mixed"),
        ("停车", "code"),
    ],
)
def test_a_query_of_the_wrong_sort_is_found(query: str, sort: str) -> None:
    assert not fits_its_sort(JudgedQuery(query=query, sort=sort, relevant=["item:5"]))


def test_every_answer_exists_and_is_public(
    queries: list[JudgedQuery], public_references: set[str]
) -> None:
    for judged in queries:
        assert set(judged["relevant"]) <= public_references, judged


def test_what_is_not_published_or_not_public_is_no_answer(public_references: set[str]) -> None:
    hidden = [f"suggestion:{one['key']}" for one in demonstration() if not is_public(one)]
    assert hidden
    assert public_references.isdisjoint(hidden)


def test_the_answers_are_few_and_named_once(queries: list[JudgedQuery]) -> None:
    for judged in queries:
        relevant = judged["relevant"]
        assert len(relevant) == len(set(relevant)) <= MOST_RELEVANT, judged
        assert bool(relevant) is (judged["sort"] != "no_result"), judged


def test_what_nothing_answers_stands_in_no_public_text(queries: list[JudgedQuery]) -> None:
    public = [f"{one['title']} {one['text']}" for one in demonstration() if is_public(one)]
    everything = "\n".join([read("plan-2023"), read("cases"), *public]).lower()
    for judged in queries:
        if judged["sort"] == "no_result":
            assert judged["query"].lower() not in everything, judged


def test_the_queries_reach_the_whole_plan_and_both_languages(queries: list[JudgedQuery]) -> None:
    wanted = {reference for judged in queries for reference in judged["relevant"]}
    assert sum(ref.startswith("item:") for ref in wanted) >= LEAST_ITEMS_ASKED_FOR
    assert sum(ref.startswith("case:") for ref in wanted) >= 15
    assert sum(ref.startswith("suggestion:zh-") for ref in wanted) >= 80
    assert sum(ref.startswith("suggestion:en-") for ref in wanted) >= 30
