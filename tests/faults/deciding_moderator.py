"""Lets two to eight moderators decide on the same suggestion at once, over and over.

Run as `python -m tests.faults.deciding_moderator ROUNDS DATABASE_ADDRESS`; not a test itself. An
empty address is the folder's own SQLite. Prints one line of JSON a round. Each moderator is a
process of its own, forked once and told over a pipe what to do; a barrier lets them all begin.
Most decide by the service, every `PAGES_EVERY`th round by the pages, as browsers do.
"""

import json
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NoReturn

from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import PortalError, StaleEditError
from app.extensions import db
from app.factory import create_app
from app.models import (
    AuditEntry,
    Claim,
    Decision,
    IndexJob,
    Pause,
    ReasonCode,
    StaffMember,
    Suggestion,
)
from app.resources import keys, now, reading, search_index, transaction
from app.services import audit, claims, moderation
from app.services.moderation import Act
from app.vocabulary import DocumentType, ModerationAction, ReviewCause, ReviewState
from tests.conftest import make_settings
from tests.factories import make_staff, make_suggestion
from tests.pages import PageClient

FEWEST, MOST = 2, 8
PAGES_EVERY = 40
CLAIMED_EVERY = 3
PATIENCE_SECONDS = 60
PRIORITY = 7
ACTIONS = (
    ModerationAction.PUBLISH,
    ModerationAction.DECLINE,
    ModerationAction.RETURN,
    ModerationAction.RETAG,
)

WON, STALE = "won", "stale"


@dataclass(frozen=True)
class Task:
    """What a moderator is told: on what to decide how, and with how many others."""

    number: str
    action: ModerationAction
    count: int
    by_pages: bool


@dataclass(frozen=True)
class Found:
    """What the database says about a suggestion once all have decided."""

    decisions: int
    log_lines: int
    index_jobs: int
    claims: int
    open_pauses: int
    version: int
    priority: int
    state: ReviewState
    cause: ReviewCause | None
    decided: Mapping[ReviewState, int]


@dataclass(frozen=True)
class Round:
    """One suggestion, how many decided on it, and what came of it; the test judges.

    `holder` is the place of the one who had claimed it beforehand, `winner` of the one who decided.
    """

    count: int
    by_pages: bool
    holder: int | None
    winner: int | None
    outcomes: Mapping[str, int]
    found: Found


class Moderator:
    """One of those who decide, in a process of its own."""

    def __init__(
        self, app: Flask, place: int, staff_id: int, starts: Mapping[int, Barrier]
    ) -> None:
        self.place = place
        self.staff_id = staff_id
        self.starts = starts
        with reading() as session:
            self.me = session.get_one(StaffMember, staff_id)
            found = session.scalars(select(ReasonCode).order_by(ReasonCode.position))
            self.reasons = {each.action: each.code for each in found}
        self.pages = PageClient(app.test_client())

    def sign_in(self) -> None:
        """Open the browser's session without the detour by the sign-in page."""
        with self.pages.client.session_transaction() as browser:
            browser["staff_id"] = self.staff_id

    @property
    def note(self) -> str:
        """Words that no other moderator writes."""
        return f"第{self.place}位审核员的意见"

    def decide(self, task: Task) -> str:
        """Decide when all are ready; returns `won`, `stale` or what went wrong."""
        return self._by_pages(task) if task.by_pages else self._by_service(task)

    def _by_service(self, task: Task) -> str:
        act = Act(
            action=task.action,
            seen_version=1,
            reason_code=self.reasons.get(task.action),
            note=self.note,
            item_numbers=(self.place + 1,) if task.action is ModerationAction.RETAG else None,
        )
        self.starts[task.count].wait(PATIENCE_SECONDS)
        try:
            with transaction() as session:
                moderation.decide(
                    session,
                    task.number,
                    act,
                    by=self.me,
                    plan_year=2023,
                    now=now(),
                    keys=keys(),
                )
        except StaleEditError:
            return STALE
        except PortalError as error:
            return repr(error)
        return WON

    def _by_pages(self, task: Task) -> str:
        # Any page with a form brings the token; that of the suggestion would only take longer.
        self.pages.get("/zh/staff/account")
        values = {"note": self.note, "reason_code": self.reasons.get(task.action, "")}
        if task.action is ModerationAction.PUBLISH:
            values["public_text"] = "晚上回家看不清路，希望尽快修好路灯。"
        if task.action is ModerationAction.RETAG:
            values["items"] = str(self.place + 1)
        sent = {f"{task.action}-{name}": value for name, value in values.items()}
        self.starts[task.count].wait(PATIENCE_SECONDS)
        answer = self.pages.post(
            f"/zh/staff/queue/{task.number}",
            {"action": task.action.value, "seen_version": "1", **sent},
        )
        if answer.status == 303:
            return WON
        if answer.status == 409:
            return STALE if self.note in answer.text else "lost its words"
        return f"answered {answer.status}"


