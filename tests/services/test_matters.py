"""Joining suggestions and taking them apart: what changes, what is refused, who is counted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.extensions import db
from app.factory import create_app
from app.models import AuditEntry, Matter, MatterChange, MatterMember, StaffMember, Suggestion
from app.resources import indexer, reading, search_index, transaction
from app.services import audit, matters, staff, suggestions
from app.services.matters import Chosen, MatterView
from app.vocabulary import MatterAction, ReviewState, Role, Visibility
from tests.conftest import make_settings
from tests.factories import MOMENT, SuggestionFields, make_staff, make_suggestion
from tests.parallel import at_once

PHONE = "13800138000"


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may join."""
    with transaction() as session:
        return make_staff(session, name="周审核")


def given(state: ReviewState = ReviewState.PUBLISHED, over: SuggestionFields | None = None) -> str:
    with transaction() as session:
        return make_suggestion(session, state, **(over or {})).number


def several(count: int) -> list[str]:
    return [given() for _ in range(count)]


def join(
    numbers: list[str], by: StaffMember, *, lead: str = "", now: datetime = MOMENT
) -> MatterView:
    with transaction() as session:
        matters.merge(session, numbers, lead=lead or numbers[0], by=by, now=now)
    view = of(numbers[0])
    assert view is not None
    return view


def of(number: str) -> MatterView | None:
    with reading() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        return matters.of(session, row.id)


def numbers_of(view: MatterView | None) -> set[str]:
    return {member.number for member in view.members} if view else set()


def chosen(view: MatterView, *numbers: str) -> Chosen:
    return Chosen(view.matter.id, numbers, view.matter.version)


def split(picked: Chosen, by: StaffMember, lead: str | None = None) -> int:
    with transaction() as session:
        return matters.split(session, picked, lead=lead, by=by, now=MOMENT).id


def move(picked: Chosen, to: str, by: StaffMember) -> int:
    with transaction() as session:
        return matters.move(session, picked, to=to, by=by, now=MOMENT).id


def undo(change_id: int, by: StaffMember) -> int:
    with transaction() as session:
        return matters.undo(session, change_id, by=by, now=MOMENT).id


def changes() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(MatterChange.id).order_by(MatterChange.id)))


def support(number: str, person: str) -> None:
    with transaction() as session:
        suggestions.support(session, number, person_key=person, source_key=None, now=MOMENT)


# --- Joining -------------------------------------------------------------------------------------


def test_joined_suggestions_are_one_matter_and_keep_all_they_have(moderator: StaffMember) -> None:
    waiting = given(ReviewState.PENDING, {"title": "路灯一直不亮"})
    published = given()

    view = join([waiting, published], moderator, lead=published)

    assert view.lead.number == published
    assert [member.number for member in view.members] == [published, waiting]
    kept = view.members[1]
    assert (kept.title, kept.review_state, kept.version) == (
        "路灯一直不亮",
        ReviewState.PENDING,
        1,
    )


def test_a_suggestion_brings_the_whole_matter_it_is_in(moderator: StaffMember) -> None:
    first, second, third, fourth, fifth = several(5)
    older = join([first, second], moderator)
    younger = join([third, fourth], moderator)

    view = join([second, fourth, fifth], moderator, lead=fifth)

    assert numbers_of(view) == {first, second, third, fourth, fifth}
    assert view.matter.id == older.matter.id
    with reading() as session:
        desk = matters.desk(session, younger.matter.id)
    assert desk.view is None
    assert len(desk.entries) == 2


def test_the_leads_own_matter_is_the_one_that_stays(moderator: StaffMember) -> None:
    first, second, third, fourth = several(4)
    join([first, second], moderator)
    younger = join([third, fourth], moderator)

    assert join([first, third], moderator, lead=third).matter.id == younger.matter.id


def test_a_number_may_be_typed_as_a_person_types(moderator: StaffMember) -> None:
    first, second = several(2)

    assert numbers_of(join([second, f" {first.lower()}"], moderator)) == {first, second}


