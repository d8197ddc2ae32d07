"""SQLite as the portal uses it: one writer at a time, nothing lost that was acknowledged."""

import random
import sqlite3
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database import WRITING, checkpoint
from app.models import Suggestion, Support
from app.resources import engine, keys, now, reading, today, transaction
from app.services import numbering, suggestions
from app.services.suggestions import Draft, Sender, Terms
from app.vocabulary import Question, SuggestionKind
from tests.factories import make_suggestion
from tests.parallel import at_once
from tests.processes import start


def test_every_connection_has_its_pragmas(app: Flask) -> None:
    with reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 15000,
    }


def test_a_reader_sees_one_state_while_somebody_writes(app: Flask) -> None:
    with reading() as session:
        before = session.scalars(select(Suggestion.id)).all()
        with transaction() as writer:
            make_suggestion(writer)
        assert session.scalars(select(Suggestion.id)).all() == before
    with reading() as session:
        assert len(session.scalars(select(Suggestion.id)).all()) == 1


def test_what_fails_half_way_leaves_nothing(app: Flask) -> None:
    def fail() -> None:
        with transaction() as session:
            make_suggestion(session)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with reading() as session:
        assert session.scalars(select(Suggestion.id)).all() == []


def test_a_writer_waits_for_its_turn_also_when_it_reads_first(app: Flask) -> None:
    """A deferred transaction would fail at once, however long it was willing to wait."""
    own = engine()

    def read_then_write(_: int) -> int:
        with Session(own.execution_options(**{WRITING: True})) as session, session.begin():
            session.scalars(select(Suggestion.id)).all()
            time.sleep(0.01)
            return numbering.next_number(session, "turns")

    assert sorted(at_once(8, read_then_write)) == list(range(1, 9))


def test_a_second_writer_is_kept_out_until_the_first_is_done(app: Flask) -> None:
    own, holding, release = engine(), Event(), Event()

    def hold() -> None:
        with Session(own.execution_options(**{WRITING: True})) as session, session.begin():
            session.execute(text("SELECT 1"))
            holding.set()
            release.wait(10)

    holder = Thread(target=hold)
    holder.start()
    assert holding.wait(10)
    with own.connect() as impatient:
        impatient.exec_driver_sql("PRAGMA busy_timeout=50")
        impatient.rollback()
        with pytest.raises(OperationalError, match="locked"):
            impatient.exec_driver_sql("INSERT INTO number_series VALUES ('x', 1)")
        impatient.rollback()
        impatient.exec_driver_sql("PRAGMA busy_timeout=15000")
    release.set()
    holder.join()


def _draft() -> Draft:
    return Draft(
        question=Question.NEED,
        kind=SuggestionKind.SUGGEST,
        title="小区门口的路灯不亮",
        text="晚上回家看不清路，希望尽快修好。",
    )


def test_sixteen_clicks_on_one_form_make_one_suggestion_and_one_receipt(app: Flask) -> None:
    def click(_: int) -> tuple[str, str]:
        with app.app_context(), transaction() as session:
            sent = suggestions.submit(
                session,
                _draft(),
                Sender(person_key="a person", source_key=None, idempotency_key="one form"),
                keys=keys(),
                terms=Terms(plan_year=2023, number_prefix="QD", review_working_days=5),
                now=now(),
                today=today(),
            )
            return sent.suggestion.number, sent.lookup_code

    receipts = at_once(16, click)

    assert len(set(receipts)) == 1
    with reading() as session:
        assert session.scalars(select(Suggestion.number)).all() == [receipts[0][0]]


def test_support_is_counted_once_a_person_and_none_is_lost(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session).number

    def support(place: int) -> None:
        with app.app_context(), transaction() as session:
            suggestions.support(
                session, number, person_key=f"supporter {place % 8}", source_key=None, now=now()
            )

    at_once(16, support)

    with reading() as session:
        found = suggestions.public_one(session, number)
        rows = session.scalar(select(func.count()).select_from(Support))
    assert (found.support_count, rows, found.version) == (8, 8, 1)


def test_a_checkpoint_moves_the_log_into_the_file(app: Flask) -> None:
    with transaction() as session:
        make_suggestion(session)
    own = engine()
    checkpoint(own)

    path = Path(str(own.url.database))
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as alone:
        count = alone.execute("SELECT count(*) FROM suggestion").fetchone()[0]
    alone.close()

    assert count == 1


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(app: Flask) -> None:
    """Ten times: a process sends suggestions until it is killed in the middle of one."""
    folder = Path(app.instance_path)
    acknowledged: list[str] = []
    chance = random.Random(2023)  # noqa: S311 - only decides when to kill
    for turn in range(10):
        process = start("tests.endless_sender", turn, folder=folder)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, process.communicate()[1]
        time.sleep(chance.uniform(0.01, 0.2))
        process.kill()
        rest, _ = process.communicate()
        acknowledged += [first.strip(), *rest.splitlines()]

    with reading() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        stored = {
            f"{row.idempotency_key} {row.number}" for row in session.scalars(select(Suggestion))
        }
    assert len(acknowledged) > 50
    assert set(acknowledged) - stored == set()
    # At most the one that was under way may be stored without having been acknowledged.
    assert len(stored) - len(acknowledged) <= 10