def main(rounds: int, address: str) -> None:
    """Start the moderators, let them decide, and say of each round what came of it."""
    folder = Path(os.environ["PORTAL_INSTANCE_DIR"])
    app = create_app(make_settings(folder, database_url=address))
    with app.app_context():
        with transaction() as session:
            staff = [make_staff(session, name=f"审核{place}").id for place in range(MOST)]
            rehearsed = make_suggestion(session, ReviewState.PENDING).number
        _rehearse(app, staff[0], rehearsed)
        ends = _forked(app, staff)
        for turn in range(rounds):
            sys.stdout.write(json.dumps(asdict(_round(turn, staff, ends))) + "\n")
        for end in ends:
            end.send(None)
            os.wait()
        with reading() as session:
            is_whole = audit.verify(session) is None
        sys.stdout.write(json.dumps({"is_log_whole": is_whole}) + "\n")


def _rehearse(app: Flask, staff_id: int, number: str) -> None:
    """Decide alone, so that dictionaries and templates are read once and not after each fork."""
    alone = Moderator(app, 0, staff_id, {1: multiprocessing.get_context("fork").Barrier(1)})
    alone.sign_in()
    alone.decide(Task(number, ModerationAction.PUBLISH, 1, by_pages=True))
    alone.decide(Task(number, ModerationAction.PUBLISH, 1, by_pages=True))


def _forked(app: Flask, staff: Sequence[int]) -> list["Connection[Task | None, str]"]:
    """Our ends of the pipes; a moderator who dies closes one, and the other end sees it."""
    context = multiprocessing.get_context("fork")
    starts = {count: context.Barrier(count) for count in range(FEWEST, MOST + 1)}
    search_index().close()
    db.engine.dispose()
    ends: list[Connection[Task | None, str]] = []
    for place, staff_id in enumerate(staff):
        ours, theirs = context.Pipe()
        ends.append(ours)
        if os.fork() == 0:
            for end in ends:
                end.close()
            _serve(Moderator(app, place, staff_id, starts), theirs)
        theirs.close()
    return ends


def _serve(moderator: Moderator, orders: "Connection[str, Task | None]") -> NoReturn:
    """Do what comes over the pipe until told to go, or until there is nobody at its other end."""
    moderator.sign_in()
    with suppress(EOFError):
        while (task := orders.recv()) is not None:
            orders.send(moderator.decide(task))
    os._exit(0)


def _round(
    turn: int, staff: Sequence[int], ends: Sequence["Connection[Task | None, str]"]
) -> Round:
    """One suggestion, decided on by several; in some rounds one of them has claimed it."""
    count = FEWEST + turn % (MOST - FEWEST + 1)
    by_pages = turn % PAGES_EVERY == 0
    holder = turn % count if turn % CLAIMED_EVERY == 0 else None
    with transaction() as session:
        number = f"QD-2023-8{turn:05d}"
        row = make_suggestion(session, ReviewState.PENDING, number=number, priority=PRIORITY)
        if holder is not None:
            member = session.get_one(StaffMember, staff[holder])
            claims.claim(session, row.id, member, now=now())
    for place, end in enumerate(ends[:count]):
        end.send(Task(number, ACTIONS[(place + turn) % len(ACTIONS)], count, by_pages))
    answers = [end.recv() for end in ends[:count]]
    winner = answers.index(WON) if WON in answers else None
    return Round(count, by_pages, holder, winner, dict(Counter(answers)), _found(row.id))


def _found(suggestion_id: int) -> Found:
    with reading() as session:
        row = session.get_one(Suggestion, suggestion_id)
        decisions = session.scalars(
            select(Decision).where(Decision.suggestion_id == suggestion_id)
        ).all()
        pauses = select(Pause.id).where(
            Pause.suggestion_id == suggestion_id, Pause.ended_at.is_(None)
        )
        jobs = select(IndexJob.id).where(
            IndexJob.document_type == DocumentType.SUGGESTION,
            IndexJob.document_id == suggestion_id,
        )
        lines = select(AuditEntry.id).where(AuditEntry.subject == row.number)
        claimed = select(Claim.staff_id).where(Claim.suggestion_id == suggestion_id)
        return Found(
            decisions=len(decisions),
            log_lines=_count(session, lines),
            index_jobs=_count(session, jobs),
            claims=_count(session, claimed),
            open_pauses=_count(session, pauses),
            version=row.version,
            priority=row.priority,
            state=row.review_state,
            cause=row.review_cause,
            decided={each.to_state: each.version_after for each in decisions},
        )


def _count(session: Session, query: Select[int]) -> int:
    return len(session.scalars(query).all())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
