"""The forms of the answers' desk: they check shape; the services know what may be said and when."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.models.answer import ANSWER_MAX
from app.services.answer_templates import NAME_MAX, Wording
from app.services.answers import Said
from app.vocabulary import Outcome
from app.web.answer_words import OUTCOMES
from app.web.forms import PlainForm
from app.web.public.forms import DayField


def _unix_lines(text: str | None) -> str | None:
    """Browsers send a line's end as two characters; a length counts what was typed."""
    return text.replace("\r\n", "\n") if text else text


def _options(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _outcome_field() -> RadioField:
    return RadioField(
        _l("What comes of it"),
        choices=[SelectChoice(each.value, words) for each, words in OUTCOMES.items()],
        validators=[InputRequired(_l("Choose what comes of it."))],
    )


class AnswerForm(PlainForm):
    """What an answer says."""

    text = TextAreaField(
        _l("Answer"),
        description=_l(
            "Say first what comes of the suggestion, then why, then what happens when. Write it"
            " in the language of the suggestion."
        ),
        filters=[_unix_lines],
        validators=[
            InputRequired(_l("Write an answer.")),
            Length(max=ANSWER_MAX, message=_l("An answer has up to %(max)d characters.")),
        ],
    )
    outcome = _outcome_field()
    # The service knows the units and refuses another.
    unit = SelectField(_l("Unit that answers"), validate_choice=False)

    def offer(self, units: Iterable[tuple[str, str]]) -> "AnswerForm":
        """The form with the units that may speak."""
        self.unit.choices = _options([("", _l("No unit named")), *units])
        return self

    def said(self) -> Said:
        """What was typed; the form must have been found valid."""
        return Said(self.text.data or "", Outcome(self.outcome.data), self.unit.data or None)


class ScheduleForm(PlainForm):
    """The day on which an answer is published by itself; none takes it off."""

    publish_on = DayField(
        _l("Day of publication"),
        description=_l("For example 2023-06-30; empty for no day."),
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )


class CloseForm(PlainForm):
    """What came of a matter in the end."""

    outcome = _outcome_field()


class TemplateForm(PlainForm):
    """A template's name, words and what it is for."""

    name = StringField(
        _l("Name of the template"),
        validators=[
            InputRequired(_l("Give the template a name.")),
            Length(max=NAME_MAX, message=_l("The name has up to %(max)d characters.")),
        ],
    )
    text_zh = TextAreaField(
        _l("Chinese wording"),
        filters=[_unix_lines],
        validators=[
            InputRequired(_l("Write the Chinese wording.")),
            Length(max=ANSWER_MAX, message=_l("An answer has up to %(max)d characters.")),
        ],
    )
    text_en = TextAreaField(
        _l("English wording"),
        filters=[_unix_lines],
        validators=[
            InputRequired(_l("Write the English wording.")),
            Length(max=ANSWER_MAX, message=_l("An answer has up to %(max)d characters.")),
        ],
    )
    item = SelectField(_l("Only for the plan item"), validate_choice=False)
    reason_code = SelectField(_l("Only where this reason was given"), validate_choice=False)

    def offer(
        self, items: Iterable[tuple[str, str]], reasons: Iterable[tuple[str, str]]
    ) -> "TemplateForm":
        """The form with the items (by their row's id) and reasons a template may be for."""
        self.item.choices = _options([("", _l("All items")), *items])
        self.reason_code.choices = _options([("", _l("All reasons, and none")), *reasons])
        return self

    def wording(self) -> Wording:
        """What was typed; an item that is no number is one that does not exist."""
        typed = self.item.data or ""
        is_number = typed.isascii() and typed.isdigit() and len(typed) < 10
        return Wording(
            name=self.name.data or "",
            text_zh=self.text_zh.data or "",
            text_en=self.text_en.data or "",
            item_id=(int(typed) if is_number else 0) if typed else None,
            reason_code=self.reason_code.data or None,
        )
