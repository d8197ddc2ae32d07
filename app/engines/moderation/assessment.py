"""What a moderator should look at first, as a sum of named parts, and why.

The result orders a queue and explains itself. It publishes nothing and declines nothing.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.engines.moderation import checks
from app.engines.moderation.checks import WEIGHTS, Sign, SignCode
from app.engines.text.language import detect
from app.vocabulary import Language, SuggestionKind


class PartCode(StrEnum):
    """A reason to look sooner or later."""

    KIND = "kind"
    DANGER = "danger"
    DEADLINE = "deadline"
    SUPPORT = "support"
    SIGN = "sign"


@dataclass(frozen=True)
class PriorityPart:
    """What one reason adds; `fact` is the bare figure, word or sign behind it."""

    code: PartCode
    points: int
    fact: str


@dataclass(frozen=True)
class Assessment:
    """The signs in a suggestion and its place in the queue; `priority` is the sum of the parts.

    Spans of `signs` are offsets into the text, those of `title_signs` into the title.
    """

    signs: tuple[Sign, ...]
    title_signs: tuple[Sign, ...]
    parts: tuple[PriorityPart, ...]
    language: Language

    @property
    def priority(self) -> int:
        """The sum of the parts; it may fall below zero."""
        return sum(part.points for part in self.parts)

    def sign_codes(self) -> list[str]:
        """The codes of all signs in title and text, each once, as they are stored."""
        return list(dict.fromkeys(sign.code.value for sign in (*self.signs, *self.title_signs)))


KIND_POINTS = {
    SuggestionKind.HELP: 20,
    SuggestionKind.COMPLAIN: 15,
    SuggestionKind.SUGGEST: 10,
    SuggestionKind.CONSULT: 10,
}
DANGER_POINTS = 40
OVERDUE_POINTS = 30
# Working days left, and what so little time adds.
DEADLINE_POINTS = ((0, 25), (1, 20), (2, 12), (5, 5))
POINTS_PER_DOUBLING_OF_SUPPORT = 3
MOST_SUPPORT_POINTS = 24

# Words of harm that may happen today. A word alone is no proof: it only brings a reader sooner.
_DANGER = re.compile(
    r"漏电|触电|起火|着火|失火|火灾|爆炸|燃气泄漏|天然气泄漏|煤气泄漏|漏气|坍塌|塌方|塌陷|坠落|溺水|中毒|"
    r"自杀|轻生|有人受伤|生命危险|"
    r"\b(?:gas leak|on fire|caught fire|explosion|electric shock|collaps(?:e|ed|ing)|"
    r"drown(?:ed|ing)|poison(?:ed|ing)|suicide|life[- ]threatening)\b",
    re.IGNORECASE | re.ASCII,
)


def assess(
    title: str,
    text: str,
    *,
    kind: SuggestionKind = SuggestionKind.SUGGEST,
    supports: int = 0,
    days_left: int | None = None,
    insult_words: Collection[str] = (),
) -> Assessment:
    """The signs in a suggestion, its priority with reasons, and its language.

    `days_left` counts working days, below zero when overdue.
    """
    signs = signs_in(text, insult_words=insult_words)
    title_signs = signs_in_title(title, insult_words=insult_words)
    codes = (sign.code for sign in (*signs, *title_signs))
    parts = (
        *standing_parts(title, text, kind=kind, codes=codes),
        *_deadline_part(days_left),
        *_support_part(supports),
    )
    return Assessment(signs, title_signs, parts, detect(f"{title}\n{text}"))


def standing_parts(
    title: str, text: str, *, kind: SuggestionKind, codes: Iterable[str]
) -> tuple[PriorityPart, ...]:
    """What the words alone add, on whatever day they are read: what a stored priority sums up.

    `codes` are the signs that were seen in the words; one that carries no weight adds no part.
    """
    signs = [SignCode(code) for code in dict.fromkeys(codes) if code in WEIGHTS]
    return (
        PriorityPart(PartCode.KIND, KIND_POINTS[kind], kind.value),
        *_danger_part(f"{title}\n{text}"),
        *(PriorityPart(PartCode.SIGN, WEIGHTS[code], code.value) for code in signs),
    )


def signs_in(text: str, *, insult_words: Collection[str] = ()) -> tuple[Sign, ...]:
    """Every sign that the checks see, in their order."""
    seen = (
        checks.near_empty(text) or checks.too_short_content(text),
        checks.link_heavy(text),
        checks.shouting(text),
        checks.personal_data(text),
        checks.repeated_characters(text),
        checks.insults(text, insult_words),
    )
    return tuple(sign for sign in seen if sign is not None)


def signs_in_title(title: str, *, insult_words: Collection[str] = ()) -> tuple[Sign, ...]:
    """What matters in a title as well: it is short by nature and is shown in every list."""
    seen = (
        checks.shouting(title),
        checks.personal_data(title),
        checks.insults(title, insult_words),
    )
    return tuple(sign for sign in seen if sign is not None)


def _danger_part(text: str) -> tuple[PriorityPart, ...]:
    match = _DANGER.search(text)
    if match is None:
        return ()
    return (PriorityPart(PartCode.DANGER, DANGER_POINTS, match.group().casefold()),)


def _deadline_part(days_left: int | None) -> tuple[PriorityPart, ...]:
    if days_left is None:
        return ()
    if days_left < 0:
        return (PriorityPart(PartCode.DEADLINE, OVERDUE_POINTS, str(days_left)),)
    for days, points in DEADLINE_POINTS:
        if days_left <= days:
            return (PriorityPart(PartCode.DEADLINE, points, str(days_left)),)
    return ()


def _support_part(supports: int) -> tuple[PriorityPart, ...]:
    """Each doubling of support adds the same, so that a campaign cannot bury the rest."""
    if supports < 1:
        return ()
    points = min(MOST_SUPPORT_POINTS, POINTS_PER_DOUBLING_OF_SUPPORT * supports.bit_length())
    return (PriorityPart(PartCode.SUPPORT, points, str(supports)),)
