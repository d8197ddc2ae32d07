"""The outbox: a change and its job together, a drain that may run twice, a comparison."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from app.engines.search.query import SearchRequest
from app.models import IndexJob, Suggestion
from app.resources import indexer, reading, search_index, transaction
from app.services import indexing
from app.services.suggestions import withdraw
from app.vocabulary import DocumentType, ReviewState
from tests.factories import make_suggestion
from tests.hot_issue_rows import NOISE, given_published

NOW = datetime(2023, 6, 2, 3, 0, tzinfo=UTC)


def stored(state: ReviewState = ReviewState.PUBLISHED) -> int:
    with transaction() as session:
        row = make_suggestion(
            session, state, title="海边步道的栏杆松了", text="栏杆一靠就晃，很危险。"
        )
        indexing.enqueue(session, DocumentType.SUGGESTION, row.id, now=NOW)
        return row.id


def drain() -> int:
    return indexer().drain()


def hits() -> list[int]:
    request = SearchRequest(text="海边步道栏杆", types=(DocumentType.SUGGESTION,))
    return [hit.id for hit in search_index().search(request).hits]


def jobs() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(IndexJob)) or 0


def test_a_drain_makes_a_published_suggestion_findable(app: Flask) -> None:
    identifier = stored()
    assert hits() == []
    assert drain() == 1
    assert hits() == [identifier]
    assert jobs() == 0


def test_a_second_drain_has_nothing_to_do(app: Flask) -> None:
    stored()
    drain()
    assert drain() == 0


def test_a_drain_that_was_cut_short_does_no_harm_when_repeated(app: Flask) -> None:
    identifier = stored()
    drain()
    with transaction() as session:
        indexing.enqueue(session, DocumentType.SUGGESTION, identifier, now=NOW)
        indexing.enqueue(session, DocumentType.SUGGESTION, identifier, now=NOW)
    assert drain() == 2
    assert hits() == [identifier]


def test_what_is_not_public_never_enters_the_index(app: Flask) -> None:
    stored(ReviewState.PENDING)
    drain()
    assert hits() == []


def test_what_was_withdrawn_leaves_the_index(app: Flask) -> None:
    identifier = stored()
    drain()
    with transaction() as session:
        row = session.get(Suggestion, identifier)
        assert row is not None
        withdraw(session, row, now=NOW)
    drain()
    assert hits() == []


def test_an_issue_is_no_longer_found_by_the_title_of_what_was_withdrawn(app: Flask) -> None:
    given_published()
    indexer().rebuild()
    with transaction() as session:
        told = session.scalars(select(Suggestion).where(Suggestion.title == NOISE[3][0])).one()
        withdraw(session, told, now=NOW)
    drain()
    assert indexer().compare().is_empty


def test_a_change_that_is_rolled_back_leaves_no_job(app: Flask) -> None:
    with transaction() as session:
        row = make_suggestion(session)
        indexing.enqueue(session, DocumentType.SUGGESTION, row.id, now=NOW)
        session.rollback()
    assert jobs() == 0


def test_comparing_names_what_is_missing_stale_and_too_many(app: Flask) -> None:
    first, second = stored(), stored()
    drain()
    with transaction() as session:
        for identifier, state in ((first, ReviewState.DECLINED), (second, ReviewState.PUBLISHED)):
            row = session.get(Suggestion, identifier)
            assert row is not None
            row.review_state, row.title = state, "换了一个标题"
        third = make_suggestion(session).id
    difference = indexer().compare()
    assert difference.extra == (f"suggestion:{first}",)
    assert difference.stale == (f"suggestion:{second}",)
    assert difference.missing == (f"suggestion:{third}",)
    with transaction() as session:
        indexing.repair(session, difference, now=NOW)
    drain()
    assert indexer().compare().is_empty


def test_waiting_says_how_many_and_since_when(app: Flask) -> None:
    with reading() as session:
        assert indexing.waiting(session) == (0, None)
    stored()
    with reading() as session:
        assert indexing.waiting(session) == (1, NOW)


def test_a_lost_index_is_made_anew(app: Flask) -> None:
    identifier = stored()
    search_index().close()
    for path in sorted((app.extensions["portal_settings"].index_path).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    indexer().catch_up()
    assert hits() == [identifier]
