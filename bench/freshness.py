"""A portal with 100,000 published suggestions: how long a results page takes, and how soon a
decision shows in search, through gunicorn and a worker as an operator runs them."""

import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter, sleep

from flask import Flask
from sqlalchemy import insert, select

from app.extensions import db
from app.factory import ROOT, create_app
from app.models import PlanItem, StaffMember, Suggestion, Tag
from app.resources import keys, now, transaction
from app.services import moderation
from app.services.moderation import Act
from app.vocabulary import (
    Channel,
    Language,
    ModerationAction,
    Question,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)
from bench.corpus import queries, suggestions
from bench.tables import ms, percentile, show
from bench.web import environment, flask, served
from config import Environment, Settings

SIZE = 100_000
PAGES = 200
DECISIONS = 40
PATIENCE_SECONDS = 60.0
EMAIL = "moderator@example.org"
"""The demonstration's own account."""
MARK = "琉璃厂"
"""A word that no generated suggestion holds."""


def run() -> None:
    """Fill a portal, serve it, and measure from outside."""
    with tempfile.TemporaryDirectory() as name:
        instance = Path(name)
        for arguments in (("db", "upgrade"), ("plan", "load"), ("demo", "load")):
            flask(instance, *arguments)
        _fill(instance)
        flask(instance, "search", "rebuild")
        with served("wsgi:app", instance) as (port, _), _worker(instance):
            pages = _pages(port)
            shown, gone = _decisions(instance, port)
    show(
        f"Search in a portal with {SIZE} published suggestions, gunicorn and a worker",
        ("what", "p50", "p95", "most"),
        [
            _row("results page: facets, 20 marked finds", pages),
            _row("a decision to publish until search shows it", shown),
            _row("a decision to withdraw until search forgets it", gone),
        ],
    )


def _row(what: str, seconds: Sequence[float]) -> tuple[str, ...]:
    return what, ms(percentile(seconds, 0.5)), ms(percentile(seconds, 0.95)), ms(max(seconds))


@contextmanager
def _portal(instance: Path) -> Iterator[Flask]:
    settings = Settings(
        environment=Environment.TESTING,
        instance_dir=instance,
        secret_key=(instance / "secret-key").read_text(encoding="ascii").strip(),
    )
    app = create_app(settings)
    with app.app_context():
        yield app
        db.engine.dispose()


def _fill(instance: Path) -> None:
    """Put the generated suggestions in as published ones, each tied to its plan items."""
    with _portal(instance), transaction() as session:
        items = {
            f"2023-{number}": item_id
            for item_id, number in session.execute(select(PlanItem.id, PlanItem.number))
        }
        rows: list[dict[str, object]] = []
        tags: list[dict[str, object]] = []
        for document in suggestions(SIZE):
            number = document.id + SIZE
            published = document.published_on or date.min
            moment = datetime.combine(published, time(4), UTC)
            tags += [
                {"suggestion_id": number, "item_id": items[ref], "source": TagSource.CITIZEN}
                for ref in document.items
            ]
            rows.append(
                {
                    "id": number,
                    "number": f"XX-{published.year}-{number:07d}",
                    "lookup_hash": f"hash {number}",
                    "channel": Channel.IMPORT,
                    "question": document.question,
                    "kind": SuggestionKind.SUGGEST,
                    "language": document.language,
                    "title": document.title,
                    "text": document.body,
                    "district_code": document.district or None,
                    "visibility": Visibility.PUBLIC,
                    "person_key": f"person {number}",
                    "review_state": ReviewState.PUBLISHED,
                    "handling_state": document.state,
                    "outside_support": document.support,
                    "signs": [],
                    "submitted_at": moment,
                    "published_at": moment,
                }
            )
        session.execute(insert(Suggestion), rows)
        session.execute(insert(Tag), tags)


@contextmanager
def _worker(instance: Path) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "worker"],
        env=environment(instance),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _fetch(port: int, text: str) -> str:
    """The results page for a query."""
    address = f"http://127.0.0.1:{port}/zh/search?{urllib.parse.urlencode({'q': text})}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        page: str = answer.read().decode()
    return page


def _pages(port: int) -> list[float]:
    """Seconds of each page, one after another, once every word has been asked for."""
    asked = queries(PAGES)
    taken: list[float] = []
    for text in [*asked, *asked]:
        start = perf_counter()
        _fetch(port, text)
        taken.append(perf_counter() - start)
    return taken[PAGES:]


def _decisions(instance: Path, port: int) -> tuple[list[float], list[float]]:
    """Seconds from a decision's commit until the page shows it, and until it is gone again."""
    shown: list[float] = []
    gone: list[float] = []
    with _portal(instance):
        for turn in range(DECISIONS):
            number, version = _pending(turn)
            text = f"{MARK}{turn}"
            version = _decide(number, ModerationAction.PUBLISH, version)
            shown.append(_until(port, text, number, is_there=True))
            _decide(number, ModerationAction.REOPEN, version)
            gone.append(_until(port, text, number, is_there=False))
    return shown, gone


def _pending(turn: int) -> tuple[str, int]:
    """A new suggestion that waits for review, with its number and version."""
    number = f"XX-2030-{turn:07d}"
    with transaction() as session:
        row = Suggestion(
            number=number,
            lookup_hash=f"hash of a pending one {turn}",
            channel=Channel.IMPORT,
            question=Question.NEED,
            kind=SuggestionKind.SUGGEST,
            language=Language.ZH,
            title=f"{MARK}{turn}门口的路灯",
            text=f"{MARK}{turn}门口的路灯坏了，晚上看不清路。",
            visibility=Visibility.PUBLIC,
            person_key=f"pending {turn}",
            submitted_at=now(),
            tags=[],
        )
        session.add(row)
        session.flush()
        return number, row.version


def _decide(number: str, action: ModerationAction, version: int) -> int:
    """Decide as a moderator does; returns the version that the suggestion has now."""
    with transaction() as session:
        moderator = session.scalars(select(StaffMember).where(StaffMember.email == EMAIL)).one()
        moderation.decide(
            session,
            number,
            Act(action, version),
            by=moderator,
            plan_year=2023,
            keys=keys(),
            now=now(),
        )
        return session.scalars(select(Suggestion.version).where(Suggestion.number == number)).one()


def _until(port: int, text: str, number: str, *, is_there: bool) -> float:
    """Seconds until the results page shows the number, or shows it no more."""
    start = perf_counter()
    while (number in _fetch(port, text)) is not is_there:
        if perf_counter() - start > PATIENCE_SECONDS:
            raise TimeoutError(f"{number} was waited for in vain")
        sleep(0.01)
    return perf_counter() - start
