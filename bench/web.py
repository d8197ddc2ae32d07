"""Pages under gunicorn, as a share of a bare Flask page of the same size in the same run."""

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.factory import ROOT, create_app
from bench.tables import show
from config import Environment, Settings

WORKERS = 2
SECONDS = 5
CONNECTIONS = 8
PAGES = {
    "home": "/zh/",
    "plan": "/zh/plan/2023",
    "plan item": "/zh/plan/2023/items/5",
    "suggestions": "/zh/suggestions",
    "search": "/zh/search?q=%E5%81%9C%E8%BD%A6",
    "hot issues": "/zh/hot-issues",
}


def run() -> None:
    """Measure requests a second, statements a page, start-up and memory."""
    with tempfile.TemporaryDirectory() as name:
        instance = Path(name)
        _prepare(instance)
        statements = _statements(instance)
        rows: list[tuple[object, ...]] = []
        for title, path in PAGES.items():
            ours, size = _measure("wsgi:app", path, instance)
            bare, _ = _measure(f"bench.web:bare_app({size})", "/", instance)
            rows.append(
                (
                    title,
                    f"{size / 1000:.0f} kB",
                    f"{ours:.0f}",
                    f"{bare:.0f}",
                    f"{ours / bare:.2f}",
                    statements[title],
                )
            )
        tool = "wrk" if shutil.which("wrk") else "a Python client, which itself costs time"
        show(
            f"Pages, gunicorn with {WORKERS} workers, measured by {tool}",
            ("page", "size", "requests/s", "bare Flask", "share", "statements"),
            rows,
        )
        _show_start(instance)


def bare_app(size: int) -> Flask:
    """A Flask application that answers with that many bytes and does nothing else."""
    app = Flask("bare")
    body = "x" * size

    @app.get("/")
    def page() -> str:
        return body

    return app


def environment(instance: Path) -> dict[str, str]:
    """This process's environment, for a portal that lives in the folder."""
    return {**os.environ, "PORTAL_INSTANCE_DIR": str(instance), "PYTHONPATH": str(ROOT)}


def flask(instance: Path, *arguments: str) -> None:
    """Run one of the portal's own commands there."""
    subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments],
        env=environment(instance),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _prepare(instance: Path) -> None:
    for arguments in (("db", "upgrade"), ("plan", "load"), ("demo", "load"), ("search", "rebuild")):
        flask(instance, *arguments)


@contextmanager
def served(target: str, instance: Path) -> Iterator[tuple[int, int]]:
    """A gunicorn that serves the target: its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(  # noqa: S603 - our own command
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            str(WORKERS),
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--log-level",
            "error",
            target,
        ],
        env=environment(instance),
        cwd=ROOT,
    )
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("gunicorn did not open its port")


def _measure(target: str, path: str, instance: Path) -> tuple[float, int]:
    """Requests a second, and the bytes of one uncompressed answer."""
    with served(target, instance) as (port, _):
        address = f"http://127.0.0.1:{port}{path}"
        for _ in range(20):
            with urllib.request.urlopen(address, timeout=10) as answer:
                size = len(answer.read())
        return _load(address, port, path), size


def _load(address: str, port: int, path: str) -> float:
    wrk = shutil.which("wrk")
    if wrk is None:
        return _python_load(port, path)
    printed = subprocess.run(  # noqa: S603 - a program found by name, arguments of our own
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", address],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None or "Non-2xx" in printed:
        raise RuntimeError(f"{address} did not answer well:\n{printed}")
    return float(found[1])


def _python_load(port: int, path: str) -> float:
    counts = [0] * 4
    end = time.monotonic() + SECONDS

    def ask(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            connection.request("GET", path)
            connection.getresponse().read()
            counts[place] += 1

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _statements(instance: Path) -> dict[str, int]:
    """SQL statements a page, transaction commands left out."""
    settings = Settings(
        environment=Environment.TESTING,
        instance_dir=instance,
        secret_key="x" * 40,
    )
    app = create_app(settings)
    counted: dict[str, int] = {}
    seen: list[str] = []

    def note(
        connection: object,
        cursor: object,
        statement: str,
        parameters: object,
        context: object,
        many: object,
    ) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        client = app.test_client()
        for title, path in PAGES.items():
            client.get(path)
            seen.clear()
            client.get(path)
            counted[title] = len(seen)
        db.engine.dispose()
    return counted


def _show_start(instance: Path) -> None:
    start = time.perf_counter()
    with served("wsgi:app", instance) as (port, pid):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/zh/", timeout=60):
            first = time.perf_counter() - start
        for path in PAGES.values():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60):
                pass
        children = _children(pid)
        memory = [_resident(child) for child in children]
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(
        "Start and memory",
        ("what", "figure"),
        [
            ("gunicorn to the first page", f"{first:.2f} s"),
            ("resident memory of a web process", f"{max(memory, default=0):.0f} MB"),
            ("this benchmark's own peak", f"{used:.0f} MB"),
        ],
    )


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _resident(pid: int) -> float:
    """Megabytes, from Linux's own count."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
