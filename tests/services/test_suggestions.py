"""Sending, reading, looking up, revising, withdrawing and supporting suggestions."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    StaleEditError,
)
from app.models import IndexJob, Suggestion, Tag
from app.resources import keys, reading, transaction
from app.services import suggestions
from app.services.suggestions import Draft, ListFilter, Receipt, Revision, Sender, Terms
from app.vocabulary import (
    Language,
    Question,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)
from tests.factories import MOMENT, make_suggestion

NOW = datetime(2023, 6, 2, 3, 0, tzinfo=UTC)
TODAY = date(2023, 6, 2)
TERMS = Terms(plan_year=2023, number_prefix="QD", review_working_days=5)
DRAFT = Draft(
    question=Question.NEED,
    kind=SuggestionKind.SUGGEST,
    title="小区充电桩总是坏",
    text="我们小区的充电桩坏了两个星期，报修以后一直没有人来。",
)


def send(draft: Draft = DRAFT, key: str = "one form", person: str = "a person") -> Receipt:
    with transaction() as session:
        return suggestions.submit(
            session,
            draft,
            Sender(person, "a source", key),
            keys=keys(),
            terms=TERMS,
            now=NOW,
            today=TODAY,
        )


def test_a_sent_suggestion_waits_with_number_code_language_and_due_day(app: Flask) -> None:
    receipt = send()
    stored = receipt.suggestion
    assert stored.number == "QD-2023-000001"
    assert len(receipt.lookup_code) == 14
    assert stored.review_state is ReviewState.PENDING
    assert stored.language is Language.ZH
    assert stored.due_on == date(2023, 6, 9)
    assert receipt.lookup_code not in stored.lookup_hash


def test_the_same_form_sent_twice_is_one_suggestion_with_one_code(app: Flask) -> None:
    first, second = send(), send()
    assert first.suggestion.number == second.suggestion.number
    assert first.lookup_code == second.lookup_code
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Suggestion)) == 1


def test_two_forms_are_two_suggestions_with_two_codes(app: Flask) -> None:
    first, second = send(key="one"), send(key="two")
    assert first.suggestion.number != second.suggestion.number
    assert first.lookup_code != second.lookup_code


def test_four_chinese_characters_are_a_title(app: Flask) -> None:
    assert send(replace(DRAFT, title="路灯坏了")).suggestion.title == "路灯坏了"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"title": "路灯坏"}, "title", "too_short"),
        ({"title": "路灯坏" + "\u200b" * 9}, "title", "too_short"),
        ({"title": "长" * 61}, "title", "too_long"),
        ({"title": "！？……、"}, "title", "no_words"),
        ({"text": "太短"}, "text", "too_short"),
        ({"text": "长" * 2001}, "text", "too_long"),
        ({"text": "😀" * 50}, "text", "no_words"),
        ({"contact": "13800000000"}, "has_consented", "missing"),
        ({"district_code": "atlantis"}, "district", "unknown"),
        ({"item_numbers": (99,)}, "items", "unknown"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_field(
    app: Flask, change: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        send(replace(DRAFT, **change))  # type: ignore[arg-type] # one field, of several types
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_an_unknown_campaign_is_refused(app: Flask) -> None:
    with pytest.raises(NotFoundError):
        send(replace(DRAFT, campaign_slug="never-called"))


def test_control_characters_are_dropped_and_rare_characters_kept(app: Flask) -> None:
    typed = "\x00\x1b[31m这里有一个生僻字𪛖，还有表情😀\u202e。"
    stored = send(replace(DRAFT, text=typed)).suggestion
    assert stored.text == "[31m这里有一个生僻字𪛖，还有表情😀。"


def test_a_contact_is_sealed_and_dated(app: Flask) -> None:
    draft = replace(DRAFT, contact="wang@example.org", has_consented=True)
    stored = send(draft).suggestion
    assert stored.contact_sealed is not None
    assert "wang" not in stored.contact_sealed
    assert keys().unseal(stored.contact_sealed) == "wang@example.org"
    assert stored.contact_consent_at == NOW


def sources_of(suggestion: Suggestion) -> set[TagSource]:
    with reading() as session:
        query = select(Tag.source).where(Tag.suggestion_id == suggestion.id)
        return set(session.scalars(query))


def test_the_authors_items_are_kept_as_the_authors(app: Flask) -> None:
    assert sources_of(send(replace(DRAFT, item_numbers=(5, 7))).suggestion) == {TagSource.CITIZEN}


def test_without_items_the_machine_proposes_one(app: Flask) -> None:
    assert sources_of(send().suggestion) == {TagSource.MACHINE}


def test_a_draft_is_looked_over_for_personal_data_and_fitting_items(app: Flask) -> None:
    draft = replace(DRAFT, text="充电桩坏了，请打13812345678找我。")
    with reading() as session:
        noticed = suggestions.look_over(session, draft, year=2023)
    assert ("13812345678", True) in noticed.text
    assert [kind.value for kind in noticed.personal_data] == ["mobile"]
    assert [proposal.item.number for proposal in noticed.items] == [5]
    assert "充电桩" in noticed.items[0].words


def test_chosen_items_are_not_proposed_against(app: Flask) -> None:
    with reading() as session:
        noticed = suggestions.look_over(session, replace(DRAFT, item_numbers=(1,)), year=2023)
    assert not noticed.items
    assert not noticed.personal_data


def test_every_item_can_be_chosen_under_its_chapter(app: Flask) -> None:
    with reading() as session:
        chapters = suggestions.chapters_to_choose(session, 2023)
    assert len(chapters) == 5
    assert [item.number for chapter in chapters for item in chapter.items] == list(range(1, 25))


def test_number_and_code_open_the_suggestion_however_they_are_typed(app: Flask) -> None:
    receipt = send()
    typed = receipt.lookup_code.lower().replace("-", " ")
    with reading() as session:
        found = suggestions.look_up(session, " ｑｄ-2023-000001 ", typed, keys=keys())
    assert found.suggestion.number == receipt.suggestion.number


def test_a_wrong_number_and_a_wrong_code_are_refused_alike(app: Flask) -> None:
    receipt = send()
    refusals = []
    for number, code in (
        ("QD-2023-000002", receipt.lookup_code),
        (receipt.suggestion.number, "AAAA-AAAA-AAAA"),
        (receipt.suggestion.number, "x" * 5000),
        ("../" * 20, receipt.lookup_code),
    ):
        with reading() as session, pytest.raises(NotFoundError) as refused:
            suggestions.look_up(session, number, code, keys=keys())
        refusals.append(refused.value)
    assert all(refusal == refusals[0] for refusal in refusals)


@pytest.mark.parametrize(
    ("state", "visibility"),
    [
        (ReviewState.PENDING, Visibility.PUBLIC),
        (ReviewState.DECLINED, Visibility.PUBLIC),
        (ReviewState.WITHDRAWN, Visibility.PUBLIC),
        (ReviewState.PUBLISHED, Visibility.CONFIDENTIAL),
    ],
)
def test_only_what_is_published_and_public_can_be_read(
    app: Flask, state: ReviewState, visibility: Visibility
) -> None:
    with transaction() as session:
        number = make_suggestion(session, state, visibility=visibility).number
        shown = make_suggestion(session).number
    with reading() as session:
        page = suggestions.public_list(session, ListFilter(), number=1)
        assert [row.number for row in page.rows] == [shown]
        with pytest.raises(NotFoundError):
            suggestions.public_one(session, number)


def test_the_list_is_narrowed_by_item_question_district_and_language(app: Flask) -> None:
    with transaction() as session:
        wanted = make_suggestion(
            session,
            items=(5,),
            question=Question.IDEA,
            district_code="laoshan",
            language=Language.EN,
        ).number
        make_suggestion(session, items=(6,))
    narrowings = (
        ListFilter(item_number=5),
        ListFilter(question=Question.IDEA),
        ListFilter(district_code="laoshan"),
        ListFilter(language=Language.EN),
    )
    with reading() as session:
        for narrowed in narrowings:
            page = suggestions.public_list(session, narrowed, number=1)
            assert [row.number for row in page.rows] == [wanted], narrowed


def revised(number: str, wording: Revision) -> Suggestion:
    with transaction() as session:
        found = suggestions.author_view(session, number).suggestion
        suggestions.revise(session, found, wording, now=NOW)
        return found


def test_a_returned_suggestion_goes_back_with_its_new_wording(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.RETURNED).number
    row = revised(number, Revision("新的标题在这里", "新的内容写得更清楚，地点是海边。", 1))
    assert row.review_state is ReviewState.PENDING
    with reading() as session:
        view = suggestions.author_view(session, number)
    assert view.suggestion.title == "新的标题在这里"
    assert [decision.action.value for decision in view.decisions] == ["revise"]


def test_a_new_wording_is_in_the_language_it_is_written_in(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.RETURNED).number
    wording = Revision("Charging points out of order", "Three of four do not work by our gate.", 1)
    assert revised(number, wording).language is Language.EN


def test_a_wording_for_an_older_version_is_refused(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.RETURNED).number
    with pytest.raises(StaleEditError):
        revised(number, Revision("新的标题在这里", "新的内容写得更清楚，地点是海边。", 7))


def test_what_was_not_returned_cannot_be_reworded(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.PUBLISHED).number
    with pytest.raises(InvalidTransitionError):
        revised(number, Revision("新的标题在这里", "新的内容写得更清楚，地点是海边。", 1))


def test_a_withdrawn_suggestion_leaves_the_public_pages_and_the_index(app: Flask) -> None:
    with transaction() as session:
        row = make_suggestion(session)
        suggestions.withdraw(session, row, now=NOW)
        number = row.number
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IndexJob)) == 1
        with pytest.raises(NotFoundError):
            suggestions.public_one(session, number)


def test_withdrawing_twice_is_refused(app: Flask) -> None:
    with transaction() as session:
        row = make_suggestion(session, ReviewState.WITHDRAWN)
        with pytest.raises(InvalidTransitionError):
            suggestions.withdraw(session, row, now=NOW)


def supporters(number: str, *people: str) -> int:
    with transaction() as session:
        for person in people:
            suggestions.support(session, number, person_key=person, source_key=None, now=MOMENT)
    with reading() as session:
        return suggestions.public_one(session, number).support_count


def test_a_person_supports_once_and_may_take_it_back(app: Flask) -> None:
    with transaction() as session:
        row = make_suggestion(session)
    assert supporters(row.number, "wang", "li", "wang") == 2
    with transaction() as session:
        suggestions.unsupport(session, row.number, person_key="wang", now=MOMENT)
    assert supporters(row.number) == 1
    with reading() as session:
        assert suggestions.supports(session, row.id, "li")
        assert not suggestions.supports(session, row.id, "wang")
        assert not suggestions.supports(session, row.id, None)


def test_support_does_not_raise_the_version(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session).number
    supporters(number, "wang")
    with reading() as session:
        assert suggestions.public_one(session, number).version == 1


def test_ones_own_suggestion_cannot_be_supported(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, person_key="wang").number
    with pytest.raises(InvalidInputError):
        supporters(number, "wang")


def test_what_is_not_public_cannot_be_supported(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.PENDING).number
    with pytest.raises(NotFoundError):
        supporters(number, "wang")
