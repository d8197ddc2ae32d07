"""What was sent: sealed where it was masked, opened only with a reason and on the record."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import AuditEntry, StaffMember, Suggestion
from app.resources import keys, now, reading, transaction
from app.secrecy import Keys
from app.services import originals
from app.services.originals import OPENING_REASON_MAX, Words
from app.vocabulary import Role
from tests.factories import make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

PHONE = "13800138000"
SENT = Words("路灯坏了", f"我的电话是{PHONE}，路灯坏了一个月。")


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may open originals."""
    with transaction() as session:
        return make_staff(session)


def masked_row() -> str:
    with transaction() as session:
        row = make_suggestion(session, text="我的电话是****，路灯坏了一个月。")
        originals.seal(row, SENT.title, SENT.text, keys())
        return row.number


def opened(
    number: str, reason: str, by: StaffMember, with_keys: Keys | None = None
) -> tuple[str, str]:
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        return originals.open_original(
            session, row, reason=reason, by=by, keys=with_keys or keys(), now=now()
        )


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def test_a_sealed_original_says_nothing_and_opens_as_it_was(moderator: StaffMember) -> None:
    number = masked_row()
    assert PHONE not in (stored(number).original_sealed or "")
    assert opened(number, "核对遮盖是否恰当", moderator) == (SENT.title, SENT.text)


def test_every_opening_is_logged_with_who_and_why(moderator: StaffMember) -> None:
    number = masked_row()
    opened(number, f"来电{PHONE}的市民要求核对", moderator)
    opened(number, "第二次核对", moderator)
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(line.act, line.subject, line.staff_id) for line in lines] == [
        ("original.open", number, moderator.id)
    ] * 2
    assert lines[0].detail == {"reason": "来电****的市民要求核对"}


@pytest.mark.parametrize("reason", ["", " \u200b", "……", "长" * (OPENING_REASON_MAX + 1)])
def test_without_a_proper_reason_nothing_is_opened(moderator: StaffMember, reason: str) -> None:
    with pytest.raises(InvalidInputError):
        opened(masked_row(), reason, moderator)
    with reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_a_compiler_opens_no_original() -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    with pytest.raises(NotAllowedError):
        opened(masked_row(), "想看一看", compiler)


def test_where_nothing_was_masked_there_is_nothing_to_open(moderator: StaffMember) -> None:
    with transaction() as session:
        number = make_suggestion(session).number
    with pytest.raises(NotFoundError):
        opened(number, "想看一看", moderator)


def test_other_keys_open_nothing(moderator: StaffMember) -> None:
    other = Keys.from_secret("another secret, just as long as the first one")
    with pytest.raises(NotFoundError):
        opened(masked_row(), "想看一看", moderator, other)


def test_what_was_sent_first_stays_what_was_sent() -> None:
    number = masked_row()
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        originals.seal(row, "另一个标题", "另一段文字", keys())
    assert originals.words_sent(stored(number), keys()) == SENT


def test_an_author_reads_the_own_words_masked_or_not() -> None:
    with transaction() as session:
        plain = make_suggestion(session)
    assert originals.words_sent(plain, keys()) == Words(plain.title, plain.text)
    assert originals.words_sent(stored(masked_row()), keys()) == SENT


def test_plain_originals_are_sealed_in_portions() -> None:
    with transaction() as session:
        numbers = [make_suggestion(session).number for _ in range(3)]
        for row in session.scalars(select(Suggestion).where(Suggestion.number.in_(numbers))):
            row.original_text = f"原文里有电话{PHONE}。"
    with transaction() as session:
        assert originals.seal_plain(session, keys(), 2) == 2
    with transaction() as session:
        assert originals.seal_plain(session, keys(), 2) == 1
        assert originals.seal_plain(session, keys(), 2) == 0
    for number in numbers:
        assert stored(number).original_text is None
        assert originals.words_sent(stored(number), keys()).text == f"原文里有电话{PHONE}。"
