"""The log: lines bound to one another, and every way of tampering found where it was done."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.extensions import db
from app.factory import create_app
from app.models import AuditEntry, Base
from app.resources import reading, search_index, transaction
from app.services import audit
from app.services.audit import BEGINNING, Break, Damage, LogFilter
from app.vocabulary import Role
from tests.conftest import make_settings
from tests.factories import MOMENT, make_staff
from tests.parallel import at_once

CITY = ZoneInfo("Asia/Shanghai")
LINES = 5
TAMPERED = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path: Path, loaded_world: Path) -> Iterator[Flask]:
    """An empty log on each database."""
    folder = tmp_path / "portal"
    shutil.copytree(loaded_world, folder)
    over: dict[str, object] = {}
    if request.param == "postgresql":
        over["database_url"] = request.getfixturevalue("postgresql_address")
    app = create_app(make_settings(folder, **over))
    with app.app_context():
        if over:
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
        yield app
        search_index().close()
        db.engine.dispose()


def write(session: Session, number: int) -> None:
    audit.append(
        session,
        act="suggestion.decide",
        subject=f"QD-2023-{number:06d}",
        detail={"理由": "重复", "action": Role.ADMIN, "items": (1, 2), "share": 0.1},
        staff=None,
        now=MOMENT + timedelta(minutes=number),
    )


@pytest.fixture
def log(portal: Flask) -> Flask:
    """A log of five lines that somebody may now tamper with, for its guard is taken off."""
    with transaction() as session:
        make_staff(session)
        for number in range(1, LINES + 1):
            write(session, number)
    tamper(*_guards_off())
    return portal


def _guards_off() -> list[str]:
    if db.engine.dialect.name == "postgresql":
        return ["DROP TRIGGER audit_entry_append_only ON audit_entry"]
    return [f"DROP TRIGGER audit_entry_refuses_{act}" for act in ("update", "delete")]


def tamper(*statements: str) -> None:
    with transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def verified() -> Break | None:
    with reading() as session:
        return audit.verify(session)


def test_an_empty_log_is_whole(portal: Flask) -> None:
    assert verified() is None


def test_a_log_as_it_was_written_is_whole(log: Flask) -> None:
    assert verified() is None
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [line.id for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0].previous_digest == BEGINNING
    assert [line.previous_digest for line in lines[1:]] == [line.digest for line in lines[:-1]]
    assert lines[0].detail == {"理由": "重复", "action": "admin", "items": [1, 2], "share": 0.1}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("made_at = '2023-06-01 02:03:01'", Damage.CONTENT),
        ("staff_id = 1", Damage.CONTENT),
        ("act = 'suggestion.decidE'", Damage.CONTENT),
        ("subject = 'QD-2023-000004'", Damage.CONTENT),
        ('detail = \'{"action": "admim"}\'', Damage.CONTENT),
        ("digest = 'f' || substr(digest, 2, 62) || 'x'", Damage.CONTENT),
        ("previous_digest = 'f' || substr(previous_digest, 2, 62) || 'x'", Damage.CHAIN),
        ("id = 99", Damage.CHAIN),
    ],
)
def test_a_changed_field_is_found_where_it_was_changed(
    log: Flask, change: str, what: Damage
) -> None:
    tamper(f"UPDATE audit_entry SET {change} WHERE id = {TAMPERED}")  # noqa: S608 - the test's own
    found = verified()
    assert found is not None
    assert found.what is what
    # A line that was moved to the end is missed where it stood.
    assert found.id == (TAMPERED + 1 if change.startswith("id") else TAMPERED)


def test_a_line_that_was_taken_out_is_missed(log: Flask) -> None:
    tamper("DELETE FROM audit_entry WHERE id = 3")
    assert verified() == Break(4, Damage.CHAIN)


def test_a_first_line_that_was_taken_out_is_missed(log: Flask) -> None:
    tamper("DELETE FROM audit_entry WHERE id = 1")
    assert verified() == Break(2, Damage.CHAIN)


def test_two_lines_that_changed_places_are_found(log: Flask) -> None:
    tamper(
        "UPDATE audit_entry SET id = 99 WHERE id = 2",
        "UPDATE audit_entry SET id = 2 WHERE id = 3",
        "UPDATE audit_entry SET id = 3 WHERE id = 99",
    )
    assert verified() == Break(2, Damage.CHAIN)


@pytest.mark.parametrize("change", ["detail = 'no json'", "made_at = 'yesterday'"])
def test_what_cannot_be_read_is_named_and_stops_nothing(app: Flask, change: str) -> None:
    with transaction() as session:
        for number in range(1, LINES + 1):
            write(session, number)
    tamper(*_guards_off(), f"UPDATE audit_entry SET {change} WHERE id = 3")  # noqa: S608 - as above
    assert verified() == Break(3, Damage.UNREADABLE)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET subject = 'nobody'", "DELETE FROM audit_entry WHERE id = 1"],
)
def test_the_database_itself_refuses_to_change_the_log(portal: Flask, statement: str) -> None:
    with transaction() as session:
        write(session, 1)
    with pytest.raises(DatabaseError, match="append-only"):
        tamper(statement)
    assert verified() is None


def test_lines_that_are_written_at_once_make_one_chain(portal: Flask) -> None:
    def act(number: int) -> None:
        with portal.app_context():
            for _ in range(3):
                with transaction() as session:
                    write(session, number)

    at_once(4, act)
    assert verified() is None
    with reading() as session:
        assert audit.head(session).lines == 12


def test_a_line_goes_with_the_transaction_it_belongs_to(portal: Flask) -> None:
    with reading() as session:
        write(session, 1)
    with transaction() as session:
        write(session, 2)
    assert verified() is None
    with reading() as session:
        assert audit.head(session).lines == 1


def test_a_long_log_is_verified_in_portions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    with transaction() as session:
        for number in range(1, LINES + 1):
            write(session, number)
    assert verified() is None
    tamper(*_guards_off(), "UPDATE audit_entry SET act = 'x' WHERE id = 5")
    assert verified() == Break(5, Damage.CONTENT)


# --- Reading -------------------------------------------------------------------------------------


@pytest.fixture
def days(app: Flask) -> int:
    """A log with lines of two members on two days; returns the first member's id."""
    with transaction() as session:
        first, second = make_staff(session, name="甲"), make_staff(session, name="乙")
        for number, (member, act) in enumerate(
            [(first, "staff.sign_in"), (second, "staff.sign_in"), (first, "original.open")]
        ):
            audit.append(
                session,
                act=act,
                subject=f"staff:{member.id}",
                detail={},
                staff=member,
                # Ten in the evening and two at night in the city.
                now=MOMENT.replace(hour=14) + timedelta(hours=4 * number),
            )
        return first.id


