"""Staff accounts: who may sign in, with which second factor, and what locks them out.

Five wrong passwords lock an account for fifteen minutes (the profile that assessors of
GB/T 22239-2019 look for); the answer to a wrong password and to an unknown address is the same.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.text.normalise import clean
from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import StaffMember
from app.secrecy import Keys
from app.services import audit, browser_sessions
from app.vocabulary import Role

PASSWORD_MIN, PASSWORD_MAX = 12, 128
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
RECOVERY_CODES = 8

# The smallest setting that OWASP's password storage sheet names for Argon2id; two cores serve
# the whole portal.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class SignIn:
    """What was typed into the sign-in form."""

    email: str
    password: str
    one_time_code: str


def active(session: Session, staff_id: int) -> StaffMember | None:
    """The account of that id, if it may still be used."""
    member = session.get(StaffMember, staff_id)
    return member if member is not None and member.is_active else None


def everybody(session: Session) -> Sequence[StaffMember]:
    """All accounts by address."""
    return session.scalars(select(StaffMember).order_by(StaffMember.email)).all()


def add(
    session: Session, email: str, *, name: str, role: Role, password: str, now: datetime
) -> StaffMember:
    """A new account; raises InvalidInputError for a taken address or an unfit password."""
    address = email.strip().lower()
    if "@" not in address:
        raise InvalidInputError("email", "not_an_address")
    if session.scalar(select(StaffMember.id).where(StaffMember.email == address)):
        raise InvalidInputError("email", "taken")
    member = StaffMember(
        email=address,
        name=name,
        role=role,
        password_hash=_hashed(password),
        recovery_hashes=[],
        created_at=now,
    )
    session.add(member)
    session.flush()
    return member


def change_role(session: Session, email: str, role: Role, *, now: datetime) -> StaffMember:
    """Give an account another role; raises NotFoundError for an unknown address."""
    address = email.strip().lower()
    member = session.scalar(select(StaffMember).where(StaffMember.email == address))
    if member is None:
        raise NotFoundError("account", address)
    if member.role is not role:
        before, member.role = member.role, role
        session.flush()
        detail = {"from": before, "to": role}
        _log(session, "staff.role", member, detail, by=None, now=now)
    return member


def set_desk(session: Session, staff_id: int, *, wants_digest: bool, has_shortcuts: bool) -> None:
    """Keep how a member wants the desk to be."""
    member = _by_id(session, staff_id)
    member.wants_digest = wants_digest
    member.has_shortcuts = has_shortcuts


def change_password(
    session: Session, staff_id: int, *, current: str, new: str, now: datetime
) -> None:
    """Set another password and end every session of the account."""
    member = _by_id(session, staff_id)
    if not _matches(member.password_hash, current):
        raise InvalidInputError("current", "wrong")
    member.password_hash = _hashed(new)
    browser_sessions.remove_of_staff(session, staff_id)
    _log(session, "staff.password", member, {}, by=member, now=now)


def sign_in(session: Session, typed: SignIn, *, keys: Keys, now: datetime) -> StaffMember | None:
    """The account that the password and code open, or None; failures are counted.

    Returns None alike for an unknown address, a wrong password, a missing or used code, and an
    account that is locked: a stranger learns nothing about which addresses exist.
    """
    # The row is locked where the database can, so that failures tried side by side all count.
    member = session.scalar(
        select(StaffMember).where(StaffMember.email == clean(typed.email).lower()).with_for_update()
    )
    known = _matches(member.password_hash if member else _nobody, typed.password)
    if member is None or not member.is_active:
        return None
    if member.locked_until is not None and member.locked_until > now:
        return None
    if known and _second_factor_fits(member, typed.one_time_code, keys=keys, now=now):
        member.failed_count = 0
        member.locked_until = None
        _log(session, "staff.sign_in", member, {}, by=member, now=now)
        return member
    member.failed_count += 1
    if member.failed_count >= FAILURES_ALLOWED:
        member.failed_count = 0
        member.locked_until = now + LOCKED_FOR
        detail = {"minutes": LOCKED_FOR // timedelta(minutes=1)}
        _log(session, "staff.locked", member, detail, by=None, now=now)
    return None


def note_added(session: Session, member: StaffMember, *, now: datetime) -> None:
    """Log that an operator made the account."""
    _log(session, "staff.added", member, {"role": member.role}, by=None, now=now)


def note_sign_out(session: Session, member: StaffMember, *, now: datetime) -> None:
    """Log that the member signed out."""
    _log(session, "staff.sign_out", member, {}, by=member, now=now)


def propose_second_factor() -> str:
    """A fresh secret for an authenticator app."""
    return pyotp.random_base32()


def second_factor_address(member: StaffMember, secret: str, *, issuer: str) -> str:
    """The `otpauth:` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=issuer)


def confirm_second_factor(
    session: Session, staff_id: int, *, secret: str, code: str, keys: Keys, now: datetime
) -> tuple[str, ...]:
    """Switch the second factor on and return recovery codes, shown this once."""
    member = _by_id(session, staff_id)
    step = _step_of(secret, code, now=now)
    if step is None:
        raise InvalidInputError("code", "wrong")
    codes = tuple(secrets.token_hex(5) for _ in range(RECOVERY_CODES))
    member.totp_sealed = keys.seal(secret)
    member.totp_last_step = step
    member.recovery_hashes = [keys.hash("recovery", code) for code in codes]
    _log(session, "staff.second_factor_on", member, {}, by=member, now=now)
    return codes


def drop_second_factor(session: Session, staff_id: int, *, password: str, now: datetime) -> None:
    """Switch the second factor off; the password is asked again."""
    member = _by_id(session, staff_id)
    if not _matches(member.password_hash, password):
        raise InvalidInputError("password", "wrong")
    member.totp_sealed = None
    member.totp_last_step = None
    member.recovery_hashes = []
    _log(session, "staff.second_factor_off", member, {}, by=member, now=now)


def _log(
    session: Session,
    act: str,
    member: StaffMember,
    detail: Mapping[str, object],
    *,
    by: StaffMember | None,
    now: datetime,
) -> None:
    subject = f"staff:{member.id}"
    audit.append(session, act=act, subject=subject, detail=detail, staff=by, now=now)


def _by_id(session: Session, staff_id: int) -> StaffMember:
    member = session.get(StaffMember, staff_id)
    if member is None:
        raise NotFoundError("staff member", str(staff_id))
    return member


def _hashed(password: str) -> str:
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise InvalidInputError("password", "length")
    if len(set(password)) < 5:
        raise InvalidInputError("password", "too_simple")
    return _hasher.hash(password)


def _matches(hashed: str, password: str) -> bool:
    if len(password) > PASSWORD_MAX:
        return False
    try:
        return _hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _second_factor_fits(member: StaffMember, code: str, *, keys: Keys, now: datetime) -> bool:
    if member.totp_sealed is None:
        return True
    step = _step_of(keys.unseal(member.totp_sealed), code, now=now)
    if step is not None and (member.totp_last_step is None or step > member.totp_last_step):
        member.totp_last_step = step
        return True
    hashed = keys.hash("recovery", code.strip().lower())
    if hashed not in member.recovery_hashes:
        return False
    member.recovery_hashes = [other for other in member.recovery_hashes if other != hashed]
    return True


def _step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The thirty-second step whose code it is, one before or after the present one included."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // totp.interval
    for step in (present, present - 1, present + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def require(member: StaffMember, act: str, *roles: Role) -> None:
    """Raise NotAllowedError unless the member holds one of the roles."""
    if not member.may(*roles):
        raise NotAllowedError(act)
