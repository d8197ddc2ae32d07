"""The forms for staff's words: they check shape; the services know what a word may be."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.errors import InvalidInputError
from app.models.search import WORD_MAX
from app.services.search_words import WORDS_MAX, PairWords
from app.web.forms import PlainForm

LIST_MAX = 2_000
"""Characters of one list of words; twice what may be kept."""

_BETWEEN = re.compile("[\r\n,，、;；]+")


def _words(typed: str | None) -> tuple[str, ...]:
    return tuple(word for word in _BETWEEN.split(typed or "") if word.strip())


class PairForm(PlainForm):
    """Words of both languages that mean one thing."""

    words_zh = TextAreaField(
        _l("Chinese words"),
        description=_l("One to a line, the usual one first."),
        validators=[Length(max=LIST_MAX, message=_l("These are too many words for one pair."))],
        render_kw={"rows": 4},
    )
    words_en = TextAreaField(
        _l("English words and phrases"),
        description=_l("One to a line, the usual one first."),
        validators=[Length(max=LIST_MAX, message=_l("These are too many words for one pair."))],
        render_kw={"rows": 4},
    )

    def said(self) -> PairWords:
        """What was typed; commas and semicolons part words as line ends do."""
        return PairWords(_words(self.words_zh.data), _words(self.words_en.data))


class WordForm(PlainForm):
    """A word for the dictionary."""

    word = StringField(
        _l("New word"),
        description=_l("A name or a term that texts shall not be cut through."),
        validators=[InputRequired(_l("Enter a word."))],
    )


def refusal_words(error: InvalidInputError, taken: tuple[str, ...] = ()) -> str:
    """What a service refused, as a sentence for the form; `taken` are words of other pairs."""
    words = {
        "too_few": _("A pair needs a word of each language, or two words of one."),
        "too_many": _("A pair holds up to %(most)s words of one language.", most=WORDS_MAX),
        "too_long": _("A word or phrase has up to %(most)s characters.", most=WORD_MAX),
        "too_short": _("A word has two characters or more."),
        "no_words": _("Each line needs letters, characters or digits."),
        "other_language": _("Write Chinese words into the field for Chinese."),
        "twice": _("One of these words stands here twice."),
        "taken": _(
            "Another pair has this already: %(words)s. Take it out here, or change the other pair.",
            words=", ".join(taken),
        ),
        "known": _("The dictionary has this word already."),
        "no_han": _("A word of the dictionary holds at least one Chinese character."),
        "signs": _("Enter one word alone, without punctuation."),
    }
    return str(words.get(error.reason, _("This cannot be taken.")))