@pytest.mark.parametrize(
    ("places", "reason"), [((0,), "too_few"), ((0, 0), "too_few"), ((1, 2), "joined")]
)
def test_what_cannot_be_joined_is_refused(
    moderator: StaffMember, places: tuple[int, ...], reason: str
) -> None:
    numbers = several(3)
    join(numbers[1:], moderator)

    with pytest.raises(InvalidInputError) as refused:
        join([numbers[place] for place in places], moderator)

    assert (refused.value.field, refused.value.reason) == ("numbers", reason)
    assert len(changes()) == 1


def test_a_withdrawn_suggestion_is_not_joined(moderator: StaffMember) -> None:
    with pytest.raises(InvalidInputError, match="withdrawn"):
        join([given(), given(ReviewState.WITHDRAWN)], moderator)


def test_a_number_that_nobody_has_is_not_joined(moderator: StaffMember) -> None:
    with pytest.raises(NotFoundError, match="QD-1999-000001"):
        join([given(), "QD-1999-000001"], moderator)


def test_a_lead_from_outside_is_refused(moderator: StaffMember) -> None:
    with pytest.raises(InvalidInputError, match="lead"):
        join(several(2), moderator, lead=given())


def test_a_matter_has_a_size_that_can_be_looked_through(
    moderator: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "MOST_MEMBERS", 3)
    view = join(several(3), moderator)

    with pytest.raises(InvalidInputError, match="too_many"):
        join([view.lead.number, given()], moderator)
    other = join(several(2), moderator)
    with pytest.raises(InvalidInputError, match="too_many"):
        move(chosen(other, other.lead.number), view.lead.number, moderator)


def test_only_moderators_join(moderator: StaffMember) -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    view = join(several(2), moderator)

    with pytest.raises(NotAllowedError):
        join(several(2), compiler)
    with pytest.raises(NotAllowedError):
        split(chosen(view, view.lead.number), compiler)
    with pytest.raises(NotAllowedError):
        undo(changes()[0], compiler)


def test_a_matter_that_changed_since_the_page_was_read_is_stale(moderator: StaffMember) -> None:
    first, second, third = several(3)
    with reading() as session:
        seen = matters.plan_merge(session, [first, second]).seen
    view = join([first, third], moderator)

    with pytest.raises(StaleEditError), transaction() as session:
        matters.merge(session, [first, second], lead=first, by=moderator, now=MOMENT, seen=seen)
    split(chosen(view, third), moderator)
    with pytest.raises(StaleEditError):
        split(chosen(view, third), moderator)


def test_what_was_seen_and_still_holds_is_joined(moderator: StaffMember) -> None:
    first, second, third = several(3)
    join([first, second], moderator)
    with transaction() as session:
        seen = matters.plan_merge(session, [first, third]).seen
        matters.merge(session, [first, third], lead=first, by=moderator, now=MOMENT, seen=seen)

    assert numbers_of(of(third)) == {first, second, third}


# --- Taking apart --------------------------------------------------------------------------------


def test_one_that_is_split_off_stands_alone(moderator: StaffMember) -> None:
    first, second, third = several(3)
    view = join([first, second, third], moderator)

    split(chosen(view, first), moderator)

    assert of(first) is None
    rest = of(second)
    assert rest is not None
    assert (numbers_of(rest), rest.lead.number) == ({second, third}, second)


def test_several_that_are_split_off_can_be_a_matter_of_their_own(moderator: StaffMember) -> None:
    first, second, third, fourth = several(4)
    view = join([first, second, third, fourth], moderator)

    split(chosen(view, third, fourth), moderator, lead=fourth)

    own = of(third)
    assert own is not None
    assert (numbers_of(own), own.lead.number) == ({third, fourth}, fourth)
    assert numbers_of(of(first)) == {first, second}


