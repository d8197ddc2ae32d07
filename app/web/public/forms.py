"""The citizens' forms: they check shape and keep what was typed; services check truth."""

import re
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput

from app.engines.search.analysis import MAX_QUERY_LENGTH
from app.engines.search.query import SearchRequest, SearchSort
from app.engines.text.normalise import clean
from app.errors import InvalidInputError
from app.models.suggestion import (
    CONTACT_MAX,
    NICKNAME_MAX,
    TEXT_MAX,
    TEXT_MIN,
    TITLE_MAX,
    TITLE_MIN,
)
from app.resources import keys
from app.services import suggestions
from app.services.suggestions import Draft
from app.vocabulary import DocumentType, HandlingState, Question, SuggestionKind, Visibility
from app.web import labels
from app.web.forms import PlainForm

FORM_KEY_SALT = "suggestion form"
FORM_LIFETIME = 12 * 3600
QUICKEST_SECONDS = 3
"""Nobody reads the form, writes and checks it in less time than this."""


def _tidy(typed: str | None) -> str:
    return clean(typed or "")


def _one_line(typed: str | None) -> str:
    return " ".join(clean(typed or "").split())


def _options(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


class Characters:
    """Counts characters, not bytes: a Chinese title of four characters is long enough."""

    def __init__(self, least: int, most: int, *, short: str, long: Callable[[int], str]) -> None:
        self.least, self.most, self.short, self.long = least, most, short, long
        self.field_flags = {"maxlength": most}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Raise ValidationError where the text does not fit."""
        count = len(field.data or "")
        if count < self.least:
            raise ValidationError(self.short)
        if count > self.most:
            raise ValidationError(self.long(count - self.most))


def _shorten_title(over: int) -> str:
    return str(
        ngettext(
            "Shorten the title by %(num)s character.",
            "Shorten the title by %(num)s characters.",
            over,
        )
    )


def _shorten_text(over: int) -> str:
    return str(
        ngettext(
            "Shorten what you want to say by %(num)s character.",
            "Shorten what you want to say by %(num)s characters.",
            over,
        )
    )


def _shorten_nickname(over: int) -> str:
    return str(
        ngettext(
            "Shorten the name by %(num)s character.",
            "Shorten the name by %(num)s characters.",
            over,
        )
    )


def _shorten_contact(over: int) -> str:
    return str(
        ngettext(
            "Shorten the contact by %(num)s character.",
            "Shorten the contact by %(num)s characters.",
            over,
        )
    )


_TITLE = Characters(
    TITLE_MIN,
    TITLE_MAX,
    short=_l("Write a title of at least %(least)s characters.", least=TITLE_MIN),
    long=_shorten_title,
)
_TEXT = Characters(
    TEXT_MIN,
    TEXT_MAX,
    short=_l("Say what it is about in at least %(least)s characters.", least=TEXT_MIN),
    long=_shorten_text,
)


class WordedForm(PlainForm):
    """A title and a text."""

    title = StringField(_l("Title"), filters=[_one_line], validators=[_TITLE])
    text = TextAreaField(_l("What do you want to say?"), filters=[_tidy], validators=[_TEXT])


@dataclass(frozen=True)
class Choice:
    """A value to choose with its words, and the language these are in."""

    value: str
    words: str
    lang: str


@dataclass(frozen=True)
class ChoiceGroup:
    """Choices under a heading."""

    words: str
    lang: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Choices:
    """What the form offers from the database."""

    chapters: Sequence[ChoiceGroup]
    districts: Sequence[tuple[str, str]]


READERS = {
    Visibility.PUBLIC.value: _l("Everybody, after it has been checked"),
    Visibility.CONFIDENTIAL.value: _l("Only the office"),
}


class SuggestionForm(WordedForm):
    """What a citizen sends."""

    question = RadioField(
        _l("Which question does it answer?"),
        choices=_options((each.value, words) for each, words in labels.question.items()),
        validators=[InputRequired(_l("Choose the question that comes closest."))],
    )
    kind = RadioField(
        _l("What kind of message is it?"),
        choices=_options((each.value, words) for each, words in labels.kind.items()),
        default=SuggestionKind.SUGGEST.value,
        validators=[InputRequired(_l("Choose a kind; if in doubt, “Suggestion”."))],
    )
    items = SelectMultipleField(_l("Items of the plan"), option_widget=CheckboxInput())
    district = SelectField(_l("District"), default="")
    visibility = RadioField(
        _l("Who may read it?"),
        choices=_options(READERS.items()),
        default=Visibility.PUBLIC.value,
        validators=[InputRequired(_l("Choose who may read it."))],
    )
    nickname = StringField(
        _l("Name to show"),
        filters=[_one_line],
        validators=[Characters(0, NICKNAME_MAX, short="", long=_shorten_nickname)],
    )
    contact = StringField(
        _l("Phone or e-mail"),
        filters=[_one_line],
        validators=[Characters(0, CONTACT_MAX, short="", long=_shorten_contact)],
    )
    has_consented = BooleanField(
        _l("The office may keep this contact and use it to ask me about this suggestion.")
    )
    website = StringField(_l("Leave this field empty"))
    campaign = HiddenField()
    form_key = HiddenField()

    def offer(self, choices: Choices) -> "SuggestionForm":
        """The form with what the database offers to choose from."""
        self.chapters = choices.chapters
        self.item_words = {
            choice.value: choice.words for part in choices.chapters for choice in part.choices
        }
        self.district_words = {"": _("No particular district"), **dict(choices.districts)}
        self.items.choices = _options(self.item_words.items())
        self.district.choices = _options(self.district_words.items())
        return self

    def validate_has_consented(self, field: Field) -> None:
        """A contact may be kept only with leave."""
        if self.contact.data and not field.data:
            raise ValidationError(
                _("Tick the box so that we may keep your contact, or leave the contact empty.")
            )

    def checked_draft(self) -> Draft | None:
        """What was typed, if it can be taken; otherwise the fields carry what is wrong."""
        if not self.validate():
            return None
        try:
            return suggestions.cleaned(self.draft())
        except InvalidInputError as error:
            wrong = self.title if error.field == "title" else self.text
            wrong.errors = [*wrong.errors, _("Use words or figures, so that somebody can read it.")]
            return None

    def draft(self) -> Draft:
        """What was typed, as the service takes it."""
        return Draft(
            question=Question(self.question.data),
            kind=SuggestionKind(self.kind.data),
            title=self.title.data,
            text=self.text.data,
            item_numbers=tuple(int(number) for number in self.items.data or ()),
            district_code=self.district.data or None,
            visibility=Visibility(self.visibility.data),
            nickname=self.nickname.data or None,
            contact=self.contact.data or None,
            has_consented=bool(self.has_consented.data),
            campaign_slug=self.campaign.data or None,
        )

    def typed(self) -> list[tuple[str, str]]:
        """Everything typed, as names and values to send along."""
        pairs: list[tuple[str, str]] = []
        for field in self:
            if isinstance(field, SelectMultipleField):
                pairs += [(field.name, str(value)) for value in field.data or ()]
            elif field.data and isinstance(field, BooleanField):
                pairs.append((field.name, "y"))
            elif field.data:
                pairs.append((field.name, str(field.data)))
        return pairs


@dataclass(frozen=True)
class FormKey:
    """The form's own random name, which makes sending it twice harmless, and its age."""

    value: str
    age_seconds: float

    @property
    def is_expired(self) -> bool:
        """Whether the form was open for too long."""
        return self.age_seconds > FORM_LIFETIME

    @property
    def is_too_young(self) -> bool:
        """Whether the form was filled faster than a person can."""
        return self.age_seconds < QUICKEST_SECONDS


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keys().signing, salt=FORM_KEY_SALT)


