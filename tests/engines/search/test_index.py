"""What every index does, wherever it lies: it finds, narrows, counts, orders, explains, changes."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from app.engines.search.document import SearchDocument
from app.engines.search.explanation import PartKind
from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.index import SearchIndex
from app.engines.search.query import Facet, SearchRequest, SearchSort
from app.vocabulary import DocumentType, Language, Question
from tests.search_rows import make_document


def keys_for(index: SearchIndex, text: str) -> list[str]:
    return [f"{hit.type}:{hit.id}" for hit in index.search(SearchRequest(text=text)).hits]


# Finding


def test_a_simplified_query_finds_traditional_text(index: SearchIndex) -> None:
    assert keys_for(index, "路灯") == ["suggestion:2"]


def test_a_traditional_query_finds_simplified_text(index: SearchIndex) -> None:
    assert keys_for(index, "智慧社區")[0] == "item:5"


def test_a_title_counts_more_than_a_text(index: SearchIndex) -> None:
    assert keys_for(index, "停车")[:2] == ["suggestion:1", "case:1"]


def test_an_english_word_is_found_by_its_stem(index: SearchIndex) -> None:
    assert keys_for(index, "parked fee") == ["suggestion:3"]


@pytest.mark.parametrize("text", ["QD-2023-000002", "qd-2023-000002", "ＱＤ-2023-000002"])
def test_a_number_finds_its_document(index: SearchIndex, text: str) -> None:
    assert keys_for(index, text) == ["suggestion:2"]


def test_a_mixed_word_is_found_however_it_is_spaced(index: SearchIndex) -> None:
    assert keys_for(index, "5G基站") == keys_for(index, "5g 基站") == ["case:1"]


def test_one_character_is_answered(index: SearchIndex) -> None:
    assert keys_for(index, "灯") == ["suggestion:2"]
    assert "suggestion:1" in keys_for(index, "车")


def test_a_word_with_something_in_between_is_found(index: SearchIndex) -> None:
    assert keys_for(index, "公共停车场")[0] == "suggestion:1"


def test_what_has_both_words_stands_above_what_has_one(index: SearchIndex) -> None:
    assert keys_for(index, "路灯 停车")[0] == "suggestion:2"


def test_a_long_question_may_miss_some_words(index: SearchIndex) -> None:
    assert keys_for(index, "学校门口的路灯坏了什么时候派人维修")[0] == "suggestion:2"


def test_a_long_word_that_is_rare_is_answered_by_its_parts_too(index: SearchIndex) -> None:
    keys = keys_for(index, "停车难")

    assert keys[0] == "suggestion:1"
    assert {"case:1", "item:5", "suggestion:2"} <= set(keys)


def test_a_word_nobody_used_finds_nothing(index: SearchIndex) -> None:
    page = index.search(SearchRequest(text="潜水艇"))

    assert (page.hits, page.total) == ((), 0)
    assert not any(page.facets.values())


def test_what_has_only_a_common_word_of_two_is_no_answer(index: SearchIndex) -> None:
    index.rebuild([make_document(number, title="小区报名") for number in range(1, 13)])

    assert keys_for(index, "潜水艇 报名") == []


def test_what_has_the_rarer_word_of_two_is_an_answer(index: SearchIndex) -> None:
    common = [make_document(number, title="小区报名") for number in range(1, 13)]
    index.rebuild([*common, make_document(20, title="潜水艇")])

    assert keys_for(index, "潜水艇 报名")[0] == "suggestion:20"
    assert len(keys_for(index, "小区 报名")) == len(common)


def test_another_wording_finds_the_other_language(index: SearchIndex) -> None:
    glossary = Glossary([GlossaryEntry(zh=("停车收费",), en=("parking fees",))])
    assert "suggestion:3" not in keys_for(index, "停车收费")

    page = index.search(SearchRequest(text="停车收费"), glossary)

    assert {"suggestion:1", "suggestion:3"} <= {f"{hit.type}:{hit.id}" for hit in page.hits}
    assert page.plan.also == ("parking fees",)


def test_words_that_stand_together_come_first(index: SearchIndex) -> None:
    index.apply(
        put=[
            make_document(11, title="反馈", body="公园需要维护。东门离车站近。"),
            make_document(12, title="反馈", body="需要维护。公园东门离车站近。"),
        ]
    )

    assert keys_for(index, "公园东门")[0] == "suggestion:12"


def test_words_that_stand_near_come_before_the_same_words_far_apart(index: SearchIndex) -> None:
    far = "噪音很大。请物业和街道办事处的同志们尽快派人到现场看看。广场的灯也坏了。"
    near = "广场的噪音很大。请物业和街道办事处的同志们尽快派人到现场看看。灯也坏了。"
    index.apply(put=[make_document(11, body=far), make_document(12, body=near)])

    assert keys_for(index, "广场 噪音")[:2] == ["suggestion:12", "suggestion:11"]


def test_of_equals_the_newer_comes_first(index: SearchIndex) -> None:
    old, new = (replace(make_document(n), title="噪音扰民") for n in (11, 12))
    index.apply(
        put=[
            replace(old, published_on=date(2022, 5, 1)),
            replace(new, published_on=date(2023, 5, 1)),
        ]
    )

    assert keys_for(index, "噪音") == ["suggestion:12", "suggestion:11"]


def test_of_equals_the_better_supported_comes_first(index: SearchIndex) -> None:
    index.apply(
        put=[
            replace(make_document(number, title="噪音扰民"), support=support)
            for number, support in ((11, 0), (12, 40), (13, 3))
        ]
    )

    assert keys_for(index, "噪音") == ["suggestion:12", "suggestion:13", "suggestion:11"]


def test_newness_and_support_are_no_match_for_the_words(index: SearchIndex) -> None:
    index.apply(
        put=[
            make_document(11, title="噪音扰民"),
            replace(
                make_document(12, body="附近噪音大。"), published_on=date(2023, 6, 1), support=900
            ),
        ]
    )

    assert keys_for(index, "噪音") == ["suggestion:11", "suggestion:12"]


def test_a_hit_tells_what_to_show(index: SearchIndex) -> None:
    (hit,) = index.search(SearchRequest(text="路灯")).hits

    assert (hit.ref, hit.title) == ("QD-2023-000002", "學校門口的路燈壞了")
    assert hit.published_on == date(2023, 4, 1)
    assert hit.score > 0


# Narrowing, counting, ordering, paging


FACTS = (
    replace(
        make_document(21, title="噪音扰民"),
        items=("2023-5", "2023-7"),
        state="answered",
        question=Question.NEED,
        district="市南",
        published_on=date(2023, 1, 2),
    ),
    replace(
        make_document(22, title="噪音扰民"),
        items=("2023-7",),
        state="received",
        question=Question.IDEA,
        district="市南",
        published_on=date(2022, 12, 31),
    ),
    replace(make_document(23, title="噪音扰民"), type=DocumentType.ISSUE),
)


@pytest.mark.parametrize(
    ("request_", "ids"),
    [
        (SearchRequest(text="噪音", item="2023-7"), {21, 22}),
        (SearchRequest(text="噪音", item="2023-5"), {21}),
        (SearchRequest(text="噪音", item="2023"), set()),
        (SearchRequest(text="噪音", state="answered"), {21}),
        (SearchRequest(text="噪音", state="closed"), set()),
        (SearchRequest(text="噪音", year=2022), {22}),
        (SearchRequest(text="噪音", year=2021), set()),
        (SearchRequest(text="噪音", question=Question.NEED), {21}),
        (SearchRequest(text="噪音", district="市南", year=2023), {21}),
        (SearchRequest(text="噪音", types=(DocumentType.ISSUE, DocumentType.CASE)), {23}),
        (SearchRequest(text="噪音", date_to=date(2022, 12, 31)), {22}),
        (SearchRequest(text="噪音", date_from=date(2023, 1, 1)), {21}),
        (SearchRequest(text="噪音", language=Language.EN), set()),
    ],
)
def test_facts_narrow_what_is_found(
    index: SearchIndex, request_: SearchRequest, ids: set[int]
) -> None:
    index.apply(put=FACTS)

    page = index.search(request_)

    assert {hit.id for hit in page.hits} == ids
    assert page.total == len(ids)


def test_every_facet_is_counted(index: SearchIndex) -> None:
    index.apply(put=FACTS)

    page = index.search(SearchRequest(text="噪音"))

    assert page.facets == {
        Facet.TYPE: {"issue": 1, "suggestion": 2},
        Facet.ITEM: {"2023-5": 1, "2023-7": 2},
        Facet.QUESTION: {"idea": 1, "need": 1},
        Facet.DISTRICT: {"市南": 2},
        Facet.STATE: {"answered": 1, "received": 1},
        Facet.YEAR: {"2022": 1, "2023": 1},
    }


def test_a_facet_is_narrowed_by_the_others_but_not_by_itself(index: SearchIndex) -> None:
    index.apply(put=FACTS)

    page = index.search(SearchRequest(text="噪音", state="answered", district="市南"))

    assert page.facets[Facet.STATE] == {"answered": 1, "received": 1}
    assert page.facets[Facet.ITEM] == {"2023-5": 1, "2023-7": 1}
    assert page.facets[Facet.YEAR] == {"2023": 1}


def test_a_facet_promises_what_choosing_it_shows(index: SearchIndex) -> None:
    index.apply(put=FACTS)

    for state, count in index.search(SearchRequest(text="噪音")).facets[Facet.STATE].items():
        assert index.search(SearchRequest(text="噪音", state=state)).total == count


def test_types_are_counted_whatever_type_is_shown(index: SearchIndex) -> None:
    page = index.search(SearchRequest(text="停车", types=(DocumentType.CASE,)))

    assert [hit.type for hit in page.hits] == [DocumentType.CASE]
    assert page.total == 1
    assert page.facets[Facet.TYPE] == {"case": 1, "item": 1, "suggestion": 2}


def test_days_order_what_is_found_and_the_undated_comes_last(index: SearchIndex) -> None:
    newest = index.search(SearchRequest(text="停车", sort=SearchSort.NEWEST)).hits
    oldest = index.search(SearchRequest(text="停车", sort=SearchSort.OLDEST)).hits

    assert [hit.published_on and hit.published_on.month for hit in newest] == [4, 3, 2, None]
    assert [hit.published_on and hit.published_on.month for hit in oldest] == [2, 3, 4, None]


def test_pages_of_equal_hits_neither_overlap_nor_miss_any(index: SearchIndex) -> None:
    index.rebuild(make_document(number) for number in range(25, 0, -1))

    pages = [
        index.search(SearchRequest(text="路灯", page=page, per_page=10)) for page in (1, 2, 3, 4)
    ]

    assert [hit.id for page in pages for hit in page.hits] == list(range(1, 26))
    assert {page.total for page in pages} == {25}


def test_pages_by_relevance_neither_overlap_nor_miss_any(index: SearchIndex) -> None:
    index.rebuild(
        make_document(
            number, title="路灯 " * (number % 5) + "小区", body="小区的路灯" * (number % 7)
        )
        for number in range(1, 131)
    )

    request = SearchRequest(text="路灯 小区", per_page=100)
    whole = [hit.id for page in (1, 2) for hit in index.search(replace(request, page=page)).hits]
    by_ten = [
        hit.id
        for page in range(1, 14)
        for hit in index.search(replace(request, page=page, per_page=10)).hits
    ]

    assert by_ten == whole
    assert sorted(set(whole)) == sorted(whole)


def test_the_order_depends_neither_on_arrival_nor_on_what_was_deleted(index: SearchIndex) -> None:
    documents = [
        replace(
            make_document(number, title="路灯" * (number % 3), body="小区路灯坏了" * (number % 4)),
            support=number % 5,
        )
        for number in range(40)
    ]
    index.rebuild(documents)
    request = SearchRequest(text="小区路灯", per_page=50)
    scores = [(hit.id, hit.score) for hit in index.search(request).hits]

    index.rebuild(reversed(documents[:20]))
    for start in (20, 30):
        index.apply(put=documents[start : start + 10])
    index.apply(put=[make_document(number, title="小区路灯") for number in range(60, 70)])
    index.apply(remove=[f"suggestion:{number}" for number in range(60, 70)])

    assert [(hit.id, hit.score) for hit in index.search(request).hits] == scores


# Explaining


@pytest.mark.parametrize(
    "text", ["停车", "车", "路灯 停车", "公共停车场", "停车难", "parking fees"]
)
def test_the_parts_of_a_score_make_it_up(index: SearchIndex, text: str) -> None:
    request = SearchRequest(text=text)

    for hit in index.search(request).hits:
        explanation = index.explain(request, f"{hit.type}:{hit.id}")
        assert explanation is not None
        parts = sum(part.worth for part in explanation.parts)
        factors = (explanation.coverage, explanation.closeness)
        signals = (explanation.newness, explanation.support)
        assert parts * math.prod((*factors, *signals)) == pytest.approx(hit.score, abs=3e-6)
        assert explanation.total == hit.score


def test_an_explanation_names_the_words_and_where_they_stand(index: SearchIndex) -> None:
    explanation = index.explain(SearchRequest(text="路灯"), "suggestion:2")

    assert explanation is not None
    words = [part for part in explanation.parts if part.kind is PartKind.WORD]
    assert {(part.text, part.field, part.documents) for part in words} == {
        ("路灯", "title", 1),
        ("路灯", "body", 1),
    }


def test_another_wording_is_told_as_such(index: SearchIndex) -> None:
    glossary = Glossary([GlossaryEntry(zh=("停车收费",), en=("parking fees",))])

    explanation = index.explain(SearchRequest(text="停车收费"), "suggestion:3", glossary)

    assert explanation is not None
    assert {part.kind for part in explanation.parts} == {PartKind.OTHER_WORDING}


@pytest.mark.parametrize("key", ["item:5", "suggestion:999", "停车", ""])
def test_what_is_no_hit_has_no_explanation(index: SearchIndex, key: str) -> None:
    assert index.explain(SearchRequest(text="路灯"), key) is None


# The vocabulary


def test_the_vocabulary_counts_the_words_of_titles_and_tags(index: SearchIndex) -> None:
    words = index.vocabulary()

    assert words["智慧社区"] == 2
    assert words["路灯"] == 1
    assert "孩子" not in words


def test_the_vocabulary_forgets_with_the_documents(index: SearchIndex) -> None:
    index.apply(remove=["suggestion:2"])

    assert "路灯" not in index.vocabulary()


# Hostile words


HOSTILE = (
    "*",
    "*a*",
    "?" * 30,
    "a* b* c* d* e* f*",
    "[a TO]",
    "停车~9",
    'r"(a+)+$x"',
    "phone:138*",
    "status:hidden",
    "id:1",
    "(" * 100,
    "NOT " * 25,
    "停车 OR " * 12,
    '"停车 AND (',
    "\\" * 100,
    "::::",
    "AND OR NOT",
    "\x00",
    "\ud800停",
    "😀" * 50,
    "\u202e" * 20,
    "a" + "\u0301" * 99,
    "停" * 100,
    "路灯停车小区学校医院公交" * 8,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}",
)


def test_hostile_words_are_answered(index: SearchIndex) -> None:
    for text in HOSTILE:
        assert index.search(SearchRequest(text=text)).total <= 5


@pytest.mark.parametrize("text", ["phone:138*", "status:hidden", "key:suggestion*", "body:停"])
def test_no_field_can_be_named(index: SearchIndex, text: str) -> None:
    index.apply(put=[make_document(50, title="普通标题", body="138 hidden state")])

    assert all("138*" not in key for key in keys_for(index, text))
    assert keys_for(index, "content_hash:a") == []


# Changing


def test_putting_again_replaces(index: SearchIndex) -> None:
    index.apply(put=[make_document(2, title="电梯坏了")])

    assert keys_for(index, "路灯") == []
    assert keys_for(index, "电梯") == ["suggestion:2"]
    assert index.document_count() == 5


def test_the_last_of_two_with_one_key_counts(index: SearchIndex) -> None:
    index.apply(put=[make_document(9, title="电梯"), make_document(9, title="广场舞")])

    assert keys_for(index, "电梯") == []
    assert keys_for(index, "广场舞") == ["suggestion:9"]


def test_a_removed_document_is_not_found(index: SearchIndex) -> None:
    index.apply(remove=["suggestion:2", "suggestion:999"])

    assert keys_for(index, "路灯") == []
    assert index.document_count() == 4


def test_put_and_remove_are_one_change(index: SearchIndex) -> None:
    index.apply(put=[make_document(8, title="电梯坏了")], remove=["suggestion:2"])

    assert keys_for(index, "电梯") == ["suggestion:8"]
    assert keys_for(index, "路灯") == []


def test_a_change_that_fails_changes_nothing(index: SearchIndex) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield make_document(9)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.apply(put=failing())

    assert index.document_count() == 5
    index.apply(put=[make_document(9)])
    assert index.document_count() == 6


def test_many_small_changes_keep_every_fact(index: SearchIndex) -> None:
    for number in range(20, 32):
        index.apply(
            put=[replace(make_document(number, title="电梯坏了"), district=f"d{number % 2}")]
        )
        index.apply(remove=[f"suggestion:{number - 19}"])

    page = index.search(SearchRequest(text="电梯", district="d1", per_page=50))

    assert [hit.id for hit in page.hits] == list(range(21, 32, 2))


def test_entries_tell_what_is_indexed(index: SearchIndex) -> None:
    document = make_document(9)
    index.apply(put=[document])

    assert dict(index.entries())["suggestion:9"] == document.content_hash
    assert len(list(index.entries())) == 6


# Rebuilding


def test_rebuilding_tells_how_far_it_is(index: SearchIndex) -> None:
    told: list[int] = []

    count = index.rebuild((make_document(number) for number in range(600)), progress=told.append)

    assert count == 600
    assert told == [500, 600]


def test_an_empty_index_answers(index: SearchIndex) -> None:
    index.rebuild([])

    assert keys_for(index, "路") == []
    assert index.document_count() == 0
    assert list(index.entries()) == []


def test_a_repeated_key_is_indexed_once(index: SearchIndex) -> None:
    assert index.rebuild([make_document(1), make_document(1)]) == 1


def test_a_rebuild_that_fails_leaves_the_old_index(index: SearchIndex) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield make_document(9)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.rebuild(failing())

    assert keys_for(index, "路灯") == ["suggestion:2"]


def test_the_old_index_answers_until_the_new_one_is_whole(index: SearchIndex) -> None:
    def watched() -> Iterator[SearchDocument]:
        yield make_document(9, title="电梯坏了")
        assert keys_for(index, "电梯") == []
        assert keys_for(index, "路灯") == ["suggestion:2"]

    index.rebuild(watched())

    assert keys_for(index, "电梯") == ["suggestion:9"]


def test_the_words_of_staff_are_kept_with_the_index(index: SearchIndex) -> None:
    index.rebuild([make_document(1, title="澜汀云邸的路灯")], words=["澜汀云邸"])

    assert index.analyser().words == ("澜汀云邸",)
    index.apply(put=[make_document(2, title="澜汀云邸停电")])
    assert index.vocabulary()["澜汀云邸"] == 2


def test_an_index_may_be_used_after_closing(index: SearchIndex) -> None:
    index.search(SearchRequest(text="路灯"))
    index.close()

    assert keys_for(index, "路灯") == ["suggestion:2"]