def test_a_matter_with_one_member_left_ends_and_its_row_stays(moderator: StaffMember) -> None:
    first, second = several(2)
    view = join([first, second], moderator)

    split(chosen(view, second), moderator)

    assert (of(first), of(second)) == (None, None)
    with reading() as session:
        assert matters.listed(session, page=1).rows == []
        assert session.get(Matter, view.matter.id) is not None
        ended = session.scalars(select(MatterMember.left_at)).all()
    assert ended == [MOMENT, MOMENT]


@pytest.mark.parametrize(
    ("count", "leading", "reason"), [(0, 0, "missing"), (1, 1, "too_few"), (3, 1, "all")]
)
def test_a_split_that_makes_no_sense_is_refused(
    moderator: StaffMember, count: int, leading: int, reason: str
) -> None:
    numbers = several(3)
    view = join(numbers, moderator)

    with pytest.raises(InvalidInputError, match=reason):
        split(chosen(view, *numbers[:count]), moderator, next(iter(numbers[:leading]), None))


def test_who_is_not_in_the_matter_is_not_split_off(moderator: StaffMember) -> None:
    view = join(several(3), moderator)
    with pytest.raises(InvalidInputError, match="unknown"):
        split(chosen(view, view.lead.number, given()), moderator)
    with pytest.raises(NotFoundError):
        split(Chosen(99, [view.lead.number], 1), moderator)


def test_members_move_to_another_matter_or_to_one_that_stood_alone(
    moderator: StaffMember,
) -> None:
    first, second, third, fourth, fifth, alone = several(6)
    view = join([first, second, third], moderator)
    other = join([fourth, fifth], moderator)

    move(chosen(view, third), fifth, moderator)
    assert numbers_of(of(fourth)) == {third, fourth, fifth}

    moved = of(fourth)
    assert moved is not None
    assert moved.matter.id == other.matter.id
    move(chosen(moved, third), alone, moderator)
    new = of(alone)
    assert new is not None
    assert (numbers_of(new), new.lead.number) == ({third, alone}, alone)


@pytest.mark.parametrize(
    ("state", "reason"), [(ReviewState.WITHDRAWN, "withdrawn"), (None, "unknown")]
)
def test_nothing_moves_to_what_cannot_be_joined(
    moderator: StaffMember, state: ReviewState | None, reason: str
) -> None:
    view = join(several(2), moderator)
    goal = given(state) if state else "QD-1999-000001"

    with pytest.raises(InvalidInputError, match=reason) as refused:
        move(chosen(view, view.lead.number), goal, moderator)
    assert refused.value.field == "to"
    with pytest.raises(InvalidInputError, match="same"):
        move(chosen(view, view.lead.number), view.lead.number, moderator)


def test_another_member_can_lead(moderator: StaffMember) -> None:
    first, second, third = several(3)
    view = join([first, second, third], moderator)

    with transaction() as session:
        matters.set_lead(session, chosen(view, third), by=moderator, now=MOMENT)

    led = of(first)
    assert led is not None
    assert led.lead.number == third
    for wrong in ((third,), (first, second)):
        with pytest.raises(InvalidInputError), transaction() as session:
            matters.set_lead(session, chosen(led, *wrong), by=moderator, now=MOMENT)


# --- Taking back ---------------------------------------------------------------------------------


def test_a_merge_of_two_matters_is_taken_back_with_both_leads(moderator: StaffMember) -> None:
    first, second, third, fourth = several(4)
    join([first, second], moderator)
    join([third, fourth], moderator)
    join([first, third], moderator)

    undo(changes()[-1], moderator)

    one, other = of(second), of(fourth)
    assert one is not None
    assert other is not None
    assert (numbers_of(one), one.lead.number) == ({first, second}, first)
    assert (numbers_of(other), other.lead.number) == ({third, fourth}, third)


def test_a_change_can_be_taken_back_when_later_ones_do_without_it(moderator: StaffMember) -> None:
    first, second, third, fourth = several(4)
    join([first, second], moderator)
    join([first, third], moderator)
    join([first, fourth], moderator)

    undo(changes()[1], moderator)

    assert numbers_of(of(first)) == {first, second, fourth}
    assert of(third) is None


