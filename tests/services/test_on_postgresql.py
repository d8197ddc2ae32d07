"""The promises that depend on the database, kept by a real PostgreSQL under real concurrency."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, PortalError, StaleEditError
from app.extensions import db
from app.factory import create_app
from app.models import Edition, IndexJob, Suggestion, Support
from app.resources import engine, indexer, keys, now, reading, search_index, today, transaction
from app.services import (
    browser_sessions,
    bulk,
    bundle,
    demo,
    hot_issue_desk,
    indexing,
    moderation,
    numbering,
    plans,
    rate_counts,
    review_queue,
    staff,
    suggestion_import,
    suggestions,
)
from app.services.bulk import Obstacle, Order, Pick
from app.services.demo import World
from app.services.moderation import Act
from app.services.review_queue import Clock, QueueFilter
from app.services.staff import SignIn
from app.services.suggestion_import import ImportTerms
from app.services.suggestions import Draft, ListFilter, Sender, Terms
from app.vocabulary import (
    DocumentType,
    EditionStatus,
    ModerationAction,
    Question,
    ReviewState,
    SuggestionKind,
)
from tests.conftest import make_settings
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.hot_issue_rows import drafted, make_world, publish
from tests.parallel import at_once
from tests.services.rows import row_hashes

TERMS = Terms(plan_year=2023, number_prefix="QD", review_working_days=5)
CITY = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def portal(postgresql_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal on PostgreSQL with the bundled plan; the module's tests share its rows."""
    folder = tmp_path_factory.mktemp("on-postgresql")
    app = create_app(make_settings(folder, database_url=postgresql_address))
    with app.app_context():
        upgrade()
        with transaction() as session:
            bundle.load(session, now=now())
        yield app
        search_index().close()
        db.engine.dispose()


def _submit(key: str) -> str:
    draft = Draft(
        question=Question.NEED,
        kind=SuggestionKind.SUGGEST,
        title="小区门口的路灯不亮",
        text="晚上回家看不清路，希望尽快修好。",
        item_numbers=(4,),
    )
    with transaction() as session:
        sent = suggestions.submit(
            session,
            draft,
            Sender(person_key="a person", source_key=None, idempotency_key=key),
            keys=keys(),
            terms=TERMS,
            now=now(),
            today=today(),
        )
        return f"{sent.suggestion.number} {sent.lookup_code}"


def test_it_is_a_real_postgresql(portal: Flask) -> None:
    with reading() as session:
        assert str(session.scalar(select(func.version()))).startswith("PostgreSQL")


def test_sixteen_clicks_on_one_form_make_one_suggestion_and_one_receipt(portal: Flask) -> None:
    def click(_: int) -> str:
        with portal.app_context():
            return _submit("one form")

    receipts = at_once(16, click)

    assert len(set(receipts)) == 1
    with reading() as session:
        stored = session.scalars(
            select(Suggestion).where(Suggestion.idempotency_key == "one form")
        ).all()
    assert [row.number for row in stored] == [receipts[0].split()[0]]


def test_eight_writers_at_once_never_get_the_same_number(portal: Flask) -> None:
    def send(writer: int) -> list[str]:
        with portal.app_context():
            return [_submit(f"writer {writer} form {form}") for form in range(5)]

    numbers = [receipt.split()[0] for each in at_once(8, send) for receipt in each]

    assert len(set(numbers)) == 40


def test_a_new_series_opened_by_many_at_once_starts_at_one(portal: Flask) -> None:
    def take(_: int) -> int:
        with portal.app_context(), transaction() as session:
            return numbering.next_number(session, "a series of its own")

    assert sorted(at_once(8, take)) == list(range(1, 9))


def test_support_is_counted_once_a_person_and_none_is_lost(portal: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, number="QD-2023-900001").number

    def support(place: int) -> None:
        with portal.app_context(), transaction() as session:
            suggestions.support(
                session, number, person_key=f"supporter {place % 8}", source_key=None, now=now()
            )

    at_once(16, support)

    with reading() as session:
        found = suggestions.public_one(session, number)
        rows = session.scalar(
            select(func.count()).select_from(Support).where(Support.suggestion_id == found.id)
        )
    assert (found.support_count, rows, found.version) == (8, 8, 1)


