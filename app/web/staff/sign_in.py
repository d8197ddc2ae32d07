"""The door of the desk: in with password and code, out with one press."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.models import StaffMember
from app.resources import keys, limited, now, transaction
from app.services import staff
from app.services.staff import SignIn
from app.vocabulary import Role
from app.web.security import current_staff, local_path
from app.web.sessions import begin_staff_session, end_session
from app.web.staff.forms import SignInForm

bp = Blueprint("sign_in", __name__)

FAILURES_PER_HOUR = 30
"""From one address: an office behind one line may mistype, a machine may not go on guessing."""


def home_of(member: StaffMember) -> str:
    """The address where a member's work begins: with the digest, for whoever wants one."""
    if member.wants_digest and member.may(Role.MODERATOR):
        return url_for("staff.account.today")
    if member.role is Role.COMPILER:
        return url_for("staff.hot_issues.index")
    return url_for("staff.queue.index")


def _failed(response: Response) -> bool:
    return response.status_code == 401


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Ask who it is; one who is known goes on."""
    member = current_staff()
    if member is not None:
        return redirect(local_path(request.args.get("next"), otherwise=home_of(member)), 303)
    return _page(SignInForm())


@bp.post("/sign-in")
@limited(lambda settings: FAILURES_PER_HOUR, counts=_failed)
def enter() -> ResponseReturnValue:
    """Open the desk for the right password and code; count what was wrong."""
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    typed = SignIn(form.email.data, form.password.data, form.one_time_code.data or "")
    with transaction() as session:
        member = staff.sign_in(session, typed, keys=keys(), now=now())
    if member is None:
        form.form_errors.append(
            _(
                "That did not work. Check the address, the password and the code. After several"
                " wrong tries an account stays closed for fifteen minutes."
            )
        )
        return _page(form), 401
    begin_staff_session(member.id)
    return redirect(local_path(request.form.get("next"), otherwise=home_of(member)), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Close the desk in this browser."""
    member = current_staff()
    if member is not None:
        with transaction() as session:
            staff.note_sign_out(session, member, now=now())
    end_session()
    return redirect(url_for("staff.sign_in.sign_in", done="signed-out"), 303)


def _page(form: SignInForm) -> str:
    return render_template(
        "staff/sign_in/index.html",
        form=form,
        next=local_path(request.values.get("next"), otherwise=""),
        done=request.args.get("done", ""),
    )