def test_a_change_that_others_build_on_names_the_first_of_them(moderator: StaffMember) -> None:
    first, second, third, fourth = several(4)
    join([first, second], moderator)
    join([first, third], moderator)
    join([first, fourth], moderator)
    made, came, last = changes()

    with pytest.raises(InvalidTransitionError) as refused:
        undo(made, moderator)
    assert refused.value.state == str(came)

    for change in (came, last, made):
        undo(change, moderator)
    assert of(first) is None


def test_nothing_is_taken_back_twice_and_no_taking_back_is(moderator: StaffMember) -> None:
    join(several(2), moderator)
    made = changes()[0]
    taken = undo(made, moderator)

    for change, state in ((made, "undone"), (taken, "undo")):
        with pytest.raises(InvalidTransitionError) as refused:
            undo(change, moderator)
        assert refused.value.state == state
    with pytest.raises(NotFoundError):
        undo(99, moderator)


def test_every_change_stands_in_the_history_and_in_the_log(moderator: StaffMember) -> None:
    first, second, third = several(3)
    view = join([first, second, third], moderator, now=MOMENT + timedelta(hours=1))
    elsewhere = join(several(2), moderator)
    undo(split(chosen(view, third), moderator), moderator)

    with reading() as session:
        entries = matters.history(session, view.matter.id)
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert audit.verify(session) is None
    assert [each.change.action for each in entries] == [
        MatterAction.UNDO,
        MatterAction.SPLIT,
        MatterAction.MERGE,
    ]
    assert entries[0].undoes == entries[1].change.id
    assert entries[1].moved == {third: (view.matter.id, None)}
    assert entries[2].leads == {view.matter.id: first}
    assert [each.holds for each in entries] == [False, False, True]
    assert {each.act for each in lines} == {"matter.merge", "matter.split", "matter.undo"}
    assert lines[1].subject == f"matter {elsewhere.matter.id}"
    assert lines[0].staff_id == moderator.id
    with reading() as session, pytest.raises(NotFoundError):
        matters.entry(session, 99)


# --- Who is counted ------------------------------------------------------------------------------


def test_a_person_is_counted_once_whatever_they_wrote_and_supported(
    moderator: StaffMember,
) -> None:
    first = given(over={"person_key": "somebody"})
    second = given(over={"person_key": "somebody"})
    third = given(over={"person_key": "another"})
    support(first, "another")
    support(second, "a third")
    support(third, "a third")

    view = join([first, second, third], moderator)

    assert view.people == 3
    with reading() as session:
        row = matters.listed(session, page=1).rows[0]
        assert (row.members, row.people) == (3, 3)
        for member in view.members:
            assert matters.supports(session, member.id, "a third")
            assert not matters.supports(session, member.id, "a fourth")
            assert not matters.supports(session, member.id, None)


def test_support_of_one_suggestion_alone_is_its_own(moderator: StaffMember) -> None:
    first, second = several(2)
    support(first, "a third")
    with reading() as session:
        ids = dict(session.execute(select(Suggestion.number, Suggestion.id)).all())
        assert matters.supports(session, ids[first], "a third")
        assert not matters.supports(session, ids[second], "a third")


def test_who_took_it_back_is_not_counted_and_its_supporters_are(moderator: StaffMember) -> None:
    first, second = several(2)
    support(second, "a third")
    view = join([first, second], moderator)
    assert view.people == 3

    with transaction() as session:
        row = session.get_one(Suggestion, view.members[1].id)
        suggestions.withdraw(session, row, now=MOMENT)

    left = of(first)
    assert left is not None
    assert (left.people, [each.number for each in left.public_members]) == (2, [first])


def test_an_imported_author_is_one_person_and_brought_support_is_told_apart(
    moderator: StaffMember,
) -> None:
    numbers = several(2)
    with transaction() as session:
        for row in session.scalars(select(Suggestion)):
            row.outside_author, row.outside_support = "网友乙", 4

    view = join(numbers, moderator)

    assert (view.people, view.elsewhere) == (1, 8)


