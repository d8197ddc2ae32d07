"""Reasons: worded in both languages, switched off rather than deleted, kept in an order."""

from dataclasses import asdict, replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleEditError
from app.models import AuditEntry, Decision, ReasonCode
from app.resources import reading, transaction
from app.services import reason_codes
from app.services.reason_codes import EXPLAIN_MAX, LABEL_MAX, Direction, Wording
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion

SAID = Wording("请附上照片", "Please add a photo", "看了照片才能判断。", "We need to see it.")


def given_reason(said: Wording = SAID, action: ModerationAction = ModerationAction.RETURN) -> str:
    with transaction() as session:
        return reason_codes.add(session, action, said, by=make_staff(session), now=MOMENT).code


def found(code: str) -> ReasonCode:
    with reading() as session:
        return reason_codes.one(session, code)


def codes(action: ModerationAction = ModerationAction.RETURN) -> list[str]:
    with reading() as session:
        return [row.reason.code for row in reason_codes.listed(session)[action]]


def changed(code: str, said: Wording, *, seen_version: int) -> None:
    with transaction() as session:
        reason_codes.change(
            session, code, said, seen_version=seen_version, by=make_staff(session), now=MOMENT
        )


def moved(code: str, direction: Direction) -> None:
    with transaction() as session:
        reason_codes.move(session, code, direction, by=make_staff(session), now=MOMENT)


def switched_off(code: str, *, seen_version: int = 1) -> None:
    with transaction() as session:
        reason_codes.switch_off(
            session, code, seen_version=seen_version, by=make_staff(session), now=MOMENT
        )


def test_a_new_reason_comes_last_and_takes_its_code_from_the_english_name(app: Flask) -> None:
    assert given_reason() == "please-add-a-photo"

    assert codes()[-1] == "please-add-a-photo"
    assert found("please-add-a-photo").explain_zh == "看了照片才能判断。"


def test_a_name_that_is_taken_gets_a_number(app: Flask) -> None:
    given_reason()

    assert given_reason() == "please-add-a-photo-2"


@pytest.mark.parametrize(
    ("label", "code"), [("New", "new-2"), ("原因", "reason"), ("图" * 60, "reason")]
)
def test_a_code_is_never_empty_and_never_another_page(app: Flask, label: str, code: str) -> None:
    assert given_reason(replace(SAID, label_en=label)) == code


@pytest.mark.parametrize("name", list(asdict(SAID)))
@pytest.mark.parametrize("typed", ["", " 。 "])
def test_a_reason_needs_every_word_in_both_languages(app: Flask, name: str, typed: str) -> None:
    said = replace(SAID, **{name: typed})

    with transaction() as session, pytest.raises(InvalidInputError) as refused:
        reason_codes.add(
            session, ModerationAction.DECLINE, said, by=make_staff(session), now=MOMENT
        )

    assert (refused.value.field, refused.value.reason) == (name, "missing")


@pytest.mark.parametrize(
    ("name", "longest"), [("label_zh", LABEL_MAX), ("explain_en", EXPLAIN_MAX)]
)
def test_words_may_be_so_long_and_no_longer(app: Flask, name: str, longest: int) -> None:
    code = given_reason(replace(SAID, **{name: "图" * longest}))
    assert len(getattr(found(code), name)) == longest

    with transaction() as session, pytest.raises(InvalidInputError):
        reason_codes.add(
            session,
            ModerationAction.RETURN,
            replace(SAID, **{name: "图" * (longest + 1)}),
            by=make_staff(session),
            now=MOMENT,
        )


@pytest.mark.parametrize("action", [ModerationAction.PUBLISH, ModerationAction.KEEP])
def test_what_needs_no_reason_gets_none(app: Flask, action: ModerationAction) -> None:
    with transaction() as session, pytest.raises(InvalidInputError):
        reason_codes.add(session, action, SAID, by=make_staff(session), now=MOMENT)


def test_a_reason_can_be_worded_anew(app: Flask) -> None:
    code = given_reason()

    changed(code, replace(SAID, label_zh="请附上一张照片"), seen_version=1)

    assert found(code).label_zh == "请附上一张照片"
    assert found(code).version == 2


