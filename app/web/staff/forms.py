"""The forms of the desk: they check shape; whether a thing may be done the services know."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.models.moderation import NOTE_MAX
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.services.moderation import PUBLIC_TITLE_MAX, Act
from app.services.originals import OPENING_REASON_MAX
from app.services.staff import PASSWORD_MAX, PASSWORD_MIN
from app.vocabulary import ModerationAction, SuggestionKind
from app.web.forms import PlainForm

ALSO_MASK_MAX = 500
EMAIL_MAX = 200
CODE_MAX = 40


def _unix_lines(text: str | None) -> str | None:
    """Browsers send a line's end as two characters; a length counts what was typed."""
    return text.replace("\r\n", "\n") if text else text


def _password(label: object, autocomplete: str, missing: object) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            InputRequired(missing),
            Length(max=PASSWORD_MAX, message=_l("No password is that long.")),
        ],
        render_kw={"autocomplete": autocomplete},
    )


class SignInForm(PlainForm):
    """Address, password and, where the account has one, the second factor's code."""

    email = StringField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=EMAIL_MAX, message=_l("No e-mail address is that long.")),
        ],
        render_kw={"autocomplete": "username", "type": "email", "spellcheck": "false"},
    )
    password = _password(_l("Password"), "current-password", _l("Enter your password."))
    one_time_code = StringField(
        _l("One-time code"),
        description=_l(
            "Six digits from your authenticator app, or one of your recovery codes. Leave it empty"
            " if you have not set this up."
        ),
        validators=[Length(max=CODE_MAX, message=_l("No code is that long."))],
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )


class PasswordForm(PlainForm):
    """Another password, typed twice because it cannot be read while typing."""

    current = _password(
        _l("Present password"), "current-password", _l("Enter your present password.")
    )
    new = PasswordField(
        _l("New password"),
        description=_l(
            "At least %(least)s characters. A few words that do not belong together are easy to"
            " keep in mind.",
            least=PASSWORD_MIN,
        ),
        validators=[
            InputRequired(_l("Enter a new password.")),
            Length(
                min=PASSWORD_MIN,
                max=PASSWORD_MAX,
                message=_l("The new password needs %(min)d to %(max)d characters."),
            ),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_l("New password once more"), render_kw={"autocomplete": "new-password"})

    def validate_again(self, field: Field) -> None:
        """Refuse two different passwords."""
        if field.data != self.new.data:
            raise ValidationError(gettext("The two new passwords are not the same."))


class EnrolForm(PlainForm):
    """The first code of an authenticator app."""

    code = StringField(
        _l("Code from the app"),
        description=_l("Six digits that change every thirty seconds."),
        validators=[
            InputRequired(_l("Enter the code that the app shows.")),
            Length(max=CODE_MAX, message=_l("No code is that long.")),
        ],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class DropForm(PlainForm):
    """The password, asked again before the second factor goes."""

    password = _password(_l("Password"), "current-password", _l("Enter your password."))


class DecisionForm(PlainForm):
    """What every decision may carry: a note that the author reads."""

    note = TextAreaField(
        _l("Note to the author"),
        filters=[_unix_lines],
        validators=[
            Length(max=NOTE_MAX, message=_l("The note may have up to %(max)d characters.")),
        ],
        render_kw={"rows": 3},
    )

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """What the moderator asks for."""
        return Act(action, seen_version, note=self.note.data or "")


class PublishForm(DecisionForm):
    """What the public will read: the words, and what is to be hidden in them.

    Without a field, the words stay as they are. A phrase to hide is its own value: it still means
    the same when the text was changed meanwhile.
    """

    public_title = StringField(
        _l("Title for the public"),
        validators=[
            InputRequired(_l("Enter a title for the public.")),
            Length(max=PUBLIC_TITLE_MAX, message=_l("The title is too long.")),
        ],
    )
    public_text = TextAreaField(
        _l("Text for the public"),
        filters=[_unix_lines],
        validators=[
            InputRequired(_l("Enter a text for the public.")),
            Length(max=IMPORTED_TEXT_MAX, message=_l("The text is too long.")),
        ],
        render_kw={"rows": 8},
    )
    masks = SelectMultipleField(
        _l("Hide what looks like personal data"),
        coerce=_unix_lines,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    also_mask = TextAreaField(
        _l("Hide these words too"),
        filters=[_unix_lines],
        validators=[
            Length(max=ALSO_MASK_MAX, message=_l("These words may have up to %(max)d characters.")),
        ],
        render_kw={"rows": 2},
    )

    def keep_only(self, *, title: bool, text: bool, masks: bool) -> None:
        """Leave out what is not to be edited: a clean title, the words of a confidential matter."""
        if not title:
            del self.public_title
        if not text:
            del self.public_text, self.also_mask
        if not masks:
            del self.masks

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """Publish these words, without those that are to be hidden."""
        return Act(
            action,
            seen_version,
            note=self.note.data or "",
            public_title=self.public_title.data if self.public_title else None,
            public_text=self.public_text.data if self.public_text else None,
            masks=(*self._ticked(), *self._typed()),
        )

    def _ticked(self) -> list[str]:
        return list(self.masks.data or ()) if self.masks else []

    def _typed(self) -> list[str]:
        lines = (self.also_mask.data or "").split("\n") if self.also_mask else []
        return [line.strip() for line in lines if line.strip()]


class ReasonForm(DecisionForm):
    """A reason from the office's list."""

    reason_code = SelectField(
        _l("Reason"),
        # The service knows the list and refuses what is not on it.
        validate_choice=False,
        validators=[InputRequired(_l("Choose a reason."))],
    )

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """Decide for this reason."""
        return Act(
            action, seen_version, note=self.note.data or "", reason_code=self.reason_code.data
        )


class RetagForm(DecisionForm):
    """The plan items the suggestion belongs to."""

    items = SelectMultipleField(
        _l("Plan items"),
        coerce=int,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """Tie the suggestion to these items."""
        return Act(
            action,
            seen_version,
            note=self.note.data or "",
            item_numbers=tuple(self.items.data or ()),
        )


class ReclassifyForm(DecisionForm):
    """What the author wants, and where in the city it is about."""

    kind = SelectField(_l("Kind"), coerce=SuggestionKind)
    district_code = SelectField(_l("District"), validate_choice=False)

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """Set kind and district."""
        return Act(
            action,
            seen_version,
            note=self.note.data or "",
            kind=self.kind.data,
            district_code=self.district_code.data or "",
        )


class ForwardForm(DecisionForm):
    """The unit that must act."""

    unit_code = SelectField(
        _l("Unit"), validate_choice=False, validators=[InputRequired(_l("Choose a unit."))]
    )

    def act(self, action: ModerationAction, seen_version: int) -> Act:
        """Give the suggestion to this unit."""
        return Act(action, seen_version, note=self.note.data or "", unit_code=self.unit_code.data)


class OpenOriginalForm(PlainForm):
    """Why somebody must read what was masked; the reason goes into the log."""

    reason = StringField(
        _l("Why you must read it"),
        validators=[
            InputRequired(_l("Say why you must read what was sent.")),
            Length(
                max=OPENING_REASON_MAX, message=_l("The reason may have up to %(max)d characters.")
            ),
        ],
        render_kw={"autocomplete": "off"},
    )


FORMS: dict[ModerationAction, type[DecisionForm]] = {
    ModerationAction.PUBLISH: PublishForm,
    ModerationAction.RETURN: ReasonForm,
    ModerationAction.DECLINE: ReasonForm,
    ModerationAction.RETAG: RetagForm,
    ModerationAction.SPAM: DecisionForm,
    ModerationAction.KEEP: DecisionForm,
    ModerationAction.RECLASSIFY: ReclassifyForm,
    ModerationAction.FORWARD: ForwardForm,
    ModerationAction.REOPEN: DecisionForm,
    ModerationAction.UNDO: DecisionForm,
}


def refuse(form: FlaskForm, field: str, message: str) -> None:
    """Say at a field what a service refused; at the whole form where it has no such field."""
    found: Any = getattr(form, field, None)
    if isinstance(found, Field):
        found.errors = [*found.errors, message]
        return
    form.form_errors.append(message)