def numbers(narrowed: LogFilter) -> list[int]:
    with reading() as session:
        return [line.id for line in audit.listed(session, narrowed, zone=CITY, page=1).rows]


def test_the_newest_line_comes_first(days: int) -> None:
    assert numbers(LogFilter()) == [3, 2, 1]


def test_the_log_is_narrowed_by_member_act_and_subject(days: int) -> None:
    assert numbers(LogFilter(staff_id=days)) == [3, 1]
    assert numbers(LogFilter(act="staff.sign_in")) == [2, 1]
    assert numbers(LogFilter(subject=f"staff:{days}")) == [3, 1]
    assert numbers(LogFilter(staff_id=days, act="staff.sign_in")) == [1]
    assert numbers(LogFilter(subject="staff:")) == []


def test_a_day_is_the_city_s_and_both_ends_count(days: int) -> None:
    first, second = date(2023, 6, 1), date(2023, 6, 2)
    assert numbers(LogFilter(last=first)) == [1]
    assert numbers(LogFilter(first=second)) == [3, 2]
    assert numbers(LogFilter(first=first, last=second)) == [3, 2, 1]
    assert numbers(LogFilter(first=date(2023, 6, 3))) == []


def test_a_file_has_every_wanted_line_the_oldest_first(days: int) -> None:
    with reading() as session:
        found = [line.id for line in audit.all_lines(session, LogFilter(staff_id=days), zone=CITY)]
    assert found == [1, 3]


def test_the_log_says_what_was_done_to_since_a_moment(days: int) -> None:
    with reading() as session:
        early = audit.subjects_since(session, "staff.sign_in", since=MOMENT)
        late = audit.subjects_since(session, "original.open", since=MOMENT + timedelta(days=2))
    assert len(early) == 2
    assert late == frozenset()
