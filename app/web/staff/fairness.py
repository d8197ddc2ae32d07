"""Fairness: taking a second look without seeing the first, and how often both agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.resources import keys, now, reading, transaction
from app.services import second_looks
from app.services.second_looks import Agreement, Judgement, Side, Unseen
from app.vocabulary import ModerationAction, Role
from app.web import charts, labels
from app.web.forms import PlainForm
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff.forms import refuse
from app.web.templating import html_language, name_of

bp = Blueprint("fairness", __name__, url_prefix="/fairness")


class LookForm(PlainForm):
    """What one would do with a suggestion, and why."""

    action = RadioField(
        _l("What would you do with it?"),
        choices=[],
        validators=[InputRequired(_l("Choose what you would do."))],
    )
    reason = SelectField(
        _l("Reason"),
        description=_l("For returning and declining. Everything else needs none."),
        choices=[],
        # Whether it fits depends on the action; the service knows.
        validate_choice=False,
    )


@dataclass(frozen=True)
class DifferenceLine:
    """Two decisions that are not the same, in words."""

    number: str
    first: str
    second: str
    day: object


@bp.get("")
@requires(Role.MODERATOR)
def index() -> str:
    """How often second looks agree, and where they did not."""
    number = page_number()
    with reading() as session:
        agreed = second_looks.agreed(session)
        page = second_looks.differences(session, page=number)
        waiting = second_looks.waiting(session, signed_in_staff())
    return render_template(
        "staff/fairness/index.html",
        agreed=agreed,
        kappa=_kappa_words(agreed),
        enough=second_looks.ENOUGH,
        share=second_looks.SHARE,
        waiting=waiting,
        differences=[
            DifferenceLine(row.number, _side(row.first), _side(row.second), row.looked_at)
            for row in page.rows
        ],
        links=PageLinks.of(page),
        done=request.args.get("done", ""),
    )


def _kappa_words(agreed: Agreement) -> str:
    return "" if agreed.kappa is None else charts.figure(agreed.kappa)


def _side(side: Side) -> str:
    said = str(labels.done[side.action])
    if side.reason is None:
        return said
    return str(_("%(action)s: %(reason)s", action=said, reason=name_of(side.reason)))


@bp.get("/look")
@requires(Role.MODERATOR)
def look() -> ResponseReturnValue:
    """One suggestion without its decision, to be decided on anew."""
    with reading() as session:
        unseen = second_looks.next_for(session, signed_in_staff(), keys=keys())
    if unseen is None:
        return redirect(url_for("staff.fairness.index"), 303)
    return _look_page(_form(None), unseen)


@bp.post("/look")
@requires(Role.MODERATOR)
def judge() -> ResponseReturnValue:
    """Keep the second decision; the suggestion stays as it is."""
    form = _form(request.form)
    key = request.form.get("look", "")
    with reading() as session:
        unseen = second_looks.named(session, key, signed_in_staff(), keys=keys())
    if unseen is None:
        return redirect(url_for("staff.fairness.index", done="taken"), 303)
    if not form.validate():
        return _look_page(form, unseen), 422
    judgement = Judgement(ModerationAction(form.action.data), form.reason.data or None)
    try:
        with transaction() as session:
            second_looks.judge(
                session, key, judgement, by=signed_in_staff(), keys=keys(), now=now()
            )
    except InvalidInputError as error:
        refuse(form, "reason", _reason_words(error))
        return _look_page(form, unseen), 422
    except (NotFoundError, StaleEditError):
        return redirect(url_for("staff.fairness.index", done="taken"), 303)
    return redirect(url_for("staff.fairness.index", done="kept"), 303)


def _form(typed: object) -> LookForm:
    form = LookForm(typed)
    with reading() as session:
        reasons = second_looks.reasons(session)
    choices: dict[str, Sequence[tuple[str, str]]] = {
        str(labels.action[action]): [(row.code, name_of(row)) for row in rows]
        for action, rows in reasons.items()
    }
    form.action.choices = [(each.value, labels.action[each]) for each in second_looks.LOOKED_AT]
    form.reason.choices = {"": [("", _("No reason needed"))], **choices}
    return form


def _reason_words(error: InvalidInputError) -> str:
    if error.reason == "missing":
        return str(_("Choose a reason."))
    return str(_("Choose a reason that belongs to what you would do."))


def _look_page(form: LookForm, unseen: Unseen) -> str:
    return render_template(
        "staff/fairness/look.html",
        form=form,
        unseen=unseen,
        text_lang=html_language(unseen.language),
    )
