"""A test browser: every page it fetches has passed the checks that hold for all pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CONTROLS = frozenset({"input", "select", "textarea"})
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


class _Outline(HTMLParser):
    """What the standing checks look at."""

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.title = ""
        self.headings = 0
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.tokens = 0
        self.hidden: dict[str, str] = {}
        self.links: list[str] = []
        self._stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._stack.append(tag)
        if found.get("id"):
            self.ids.append(found["id"])
        if tag == "html":
            self.lang = found.get("lang", "")
        self.headings += tag == "h1"
        self._note(tag, found)

    def _note(self, tag: str, found: dict[str, str]) -> None:
        if tag == "label":
            self.labelled.add(found.get("for", ""))
        elif tag == "form":
            self.forms.append(found)
        elif tag == "a":
            self.links.append(found.get("href", ""))
        elif tag in CONTROLS:
            self._control(found)

    def _control(self, found: dict[str, str]) -> None:
        if found.get("type") == "hidden":
            self.hidden[found.get("name", "")] = found.get("value", "")
            self.tokens += found.get("name") == "csrf_token"
        elif found.get("type") not in {"submit", "button"} and "label" not in self._stack:
            self.controls.append(found)

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] == "title":
            self.title += data.strip()


@dataclass(frozen=True)
class Page:
    """A fetched page."""

    response: TestResponse
    text: str
    hidden: Mapping[str, str]
    links: tuple[str, ...]

    @property
    def status(self) -> int:
        """The answer's status code."""
        return self.response.status_code

    @property
    def location(self) -> str:
        """Where a redirect points."""
        return self.response.headers.get("Location", "")


def checked(response: TestResponse) -> Page:
    """The page, after the checks that hold for every one of them."""
    text = response.get_data(as_text=True)
    if response.mimetype != "text/html" or 300 <= response.status_code < 400:
        return Page(response, text, {}, ())
    outline = _Outline()
    outline.feed(text)
    assert outline.lang in {"zh-Hans", "en"}, "a page names its language"
    assert outline.title, "a page has a title"
    assert outline.headings == 1, f"a page has one h1, not {outline.headings}"
    doubled = {name for name in outline.ids if outline.ids.count(name) > 1}
    assert not doubled, f"ids are used once: {doubled}"
    unnamed = [
        control
        for control in outline.controls
        if control.get("id") not in outline.labelled
        and not control.get("aria-label")
        and not control.get("aria-labelledby")
    ]
    assert not unnamed, f"every control has a label: {unnamed}"
    posts = [
        form
        for form in outline.forms
        if form.get("method", "get").lower() == "post"
        # The switch of text size stands on every page and needs no session.
        and not form.get("action", "").endswith("/large-text")
    ]
    assert outline.tokens >= len(posts), "every form that changes something carries a token"
    assert "%(" not in text, "a placeholder was left unfilled"
    return Page(response, text, dict(outline.hidden), tuple(outline.links))


class PageClient:
    """Fetches pages and posts forms; a post takes the tokens of the page before it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.last: Page | None = None

    def get(self, address: str) -> Page:
        """The page at an address, redirects not followed."""
        self.last = checked(self.client.get(address))
        return self.last

    def post(self, address: str, values: Mapping[str, object] | None = None) -> Page:
        """The answer to a form, sent with the hidden fields of the last page."""
        hidden = dict(self.last.hidden) if self.last else {}
        self.last = checked(self.client.post(address, data={**hidden, **(values or {})}))
        return self.last

    def follow(self) -> Page:
        """The page that the last answer redirects to."""
        assert self.last is not None
        assert self.last.status in {301, 302, 303, 308}, self.last.status
        return self.get(self.last.location)
