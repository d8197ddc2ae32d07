"""Keeping the search index in step with the database, through an outbox.

A change and its job are saved together; `drain` may run twice, or be killed, without harm: it
reads the row as it is now and either puts or removes its entry.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from app.engines.search.document import SearchDocument
from app.engines.search.index import SearchIndex
from app.errors import IndexUnavailableError
from app.models import (
    Edition,
    HotIssue,
    HotIssueMember,
    IndexJob,
    PlanItem,
    ScenarioCase,
    Suggestion,
    Tag,
)
from app.services.texts import TextT
from app.vocabulary import DocumentType, EditionStatus, Language

BATCH = 500

Opener = Callable[[], AbstractContextManager[Session]]


def enqueue(session: Session, kind: DocumentType, document_id: int, *, now: datetime) -> None:
    """Note that a document's entry is out of date."""
    session.add(IndexJob(document_type=kind, document_id=document_id, enqueued_at=now))


def enqueue_suggestion(session: Session, suggestion_id: int, *, now: datetime) -> None:
    """Note that a suggestion's entry is out of date, and each issue's that is found by its title.

    Drafts too: one that is being published meanwhile would keep what it has read.
    """
    enqueue(session, DocumentType.SUGGESTION, suggestion_id, now=now)
    issues = session.scalars(
        select(HotIssueMember.issue_id).where(HotIssueMember.suggestion_id == suggestion_id)
    )
    for issue_id in issues.all():
        enqueue(session, DocumentType.ISSUE, issue_id, now=now)


def drain(reading: Opener, transaction: Opener, index: SearchIndex) -> int:
    """Bring the index up to date with one batch of jobs; returns how many were done."""
    with reading() as session:
        jobs = session.scalars(select(IndexJob).order_by(IndexJob.id).limit(BATCH)).all()
        if not jobs:
            return 0
        wanted = {(job.document_type, job.document_id) for job in jobs}
        documents = list(_documents(session, wanted))
    present = {document.key for document in documents}
    gone = {f"{kind}:{number}" for kind, number in wanted} - present
    index.apply(put=documents, remove=sorted(gone))
    with transaction() as session:
        forget(session, [job.id for job in jobs])
    return len(jobs)


