"""How the moderators' queue bears its length: pages and statements at 500 and at 50,000 waiting.

`python -m bench.queue`; pages are fetched inside one process, from its view to its last byte.
"""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from app.extensions import db
from app.factory import create_app
from app.models import PlanItem, StaffMember, Suggestion, Tag
from app.resources import now, transaction
from app.services import staff
from app.vocabulary import (
    Channel,
    ReviewCause,
    ReviewState,
    Role,
    SuggestionKind,
    TagSource,
    Visibility,
)
from bench.corpus import suggestions
from bench.tables import ms, percentile, show
from bench.web import flask
from config import Environment, Settings

SIZES = (500, 50_000)
ROUNDS = 40
DAYS = 20
"""Days over which the deadlines are spread."""
EMAIL, PASSWORD = "queue@example.org", "correct horse battery"
ADDRESSES = {
    "all waiting, first page": "",
    "all waiting, tenth page": "page=10",
    "one cause": "cause=revised",
    "a district": "district=laoshan",
    "overdue": "age=overdue",
    "words": "q=路灯",
    "declined": "state=declined",
}


def run() -> None:
    """Fill a portal of each size and measure the same pages in both."""
    found = [_measured(size) for size in SIZES]
    rows = [
        (
            what,
            *chain.from_iterable(_figures(seconds[what]) for seconds, _ in found),
            f"{percentile(found[1][0][what], 0.95) / percentile(found[0][0][what], 0.95):.2f}",
            " / ".join(str(statements[what]) for _, statements in found),
        )
        for what in ADDRESSES
    ]
    header = [f"{part} of {size}" for size in SIZES for part in ("p50", "p95")]
    show("The queue", ("page", *header, "ratio of p95", "statements"), rows)


def _figures(seconds: Sequence[float]) -> tuple[str, str]:
    return ms(percentile(seconds, 0.5)), ms(percentile(seconds, 0.95))


def _measured(size: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Seconds and statements of each page in a portal where that many wait."""
    with tempfile.TemporaryDirectory() as name, _portal(Path(name), size) as app:
        client = _signed_in(app)
        return (
            {what: _seconds(client, query) for what, query in ADDRESSES.items()},
            {what: _statements(client, query) for what, query in ADDRESSES.items()},
        )


@contextmanager
def _portal(instance: Path, size: int) -> Iterator[Flask]:
    for arguments in (("db", "upgrade"), ("plan", "load")):
        flask(instance, *arguments)
    settings = Settings(
        environment=Environment.TESTING,
        instance_dir=instance,
        secret_key=(instance / "secret-key").read_text(encoding="ascii").strip(),
    )
    app = create_app(settings)
    with app.app_context():
        _fill(size)
        yield app
        db.engine.dispose()


def _fill(size: int) -> None:
    """Put generated suggestions in: each waits for one cause or another, some are declined."""
    chance = random.Random(7)  # noqa: S311 - the same portal every time
    with transaction() as session:
        staff.add(session, EMAIL, name="Test", role=Role.MODERATOR, password=PASSWORD, now=now())
        items = {
            f"2023-{number}": item_id
            for item_id, number in session.execute(select(PlanItem.id, PlanItem.number))
        }
        rows: list[dict[str, object]] = []
        tags: list[dict[str, object]] = []
        for document in suggestions(size + size // 10):
            is_waiting = document.id < size
            sent = document.published_on or date.min
            moment = datetime.combine(sent, time(4), UTC)
            cause = chance.choices(list(ReviewCause), weights=(80, 10, 4, 3, 3))[0]
            tags += [
                {"suggestion_id": document.id, "item_id": items[ref], "source": TagSource.CITIZEN}
                for ref in document.items
            ]
            rows.append(
                {
                    "id": document.id,
                    "number": f"XX-2023-{document.id:07d}",
                    "lookup_hash": f"hash {document.id}",
                    "channel": Channel.IMPORT,
                    "question": document.question,
                    "kind": SuggestionKind.SUGGEST,
                    "language": document.language,
                    "title": document.title,
                    "text": document.body,
                    "district_code": document.district or None,
                    "visibility": Visibility.PUBLIC,
                    "person_key": f"person {document.id}",
                    "review_state": ReviewState.PENDING if is_waiting else ReviewState.DECLINED,
                    "review_cause": cause if is_waiting else None,
                    "signs": [],
                    "priority": chance.randrange(60),
                    "submitted_at": moment,
                    "due_on": now().date() + timedelta(chance.randrange(-DAYS // 4, DAYS)),
                }
            )
        session.execute(insert(Suggestion), rows)
        session.execute(insert(Tag), tags)


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with transaction() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.email == EMAIL)).one()
    page = client.get("/en/staff/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"email": member.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/en/staff/sign-in", data=sent).status_code == 303  # noqa: S101
    return client


def _seconds(client: FlaskClient, query: str) -> list[float]:
    """Seconds of each page, one after another, once it has been asked for."""
    taken = []
    for _ in range(ROUNDS + 3):
        start = perf_counter()
        answer = client.get(f"/zh/staff/queue?{query}")
        taken.append(perf_counter() - start)
        assert answer.status_code == 200  # noqa: S101
    return taken[3:]


def _statements(client: FlaskClient, query: str) -> int:
    seen: list[object] = []

    def note(*happened: object) -> None:
        seen.append(happened[2])

    event.listen(db.engine, "before_cursor_execute", note)
    client.get(f"/zh/staff/queue?{query}")
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


if __name__ == "__main__":
    run()
