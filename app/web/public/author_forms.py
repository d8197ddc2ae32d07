"""Forms for what an author says later, and for readers' reports."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.models.answer import RATING_NOTE_MAX
from app.models.review import APPEAL_MAX, REPORT_NOTE_MAX
from app.services.ratings import Grades
from app.services.reports import Complaint
from app.web.answer_words import GRADES, REPORT_REASONS
from app.web.forms import PlainForm


def _unix_lines(text: str | None) -> str | None:
    """Browsers send a line's end as two characters; a length counts what was typed."""
    return text.replace("\r\n", "\n") if text else text


def _grade(label: object, missing: object) -> RadioField:
    return RadioField(
        label,
        choices=[SelectChoice(str(grade), words) for grade, words in GRADES.items()],
        validators=[InputRequired(missing)],
    )


class RatingForm(PlainForm):
    """Two grades and a word about them."""

    attitude = _grade(
        _l("How did the office deal with it?"), _l("Choose a grade for how it was dealt with.")
    )
    result = _grade(_l("What do you say to the result?"), _l("Choose a grade for the result."))
    note = TextAreaField(
        _l("What should be better?"),
        description=_l("Only the office reads this."),
        filters=[_unix_lines],
        validators=[
            Length(max=RATING_NOTE_MAX, message=_l("Shorten it to %(max)d characters.")),
        ],
    )

    def grades(self) -> Grades:
        """What was given; the form must have been found valid."""
        return Grades(int(self.attitude.data), int(self.result.data), self.note.data or "")


class AppealForm(PlainForm):
    """An author's reasons against a refusal."""

    reasons = TextAreaField(
        _l("Why should it be looked at again?"),
        description=_l(
            "Say what was overlooked or misread. You can ask once; what you write is kept with"
            " your suggestion and never published."
        ),
        filters=[_unix_lines],
        validators=[
            InputRequired(_l("Say why it should be looked at again.")),
            Length(max=APPEAL_MAX, message=_l("Shorten it to %(max)d characters.")),
        ],
    )


class FollowUpForm(PlainForm):
    """Whether it helped in the end."""

    helped = RadioField(
        _l("Did it help?"),
        choices=[
            SelectChoice("yes", _l("Yes, it helped")),
            SelectChoice("no", _l("No, it did not")),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )


class ReportForm(PlainForm):
    """Why something published should be looked at again."""

    reason = RadioField(
        _l("What is wrong with it?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REPORT_REASONS.items()],
        validators=[InputRequired(_l("Choose what is wrong with it."))],
    )
    note = TextAreaField(
        _l("In a few words"),
        description=_l("Needed only for “Something else”. Only the office reads it."),
        filters=[_unix_lines],
        validators=[
            Length(max=REPORT_NOTE_MAX, message=_l("Shorten it to %(max)d characters.")),
        ],
    )

    def complaint(self) -> Complaint:
        """What the reader says; the form must have been found valid."""
        return Complaint(self.reason.data or "", self.note.data or "")
