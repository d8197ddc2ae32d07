"""Who may come in by which door: strangers stay outside the desk, and reading never writes."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.extensions import db
from app.factory import create_app
from app.models import (
    Answer,
    AnswerTemplate,
    Campaign,
    Matter,
    ScenarioCase,
    StaffMember,
    Suggestion,
)
from app.resources import reading, search_index, today, transaction
from app.services import matters, search_words
from app.services.search_words import PairWords
from app.vocabulary import Language, Outcome, Role
from tests.conftest import make_settings
from tests.factories import MOMENT, make_staff
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
        "public.hot_issues.evidence",
        "public.hot_issues.index",
        "public.hot_issues.issue",
        "public.hot_issues.issues_csv",
        "public.hot_issues.messages_csv",
        "public.hot_issues.verify",
        "public.hot_issues.workbook",
        "public.pages.accessibility",
        "public.pages.method",
        "public.pages.moderation_csv",
        "public.pages.open_data",
        "public.pages.plan_csv",
        "public.pages.plan_json",
        "public.pages.privacy",
        "public.pages.statistics",
        "public.pages.suggestions_csv",
        "public.pages.suggestions_json",
        "public.plan.item",
        "public.plan.outline",
        "public.reports.form",
        "public.reports.send",
        "public.reports.thanks",
        "public.search.feed",
        "public.search.proposals",
        "public.search.results",
        "public.settings.large_text",
        "public.suggestions.check",
        "public.suggestions.index",
        "public.suggestions.new",
        "public.suggestions.one",
        "public.suggestions.proposals",
        "public.suggestions.receipt",
        "public.suggestions.send",
        "public.suggestions.send_by_address",
        "public.suggestions.support",
        "public.suggestions.unsupport",
        "public.track.appeal",
        "public.track.by_address",
        "public.track.follow_up",
        "public.track.index",
        "public.track.leave",
        "public.track.look_up",
        "public.track.rate",
        "public.track.revise",
        "public.track.suggestion",
        "public.track.withdraw",
        "static",
    }
)
"""Every door that a stranger may use; somebody thinks about a new one and enters it here."""

EVERYBODY = frozenset(Role)
MODERATING = frozenset({Role.MODERATOR, Role.ADMIN})
COMPILING = frozenset({Role.COMPILER, Role.ADMIN})
ADMINISTRATING = frozenset({Role.ADMIN})

DESK: Mapping[frozenset[Role], str] = {
    EVERYBODY: """
        account: back change_password confirm_second_factor drop_second_factor home index
            second_factor stay
        calendar: index
        search: explain glossary index words
    """,
    MODERATING: """
        account: change_desk today
        answer_templates: add change index new remove template
        answers: answer change close discard draft index new publish publish_many review schedule
        bulk: asked_for_undo back choose go job start undo
        claims: leave rows standing take take_over warning
        fairness: index judge look
        matters: confirm index join lead matter merge take_apart undo
        moderation: back decide decline_as_spam lift_flag original raise_flag spam suggestion
        queue: back delete index new save
        words: add_insult add_reason back change_reason index insults move_reason new reason
            reasons remove_insult switch_reason
    """,
    COMPILING: """
        hot_issues: confirm create edition exclude index issue move new publish rename restore
        search: add_pair add_word change_pair new_pair pair remove_pair remove_word
    """,
    ADMINISTRATING: """
        calendar: remove_rule set_rule
        log: as_csv index
    """,
}
"""Who may use which door of the desk, part by part; somebody thinks about a new one as above."""


def _doors_of_desk() -> dict[str, frozenset[Role]]:
    """The roles of each endpoint."""
    found: dict[str, frozenset[Role]] = {}
    for roles, parts in DESK.items():
        part = ""
        for word in parts.split():
            if word.endswith(":"):
                part = word.removesuffix(":")
            else:
                found[f"staff.{part}.{word}"] = roles
    return found


PUBLISHED, DRAFT = 1, 2
NOBODYS_BATCH = "nobodys-batch"
EXAMPLES = {
    "lang": "zh",
    "language": "en",
    "year": 2023,
    "number": 4,
    "issue_number": 1,
    "pair_id": 1,
    "word_id": 1,
    "answer_id": 1,
    "template_id": 1,
    "matter_id": 1,
    "change_id": 1,
    "flag_id": 1,
    "filter_id": 1,
    "code": "repeated",
    "token": NOBODYS_BATCH,
    "filename": "css/base.css",
}

WITHOUT_TOKEN = frozenset({"public.settings.large_text"})
"""Changes nothing but how this browser shows pages; a token would give every reader a session."""

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
    """A folder with the demonstration's suggestions, a list of each kind and an index."""
    folder = tmp_path_factory.mktemp("demonstration") / "instance"
    shutil.copytree(loaded_world, folder)
    app = create_app(make_settings(folder))
    run = app.test_cli_runner().invoke
    with app.app_context():
        last = today()
    period = ["--from", str(last - timedelta(days=300)), "--to", str(last)]
    for command in (
        ["demo", "load"],
        ["hot-issues", "draft", *period],
        ["hot-issues", "publish", "1"],
        ["hot-issues", "draft", *period],
        ["search", "rebuild"],
    ):
        result = run(args=command)
        assert result.exit_code == 0, result.output
    with app.app_context():
        with transaction() as session:
            said = PairWords(zh=("智能垃圾箱",), en=("smart bin",))
            by = make_staff(session)
            search_words.add_pair(session, said, by=by, now=MOMENT)
            _fill(session, by)
        search_index().close()
        db.engine.dispose()
    return folder