def test_an_edit_of_an_older_version_is_refused(app: Flask) -> None:
    code = given_reason()
    changed(code, replace(SAID, label_zh="请附上一张照片"), seen_version=1)

    with pytest.raises(StaleEditError):
        changed(code, replace(SAID, label_zh="照片"), seen_version=1)

    assert found(code).label_zh == "请附上一张照片"


def test_an_edit_that_somebody_overtakes_is_refused(app: Flask) -> None:
    code = given_reason()

    with transaction() as session:
        member = make_staff(session)
        reason_codes.one(session, code)
        # Past the session, as another process does it.
        session.connection().execute(
            update(ReasonCode).where(ReasonCode.code == code).values(version=2)
        )
        with pytest.raises(StaleEditError):
            reason_codes.change(
                session,
                code,
                replace(SAID, label_zh="照片"),
                seen_version=1,
                by=member,
                now=MOMENT,
            )


def test_a_reason_that_is_not_there_cannot_be_changed(app: Flask) -> None:
    with pytest.raises(NotFoundError):
        changed("no-such-reason", SAID, seen_version=1)


def test_a_reason_is_switched_off_and_on_again(app: Flask) -> None:
    code = given_reason()

    switched_off(code)
    assert not found(code).is_active
    with transaction() as session:
        reason_codes.switch_on(session, code, seen_version=2, by=make_staff(session), now=MOMENT)

    assert found(code).is_active
    assert code in codes()


def test_the_last_reason_of_its_kind_stays_on(app: Flask) -> None:
    code = given_reason()
    with transaction() as session:
        session.execute(
            update(ReasonCode)
            .where(ReasonCode.action == ModerationAction.RETURN, ReasonCode.code != code)
            .values(is_active=False)
        )

    with pytest.raises(InvalidInputError) as refused:
        switched_off(code)

    assert refused.value.reason == "last_one"
    assert found(code).is_active


def test_switching_off_what_somebody_changed_meanwhile_is_refused(app: Flask) -> None:
    code = given_reason()
    changed(code, replace(SAID, label_zh="照片"), seen_version=1)

    with pytest.raises(StaleEditError):
        switched_off(code, seen_version=1)

    assert found(code).is_active


def test_a_reason_moves_one_place_and_no_edit_becomes_stale(app: Flask) -> None:
    before = codes()
    code = given_reason()

    moved(code, Direction.UP)

    assert codes() == [*before[:-1], code, before[-1]]
    assert found(code).version == 1
    moved(code, Direction.DOWN)
    assert codes() == [*before, code]


def test_at_the_ends_of_the_list_nothing_moves(app: Flask) -> None:
    before = codes()

    moved(before[0], Direction.UP)
    moved(before[-1], Direction.DOWN)

    assert codes() == before


def test_a_list_says_how_often_each_reason_was_given(app: Flask) -> None:
    code = given_reason()
    with transaction() as session:
        suggestion = make_suggestion(session, ReviewState.RETURNED)
        session.add(
            Decision(
                suggestion_id=suggestion.id,
                action=ModerationAction.RETURN,
                from_state=ReviewState.PENDING,
                to_state=ReviewState.RETURNED,
                reason_code=code,
                version_after=2,
                decided_at=MOMENT,
            )
        )

    with reading() as session:
        uses = {
            row.reason.code: row.uses
            for row in reason_codes.listed(session)[ModerationAction.RETURN]
        }

    assert uses[code] == 1
    assert sum(uses.values()) == 1


def test_a_compiler_changes_no_reason(app: Flask) -> None:
    code = given_reason()
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
        with pytest.raises(NotAllowedError):
            reason_codes.change(session, code, SAID, seen_version=1, by=compiler, now=MOMENT)
        with pytest.raises(NotAllowedError):
            reason_codes.move(session, code, Direction.UP, by=compiler, now=MOMENT)


def test_a_change_stands_in_the_log_with_the_words_before_and_after(app: Flask) -> None:
    code = given_reason()
    after = replace(SAID, label_zh="请附上一张照片")
    changed(code, after, seen_version=1)

    with reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()

    assert entry is not None
    assert (entry.act, entry.subject) == ("reason.change", code)
    assert entry.detail == {"before": asdict(SAID), "after": asdict(after)}
