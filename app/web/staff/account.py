"""One's own account: the password, the second factor, the digest, and how the desk shall be."""

from cryptography.fernet import InvalidToken
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.errors import InvalidInputError
from app.models import StaffMember
from app.resources import keys, limited, now, reading, settings, today, transaction
from app.services import digests, staff
from app.vocabulary import Role
from app.web.forms import PlainForm
from app.web.qr import qr_picture
from app.web.security import requires, signed_in_staff
from app.web.sessions import end_session
from app.web.staff.forms import DropForm, EnrolForm, PasswordForm, refuse
from app.web.staff.sign_in import home_of

bp = Blueprint("account", __name__)

TRIES_PER_HOUR = 20
"""Passwords and codes typed on these pages: enough for a tired person, too few for guessing."""


class DeskForm(PlainForm):
    """How a member wants the desk to be."""

    wants_digest = BooleanField(
        _l("Begin with a digest"),
        description=_l(
            "Every morning: how many suggestions wait, are overdue, are yours, and how many appeals"
            " there are. It is the first page of the desk, and comes by e-mail where the portal can"
            " send any."
        ),
    )
    has_shortcuts = BooleanField(
        _l("Keyboard shortcuts"),
        description=_l("Single keys for what is done often in the queue."),
    )


@bp.get("/")
def home() -> ResponseReturnValue:
    """Go where this member's work begins."""
    return redirect(home_of(signed_in_staff()), 303)


@bp.get("/today", endpoint="today")
@requires(Role.MODERATOR)
def digest() -> str:
    """The digest of this moment: what waits, in figures."""
    with reading() as session:
        found = digests.compose(session, signed_in_staff(), now=now(), today=today())
    return render_template("staff/account/today.html", digest=found, day=today())


@bp.get("/account/stay")
def stay() -> ResponseReturnValue:
    """Nothing to see: asking for it keeps an idle browser signed in."""
    return "", 204


@bp.post("/account/desk")
@requires(Role.MODERATOR)
def change_desk() -> ResponseReturnValue:
    """Keep how this member wants the desk to be."""
    form = DeskForm(request.form, prefix="desk")
    with transaction() as session:
        staff.set_desk(
            session,
            signed_in_staff().id,
            wants_digest=form.wants_digest.data,
            has_shortcuts=form.has_shortcuts.data,
        )
    return redirect(url_for("staff.account.index", done="desk"), 303)


@bp.get("/account")
def index() -> str:
    """Who is signed in, and what can be changed."""
    return _account(PasswordForm(prefix="password"), DropForm(prefix="drop"))


@bp.get("/account/password")
@bp.get("/account/second-factor/off")
@bp.get("/account/desk")
def back() -> ResponseReturnValue:
    """Lead back from the address of a form: the language switch and a new sign-in end up here."""
    return redirect(url_for("staff.account.index"), 303)


@bp.post("/account/password")
@limited(lambda settings: TRIES_PER_HOUR)
def change_password() -> ResponseReturnValue:
    """Set another password; every browser has to sign in again, this one too."""
    form = PasswordForm(prefix="password")
    if not form.validate():
        return _account(form, DropForm(None, prefix="drop")), 422
    try:
        with transaction() as session:
            staff.change_password(
                session,
                signed_in_staff().id,
                current=form.current.data,
                new=form.new.data,
                now=now(),
            )
    except InvalidInputError as error:
        field = "current" if error.field == "current" else "new"
        refuse(form, field, _password_words(error))
        return _account(form, DropForm(None, prefix="drop")), 422
    end_session()
    return redirect(url_for("staff.sign_in.sign_in", done="password"), 303)


@bp.get("/account/second-factor")
def second_factor() -> ResponseReturnValue:
    """Show a fresh secret to take into an authenticator app."""
    if signed_in_staff().totp_sealed:
        return redirect(url_for("staff.account.index"), 303)
    return _enrolment(EnrolForm(), staff.propose_second_factor())


@bp.post("/account/second-factor")
@limited(lambda settings: TRIES_PER_HOUR)
def confirm_second_factor() -> ResponseReturnValue:
    """Switch the second factor on; this answer alone shows the recovery codes.

    It is a page and no redirect, for the codes are kept nowhere in plain.
    """
    member = signed_in_staff()
    secret = _carried_secret(member)
    if member.totp_sealed or secret is None:
        return redirect(url_for("staff.account.second_factor"), 303)
    form = EnrolForm()
    if not form.validate():
        return _enrolment(form, secret), 422
    try:
        with transaction() as session:
            codes = staff.confirm_second_factor(
                session, member.id, secret=secret, code=form.code.data, keys=keys(), now=now()
            )
    except InvalidInputError:
        refuse(
            form,
            "code",
            _("This is not the code of this moment. Wait for the next one and enter it."),
        )
        return _enrolment(form, secret), 422
    return render_template("staff/account/recovery_codes.html", codes=codes)


@bp.post("/account/second-factor/off")
@limited(lambda settings: TRIES_PER_HOUR)
def drop_second_factor() -> ResponseReturnValue:
    """Switch the second factor off."""
    form = DropForm(prefix="drop")
    if not form.validate():
        return _account(PasswordForm(None, prefix="password"), form), 422
    try:
        with transaction() as session:
            staff.drop_second_factor(
                session, signed_in_staff().id, password=form.password.data, now=now()
            )
    except InvalidInputError:
        refuse(form, "password", _("The password is not right."))
        return _account(PasswordForm(None, prefix="password"), form), 422
    return redirect(url_for("staff.account.index", done="off"), 303)


def _account(password: PasswordForm, drop: DropForm) -> str:
    member = signed_in_staff()
    return render_template(
        "staff/account/index.html",
        member=member,
        password=password,
        drop=drop,
        desk=DeskForm(None, obj=member, prefix="desk"),
        refused=drop if drop.errors else password,
        is_required=settings().second_factor_required,
        done=request.args.get("done", ""),
    )


def _enrolment(form: EnrolForm, secret: str) -> str:
    member = signed_in_staff()
    issuer = settings().site_name_en
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return render_template(
        "staff/account/second_factor.html",
        form=form,
        secret=" ".join(groups),
        carried=keys().seal(f"{member.id} {secret}"),
        qr=qr_picture(staff.second_factor_address(member, secret, issuer=issuer)),
        is_required=settings().second_factor_required,
    )


def _carried_secret(member: StaffMember) -> str | None:
    """The secret shown before, sealed into the form so that showing it wrote nothing."""
    try:
        owner, _space, secret = keys().unseal(request.form.get("carried", "")).partition(" ")
    except (InvalidToken, UnicodeEncodeError):
        return None
    return secret if owner == str(member.id) else None


def _password_words(error: InvalidInputError) -> str:
    words = {
        "wrong": _("The present password is not right."),
        "too_simple": _("The new password repeats a few characters. Use more different ones."),
        "length": _("The new password is too short or too long."),
    }
    return str(words[error.reason])
