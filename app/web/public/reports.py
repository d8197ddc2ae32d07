"""A reader's report on something published: the form, and thanks for it. Nobody learns who."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import TooManyRequests

from app.errors import InvalidInputError, NotFoundError
from app.resources import limited, now, reading, settings, today, transaction
from app.services import reports, suggestions
from app.services.queueing import Term
from app.web.errors import page_for
from app.web.public.author_forms import ReportForm
from app.web.security import person_key

bp = Blueprint("reports", __name__)

REPORTS_PER_HOUR = 10


@bp.get("/suggestions/<number>/report")
def form(number: str) -> ResponseReturnValue:
    """Ask what is wrong with a published suggestion."""
    canonical = suggestions.canonical_number(number)
    page = _page(canonical, ReportForm(None))
    if number != canonical:
        return redirect(url_for(".form", number=canonical), 301)
    return page


@bp.post("/suggestions/<number>/report")
@limited(lambda chosen: REPORTS_PER_HOUR, counts=lambda answer: answer.status_code == 303)
def send(number: str) -> ResponseReturnValue:
    """Keep the report; sent twice it is one."""
    typed = ReportForm()
    if not typed.validate():
        return _page(number, typed, status=422)
    try:
        with transaction() as session:
            reports.report(
                session,
                number,
                typed.complaint(),
                person_key=person_key(),
                now=now(),
                term=Term(today(), settings().review_working_days),
            )
    except InvalidInputError as error:
        field = typed.note if error.field == "note" else typed.reason
        field.errors = [*field.errors, _("Say in a few words what is wrong.")]
        return _page(number, typed, status=422)
    return redirect(url_for(".thanks", number=number), 303)


@bp.get("/suggestions/<number>/reported")
def thanks(number: str) -> str:
    """Say what happens with a report."""
    with reading() as session:
        found = suggestions.public_one(session, suggestions.canonical_number(number))
    return render_template(
        "public/suggestions/reported.html",
        suggestion=found,
        working_days=settings().review_working_days,
    )


@bp.errorhandler(CSRFError)
def _page_expired(error: CSRFError) -> ResponseReturnValue:
    """A form that was open for too long comes back with what was typed."""
    return _kept(400)


@bp.errorhandler(TooManyRequests)
def _too_many(error: TooManyRequests) -> ResponseReturnValue:
    """Who has reported much in a short time keeps what was typed and may send it later."""
    return _kept(429)


def _kept(status: int) -> ResponseReturnValue:
    """The form with what was typed, as long as there is something to report."""
    try:
        return _page(str((request.view_args or {}).get("number", "")), ReportForm(), status=status)
    except NotFoundError:
        return page_for(404)


def _page(number: str, form: ReportForm, *, status: int = 200) -> Response:
    with reading() as session:
        found = suggestions.public_one(session, number)
    page = render_template(
        "public/suggestions/report.html", suggestion=found, form=form, status_code=status
    )
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
