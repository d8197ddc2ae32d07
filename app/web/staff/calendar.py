"""The office's calendar: a year's working days as announced, and as staff corrected them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, lazy_pgettext
from flask_babel import lazy_gettext as _l

from app.errors import InvalidInputError, NotFoundError
from app.resources import now, reading, today, transaction
from app.services import working_days
from app.services.working_days import FIRST_YEAR, LAST_YEAR, Day, DayKind, Year
from app.vocabulary import Role
from app.web.security import requires, signed_in_staff
from app.web.staff.forms import refuse
from app.web.staff.word_forms import OFF, WORK, RuleForm, refusal_words
from app.web.templating import format_day

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

# By the names that the calendar's library gives them.
HOLIDAYS: Mapping[str, object] = {
    "New Year's Day": _l("New Year’s Day"),
    "Spring Festival": _l("Spring Festival"),
    "Tomb-sweeping Day": _l("Tomb-Sweeping Day"),
    "Labour Day": _l("Labour Day"),
    "Dragon Boat Festival": _l("Dragon Boat Festival"),
    "National Day": _l("National Day"),
    "Mid-autumn Festival": _l("Mid-Autumn Festival"),
    "Anti-Fascist 70th Day": _l("70th anniversary of victory"),
}

# Translators: one short word in a cell of the calendar; Chinese calendars print 休 and 班.
OFF_WORD = lazy_pgettext("day of a calendar", "off")
WORK_WORD = lazy_pgettext("day of a calendar", "work")


@dataclass(frozen=True)
class Cell:
    """A day in the table of its month; `word` says what the colour says."""

    number: int
    look: str
    word: object
    holiday: object
    is_own: bool
    is_today: bool


@dataclass(frozen=True)
class Month:
    """A month as a table; `holidays` names those in it."""

    name: str
    weeks: Sequence[Sequence[Cell | None]]
    holidays: Sequence[object]


@dataclass(frozen=True)
class RuleLine:
    """A correction in words."""

    iso: str
    day: str
    is_working_day: bool
    note: str


@bp.get("")
def index() -> str:
    """A year of working days; this year's where none is named."""
    return _page(RuleForm(None), _chosen_year())


@bp.post("")
@requires(Role.ADMIN)
def set_rule() -> ResponseReturnValue:
    """Set a day otherwise than the calendar has it."""
    form = RuleForm()
    if not form.validate():
        return _page(form, _chosen_year()), 422
    try:
        with transaction() as database:
            rule = working_days.set_rule(
                database,
                form.day.data,
                is_working_day=form.is_working_day.data == WORK,
                note=form.note.data or "",
                by=signed_in_staff(),
                now=now(),
            )
    except InvalidInputError as error:
        refuse(form, error.field, refusal_words(error))
        return _page(form, _chosen_year()), 422
    return redirect(url_for("staff.calendar.index", year=rule.day.year, done="set"), 303)


@bp.post("/remove")
@requires(Role.ADMIN)
def remove_rule() -> ResponseReturnValue:
    """Let the calendar hold again; who finds the rule gone already has what was wanted."""
    day = _day(request.form.get("day", ""))
    try:
        with transaction() as database:
            working_days.remove_rule(database, day, by=signed_in_staff(), now=now())
    except NotFoundError:
        return redirect(url_for("staff.calendar.index", year=day.year), 303)
    return redirect(url_for("staff.calendar.index", year=day.year, done="removed"), 303)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        abort(400)


def _chosen_year() -> int:
    typed = request.args.get("year", "")
    if not typed:
        return today().year
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else abort(404)


def _page(form: RuleForm, number: int) -> str:
    with reading() as database:
        year = working_days.for_year(database, number)
    return render_template(
        "staff/calendar/index.html",
        form=form,
        year=number,
        is_covered=year.is_covered,
        before=number - 1 if number > FIRST_YEAR else None,
        after=number + 1 if number < LAST_YEAR else None,
        weekdays=_weekdays(),
        months=_months(year),
        rules=[
            RuleLine(rule.day.isoformat(), _day_words(rule.day), rule.is_working_day, rule.note)
            for rule in year.rules
        ],
        may_edit=signed_in_staff().may(Role.ADMIN),
        done=request.args.get("done", ""),
        off_word=OFF_WORD,
        work_word=WORK_WORD,
    )


def _weekdays() -> Sequence[str]:
    # Any week does; this one began with a Monday.
    return [str(format_date(date(2023, 5, day), "EEE")) for day in range(1, 8)]


def _day_words(day: date) -> str:
    return f"{format_day(day)} · {format_date(day, 'EEEE')}"


def _months(year: Year) -> Sequence[Month]:
    present = today()
    return [
        Month(
            name=str(format_date(date(year.year, number, 1), "LLLL")),
            weeks=[[_cell(day, present) for day in week] for week in weeks],
            holidays=_holidays(weeks),
        )
        for number, weeks in enumerate(year.months, 1)
    ]


def _holidays(weeks: Sequence[Sequence[Day | None]]) -> Sequence[object]:
    days = (day for week in weeks for day in week if day is not None)
    named = dict.fromkeys(day.holiday for day in days if day.kind is DayKind.HOLIDAY)
    return [HOLIDAYS.get(name, name) for name in named]


def _cell(day: Day | None, present: date) -> Cell | None:
    if day is None:
        return None
    is_plain = day.kind in (DayKind.WORKING, DayKind.WEEKEND) and day.rule is None
    looks = {True: WORK, False: OFF}
    return Cell(
        number=day.day.day,
        look=("weekend" if day.kind is DayKind.WEEKEND else "")
        if is_plain
        else looks[day.is_working_day],
        word="" if is_plain else (WORK_WORD if day.is_working_day else OFF_WORD),
        holiday=HOLIDAYS.get(day.holiday, day.holiday) if day.kind is DayKind.HOLIDAY else "",
        is_own=day.rule is not None,
        is_today=day.day == present,
    )