def catch_up(reading: Opener, transaction: Opener, index: SearchIndex) -> int:
    """Drain one batch, or make the index anew where there is none that can be read.

    Returns how many changes or documents were written; raises IndexUnavailableError where
    somebody else is writing or the disk refuses.
    """
    try:
        done = drain(reading, transaction, index)
        if not done:
            index.document_count()
    except IndexUnavailableError as error:
        if error.reason not in {"missing", "corrupt"}:
            raise
        return rebuild(reading, transaction, index)
    return done


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many jobs wait, and since when the oldest does."""
    row = session.execute(select(func.count(), func.min(IndexJob.enqueued_at))).one()
    return row[0], row[1]


def waiting_jobs(session: Session) -> Sequence[int]:
    """The ids of every job there is now; a rebuild that starts after this covers them.

    Not "all up to the newest": an id is given before its transaction ends, so a job with a lower
    one may yet be saved, for a change that the rebuild has not seen.
    """
    return session.scalars(select(IndexJob.id).order_by(IndexJob.id)).all()


def forget(session: Session, jobs: Sequence[int]) -> None:
    """Drop jobs that are done."""
    for start in range(0, len(jobs), BATCH):
        session.execute(delete(IndexJob).where(IndexJob.id.in_(jobs[start : start + BATCH])))


def all_documents(session: Session) -> Iterator[SearchDocument]:
    """Everything that the public may find, in a fixed order."""
    yield from _items(session, None)
    yield from _cases(session, None)
    last = 0
    while ids := session.scalars(
        select(Suggestion.id)
        .where(Suggestion.publicly_visible(), Suggestion.id > last)
        .order_by(Suggestion.id)
        .limit(BATCH)
    ).all():
        yield from _suggestions(session, ids)
        last = ids[-1]
    yield from _issues(session, None)


def _documents(session: Session, wanted: set[tuple[DocumentType, int]]) -> Iterator[SearchDocument]:
    makers = {
        DocumentType.ITEM: _items,
        DocumentType.CASE: _cases,
        DocumentType.SUGGESTION: _suggestions,
        DocumentType.ISSUE: _issues,
    }
    for kind, make in makers.items():
        ids = sorted(number for found, number in wanted if found is kind)
        if ids:
            yield from make(session, ids)


def _items(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = (
        select(PlanItem)
        .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan))
        .order_by(PlanItem.id)
    )
    for item in session.scalars(query if ids is None else query.where(PlanItem.id.in_(ids))):
        texts = _in_order(item.texts)
        points = [point for text in texts for point in text.digest]
        yield SearchDocument(
            type=DocumentType.ITEM,
            id=item.id,
            ref=f"{item.plan.year}-{item.number}",
            language=Language.ZH,
            title=" / ".join(text.title for text in texts),
            body="\n".join([*points, item.official_text or ""]).strip(),
            tags=tuple(word for text in texts for word in text.keywords),
            published_on=item.plan.published_on,
        )


def _cases(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = select(ScenarioCase).options(selectinload(ScenarioCase.texts)).order_by(ScenarioCase.id)
    for case in session.scalars(query if ids is None else query.where(ScenarioCase.id.in_(ids))):
        texts = _in_order(case.texts)
        yield SearchDocument(
            type=DocumentType.CASE,
            id=case.id,
            ref=case.slug,
            language=Language.ZH,
            title=" / ".join(text.title for text in texts),
            body="\n".join(text.digest for text in texts),
        )


def _in_order(texts: Iterable[TextT]) -> list[TextT]:
    """Chinese first: a bilingual row is one document, found by the words of either language."""
    return sorted(texts, key=lambda text: text.language is not Language.ZH)


def _suggestions(session: Session, ids: Sequence[int]) -> Iterator[SearchDocument]:
    query = (
        select(Suggestion)
        .where(Suggestion.id.in_(ids), Suggestion.publicly_visible())
        .options(
            selectinload(Suggestion.tags).selectinload(Tag.item).selectinload(PlanItem.texts),
        )
        .order_by(Suggestion.id)
    )
    for suggestion in session.scalars(query):
        titles = {
            text.title
            for tag in suggestion.tags
            for text in tag.item.texts
            if text.language is suggestion.language
        }
        yield SearchDocument(
            type=DocumentType.SUGGESTION,
            id=suggestion.id,
            ref=suggestion.outside_ref or suggestion.number,
            language=suggestion.language,
            title=suggestion.title,
            body=suggestion.text,
            tags=tuple(sorted(titles)),
            question=suggestion.question,
            district=suggestion.district_code or "",
            state=suggestion.handling_state,
            published_on=suggestion.published_at.date() if suggestion.published_at else None,
            support=suggestion.supporters,
        )


def _issues(session: Session, ids: Sequence[int] | None) -> Iterator[SearchDocument]:
    query = (
        select(HotIssue)
        .join(HotIssue.edition)
        .where(Edition.status == EditionStatus.PUBLISHED, HotIssue.rank.is_not(None))
        .options(
            selectinload(HotIssue.texts),
            selectinload(HotIssue.edition),
            selectinload(HotIssue.members).selectinload(HotIssueMember.suggestion),
        )
        .order_by(HotIssue.id)
    )
    for issue in session.scalars(query if ids is None else query.where(HotIssue.id.in_(ids))):
        texts = _in_order(issue.texts)
        titles = [m.suggestion.title for m in issue.members if m.suggestion.is_public]
        about = [part for text in texts for part in (text.place, text.people)]
        yield SearchDocument(
            type=DocumentType.ISSUE,
            id=issue.id,
            ref=f"{issue.edition.number}-{issue.number}",
            language=texts[0].language,
            title=" / ".join(text.title for text in texts),
            body="\n".join([*about, *titles]).strip(),
            published_on=issue.last_on,
        )


def rebuild(
    reading: Opener,
    transaction: Opener,
    index: SearchIndex,
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Index everything anew and swap; changes made meanwhile stay in the outbox."""
    with reading() as session:
        covered = waiting_jobs(session)
        count = index.rebuild(all_documents(session), progress=progress)
    with transaction() as session:
        forget(session, covered)
    return count


@dataclass(frozen=True)
class Difference:
    """Where index and database disagree, by document key."""

    documents: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether they agree."""
        return not (self.missing or self.stale or self.extra)


def compare(session: Session, index: SearchIndex) -> Difference:
    """Compare ids and content hashes; raises IndexUnavailableError."""
    indexed = dict(index.entries())
    wanted = {document.key: document.content_hash for document in all_documents(session)}
    return Difference(
        documents=len(wanted),
        missing=tuple(sorted(key for key in wanted if key not in indexed)),
        stale=tuple(
            sorted(key for key in wanted if key in indexed and indexed[key] != wanted[key])
        ),
        extra=tuple(sorted(key for key in indexed if key not in wanted)),
    )


def repair(session: Session, difference: Difference, *, now: datetime) -> None:
    """Enqueue every document that differs."""
    for key in {*difference.missing, *difference.stale, *difference.extra}:
        kind, document_id = key.split(":")[:2]
        enqueue(session, DocumentType(kind), int(document_id), now=now)
