"""Who may come in by which door: strangers stay outside the desk, and reading never writes."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.routing import IntegerConverter, Rule

from app.extensions import db
from app.factory import create_app
from app.models import Campaign, Edition, ScenarioCase, StaffMember, Suggestion
from app.resources import keys, now, reading, search_index, settings, today, transaction
from app.services import demo, indexing
from app.services.demo import World
from app.vocabulary import Role
from tests.conftest import make_settings
from tests.factories import make_staff
from tests.pages import PageClient

PUBLIC = frozenset(
    {
        "bootstrap.static",
        "entrance.choose",
        "health.live",
        "health.ready",
        "public.campaigns.campaign",
        "public.campaigns.index",
        "public.cases.case",
        "public.cases.index",
        "public.home.index",
        "public.hot_issues.edition",
        "public.hot_issues.index",
        "public.pages.accessibility",
        "public.pages.method",
        "public.pages.open_data",
        "public.pages.privacy",
        "public.pages.statistics",
        "public.plan.item",
        "public.plan.outline",
        "public.search.results",
        "public.settings.large_text",
        "public.suggestions.index",
        "public.suggestions.new",
        "public.suggestions.one",
        "public.track.index",
        "static",
    }
)
"""Every door that a stranger may use; somebody thinks about a new one and enters it here."""

MAY_BE_WRITTEN_WHILE_READING = frozenset({"browser_session", "rate_count"})

_CHANGE = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Door:
    """A rule of the address map with an address that exists."""

    rule: Rule
    address: str

    @property
    def endpoint(self) -> str:
        """The rule's endpoint."""
        return str(self.rule.endpoint)

    def takes(self, method: str) -> bool:
        """Whether the rule answers that method."""
        return method in (self.rule.methods or ())

    @property
    def is_staffs(self) -> bool:
        """Whether the door belongs to the desk."""
        return self.rule.rule.startswith("/<any(zh, en):lang>/staff")