def test_of_four_moderators_who_decide_at_once_one_wins_and_the_others_are_told(
    portal: Flask,
) -> None:
    with transaction() as session:
        made = make_suggestion(session, ReviewState.PENDING, number="QD-2023-900002")
        staff = [make_staff(session) for _ in range(4)]
        for member in staff:
            session.flush()
            session.expunge(member)

    def decide(place: int) -> bool:
        act = Act(ModerationAction.PUBLISH, seen_version=made.version)
        with portal.app_context():
            try:
                with transaction() as session:
                    moderation.decide(
                        session,
                        made.number,
                        act,
                        by=staff[place],
                        plan_year=2023,
                        now=now(),
                        keys=keys(),
                    )
            except StaleEditError:
                return False
        return True

    assert sorted(at_once(4, decide)) == [False, False, False, True]
    with reading() as session:
        assert len(suggestions.decisions_on(session, made.id)) == 1


def test_an_author_who_withdraws_twice_at_once_withdraws_once(portal: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session, ReviewState.PENDING, number="QD-2023-900003")
        made.lookup_hash = keys().hash("lookup", "7KQMX2DP9RTA")

    def withdraw(_: int) -> str:
        with portal.app_context():
            try:
                with transaction() as session:
                    tracked = suggestions.look_up(
                        session, made.number, "7KQM-X2DP-9RTA", keys=keys()
                    )
                    suggestions.withdraw(session, tracked.suggestion, now=now())
            except PortalError as refused:
                return type(refused).__name__
        return "withdrawn"

    outcomes = at_once(4, withdraw)

    assert outcomes.count("withdrawn") == 1
    assert set(outcomes) <= {"withdrawn", "StaleEditError", "InvalidTransitionError"}


def test_rates_are_counted_without_a_gap(portal: Flask) -> None:
    def count(_: int) -> int:
        with portal.app_context(), transaction() as session:
            return rate_counts.count(session, "发送", amount=1, ends_at=200, now=100)

    assert sorted(at_once(16, count)) == list(range(1, 17))
    with transaction() as session:
        assert rate_counts.count(session, "发送", amount=1, ends_at=300, now=200) == 1
        rate_counts.clear_all(session)


def test_a_change_that_is_saved_late_is_not_forgotten_by_a_rebuild(portal: Flask) -> None:
    """A job's number is given before its transaction ends: a higher one may be saved first."""
    with Session(engine(), expire_on_commit=False) as slow:
        row = make_suggestion(slow, number="QD-2023-900004", title="慢慢保存的建议")
        indexing.enqueue(slow, DocumentType.SUGGESTION, row.id, now=now())
        slow.flush()
        with transaction() as fast:
            item = plans.choices(fast, 2023)[0]
            indexing.enqueue(fast, DocumentType.ITEM, item.id, now=now())

        @contextmanager
        def after_the_slow_one() -> Iterator[Session]:
            slow.commit()
            with transaction() as session:
                yield session

        replace(indexer(), transaction=after_the_slow_one).rebuild()

    with reading() as session:
        waiting = session.scalars(select(IndexJob.document_id)).all()
    assert list(waiting) == [row.id]
    assert indexer().drain() == 1
    assert indexer().compare().is_empty


def test_two_lists_of_one_period_published_together_see_one_another(portal: Flask) -> None:
    with transaction() as session:
        make_world(session)
    numbers = [drafted(), drafted()]

    def publish_second() -> None:
        with portal.app_context():
            publish(numbers[1])

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            hot_issue_desk.publish(session, numbers[0], by=None, now=now())
            second = pool.submit(publish_second)
            # It has to wait; without its turn it would be done long before this.
            assert not wait([second], timeout=1).done
        second.result(timeout=30)

    with reading() as session:
        states = session.scalars(select(Edition.status).order_by(Edition.number)).all()
    assert states == [EditionStatus.SUPERSEDED, EditionStatus.PUBLISHED]


@pytest.mark.parametrize("typed", ["\0", "moderator\0@example.org"])
def test_a_character_it_cannot_hold_opens_no_account(portal: Flask, typed: str) -> None:
    with transaction() as session:
        assert staff.sign_in(session, SignIn(typed, "x", ""), keys=keys(), now=now()) is None


def test_a_reason_with_a_character_it_cannot_hold_is_not_on_the_list(portal: Flask) -> None:
    with transaction() as session:
        made, member = make_suggestion(session, ReviewState.PENDING), make_staff(session)
        act = Act(ModerationAction.DECLINE, 1, reason_code="\0")
        with pytest.raises(InvalidInputError):
            moderation.decide(
                session, made.number, act, by=member, plan_year=2023, now=now(), keys=keys()
            )


