"""The morning's letters: what waits for each member of the staff, in both languages."""

from datetime import date, datetime, time

import structlog
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.resources import now, reading, settings, today, transaction
from app.services import digests, mail
from app.services.digests import Addressed, Digest
from app.services.mail import Letter, Post

log = structlog.get_logger()

MORNING, NOON = 7, 12
"""The city's hours between which the letters go out."""

LOCALES = ("zh_Hans", "en")
"""An account knows no language of its own, so a letter is written in both."""


def is_due(tried_at: datetime | None, moment: datetime) -> bool:
    """Whether the letters are to be tried at a moment in the city's time: once each hour."""
    if not MORNING <= moment.hour < NOON:
        return False
    return tried_at is None or (tried_at.date(), tried_at.hour) != (moment.date(), moment.hour)


def send_due() -> int:
    """Send the digests that have not been sent today; returns how many went out.

    Each is noted as it goes, so that a worker that is killed sends none of them twice but perhaps
    the one it was at. Without a mail server nothing is sent: the desk shows the digest.
    """
    post = _post()
    if post is None:
        return 0
    day = today()
    midnight = datetime.combine(day, time(), settings().zone)
    with reading() as session:
        due = digests.due(session, now=now(), midnight=midnight, today=day)
    return sum(_sent(post, addressed, day) for addressed in due)


def _post() -> Post | None:
    chosen = settings()
    if not chosen.smtp_host:
        return None
    return Post(
        host=chosen.smtp_host,
        port=chosen.smtp_port,
        sender=chosen.smtp_from,
        user=chosen.smtp_user,
        password=chosen.smtp_password,
    )


def _sent(post: Post, addressed: Addressed, day: date) -> bool:
    """Whether the letter went out; where it did not, the log says why and the next hour tries."""
    try:
        mail.send(post, _letter(addressed, day))
    except (OSError, ValueError) as error:
        log.warning("digest not sent", staff=addressed.member.id, error=type(error).__name__)
        return False
    with transaction() as session:
        digests.note_sent(session, addressed.member, now=now())
    return True


def _letter(addressed: Addressed, day: date) -> Letter:
    subjects: list[str] = []
    bodies: list[str] = []
    for locale in LOCALES:
        with force_locale(locale):
            subjects.append(str(_("What waits on %(day)s", day=day.isoformat())))
            bodies.append(_body(addressed.digest))
    base = settings().public_base_url.rstrip("/")
    ending = [f"{base}/zh/staff/today"] if base else []
    return Letter(
        to=addressed.member.email,
        subject=" / ".join(subjects),
        body="\n\n".join([*bodies, *ending]) + "\n",
    )


def _body(digest: Digest) -> str:
    lines = (
        ngettext("%(num)s suggestion waits.", "%(num)s suggestions wait.", digest.waiting),
        ngettext("%(num)s of them is overdue.", "%(num)s of them are overdue.", digest.overdue),
        ngettext("%(num)s is claimed by you.", "%(num)s are claimed by you.", digest.mine),
        ngettext(
            "%(num)s appeal is for you to look at.",
            "%(num)s appeals are for you to look at.",
            digest.appeals,
        ),
        ngettext(
            "%(num)s second look is open to you.",
            "%(num)s second looks are open to you.",
            digest.looks,
        ),
    )
    return "\n".join(str(line) for line in lines)
