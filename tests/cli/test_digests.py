"""The morning's letters: who gets one, in which words, and what happens without a server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.cli import digests
from app.extensions import db
from app.factory import create_app
from app.models import StaffMember
from app.resources import search_index, transaction
from app.vocabulary import ReviewState
from tests.conftest import make_settings
from tests.factories import make_staff, make_suggestion
from tests.mail_server import Box, mail_server

MORNING = datetime(2023, 6, 1, 0, 30, tzinfo=UTC)
"""Half past eight in the city."""


@pytest.fixture
def box() -> Iterator[Box]:
    """A mail server."""
    with mail_server() as found:
        yield found


@pytest.fixture
def writing(app: Flask, box: Box) -> Iterator[Flask]:
    """A portal that can send mail."""
    strict = create_app(
        make_settings(
            Path(app.instance_path),
            smtp_host="127.0.0.1",
            smtp_port=box.port,
            smtp_from="portal@example.org",
            public_base_url="https://portal.example.org",
        )
    )
    with strict.app_context(), time_machine.travel(MORNING, tick=False):
        yield strict
        search_index().close()
        db.engine.dispose()


def make_member() -> StaffMember:
    with transaction() as session:
        member = make_staff(session, name="值班员")
        member.wants_digest = True
    return member


def test_a_letter_tells_in_both_languages_what_waits(writing: Flask, box: Box) -> None:
    with transaction() as session:
        make_suggestion(session, ReviewState.PENDING, title="只在待办里的标题")
    member = make_member()
    assert digests.send_due() == 1
    (letter,) = box.letters
    assert letter["To"] == member.email
    assert "2023-06-01" in letter["Subject"]
    body = letter.get_content()
    assert "1 suggestion waits." in body
    assert "https://portal.example.org/zh/staff/today" in body
    assert "只在待办里的标题" not in body


def test_a_letter_goes_out_once_a_day(writing: Flask, box: Box) -> None:
    make_member()
    assert [digests.send_due(), digests.send_due()] == [1, 0]
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert digests.send_due() == 1
    assert len(box.letters) == 2


def test_a_letter_that_is_refused_holds_no_other_up_and_is_tried_again(
    writing: Flask, box: Box
) -> None:
    refused, taken = make_member(), make_member()
    box.refuses = refused.email
    assert digests.send_due() == 1
    assert [letter["To"] for letter in box.letters] == [taken.email]
    box.refuses = ""
    assert digests.send_due() == 1
    assert [letter["To"] for letter in box.letters] == [taken.email, refused.email]


def test_without_a_mail_server_nothing_is_sent(app: Flask) -> None:
    make_member()
    assert digests.send_due() == 0


@pytest.mark.parametrize(
    ("hour", "tried", "is_due"),
    [
        (6, None, False),
        (7, None, True),
        (11, None, True),
        (12, None, False),
        (8, datetime(2023, 6, 1, 8, 5, tzinfo=UTC), False),
        (9, datetime(2023, 6, 1, 8, 5, tzinfo=UTC), True),
        (8, datetime(2023, 5, 31, 8, 5, tzinfo=UTC), True),
    ],
)
def test_letters_are_tried_once_an_hour_in_the_morning(
    hour: int, tried: datetime | None, *, is_due: bool
) -> None:
    moment = datetime(2023, 6, 1, hour, 30, tzinfo=UTC)
    assert digests.is_due(tried, moment) is is_due
