"""Templates: what may stand in them, whom they are offered to, and how they fill themselves in."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleEditError
from app.models import Decision, PlanItem, StaffMember, Unit
from app.resources import reading, transaction
from app.services import answer_templates, answers
from app.services.answer_templates import Wording
from app.vocabulary import Language, ModerationAction, ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion

DONE = Wording(
    "已办结",
    "您好，您的建议{number}《{title}》已由{unit}办结，归入“{item}”。",
    "Your suggestion {number}, “{title}”, was dealt with by {unit} under “{item}”.",
)


@pytest.fixture
def editor(app: Flask) -> StaffMember:
    """Who edits templates."""
    with transaction() as session:
        return make_staff(session)


def _add(wording: Wording, by: StaffMember) -> int:
    with transaction() as session:
        return answer_templates.add(session, wording, by=by, now=MOMENT).id


def test_a_template_fills_itself_in_in_the_language_of_the_suggestion(editor: StaffMember) -> None:
    template_id = _add(DONE, editor)
    with transaction() as session:
        unit = session.scalars(select(Unit).order_by(Unit.code)).first()
        assert unit is not None
        make_suggestion(session, items=(4,), number="QD-2023-900001")
        other = make_suggestion(
            session, items=(4,), title="Charger out of order", language=Language.EN
        ).number
    with reading() as session:
        template = answer_templates.one(session, template_id)
        chinese = answers.of_number(session, "QD-2023-900001")
        english = answers.of_number(session, other)
        ours = answer_templates.filled(template, chinese, unit)
        theirs = answer_templates.filled(template, english, unit)
    assert "QD-2023-900001《小区门口的充电桩总是坏》" in ours
    assert unit.name_zh in ours
    assert "“Charger out of order”" in theirs
    assert unit.name_en in theirs
    assert not answer_templates.leftover(ours + theirs)


def test_what_is_not_known_stays_a_place_to_be_filled_in(editor: StaffMember) -> None:
    template_id = _add(DONE, editor)
    with transaction() as session:
        template = answer_templates.one(session, template_id)
        text = answer_templates.filled(template, make_suggestion(session), None)
    assert "{unit}" in text
    assert "{item}" in text
    assert answer_templates.leftover(text)


def test_a_title_with_braces_is_not_filled_in_again(editor: StaffMember) -> None:
    template_id = _add(replace(DONE, text_zh="《{title}》已收到。"), editor)
    with transaction() as session:
        template = answer_templates.one(session, template_id)
        row = make_suggestion(session, title="请说明{number}是什么")
        assert answer_templates.filled(template, row, None) == "《请说明{number}是什么》已收到。"


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (replace(DONE, name=" "), "name"),
        (replace(DONE, text_zh="！"), "text_zh"),
        (replace(DONE, text_en="Dear {name}, it is done."), "text_en"),
        (replace(DONE, text_zh="您好，{ number }已办结。"), "text_zh"),
        (replace(DONE, text_zh="您好，{number已办结。"), "text_zh"),
        (replace(DONE, text_en="Well done." * 501), "text_en"),
        (replace(DONE, item_id=999_999), "item"),
        (replace(DONE, reason_code="no-such-reason"), "reason_code"),
    ],
)
def test_what_cannot_stand_in_a_template_is_refused(
    editor: StaffMember, wording: Wording, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        _add(wording, editor)
    assert refused.value.field == field


def test_templates_are_offered_where_they_fit_the_narrow_ones_first(editor: StaffMember) -> None:
    with reading() as session:
        item_id = session.scalars(select(PlanItem.id).where(PlanItem.number == 4)).one()
    _add(replace(DONE, name="甲 通用"), editor)
    _add(replace(DONE, name="乙 事项", item_id=item_id), editor)
    _add(replace(DONE, name="丙 理由", reason_code="outside-city"), editor)
    with transaction() as session:
        tagged = make_suggestion(session, items=(4,))
        plain = make_suggestion(session, items=(5,))
        refused = make_suggestion(session)
        session.add(
            Decision(
                suggestion_id=refused.id,
                action=ModerationAction.DECLINE,
                from_state=ReviewState.PENDING,
                to_state=ReviewState.DECLINED,
                reason_code="outside-city",
                version_after=2,
                decided_at=MOMENT,
            )
        )
        session.flush()
        offered = [
            [template.name for template in answer_templates.fitting(session, row)]
            for row in (tagged, plain, refused)
        ]
    assert offered == [["乙 事项", "甲 通用"], ["甲 通用"], ["丙 理由", "甲 通用"]]


def test_a_template_is_changed_and_removed_as_it_was_seen(editor: StaffMember) -> None:
    template_id = _add(DONE, editor)
    new = replace(DONE, name="办结告知")
    with transaction() as session:
        answer_templates.change(session, template_id, new, seen_version=1, by=editor, now=MOMENT)
    with pytest.raises(StaleEditError), transaction() as session:
        answer_templates.change(session, template_id, DONE, seen_version=1, by=editor, now=MOMENT)
    with pytest.raises(StaleEditError), transaction() as session:
        answer_templates.remove(session, template_id, seen_version=1, by=editor, now=MOMENT)
    with transaction() as session:
        answer_templates.remove(session, template_id, seen_version=2, by=editor, now=MOMENT)
    with pytest.raises(NotFoundError), reading() as session:
        answer_templates.one(session, template_id)


def test_a_compiler_edits_no_template(editor: StaffMember) -> None:
    template_id = _add(DONE, editor)
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    with pytest.raises(NotAllowedError):
        _add(DONE, compiler)
    with pytest.raises(NotAllowedError), transaction() as session:
        answer_templates.remove(session, template_id, seen_version=1, by=compiler, now=MOMENT)
