"""`flask serve`: the portal and its worker side by side, for one machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.cli.demo import ACCOUNTS, PASSWORD
from app.cli.demo import load as demo_load
from app.cli.plan import load as plan_load
from app.cli.search import rebuild as search_rebuild
from app.cli.terms import fail
from app.errors import IndexUnavailableError
from app.resources import search_index, settings
from config import ROOT, Environment

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Web processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, help="Threads in each.")
@click.option("--demo", "is_demo", is_flag=True, help="Load plan and demonstration world first.")
@with_appcontext
def serve(port: int, workers: int, threads: int, is_demo: bool) -> None:  # noqa: FBT001 - a flag
    """Serve on 127.0.0.1 with the worker beside it, until Ctrl-C."""
    _refuse_busy(port)
    if is_demo:
        _prepare()
        os.environ["PORTAL_DEMONSTRATION"] = "true"
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "--chdir",
        str(ROOT),
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        str(workers),
        "--worker-class",
        "gthread",
        "--threads",
        str(threads),
        "--log-level",
        "warning",
        "wsgi:app",
    ]
    worker = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "worker"]
    children = [_start(web), _start(worker)]
    try:
        _wait_until_open(port, children)
        _greet(port)
        _watch(children)
    finally:
        _stop(children)


def _prepare() -> None:
    """Bring schema, plan, demonstration and index up to date; quick when they are."""
    upgrade()
    context = click.get_current_context()
    context.invoke(plan_load)
    context.invoke(demo_load)
    try:
        search_index().document_count()
    except IndexUnavailableError:
        context.invoke(search_rebuild)
    search_index().close()


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            fail(f"Port {port} is in use. Choose another one: make serve PORT={port + 1}")


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, env=environment)  # noqa: S603 - our own commands


def _wait_until_open(port: int, children: Sequence[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if any(child.poll() is not None for child in children):
            fail("The portal did not start; what it printed above says why.")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    fail(f"The portal did not open port {port} within {START_SECONDS} seconds.")


def _greet(port: int) -> None:
    base = f"http://{HOST}:{port}"
    lines = [
        "",
        f"  The portal is open at   {base}/zh/   and   {base}/en/",
        f"  The staff desk is at    {base}/en/staff/sign-in",
    ]
    if settings().environment is Environment.DEVELOPMENT:
        lines.append("  Demonstration accounts, each with the password " + PASSWORD + ":")
        lines += [f"    {email:<24} {role.value}" for email, _, role in ACCOUNTS]
    lines += ["", "  Stop with Ctrl-C.", ""]
    click.echo("\n".join(lines))


def _watch(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for a signal, or for a child that ends by itself."""

    def _interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo("Stopping …")
        return
    fail("A part of the portal ended by itself; the lines above say why.")


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
