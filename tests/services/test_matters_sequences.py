"""Whatever is joined, split, moved, supported, withdrawn and taken back, nothing is lost.

Random sequences are played against the service and against a plain reckoning beside it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    StaleEditError,
)
from app.extensions import db
from app.factory import create_app
from app.models import Base, Matter, MatterChange, MatterMember, StaffMember, Suggestion
from app.resources import engine, keys, search_index, transaction
from app.secrecy import plain_lookup_code
from app.services import audit, matters, suggestions
from app.services.matters import Chosen
from app.vocabulary import MatterAction, ReviewState
from tests.conftest import make_settings
from tests.factories import MOMENT, make_staff, make_suggestion

SUGGESTIONS, PEOPLE = 6, 5
REFUSALS = (InvalidInputError, InvalidTransitionError, StaleEditError)

Act = tuple[str, tuple[int, ...], int]

NAMES = (
    *("merge", "merge", "merge", "split", "own", "own", "move", "move", "lead", "lead"),
    *("undo", "undo", "support", "unsupport", "withdraw"),
)

several = st.lists(st.integers(0, SUGGESTIONS - 1), min_size=2, max_size=4, unique=True).map(tuple)
acts = st.tuples(st.sampled_from(NAMES), several, st.integers(0, 11))
first_acts = st.tuples(st.just("merge"), several, st.integers(0, 11))
sequences = st.builds(
    lambda first, rest: [*first, *rest],
    st.lists(first_acts, min_size=1, max_size=3),
    st.lists(acts, min_size=4, max_size=9),
)


@dataclass
class World:
    """The rows of one sequence, and what a reader of the rules would expect of them."""

    session: Session
    staff: StaffMember
    rows: list[Suggestion]
    codes: dict[str, str]
    titles: dict[str, str]
    done: int = 0
    supports: set[tuple[int, str]] = field(default_factory=set)

    def play(self, act: Act) -> bool:
        """Carry an act out; a refusal leaves everything as it was."""
        name, chosen, extra = act
        before = self.facts()
        try:
            PLAYED[name](self, [self.rows[place] for place in chosen], extra)
        except REFUSALS:
            assert self.facts() == before
            return False
        return True

    def facts(self) -> tuple[Mapping[str, str | None], Mapping[str, str]]:
        """Each suggestion with the number that leads its matter."""
        places = self.session.execute(
            select(Suggestion.number, MatterMember.matter_id)
            .join(MatterMember, MatterMember.suggestion_id == Suggestion.id)
            .where(MatterMember.left_at.is_(None))
        ).all()
        assert len(places) == len({number for number, _ in places})
        joined = {number: str(matter) for number, matter in places}
        leads = self.session.execute(
            select(Matter.id, Suggestion.number).join(Suggestion, Suggestion.id == Matter.lead_id)
        )
        speaking = {str(key): number for key, number in leads if str(key) in joined.values()}
        return {row.number: joined.get(row.number) for row in self.rows}, speaking


def _merge(world: World, chosen: list[Suggestion], extra: int) -> None:
    lead = chosen[extra % len(chosen)].number
    numbers = [each.number for each in chosen]
    matters.merge(world.session, numbers, lead=lead, by=world.staff, now=MOMENT)
    world.done += 1


def _chosen(world: World, chosen: list[Suggestion]) -> Chosen:
    """Those of the chosen that are in one matter, the first that is in any."""
    views = (matters.of(world.session, each.id) for each in chosen)
    view = next((each for each in views if each is not None), None)
    if view is None:
        raise InvalidInputError("numbers", "alone")
    members = {each.number for each in view.members}
    numbers = [each.number for each in chosen if each.number in members]
    return Chosen(view.matter.id, numbers, view.matter.version)


def _split(world: World, chosen: list[Suggestion], extra: int) -> None:
    matters.split(world.session, _chosen(world, chosen), by=world.staff, now=MOMENT)
    world.done += 1


def _own(world: World, chosen: list[Suggestion], extra: int) -> None:
    leaving = _chosen(world, chosen)
    matters.split(world.session, leaving, lead=leaving.numbers[-1], by=world.staff, now=MOMENT)
    world.done += 1


def _move(world: World, chosen: list[Suggestion], extra: int) -> None:
    to = world.rows[extra % SUGGESTIONS].number
    matters.move(world.session, _chosen(world, chosen), to=to, by=world.staff, now=MOMENT)
    world.done += 1


def _lead(world: World, chosen: list[Suggestion], extra: int) -> None:
    fit = _chosen(world, chosen)
    leading = Chosen(fit.matter_id, fit.numbers[-1:], fit.seen_version)
    matters.set_lead(world.session, leading, by=world.staff, now=MOMENT)
    world.done += 1


def _undo(world: World, chosen: list[Suggestion], extra: int) -> None:
    changes = world.session.scalars(select(MatterChange.id).order_by(MatterChange.id.desc())).all()
    if not changes:
        raise InvalidInputError("change", "none")
    matters.undo(world.session, changes[extra % len(changes)], by=world.staff, now=MOMENT)
    world.done += 1


def _support(world: World, chosen: list[Suggestion], extra: int) -> None:
    person = f"person {extra % PEOPLE}"
    if not chosen[0].is_public:
        return
    suggestions.support(
        world.session, chosen[0].number, person_key=person, source_key=None, now=MOMENT
    )
    world.supports.add((chosen[0].id, person))


def _unsupport(world: World, chosen: list[Suggestion], extra: int) -> None:
    person = f"person {extra % PEOPLE}"
    if not chosen[0].is_public:
        return
    suggestions.unsupport(world.session, chosen[0].number, person_key=person, now=MOMENT)
    world.supports.discard((chosen[0].id, person))


def _withdraw(world: World, chosen: list[Suggestion], extra: int) -> None:
    suggestions.withdraw(world.session, chosen[0], now=MOMENT)


PLAYED: dict[str, Callable[[World, list[Suggestion], int], None]] = {
    "merge": _merge,
    "split": _split,
    "own": _own,
    "move": _move,
    "lead": _lead,
    "undo": _undo,
    "support": _support,
    "unsupport": _unsupport,
    "withdraw": _withdraw,
}


def make_world(session: Session) -> World:
    """Six published suggestions by four people, one of them an imported author's."""
    # One account for all sequences: a password takes longer to hash than a sequence to play.
    staff = session.scalars(select(StaffMember)).one()
    rows, codes = [], {}
    for place in range(SUGGESTIONS):
        # The authors are people who may support what the others wrote.
        row = make_suggestion(
            session, title=f"第{place}条建议说路灯不亮", person_key=f"person {place % 3}"
        )
        if place == SUGGESTIONS - 1:
            row.outside_author, row.outside_support = "网友甲", 7
        code = keys().code("lookup code", row.number)
        row.lookup_hash = keys().hash("lookup", plain_lookup_code(code))
        codes[row.number] = code
        rows.append(row)
    session.flush()
    return World(session, staff, rows, codes, {row.number: row.title for row in rows})