# --- What is shown -------------------------------------------------------------------------------


def test_the_face_is_the_lead_or_else_the_first_that_is_public(moderator: StaffMember) -> None:
    hidden = given(over={"visibility": Visibility.CONFIDENTIAL})
    first, second = several(2)

    view = join([hidden, first, second], moderator, lead=hidden)

    assert view.face is not None
    assert view.face.number == first
    assert [each.number for each in view.public_others(view.face)] == [second]
    private = join([given(ReviewState.PENDING), given(ReviewState.PENDING)], moderator)
    assert private.face is None


def test_a_title_in_the_list_shows_no_personal_data(moderator: StaffMember) -> None:
    numbers = [given(ReviewState.PENDING, {"title": f"请打{PHONE}找我"}), given()]
    join(numbers, moderator)

    with reading() as session:
        (row,) = matters.listed(session, page=1).rows
    assert PHONE not in row.title


def test_what_is_joined_already_is_not_proposed_again(moderator: StaffMember) -> None:
    text = "我们小区的路灯坏了三个月，晚上回家看不清路。"
    numbers = [given(over={"title": "小区路灯坏了", "text": text}) for _ in range(3)]
    indexer().rebuild()
    join(numbers[:2], moderator)

    with reading() as session:
        desk = matters.join_desk(session, numbers[0], index=search_index())

    assert desk.similar is not None
    assert [other.number for other, _ in desk.similar] == numbers[2:]
    with reading() as session, pytest.raises(NotFoundError):
        matters.join_desk(session, "QD-1999-000001", index=search_index())


def test_a_merge_proposes_the_lead_that_is_public(moderator: StaffMember) -> None:
    waiting, published = given(ReviewState.PENDING), given()
    with reading() as session:
        plan = matters.plan_merge(session, [waiting, published])
    assert (plan.lead.number, plan.people, plan.seen) == (published, 2, {})


# --- On PostgreSQL -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_postgresql(
    postgresql_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A portal on PostgreSQL, made by the migrations."""
    folder = tmp_path_factory.mktemp("matters-on-postgresql")
    portal = create_app(make_settings(folder, database_url=postgresql_address))
    with portal.app_context():
        upgrade()
        yield portal
        search_index().close()
        db.engine.dispose()


def test_a_fixed_sequence_holds_on_postgresql(on_postgresql: Flask) -> None:
    with transaction() as session:
        moderator = make_staff(session, name="吴审核")
    first, second, third, fourth = several(4)
    support(first, "a third")
    support(second, "a third")
    view = join([first, second], moderator)
    assert view.people == 3
    wider = join([second, third, fourth], moderator, lead=third)
    split(chosen(wider, first, fourth), moderator, lead=first)
    rest = of(third)
    assert rest is not None
    move(chosen(rest, second), fourth, moderator)
    assert numbers_of(of(first)) == {first, second, fourth}
    assert of(third) is None

    with pytest.raises(InvalidTransitionError):
        undo(changes()[0], moderator)
    for change in reversed(changes()):
        undo(change, moderator)

    assert {of(number) for number in (first, second, third, fourth)} == {None}
    with reading() as session:
        assert len(matters.history(session, view.matter.id)) == 8
        assert matters.listed(session, page=1).rows == []


def test_eight_who_join_at_once_on_postgresql_make_one_matter(on_postgresql: Flask) -> None:
    with transaction() as session:
        moderator = make_staff(session, name="郑审核")
    numbers = several(9)

    def act(place: int) -> None:
        with on_postgresql.app_context(), transaction() as session:
            by = staff.active(session, moderator.id)
            assert by is not None
            pair = [numbers[place], numbers[place + 1]]
            matters.merge(session, pair, lead=pair[0], by=by, now=MOMENT)

    at_once(8, act)

    assert numbers_of(of(numbers[0])) == set(numbers)
