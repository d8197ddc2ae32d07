"""What must always be true of a suggestion is held by its table."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.models import Suggestion, Support, Tag
from app.resources import reading, transaction
from app.vocabulary import Channel, ReviewState, Visibility
from tests.factories import MOMENT, make_suggestion


def test_a_published_public_suggestion_may_be_read_by_anybody(app: Flask) -> None:
    with transaction() as session:
        shown = make_suggestion(session)
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL)
        make_suggestion(session, ReviewState.PENDING)
        make_suggestion(session, ReviewState.WITHDRAWN)
    with reading() as session:
        rows = session.scalars(select(Suggestion)).all()
        visible = session.scalars(select(Suggestion).where(Suggestion.publicly_visible())).all()

    assert [row.id for row in visible] == [shown.id]
    assert [row.id for row in rows if row.is_public] == [shown.id]


def test_a_published_suggestion_is_dated(app: Flask) -> None:
    with transaction() as session:
        make_suggestion(session)
    with pytest.raises(IntegrityError, match="CHECK"), transaction() as session:
        session.execute(update(Suggestion).values(published_at=None))


def test_a_contact_is_kept_only_with_consent(app: Flask) -> None:
    with transaction() as session:
        make_suggestion(session)
        session.execute(
            update(Suggestion).values(contact_sealed="gAAAA", contact_consent_at=MOMENT)
        )
    for values in ({"contact_consent_at": None}, {"contact_sealed": None}):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(update(Suggestion).values(values))


def test_number_look_up_code_and_outside_number_belong_to_one_suggestion(app: Flask) -> None:
    with transaction() as session:
        first, second = make_suggestion(session), make_suggestion(session)
        first.channel, first.outside_ref = Channel.IMPORT, "AU188006"
    for values in (
        {"number": first.number},
        {"lookup_hash": first.lookup_hash},
        {"channel": Channel.IMPORT, "outside_ref": "AU188006"},
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(update(Suggestion).where(Suggestion.id == second.id).values(values))


def test_an_outside_number_may_come_back_in_another_channel(app: Flask) -> None:
    with transaction() as session:
        first, second = make_suggestion(session), make_suggestion(session)
        first.channel, first.outside_ref = Channel.IMPORT, "1"
        second.channel, second.outside_ref = Channel.DEMO, "1"

    assert first.id != second.id


def test_a_change_raises_the_version_and_a_stale_one_is_refused(app: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session)
    with transaction() as session:
        session.get_one(Suggestion, made.id).priority = 3
    with reading() as session:
        changed = session.get_one(Suggestion, made.id)
        assert changed.version == 2

    with transaction() as session:
        row = session.get_one(Suggestion, made.id)
        session.connection().exec_driver_sql("UPDATE suggestion SET version = 9")
        row.priority = 4
        with pytest.raises(StaleDataError):
            session.flush()


def test_one_person_supports_once(app: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session)
        session.add(Support(suggestion_id=made.id, person_key="a", supported_at=MOMENT))
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Support(suggestion_id=made.id, person_key="a", supported_at=MOMENT))


def test_what_hangs_on_a_suggestion_goes_with_it(app: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session, items=(4,))
        session.add(Support(suggestion_id=made.id, person_key="a", supported_at=MOMENT))
    with transaction() as session:
        found = session.scalars(select(Suggestion).options(selectinload(Suggestion.tags))).one()
        session.delete(found)
    with reading() as session:
        assert session.scalars(select(Tag)).all() == []
        assert session.scalars(select(Support)).all() == []


def test_a_neighbour_that_was_not_asked_for_is_refused(app: Flask) -> None:
    with transaction() as session:
        make_suggestion(session, items=(4,))
    with reading() as session:
        found = session.scalars(select(Suggestion)).one()
        with pytest.raises(InvalidRequestError):
            _ = found.tags


def test_a_suggestion_does_not_show_its_words_in_a_log(app: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(
            session, title="我的电话写在里面", text="电话 139 0000 0000，请回电。"
        )

    assert repr(made) == f"<Suggestion {made.number}>"
