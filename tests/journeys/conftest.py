"""A real portal in processes of its own, and a real browser to walk through it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "build" / "journeys"
PASSWORD = "demonstration-only"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@dataclass(frozen=True)
class Portal:
    """A running portal with the demonstration world."""

    base: str
    instance: Path

    def flask(self, *arguments: str) -> str:
        """What a command prints; a failing one fails the test."""
        return _flask(self.instance, *arguments)


def _environment(instance: Path) -> dict[str, str]:
    return {**os.environ, "PORTAL_INSTANCE_DIR": str(instance)}


def _flask(instance: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments],
        env=_environment(instance),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert process.poll() is None, "the portal ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - loopback
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("the portal did not answer within 90 seconds")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal as `make serve` starts it: web process, worker, demonstration world."""
    instance = tmp_path_factory.mktemp("portal")
    port = _free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [
            sys.executable,
            "-m",
            "flask",
            "--app",
            str(ROOT / "wsgi.py"),
            "serve",
            "--demo",
            "--port",
            str(port),
        ],
        env=_environment(instance),
        cwd=ROOT,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/health/ready", process)
        yield Portal(base, instance)
    finally:
        process.terminate()
        process.wait(30)


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the system's, or else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Reader:
    """A person at a browser, who notices when a page is not accessible."""

    page: Page
    portal: Portal

    def open(self, path: str) -> None:
        """Go to a path and check the page."""
        answer = self.page.goto(self.portal.base + path)
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"
        self.check()

    def check(self) -> None:
        """The page has no accessibility finding and does not scroll sideways."""
        options = {"runOnly": {"type": "tag", "values": list(WCAG)}}
        found = Axe().run(self.page, options=options)
        assert not found.response["violations"], self.page.url + "\n" + found.generate_report()
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{self.page.url} scrolls sideways by {overflow} px"

    def press(self, name: str, *, role: str = "button") -> None:
        """Press the button or link of that name, and check the page that follows."""
        chosen = self.page.get_by_role(role, name=name, exact=False)  # type: ignore[arg-type]
        chosen.first.click()
        self.page.wait_for_load_state()
        self.check()

    def sign_in(self, email: str, *, lang: str) -> None:
        """Sign in as one of the demonstration's staff."""
        self.open(f"/{lang}/staff/sign-in")
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state()
        self.check()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh browser profile; its pages are kept as pictures when the test fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    failed_before = request.session.testsfailed
    yield context
    if request.session.testsfailed > failed_before:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        for place, page in enumerate(context.pages):
            page.screenshot(path=ARTEFACTS / f"{request.node.name}-{place}.png", full_page=True)
    context.close()


@pytest.fixture
def reader(context: BrowserContext, portal: Portal) -> Reader:
    """A person at a wide screen."""
    return Reader(context.new_page(), portal)
