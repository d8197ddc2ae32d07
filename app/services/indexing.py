"""Keeping the search index in step with the database, through an outbox.

A change and its job are saved together; draining may happen twice, or be killed, without harm: it
reads the row as it is now and either puts or removes its entry.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.engines.search.document import document_key
from app.engines.search.index import Progress, SearchIndex
from app.errors import IndexUnavailableError
from app.models import HotIssueMember, IndexJob
from app.services import search_documents, search_words
from app.vocabulary import DocumentType

log = structlog.get_logger()

BATCH = 500
REBUILT_FOR = frozenset({"missing", "corrupt", "outdated"})
"""What a rebuild mends; `busy`, `unwritable` and `away` are for waiting."""

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


@dataclass(frozen=True)
class Indexer:
    """Carries changes from the database into the index; days in it are those of the zone."""

    reading: Opener
    transaction: Opener
    index: SearchIndex
    zone: ZoneInfo

    def drain(self) -> int:
        """Bring the index up to date with one batch of jobs; returns how many were done."""
        with self.reading() as session:
            jobs = session.scalars(select(IndexJob).order_by(IndexJob.id).limit(BATCH)).all()
            if not jobs:
                return 0
            wanted = {(job.document_type, job.document_id) for job in jobs}
            documents = list(search_documents.some(session, wanted, self.zone))
        present = {document.key for document in documents}
        gone = {document_key(kind, number) for kind, number in wanted} - present
        self.index.apply(put=documents, remove=sorted(gone))
        with self.transaction() as session:
            forget(session, [job.id for job in jobs])
        return len(jobs)

    def catch_up(self) -> int:
        """Drain one batch, or make the index anew where that is needed.

        It is where there is no index, where it cannot be read, where another version of the portal
        made it, and where staff changed the words it takes texts apart by. Returns how many changes
        or documents were written; raises IndexUnavailableError where somebody else is writing or
        the disk refuses.
        """
        try:
            if self._has_other_words():
                return self.rebuild()
            done = self.drain()
            if not done:
                self.index.document_count()
        except IndexUnavailableError as error:
            return self._make_anew(error)
        return done

    def rebuild(self, *, progress: Progress | None = None) -> int:
        """Index everything anew and swap; changes made meanwhile stay in the outbox."""
        with self.reading() as session:
            covered = waiting_jobs(session)
            count = self.index.rebuild(
                search_documents.every(session, self.zone),
                words=search_words.spellings(session),
                progress=progress,
            )
        with self.transaction() as session:
            forget(session, covered)
        return count

    def compare(self) -> Difference:
        """Compare ids and content hashes; raises IndexUnavailableError."""
        indexed = dict(self.index.entries())
        with self.reading() as session:
            wanted = {
                document.key: document.content_hash
                for document in search_documents.every(session, self.zone)
            }
        return Difference(
            documents=len(wanted),
            missing=tuple(sorted(key for key in wanted if key not in indexed)),
            stale=tuple(
                sorted(key for key in wanted if key in indexed and indexed[key] != wanted[key])
            ),
            extra=tuple(sorted(key for key in indexed if key not in wanted)),
        )

    def mend(self, *, now: datetime) -> Difference:
        """Look the index through, carry over what waits, compare, write again what differs.

        An index whose files are not as they were written is made anew. Returns what differed.
        """
        self._catch_up_fully()
        try:
            self.index.verify()
        except IndexUnavailableError as error:
            self._make_anew(error)
        difference = self.compare()
        if not difference.is_empty:
            with self.transaction() as session:
                repair(session, difference, now=now)
            self._catch_up_fully()
        return difference

    def _catch_up_fully(self) -> None:
        while self.catch_up():
            pass

    def _make_anew(self, error: IndexUnavailableError) -> int:
        """Rebuild where that helps; raises the error again where it does not."""
        if error.reason not in REBUILT_FOR:
            raise error
        log.warning("index is made anew", reason=error.reason)
        if error.reason == "corrupt":
            self.index.set_aside()
        return self.rebuild()

    def _has_other_words(self) -> bool:
        with self.reading() as session:
            return search_words.is_rebuild_due(session, self.index)


def repair(session: Session, difference: Difference, *, now: datetime) -> None:
    """Enqueue every document that differs."""
    for key in {*difference.missing, *difference.stale, *difference.extra}:
        kind, document_id = key.split(":")[:2]
        enqueue(session, DocumentType(kind), int(document_id), now=now)