def _fill(session: Session, by: StaffMember) -> None:
    """One of each thing that has a page of its own and is not in the demonstration."""
    first = session.scalars(
        select(Suggestion).where(Suggestion.publicly_visible()).order_by(Suggestion.id).limit(1)
    ).one()
    if session.get(Answer, 1) is None:
        session.add(
            Answer(
                suggestion_id=first.id,
                language=Language.ZH,
                text="已经安排检修。",
                outcome=Outcome.ADOPTED,
                drafted_by_id=by.id,
                drafted_at=MOMENT,
            )
        )
    session.add(AnswerTemplate(name="检修", text_zh="已经安排检修。", text_en="It is planned."))
    if session.get(Matter, 1) is None:
        numbers = session.scalars(
            select(Suggestion.number).where(Suggestion.publicly_visible()).limit(2)
        ).all()
        matters.merge(session, numbers, lead=numbers[0], by=by, now=MOMENT)


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
        suggestion = session.scalar(
            select(Suggestion.number).where(Suggestion.publicly_visible()).limit(1)
        )
        slugs = {
            "cases": session.scalar(select(ScenarioCase.slug).limit(1)),
            "campaigns": session.scalar(select(Campaign.slug).limit(1)),
        }

    def value_for(rule: Rule, name: str) -> object:
        if name == "slug":
            return slugs[rule.rule.split("/")[2]]
        if name == "number" and "hot-issues" in rule.rule:
            return DRAFT if "/staff/" in rule.rule else PUBLISHED
        if name == "number" and "/items/" not in rule.rule:
            return suggestion
        return EXAMPLES[name]

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


def test_every_door_of_the_desk_is_known(doors: list[Door]) -> None:
    inner = {door.endpoint for door in doors if door.is_staffs and ".sign_in." not in door.endpoint}
    known = set(_doors_of_desk())

    assert inner - known == set(), "a new door of the desk: enter it above, under who may use it"
    assert known - inner == set(), "a door has gone: take it off the table"


@pytest.mark.parametrize("role", list(Role))
def test_each_door_of_the_desk_opens_for_its_roles_and_no_other(
    doors: list[Door], pages: PageClient, role: Role
) -> None:
    allowed = _doors_of_desk()
    _sign_in(pages.client, role)
    token = pages.get("/zh/staff/account").hidden["csrf_token"]
    wrong: list[str] = []
    for door in doors:
        for method in ("GET", "POST"):
            if door.endpoint not in allowed or not door.takes(method):
                continue
            # An empty form changes nothing that would end the session.
            data = {"csrf_token": token} if method == "POST" else None
            answer = pages.client.open(door.address, method=method, data=data)
            answer.close()
            is_open = answer.status_code != 403
            is_in = not answer.headers.get("Location", "").startswith("/zh/staff/sign-in")
            is_meant = role in allowed[door.endpoint]
            if is_open is not is_meant or not is_in or answer.status_code >= 500:
                wrong.append(f"{method} {door.address}: {answer.status}")

    assert wrong == []


def test_no_door_takes_a_form_without_its_token(
    doors: list[Door], client: FlaskClient, changes: list[str]
) -> None:
    posts = [door for door in doors if door.takes("POST") and door.endpoint not in WITHOUT_TOKEN]
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


def test_every_page_that_is_there_is_shown_to_an_admin(
    doors: list[Door], client: FlaskClient
) -> None:
    """Without this the guards above would be content with pages that are not found."""
    _sign_in(client, Role.ADMIN)
    lost: set[str] = set()
    for door in doors:
        if door.takes("GET"):
            answer = client.get(door.address)
            answer.close()
            lost |= {door.address} if answer.status_code == 404 else set()

    # A receipt and a batch are there only for the browser that has just sent something.
    lost = {address for address in lost if NOBODYS_BATCH not in address}
    assert lost - {"/bootstrap/static/css/base.css", "/zh/suggestions/receipt"} == set()


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