def check_codes(world: World) -> None:
    """Every look-up code still opens its own suggestion, with its own words."""
    for row in world.rows:
        code = world.codes[row.number]
        opened = suggestions.look_up(world.session, row.number, code, keys=keys())
        assert opened.suggestion.id == row.id
        assert opened.suggestion.title == world.titles[row.number]


def check(world: World) -> None:
    """What must be true after any act."""
    changes = world.session.scalars(select(MatterChange)).all()
    assert len(changes) == world.done
    assert audit.head(world.session).lines == world.done
    members, leads = world.facts()
    for matter in set(filter(None, members.values())):
        inside = {number for number, place in members.items() if place == matter}
        assert len(inside) >= 2
        assert leads[matter] in inside
        check_people(world, inside)


def check_people(world: World, inside: set[str]) -> None:
    """The number of people is the size of a set made by hand."""
    rows = [row for row in world.rows if row.number in inside]
    people = {
        row.outside_author or row.person_key
        for row in rows
        if row.review_state is not ReviewState.WITHDRAWN
    }
    people |= {person for row in rows for id_, person in world.supports if id_ == row.id}
    view = matters.of(world.session, rows[0].id)
    assert view is not None
    assert {each.number for each in view.members} == inside
    assert view.people == len(people)


def check_listed(world: World) -> None:
    """The list has every matter once, with the figures of its own page."""
    views = [matters.of(world.session, row.id) for row in world.rows]
    pages = {each.matter.id: (len(each.members), each.people) for each in views if each}
    listed = matters.listed(world.session, page=1).rows
    assert len(listed) == len(pages)
    assert {each.matter.id: (each.members, each.people) for each in listed} == pages


def undo_all(world: World, order: int) -> None:
    """Take back whatever can be, from an arbitrary place on, until nothing holds any more."""
    while True:
        holding = world.session.scalars(
            select(MatterChange.id)
            .where(MatterChange.action != MatterAction.UNDO, MatterChange.undone_by_id.is_(None))
            .order_by(MatterChange.id.desc())
        ).all()
        if not holding:
            return
        start = order % len(holding)
        taken = [each for each in [*holding[start:], *holding[:start]] if try_undo(world, each)]
        assert taken, "the newest change that holds can always be taken back"


def try_undo(world: World, change_id: int) -> bool:
    """Whether the change could be taken back; a refusal names a later change that holds."""
    try:
        matters.undo(world.session, change_id, by=world.staff, now=MOMENT)
    except InvalidTransitionError as error:
        blocking = world.session.get_one(MatterChange, int(error.state))
        assert blocking.id > change_id
        assert blocking.undone_by_id is None
        return False
    world.done += 1
    return True


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal with one account and nothing else; each sequence is rolled back."""
    app = create_app(make_settings(tmp_path_factory.mktemp("sequences")))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction() as session:
            make_staff(session, name="孙审核")
        yield app
        search_index().close()
        db.engine.dispose()


@settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(sequence=sequences, order=st.integers(0, 20))
def test_no_sequence_loses_anything_and_all_of_it_can_be_taken_back(
    portal: Flask, sequence: list[Act], order: int
) -> None:
    with Session(engine()) as session:
        world = make_world(session)
        for act in sequence:
            if world.play(act):
                check(world)
        check_listed(world)
        undo_all(world, order)
        check(world)
        check_codes(world)
        assert set(world.facts()[0].values()) == {None}
        session.rollback()