def new_form_key() -> str:
    """A fresh signed key that carries the time."""
    return str(_signer().dumps(secrets.token_urlsafe(24)))


def read_form_key(typed: str | None, *, moment: float) -> FormKey | None:
    """The key in a form's hidden field at that moment; None where it is not one of ours."""
    try:
        value, signed_at = _signer().loads(typed or "", return_timestamp=True)
    except BadSignature:
        return None
    return FormKey(str(value), moment - signed_at.timestamp())


class RevisionForm(WordedForm):
    """A returned suggestion's new wording."""

    seen_version = IntegerField(widget=HiddenInput(), default=0)


class TrackForm(PlainForm):
    """Number and look-up code."""

    number = StringField(
        _l("Number"),
        filters=[_one_line],
        validators=[InputRequired(_l("Enter the number on your receipt."))],
    )
    code = StringField(
        _l("Look-up code"),
        filters=[_one_line],
        validators=[InputRequired(_l("Enter the look-up code on your receipt."))],
    )


class DayField(DateField):  # type: ignore[misc] # WTForms has no types
    """A day, with a refusal that says how to write one."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read `2023-04-21`; raises ValueError with words for the reader."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            typed = " ".join(valuelist)[:20]
            raise ValueError(
                _("“%(typed)s” is not a day. Write it like this: 2023-04-21.", typed=typed)
            ) from error


class SearchForm(PlainForm):
    """What a reader looks for; it comes with the address, so its choices are links, not controls.

    `offer` says which values exist; any other is refused.
    """

    q = StringField(_l("Search words"), filters=[_one_line])
    type = StringField(filters=[_one_line])
    item = StringField(filters=[_one_line])
    question = StringField(filters=[_one_line])
    district = StringField(filters=[_one_line])
    state = StringField(filters=[_one_line])
    year = StringField(filters=[_one_line])
    date_from = DayField(_l("From"), name="from", validators=[Optional()])
    date_to = DayField(_l("To"), name="to", validators=[Optional()])
    sort = StringField(filters=[_one_line])
    exact = StringField(filters=[_one_line])

    def offer(self, known: Mapping[str, Collection[str]]) -> "SearchForm":
        """The form with the values that each narrowing may have, by the argument's name."""
        self.known = {
            "type": tuple(DocumentType),
            "question": tuple(Question),
            "state": tuple(HandlingState),
            "sort": tuple(SearchSort),
            "exact": ("1",),
            **known,
        }
        return self

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check every field; a narrowing that does not exist is told above the form."""
        is_valid = bool(super().validate(extra_validators))
        for name, values in self.known.items():
            typed = self[name].data
            if typed and typed not in values:
                self.form_errors.append(_UNKNOWN[name])
                is_valid = False
        if self.year.data and not _YEAR.fullmatch(self.year.data):
            self.form_errors.append(_("The year must be written in four figures."))
            is_valid = False
        return is_valid

    def validate_q(self, field: Field) -> None:
        """A question of more than a hundred characters is a letter."""
        if len(field.data) > MAX_QUERY_LENGTH:
            raise ValidationError(
                _("Use at most %(most)s characters; a few words find more.", most=MAX_QUERY_LENGTH)
            )

    def validate_date_to(self, field: Field) -> None:
        """Days in order."""
        first: date | None = self.date_from.data
        if first and field.data and first > field.data:
            raise ValidationError(_("The last day must not be before the first."))

    @property
    def is_exact(self) -> bool:
        """Whether only the typed words are looked for, and none that mean the same."""
        return bool(self.exact.data)

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is looked through."""
        names = ("type", "item", "question", "district", "state", "year", "date_from", "date_to")
        return any(self[name].data for name in names)

    def request(self, *, page: int = 1) -> SearchRequest:
        """What is looked for, as the service takes it; the form must have been found valid."""
        return SearchRequest(
            text=self.q.data,
            types=(DocumentType(self.type.data),) if self.type.data else (),
            item=self.item.data or None,
            question=Question(self.question.data) if self.question.data else None,
            district=self.district.data or None,
            state=self.state.data or None,
            year=int(self.year.data) if self.year.data else None,
            date_from=self.date_from.data,
            date_to=self.date_to.data,
            sort=SearchSort(self.sort.data) if self.sort.data else SearchSort.RELEVANCE,
            page=page,
        )


_YEAR = re.compile("(?:19|20)[0-9]{2}", re.ASCII)

_UNKNOWN = {
    "type": _l("There is no such kind of result. Choose one of those below the search field."),
    "item": _l("There is no such item of the plan. Choose one beside the results."),
    "question": _l("There is no such question. Choose one beside the results."),
    "district": _l("There is no such district. Choose one beside the results."),
    "state": _l("There is no such state. Choose one beside the results."),
    "sort": _l("Results cannot be put in such an order. Choose one above the results."),
    "exact": _l("The address of this search is not complete. Search again."),
}
