"""Compiling by hand: every act on a draft, what it writes down, and what it refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.models import HotIssueText, IndexJob, StaffMember
from app.resources import reading, transaction
from app.services import hot_issue_desk
from app.services.hot_issue_desk import ISSUE_TITLE_MAX, REASON_MAX, Spot, Wording
from app.vocabulary import DocumentType, EditionStatus, Language, LedgerAction
from tests.factories import make_staff
from tests.hot_issue_rows import (
    NOW,
    drafted,
    edition,
    given_compiler,
    given_draft,
    given_published,
    numbers_in_order,
    publish,
    spot,
)

REASON = "与另一问题重复"


@pytest.fixture
def compiler(app: object) -> StaffMember:
    """Somebody who may compile."""
    return given_compiler()


def rename(at: Spot, language: Language, wording: Wording, by: StaffMember) -> None:
    with transaction() as session:
        hot_issue_desk.rename(session, at, language, wording, by=by, now=NOW)


def move(at: Spot, to_rank: int, by: StaffMember) -> None:
    with transaction() as session:
        hot_issue_desk.move(session, at, to_rank, by=by, now=NOW)


def exclude(at: Spot, by: StaffMember, reason: str = REASON) -> None:
    with transaction() as session:
        hot_issue_desk.exclude(session, at, reason, by=by, now=NOW)


def restore(at: Spot, by: StaffMember) -> None:
    with transaction() as session:
        hot_issue_desk.restore(session, at, by=by, now=NOW)


def words(number: int, issue: int, language: Language) -> HotIssueText:
    found = next(one for one in edition(number).issues if one.number == issue)
    return next(text for text in found.texts if text.language is language)


def test_a_new_wording_replaces_the_old_and_both_stand_in_the_ledger(
    compiler: StaffMember,
) -> None:
    number = given_draft()
    before = words(number, 1, Language.ZH).title

    rename(spot(number), Language.ZH, Wording("云杉里夜间施工", "云杉里", "居民"), compiler)

    text = words(number, 1, Language.ZH)
    assert (text.title, text.is_proposed) == ("云杉里夜间施工", False)
    line = edition(number).ledger[-1]
    assert (line.action, line.staff_id) == (LedgerAction.RENAMED, compiler.id)
    assert line.detail["before"] == {"title": before, "place": "云杉里", "people": "居民"}


def test_a_wording_in_the_other_language_is_added(compiler: StaffMember) -> None:
    number = given_draft()

    rename(spot(number), Language.EN, Wording("Building noise at night"), compiler)

    assert words(number, 1, Language.EN).title == "Building noise at night"
    assert words(number, 1, Language.ZH).is_proposed


@pytest.mark.parametrize(
    ("wording", "field", "reason"),
    [
        (Wording("短题"), "title", "too_short"),
        (Wording("长" * (ISSUE_TITLE_MAX + 1)), "title", "too_long"),
        (Wording("！！！！！"), "title", "no_words"),
        (Wording("夜间施工扰民", place="地" * 61), "place", "too_long"),
        (Wording("夜间施工扰民", people="人" * 61), "people", "too_long"),
    ],
)
def test_an_unfit_wording_is_refused(
    compiler: StaffMember, wording: Wording, field: str, reason: str
) -> None:
    number = given_draft()

    with pytest.raises(InvalidInputError) as refused:
        rename(spot(number), Language.ZH, wording, compiler)

    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert edition(number).version == 1


def test_a_wording_that_changes_nothing_is_refused(compiler: StaffMember) -> None:
    number = given_draft()
    text = words(number, 1, Language.ZH)

    with pytest.raises(InvalidInputError):
        rename(spot(number), Language.ZH, Wording(text.title, text.place, text.people), compiler)


@pytest.mark.parametrize(
    ("issue", "to_rank", "order"),
    [(3, 1, [3, 1, 2]), (1, 3, [2, 3, 1]), (1, 2, [2, 1, 3]), (3, 2, [1, 3, 2])],
)
def test_a_moved_issue_takes_its_place_and_the_others_close_up(
    compiler: StaffMember, issue: int, to_rank: int, order: list[int]
) -> None:
    number = given_draft()

    move(spot(number, issue), to_rank, compiler)

    assert numbers_in_order(number) == [(each, rank) for rank, each in enumerate(order, 1)]
    assert edition(number).ledger[-1].detail == {"issue": issue, "from": issue, "to": to_rank}


@pytest.mark.parametrize("to_rank", [0, -1, 4, 10**12, 1])
def test_a_place_outside_the_list_or_the_same_one_is_refused(
    compiler: StaffMember, to_rank: int
) -> None:
    number = given_draft()

    with pytest.raises(InvalidInputError):
        move(spot(number), to_rank, compiler)


def test_an_issue_moves_past_an_excluded_one(compiler: StaffMember) -> None:
    number = given_draft()
    exclude(spot(number, 2), compiler)

    move(spot(number, 3), 1, compiler)

    assert [(each, rank) for each, rank in numbers_in_order(number) if rank] == [(3, 1), (1, 2)]


def test_an_excluded_issue_loses_its_rank_and_keeps_its_reason(compiler: StaffMember) -> None:
    number = given_draft()

    exclude(spot(number), compiler)

    assert numbers_in_order(number) == [(1, None), (2, 1), (3, 2)]
    assert edition(number).issues[0].exclusion_reason == REASON
    assert edition(number).ledger[-1].detail == {"issue": 1, "from": 1, "reason": REASON}


@pytest.mark.parametrize("reason", ["", "  ", "重复", "……！！", "长" * (REASON_MAX + 1)])
def test_an_exclusion_needs_a_reason_in_words(compiler: StaffMember, reason: str) -> None:
    number = given_draft()

    with pytest.raises(InvalidInputError):
        exclude(spot(number), compiler, reason)


def test_a_restored_issue_stands_where_it_stood(compiler: StaffMember) -> None:
    number = given_draft()
    exclude(spot(number, 2), compiler)

    restore(spot(number, 2), compiler)

    assert numbers_in_order(number) == [(1, 1), (2, 2), (3, 3)]


def test_what_is_in_the_list_cannot_be_restored_nor_what_is_out_excluded_or_moved(
    compiler: StaffMember,
) -> None:
    number = given_draft()
    with pytest.raises(InvalidTransitionError):
        restore(spot(number), compiler)
    exclude(spot(number), compiler)
    with pytest.raises(InvalidTransitionError):
        exclude(spot(number), compiler)
    with pytest.raises(InvalidTransitionError):
        move(spot(number), 2, compiler)


def test_every_act_raises_the_version_so_that_a_second_hand_is_stopped(
    compiler: StaffMember,
) -> None:
    number = given_draft()
    seen = spot(number)
    move(seen, 2, compiler)

    with pytest.raises(StaleEditError) as refused:
        exclude(seen, compiler)

    assert (refused.value.seen_version, refused.value.current_version) == (1, 2)
    with reading() as session:
        since = hot_issue_desk.changes_since(session, number, seen.seen_version)
    assert [line.action for line in since] == [LedgerAction.MOVED]


def test_only_a_compiler_may_change_a_list(app: object) -> None:
    number = given_draft()
    with transaction() as session:
        moderator = make_staff(session)

    with pytest.raises(NotAllowedError):
        move(spot(number), 2, moderator)
    with pytest.raises(NotAllowedError):
        exclude(spot(number), moderator)


def test_an_unknown_edition_or_issue_is_not_found(compiler: StaffMember) -> None:
    number = given_draft()

    with pytest.raises(NotFoundError):
        move(Spot(99, 1, 1), 2, compiler)
    with pytest.raises(NotFoundError):
        move(Spot(number, 99, 1), 2, compiler)


def test_publishing_freezes_the_edition_and_lets_the_index_know(app: object) -> None:
    number = given_published()

    found = edition(number)
    assert found.status is EditionStatus.PUBLISHED
    assert found.published_at == NOW
    assert len(found.digest or "") == 64
    with reading() as session:
        jobs = session.scalars(
            select(IndexJob.document_id).where(IndexJob.document_type == DocumentType.ISSUE)
        ).all()
    assert set(jobs) == {issue.id for issue in found.issues}


def test_a_published_list_cannot_be_changed_or_published_again(compiler: StaffMember) -> None:
    number = given_published()

    with pytest.raises(InvalidTransitionError):
        rename(spot(number), Language.ZH, Wording("另一个标题"), compiler)
    with pytest.raises(InvalidTransitionError):
        exclude(spot(number), compiler)
    with pytest.raises(InvalidTransitionError):
        publish(number)


def test_a_list_without_any_issue_cannot_be_published(compiler: StaffMember) -> None:
    number = given_draft()
    for issue in (1, 2, 3):
        exclude(spot(number, issue), compiler)

    with pytest.raises(InvalidInputError):
        publish(number)

    assert edition(number).status is EditionStatus.DRAFT


def test_publishing_a_version_that_is_no_longer_on_the_screen_is_refused(
    compiler: StaffMember,
) -> None:
    number = given_draft()
    move(spot(number), 2, compiler)

    with pytest.raises(StaleEditError), transaction() as session:
        hot_issue_desk.publish(session, number, by=compiler, now=NOW, seen_version=1)


def test_a_second_list_of_the_same_period_takes_the_place_of_the_first(app: object) -> None:
    first = given_published()
    second = drafted()

    publish(second, at=NOW + timedelta(days=1))

    assert edition(first).status is EditionStatus.SUPERSEDED
    assert edition(second).status is EditionStatus.PUBLISHED


def test_a_list_of_another_period_leaves_the_first_as_it_is(app: object) -> None:
    first = given_published()
    found = edition(first)

    publish(drafted(found.from_on, found.to_on + timedelta(days=1)))

    assert edition(first).status is EditionStatus.PUBLISHED