@pytest.fixture(scope="module")
def demonstration(loaded_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration's suggestions and campaigns, and an index of them."""
    folder = tmp_path_factory.mktemp("demonstration") / "instance"
    shutil.copytree(loaded_world, folder)
    app = create_app(make_settings(folder))
    with app.app_context():
        chosen = settings()
        terms = World(
            today=today(),
            zone=chosen.zone,
            plan_year=chosen.plan_year,
            number_prefix=chosen.number_prefix,
            review_working_days=chosen.review_working_days,
        )
        with transaction() as session:
            demo.load(session, terms, keys=keys(), now=now())
        indexing.rebuild(reading, transaction, search_index())
        search_index().close()
        db.engine.dispose()
    return folder


@pytest.fixture
def app(demonstration: Path, tmp_path: Path) -> Iterator[Flask]:
    """A portal with the demonstration world, in place of the empty one."""
    folder = tmp_path / "instance"
    shutil.copytree(demonstration, folder)
    app = create_app(make_settings(folder))
    # A fault shall be an answer of 500 here, so that one page does not hide the others.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        yield app
        search_index().close()
        db.engine.dispose()


@pytest.fixture
def doors(app: Flask) -> list[Door]:
    """Every rule of the portal, each argument filled with something that is there."""
    with reading() as session:
        numbers = {
            "suggestions": session.scalar(
                select(Suggestion.number).where(Suggestion.publicly_visible()).limit(1)
            ),
            "queue": session.scalar(select(Suggestion.number).limit(1)),
        }
        slugs = {
            "cases": session.scalar(select(ScenarioCase.slug).limit(1)),
            "campaigns": session.scalar(select(Campaign.slug).limit(1)),
        }
        edition = session.scalar(select(Edition.number).limit(1)) or 1

    def value_for(rule: Rule, name: str) -> object:
        section = rule.rule.removeprefix("/<any(zh, en):lang>/").removeprefix("staff/")
        section = section.split("/")[0]
        fixed = {"lang": "zh", "year": 2023, "filename": "css/base.css", "format": "json"}
        if name in fixed:
            return fixed[name]
        if name == "slug":
            return slugs[section]
        if isinstance(rule._converters[name], IntegerConverter):  # noqa: SLF001 - no other way in
            return edition
        return numbers.get(section) or numbers["suggestions"]

    found: list[Door] = []
    for rule in app.url_map.iter_rules():
        built = rule.build({name: value_for(rule, name) for name in rule.arguments})
        assert built is not None, rule
        found.append(Door(rule, built[1]))
    return found


def _sign_in(client: FlaskClient, role: Role) -> StaffMember:
    with transaction() as session:
        member = make_staff(session, role=role)
    with client.session_transaction() as browser:
        browser["staff_id"] = member.id
    return member


@pytest.fixture
def changes(app: Flask) -> Iterator[list[str]]:
    """The tables that were written since the test began, the allowed ones left out."""
    written: list[str] = []

    def note(*arguments: object) -> None:
        match = _CHANGE.match(str(arguments[2]))
        if match and match[1].lower() not in MAY_BE_WRITTEN_WHILE_READING:
            written.append(match[1])

    event.listen(db.engine, "before_cursor_execute", note)
    yield written
    event.remove(db.engine, "before_cursor_execute", note)


def test_every_public_door_is_known(doors: list[Door]) -> None:
    public = {door.endpoint for door in doors if not door.is_staffs}

    assert public - PUBLIC == set(), "a new public door: enter it above, if strangers may use it"
    assert PUBLIC - public == set(), "a door has gone: take it off the list"


def test_a_stranger_at_any_door_of_the_desk_is_sent_to_sign_in(
    doors: list[Door], pages: PageClient
) -> None:
    wrong: list[str] = []
    inner = [door for door in doors if door.is_staffs and ".sign_in." not in door.endpoint]
    assert inner
    for door in inner:
        for method in ("GET", "POST"):
            if not door.takes(method):
                continue
            pages.get("/zh/staff/sign-in")
            answer = pages.get(door.address) if method == "GET" else pages.post(door.address)
            if answer.status != 303 or not answer.location.startswith("/zh/staff/sign-in"):
                wrong.append(f"{method} {door.address}: {answer.status} {answer.location}")

    assert wrong == []


def test_no_door_takes_a_form_without_its_token(
    doors: list[Door], client: FlaskClient, changes: list[str]
) -> None:
    posts = [door for door in doors if door.takes("POST")]
    assert posts
    wrong: list[str] = []
    for role in (None, Role.ADMIN):
        if role:
            _sign_in(client, role)
            changes.clear()
        for door in posts:
            status = client.post(door.address, data={"title": "小区门口的充电桩"}).status_code
            if status != 400:
                wrong.append(f"{role} {door.address}: {status}")

    assert wrong == []
    assert changes == []


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.COMPILER, Role.ADMIN])
def test_reading_changes_nothing_and_never_fails(
    doors: list[Door], client: FlaskClient, changes: list[str], role: Role | None
) -> None:
    if role:
        _sign_in(client, role)
        changes.clear()
    wrong: list[str] = []
    for door in doors:
        if not door.takes("GET"):
            continue
        answer = client.get(door.address)
        answer.close()
        if answer.status_code >= 500:
            wrong.append(f"{door.address}: {answer.status_code}")
        if changes:
            wrong.append(f"{door.address} wrote to {sorted(set(changes))}")
            changes.clear()

    assert wrong == []


def test_a_door_that_only_changes_something_does_not_answer_to_reading(
    doors: list[Door], client: FlaskClient
) -> None:
    wrong = [
        door.address
        for door in doors
        if door.takes("POST")
        and not door.takes("GET")
        and not any(other.takes("GET") and other.address == door.address for other in doors)
        and client.get(door.address).status_code not in {303, 404, 405}
    ]

    assert wrong == []


def test_the_listener_notices_a_write(changes: list[str]) -> None:
    with transaction() as session:
        make_staff(session)

    assert changes == ["staff_member"]
