"""One suggestion on the desk: what helps to decide is there, and nothing decides by itself."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.engines.search.on_disk.index import WhooshIndex
from app.engines.text.personal_data import PersonalDataKind
from app.errors import NotFoundError
from app.models import StaffMember
from app.resources import indexer, keys, now, reading, search_index, transaction
from app.services import appeals, claims, desk, flags, moderation
from app.services.desk import Desk, Found
from app.services.moderation import Act
from app.services.review_queue import Clock
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import MOMENT, SuggestionFields, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

PHONE = "13800138000"


def clock() -> Clock:
    return Clock(now(), MOMENT.date())


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may decide."""
    with transaction() as session:
        return make_staff(session, name="李审核")


def given(state: ReviewState = ReviewState.PENDING, over: SuggestionFields | None = None) -> str:
    with transaction() as session:
        return make_suggestion(session, state, **(over or {})).number


def looked_at(number: str, by: StaffMember) -> Desk:
    with reading() as session:
        return desk.desk(
            session, number, by=by, index=search_index(), plan_year=2023, clock=clock()
        )


def decide(number: str, act: Act, by: StaffMember) -> None:
    with transaction() as session:
        moderation.decide(session, number, act, by=by, plan_year=2023, now=now(), keys=keys())


def offered(found: Desk) -> set[ModerationAction]:
    return {transition.action for transition in found.transitions}


def test_what_looks_like_personal_data_is_listed_once_however_often_it_stands(
    moderator: StaffMember,
) -> None:
    words = f"请打{PHONE}找我，记住是{PHONE}，充电桩坏了。"
    found = looked_at(given(over={"title": f"请打{PHONE}找我", "text": words}), moderator)
    assert found.found == [Found(PHONE, PersonalDataKind.MOBILE)]
    assert (len(found.title_spans), len(found.text_spans)) == (1, 2)


def test_the_desk_proposes_items_with_the_words_that_speak_for_them(
    moderator: StaffMember,
) -> None:
    found = looked_at(
        given(over={"text": "看病能不能先看病后付费，医保结算排队太久了。"}), moderator
    )
    assert found.help.proposals
    assert all(proposal.words for proposal in found.help.proposals)


def test_the_desk_shows_similar_ones_that_are_published_and_no_others(
    moderator: StaffMember,
) -> None:
    published, declined = given(ReviewState.PUBLISHED), given(ReviewState.DECLINED)
    indexer().rebuild()
    found = looked_at(given(), moderator)
    assert found.help.similar is not None
    numbers = [suggestion.number for suggestion, _ in found.help.similar]
    assert published in numbers
    assert declined not in numbers


def test_without_an_index_the_desk_says_so_and_works(app: Flask, moderator: StaffMember) -> None:
    broken = WhooshIndex(Path(app.instance_path) / "nowhere")
    with reading() as session:
        found = desk.desk(
            session, given(), by=moderator, index=broken, plan_year=2023, clock=clock()
        )
    assert found.help.similar is None
    assert found.transitions


def test_the_desk_of_an_unknown_number_is_not_found(moderator: StaffMember) -> None:
    with pytest.raises(NotFoundError):
        looked_at("QD-1999-000001", moderator)


def test_an_appeal_is_settled_by_anybody_but_the_maker_of_the_decision(
    moderator: StaffMember,
) -> None:
    number = given()
    decide(number, Act(ModerationAction.DECLINE, 1, reason_code="repeated"), moderator)
    with transaction() as session:
        row = moderation.by_number(session, number)
        appeals.lodge(session, row, "这不是重复提交，请再看一遍。", now=now())
        colleague = make_staff(session, name="钱同事")
    own, others = looked_at(number, moderator), looked_at(number, colleague)
    assert (own.is_own_appeal, others.is_own_appeal) == (True, False)
    assert ModerationAction.KEEP not in offered(own)
    assert ModerationAction.RETAG in offered(own)
    assert offered(others) >= {ModerationAction.KEEP, ModerationAction.PUBLISH}


def test_who_may_not_decide_is_offered_nothing() -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    assert looked_at(given(), compiler).transitions == []


def test_only_the_own_fresh_decision_is_to_be_undone(moderator: StaffMember) -> None:
    number = given()
    assert looked_at(number, moderator).past.undoable is None
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    with transaction() as session:
        colleague = make_staff(session)
    assert looked_at(number, moderator).past.undoable is not None
    assert looked_at(number, colleague).past.undoable is None


def test_flags_unit_and_original_are_shown(moderator: StaffMember) -> None:
    number = given(over={"text": f"电话{PHONE}，充电桩坏了两周没有人修。"})
    with transaction() as session:
        row = moderation.by_number(session, number)
        flags.raise_by_person(session, row, "insults", moderator, now())
    decide(number, Act(ModerationAction.FORWARD, 1, unit_code="smart-city"), moderator)
    decide(number, Act(ModerationAction.PUBLISH, 2, masks=(PHONE,)), moderator)
    found = looked_at(number, moderator)
    assert [flag.code for flag in found.help.flags] == ["insults"]
    assert found.past.assignment is not None
    assert found.past.assignment.unit.code == "smart-city"
    assert found.has_original


def test_the_next_one_is_the_first_of_the_queue(moderator: StaffMember) -> None:
    first, second = given(over={"priority": 9}), given(over={"priority": 1})
    with reading() as session:
        assert desk.next_waiting(session, by=moderator, clock=clock()) == first
    decide(first, Act(ModerationAction.PUBLISH, 1), moderator)
    with reading() as session:
        assert desk.next_waiting(session, by=moderator, clock=clock()) == second


def test_what_a_colleague_works_on_is_not_the_next_one(moderator: StaffMember) -> None:
    first, second = given(over={"priority": 9}), given(over={"priority": 1})
    with transaction() as session:
        row = moderation.by_number(session, first)
        claims.claim(session, row.id, make_staff(session), now=now())
    with reading() as session:
        assert desk.next_waiting(session, by=moderator, clock=clock()) == second


def test_when_nothing_waits_there_is_no_next_one(moderator: StaffMember) -> None:
    given(ReviewState.PUBLISHED)
    with reading() as session:
        assert desk.next_waiting(session, by=moderator, clock=clock()) is None


def test_the_line_beside_it_tells_the_deadline(moderator: StaffMember) -> None:
    found = looked_at(given(), moderator)
    assert found.suggestion.due_on == date(2023, 6, 1)
    assert found.row.days_left == 0