def test_lists_and_pages_read_the_same_as_on_sqlite(portal: Flask) -> None:
    with reading() as session:
        outline = plans.outline(session, 2023)
        page = suggestions.public_list(session, ListFilter(item_number=4), number=1)
        queue = review_queue.page(
            session,
            QueueFilter(words="路灯"),
            review_queue.counts(session),
            number=1,
            clock=Clock(now(), today()),
        )
        jobs, _ = indexing.waiting(session)

    assert sum(len(chapter.items) for chapter in outline.chapters) == 24
    assert page.total == len(page.rows)
    assert queue.total > 0
    assert jobs >= 0


def test_the_queue_narrows_marks_and_decides_on_many_as_on_sqlite(portal: Flask) -> None:
    with transaction() as session:
        member = make_staff(session, name="李审核")
        mark = review_queue.mark(session)
        made = [make_suggestion(session, ReviewState.PENDING, (4,)) for _ in range(3)]
        picks = [Pick(row.number, row.version) for row in made]
    clock = Clock(now(), today())
    narrowed = QueueFilter(
        item_number=4,
        flag_code="insults",
        older_than=7,
        due="overdue",
        claimed_by=member.id,
        since=mark,
    )
    with reading() as session:
        counts = review_queue.counts(session)
        assert review_queue.page(session, narrowed, counts, number=1, clock=clock).total == 0
        assert review_queue.new_count(session, QueueFilter(since=mark), clock=clock) == 3

    with transaction() as session:
        stale = Pick(picks[1].number, 7)
        order = Order(ModerationAction.PUBLISH, now())
        outcome = bulk.carry_out(
            session,
            [picks[0], stale, picks[2]],
            order,
            by=member,
            plan_year=2023,
            now=now(),
            keys=keys(),
        )

    assert [pick.number for pick in outcome.done] == [picks[0].number, picks[2].number]
    assert [refusal.obstacle for refusal in outcome.refused] == [Obstacle.STALE]


def test_content_import_and_demonstration_load_twice_without_a_change(
    portal: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "留言.csv"
    path.write_text(
        "留言编号,留言主题,留言时间,留言详情\n1,电梯停运,2019/2/14 20:00:00,电梯坏了三个月。\n",
        encoding="utf-8",
    )
    terms = ImportTerms(plan_year=2023, number_prefix="QD", publish=True, zone=CITY)
    world = World(today(), CITY, 2023, "QD", 5)

    def load() -> None:
        with transaction() as session:
            bundle.load(session, now=now())
            demo.load(session, world, keys=keys(), now=now())
            read = suggestion_import.read_file(path, zone=CITY)
            suggestion_import.store(session, read, terms=terms, keys=keys(), now=now())

    load()
    with reading() as session:
        before = row_hashes(session)
    load()
    with reading() as session:
        assert row_hashes(session) == before


def test_moments_come_back_in_utc_and_naive_ones_are_refused(portal: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session, number="QD-2023-900005")
    with reading() as session:
        assert session.get_one(Suggestion, made.id).submitted_at == MOMENT
    with pytest.raises(StatementError, match="needs a time zone"), transaction() as session:
        browser_sessions.sweep(session, now=MOMENT.replace(tzinfo=None))


def test_the_tables_checks_hold(portal: Flask) -> None:
    with transaction() as session:
        made = make_suggestion(session, number="QD-2023-900006")
    for assignment in ("review_state = 'shelved'", "published_at = NULL", "version = 0"):
        with pytest.raises(IntegrityError), transaction() as session:
            session.connection().exec_driver_sql(
                f"UPDATE suggestion SET {assignment} WHERE id = {made.id}"  # noqa: S608 - our own words
            )


def test_two_hosts_search_one_index_that_a_third_keeps_up_to_date(
    portal: Flask, postgresql_address: str, tmp_path: Path
) -> None:
    hosts = [
        create_app(
            make_settings(
                tmp_path / name, database_url=postgresql_address, search_backend="postgresql"
            )
        )
        for name in ("worker", "first", "second")
    ]
    worker, *webs = hosts
    with worker.app_context():
        indexer().rebuild()
        with transaction() as session:
            row = make_suggestion(session, number="QD-2023-900077", title="栈桥边的望远镜坏了")
            indexing.enqueue_suggestion(session, row.id, now=now())
        assert indexer().catch_up()
        assert indexer().compare().is_empty
    for web in webs:
        assert "QD-2023-900077" in web.test_client().get("/zh/search?q=望远镜").text
        assert not web.extensions["portal_settings"].index_path.exists()
    for host in hosts:
        with host.app_context():
            search_index().close()
            db.engine.dispose()
