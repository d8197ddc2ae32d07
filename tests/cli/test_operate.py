"""Worker, backup, restore and doctor, as an operator calls them."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskCliRunner

from app.cli.operate import check_is_due
from app.database import checkpoint
from app.engines.search.query import SearchRequest
from app.factory import ROOT
from app.resources import engine, indexer, now, reading, search_index, settings, transaction
from app.services import indexing
from app.vocabulary import DocumentType
from tests.factories import make_suggestion

QUERY = SearchRequest(text="充电桩", types=(DocumentType.SUGGESTION,))


def _publish() -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
        indexing.enqueue(session, DocumentType.SUGGESTION, suggestion.id, now=now())


def _worker() -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PORTAL_INSTANCE_DIR": str(settings().instance_dir),
        "PORTAL_SECRET_KEY": settings().secret_key,
        "PORTAL_WORKER_POLL_SECONDS": "0.05",
    }
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "worker"],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )


def _until_empty(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "the worker ended by itself"
        with reading() as session:
            waiting, _ = indexing.waiting(session)
        if not waiting:
            return
        time.sleep(0.05)
    raise AssertionError("the worker did not carry the changes over")


def test_a_killed_worker_loses_nothing(app: Flask) -> None:
    for _ in range(3):
        _publish()
        killed = _worker()
        time.sleep(0.4)
        killed.kill()
        killed.wait()
    worker = _worker()
    try:
        _until_empty(worker)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert search_index().search(QUERY).total == 3
    assert indexer().compare().is_empty


def test_a_worker_makes_a_missing_index_anew(app: Flask) -> None:
    _publish()
    search_index().close()
    for file in settings().index_path.rglob("*"):
        if file.is_file():
            file.unlink()
    worker = _worker()
    try:
        _until_empty(worker)
    finally:
        worker.terminate()
        worker.wait(20)
    assert search_index().search(QUERY).total == 1


def test_only_the_worker_empties_the_write_ahead_log(app: Flask) -> None:
    log = settings().instance_dir / "portal.db-wal"
    for _ in range(20):
        _publish()
    assert log.stat().st_size > 0
    checkpoint(engine())
    size = log.stat().st_size
    _publish()
    assert log.stat().st_size <= size, "the log is written from its start again"


def test_a_backup_is_made_and_put_back(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    _publish()
    saved = tmp_path / "saved.tgz"
    assert runner.invoke(args=["backup", str(saved)]).exit_code == 0
    restored = runner.invoke(args=["restore", "--yes", str(saved)])
    assert restored.exit_code == 0, restored.output
    assert search_index().search(QUERY).total == 1


def test_a_restore_asks_first(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tgz"
    runner.invoke(args=["backup", str(saved)])
    assert runner.invoke(args=["restore", str(saved)], input="n\n").exit_code == 1


def test_a_file_that_is_no_backup_gets_a_sentence(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    wrong = tmp_path / "note.tgz"
    wrong.write_text("不是备份", encoding="utf-8")
    answer = runner.invoke(args=["restore", "--yes", str(wrong)])
    assert answer.exit_code == 1
    assert "cannot be taken" in answer.output


def test_the_doctor_ends_with_a_fault_where_there_is_one(
    app: Flask, runner: FlaskCliRunner
) -> None:
    assert runner.invoke(args=["doctor"]).exit_code == 0
    search_index().apply(remove=["item:1"])
    answer = runner.invoke(args=["doctor"])
    assert answer.exit_code == 1
    assert "fault" in answer.output


def test_the_index_is_checked_once_a_night() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    yesterday = date(2023, 6, 1)
    assert check_is_due(yesterday, datetime(2023, 6, 2, 3, 0, tzinfo=zone))
    assert not check_is_due(yesterday, datetime(2023, 6, 2, 2, 59, tzinfo=zone))
    assert not check_is_due(yesterday, datetime(2023, 6, 1, 23, 0, tzinfo=zone))
