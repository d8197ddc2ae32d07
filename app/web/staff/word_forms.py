"""The forms for the office's own rules: working days, insults, reasons; they check shape only."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.errors import InvalidInputError
from app.models import ReasonCode
from app.services.insult_words import WORD_MAX
from app.services.reason_codes import ACTIONS, EXPLAIN_MAX, LABEL_MAX, Wording
from app.services.working_days import FIRST_YEAR, LAST_YEAR, NOTE_MAX
from app.vocabulary import ModerationAction
from app.web.forms import PlainForm

OFF, WORK = "off", "work"


class RuleForm(PlainForm):
    """A day on which the office works, or does not, whatever the calendar says."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter a day."))])
    is_working_day = RadioField(
        _l("On this day the office"),
        choices=[SelectChoice(OFF, _l("does not work")), SelectChoice(WORK, _l("works"))],
        validators=[InputRequired(_l("Choose whether the office works on this day."))],
    )
    note = StringField(
        _l("Why"),
        description=_l("A notice, a storm, a holiday of the office. Colleagues read it here."),
        validators=[
            Length(max=NOTE_MAX, message=_l("The reason may have up to %(max)d characters.")),
        ],
    )


class InsultForm(PlainForm):
    """A word that shall make the machine ask for a look."""

    word = StringField(
        _l("New word"),
        description=_l(
            "A word or a short phrase. An English word is found only where it stands by itself, a"
            " Chinese one everywhere; capitals and traditional characters make no difference."
        ),
        validators=[InputRequired(_l("Enter a word."))],
    )


def _label(label: object) -> StringField:
    return StringField(
        label,
        validators=[
            InputRequired(_l("Enter a short name.")),
            Length(max=LABEL_MAX, message=_l("The name may have up to %(max)d characters.")),
        ],
    )


def _explanation(label: object) -> TextAreaField:
    return TextAreaField(
        label,
        description=_l("Say what was found, and what the author can do next."),
        validators=[
            InputRequired(_l("Enter what the author shall read.")),
            Length(max=EXPLAIN_MAX, message=_l("The text may have up to %(max)d characters.")),
        ],
        render_kw={"rows": 5},
    )


class ReasonForm(PlainForm):
    """A reason's words in both languages."""

    label_zh = _label(_l("Name in Chinese"))
    explain_zh = _explanation(_l("Explanation in Chinese"))
    label_en = _label(_l("Name in English"))
    explain_en = _explanation(_l("Explanation in English"))

    def said(self) -> Wording:
        """What was typed."""
        return Wording(
            label_zh=self.label_zh.data or "",
            label_en=self.label_en.data or "",
            explain_zh=self.explain_zh.data or "",
            explain_en=self.explain_en.data or "",
        )


class NewReasonForm(ReasonForm):
    """A new reason, and what it is for."""

    action = RadioField(
        _l("The reason is for"),
        choices=[
            SelectChoice(ModerationAction.RETURN.value, _l("returning to the author")),
            SelectChoice(ModerationAction.DECLINE.value, _l("declining")),
        ],
        validators=[InputRequired(_l("Choose what the reason is for."))],
    )


def filled(row: ReasonCode) -> ReasonForm:
    """The form with a reason's present words."""
    return ReasonForm(
        None,
        label_zh=row.label_zh,
        label_en=row.label_en,
        explain_zh=row.explain_zh,
        explain_en=row.explain_en,
    )


def new_reason(action: str) -> NewReasonForm:
    """An empty form; what the reason is for is chosen already where the address says so."""
    return NewReasonForm(None, action=action if action in ACTIONS else None)


def refusal_words(error: InvalidInputError) -> str:
    """What a service refused, as a sentence for the form."""
    words = {
        "out_of_bounds": _(
            "Enter a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR
        ),
        "too_short": _("A word has two characters or more."),
        "too_long": _("A word or phrase has up to %(most)s characters.", most=WORD_MAX),
        "no_words": _("Enter letters, characters or digits."),
        "known": _("The list has this word already."),
        "missing": _("Enter letters, characters or digits."),
        "last_one": _(
            "This is the only reason left for this. Switch another one on, or add one, before."
        ),
    }
    return str(words.get(error.reason, _("This cannot be taken.")))
