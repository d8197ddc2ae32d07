"""Letters: what a server gets, and what is never sent."""

import pytest

from app.services import mail
from app.services.mail import Letter, Post
from tests.mail_server import mail_server

LETTER = Letter("wang@example.org", "待办 / What waits", "三件事在等。\nThree wait.\n")


def test_a_letter_arrives_as_it_was_written() -> None:
    with mail_server() as box:
        mail.send(Post("127.0.0.1", box.port, "portal@example.org"), LETTER)
    (found,) = box.letters
    assert (found["To"], found["From"]) == ("wang@example.org", "portal@example.org")
    assert found["Subject"] == "待办 / What waits"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().splitlines() == ["三件事在等。", "Three wait."]


def test_a_password_never_travels_in_the_clear() -> None:
    with mail_server() as box, pytest.raises(OSError, match="STARTTLS"):
        mail.send(Post("127.0.0.1", box.port, "portal@example.org", user="p", password="s"), LETTER)
    assert box.letters == []


def test_a_server_that_is_not_there_is_an_error() -> None:
    with mail_server() as box:
        port = box.port
    with pytest.raises(OSError, match="refused"):
        mail.send(Post("127.0.0.1", port, "portal@example.org"), LETTER)


def test_a_second_header_does_not_hide_in_an_address() -> None:
    hidden = Letter("wang@example.org\nBcc: li@example.org", "待办", "三件事在等。")
    with mail_server() as box, pytest.raises(ValueError, match=r"linefeed|newline"):
        mail.send(Post("127.0.0.1", box.port, "portal@example.org"), hidden)
    assert box.letters == []


def test_a_password_is_in_no_log() -> None:
    assert "secret" not in repr(Post("host", 587, "p@example.org", user="p", password="secret"))
