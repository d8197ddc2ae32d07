"""Commands for whoever runs the portal: worker, backup, restore, doctor."""

import signal
import threading
from datetime import date, datetime
from pathlib import Path
from types import FrameType

import click
import structlog
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.cli import digests
from app.cli.terms import fail, refusal
from app.database import checkpoint
from app.errors import IndexUnavailableError, PortalError
from app.resources import (
    engine,
    indexer,
    keys,
    now,
    reading,
    search_index,
    settings,
    today,
    transaction,
)
from app.services import (
    answers,
    backups,
    browser_sessions,
    flags,
    health,
    indexing,
    originals,
    rate_counts,
    search_counts,
)
from app.services.health import Level

log = structlog.get_logger()

SWEEP_EVERY = 600
LOOK_EVERY = 120
LOOKED_AT_ONCE = 5
"""Waiting suggestions whose likeness to published ones is looked up in one go; each takes long."""
SEALED_AT_ONCE = 50
CHECK_HOUR = 3
"""The city's hour from which the index is compared with the database, once a night."""


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Carry changes into the index, send the morning's digests, sweep what has expired."""
    stop = threading.Event()

    def _stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    log.info("worker started")
    rounds = 0
    checked_on = today()
    mailed_at: datetime | None = None
    while not stop.is_set():
        done = _work()
        if check_is_due(checked_on, now().astimezone(settings().zone)):
            _check()
            checked_on = today()
        moment = now().astimezone(settings().zone)
        if digests.is_due(mailed_at, moment):
            _send_digests()
            mailed_at = moment
        if rounds % SWEEP_EVERY == 0:
            _sweep()
            _seal()
        if rounds % LOOK_EVERY == 0:
            _publish_due()
            _look_again()
        rounds += 1
        if not done:
            stop.wait(settings().worker_poll_seconds)
    search_index().close()
    log.info("worker stopped")


def _work() -> int:
    """One round; what cannot be done now is logged and tried again in the next."""
    try:
        done = indexer().catch_up()
    except IndexUnavailableError as error:
        log.warning("index unavailable", reason=error.reason)
        return 0
    except OperationalError as error:
        log.warning("database unavailable", error=type(error.orig).__name__)
        return 0
    if done:
        checkpoint(engine())
        log.info("index updated", changes=done)
    return done


def check_is_due(checked_on: date, moment: datetime) -> bool:
    """Whether the index waits for its nightly check, at a moment in the city's time."""
    return moment.hour >= CHECK_HOUR and moment.date() > checked_on


def _check() -> None:
    """Find what crept into the index unnoticed; what cannot be done now waits for tomorrow."""
    try:
        difference = indexer().mend(now=now())
    except (IndexUnavailableError, OperationalError) as error:
        log.warning("index not checked", error=type(error).__name__)
        return
    log.info("index checked", documents=difference.documents, mended=not difference.is_empty)


def _send_digests() -> None:
    """Send the morning's letters; what cannot be done now is tried again in an hour."""
    try:
        count = digests.send_due()
    except OperationalError as error:
        log.warning("digests not sent", error=type(error.orig).__name__)
        return
    if count:
        log.info("digests sent", count=count)


def _publish_due() -> None:
    """Publish the answers whose day has come."""
    try:
        with transaction() as session:
            count = answers.publish_due(session, today(), now())
    except OperationalError as error:
        log.warning("answers not published", error=type(error.orig).__name__)
        return
    if count:
        log.info("answers published", count=count)


def _look_again() -> None:
    """Flag what waits and is nearly the same as something published."""
    try:
        with reading() as session:
            looked = flags.look_again(session, search_index(), LOOKED_AT_ONCE)
        with transaction() as session:
            flags.note_copies(session, looked, now=now())
    except (IndexUnavailableError, OperationalError) as error:
        log.warning("copies not looked for", error=type(error).__name__)


def _seal() -> None:
    """Encrypt what an earlier version of the portal kept of masked texts in plain words."""
    sealed = SEALED_AT_ONCE
    while sealed == SEALED_AT_ONCE:
        with transaction() as session:
            sealed = originals.seal_plain(session, keys(), SEALED_AT_ONCE)


def _sweep() -> None:
    with transaction() as session:
        browser_sessions.sweep(session, now=now())
        rate_counts.sweep(session, now=now().timestamp())
        search_counts.sweep(session, today=today())
    checkpoint(engine())


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the database and the portal's secret into one archive."""
    try:
        size = backups.backup(engine(), file.resolve(), instance=settings().instance_dir, now=now())
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"{file}: {size} bytes. Keep it safe: it holds what citizens entrusted to you.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces the present database. Go on?")
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup in place of the present database, and make the index anew."""
    try:
        restored = backups.restore(engine(), file.resolve(), instance=settings().instance_dir)
        count = indexer().rebuild()
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"Restored what was saved at {restored.made_at}; {count} documents indexed.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look the portal over and say what to do; ends with status 1 where something is wrong."""
    with reading() as session:
        _, oldest = indexing.waiting(session)
        findings = health.examine(
            session,
            indexer(),
            instance=settings().instance_dir,
            today=today(),
            lag_seconds=(now() - oldest).total_seconds() if oldest else 0.0,
        )
    for finding in findings:
        click.echo(f"{finding.level:<8} {finding.about}: {finding.sentence}")
    if any(finding.level is Level.FAULT for finding in findings):
        raise SystemExit(1)
