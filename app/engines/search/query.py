"""What is asked of the index, and a person's words taken apart into what to look for.

No query language is read: whatever is typed is plain words, so no sign has a power of its own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise, zip_longest

from app.engines.search.analysis import MAX_QUERY_LENGTH, Analyser, pair_term, word_term
from app.engines.search.glossary import Glossary, GlossaryMatch
from app.engines.text.normalise import fold
from app.engines.text.segment import TokenKind
from app.errors import InvalidInputError
from app.vocabulary import DocumentType, Language, Question

MAX_CONCEPTS = 12
MAX_PER_PAGE = 100
MAX_ALSO = 6
OTHER_WORTH = 0.8
"""What says the same in other words stands below what says it as it was typed."""
LOOSE_WORTH = 0.2
"""What answers only a part of a word stands below everything that answers the word."""
LOOSE_LEAST = 0.6
"""A word in parts is there with most of them: 医院 alone is no 宠物医院."""

# Words that ask rather than name; they are looked for only when nothing else was typed.
STOP_WORDS = frozenset(
    word
    for line in (
        "的 了 吗 呢 吧 啊 呀 嘛 是 在 和 与 及 或 就 都 也 又 还 才 我 你 您 他 她 它 们 请 有 被",
        "把 对 为 给 让 跟 向 从 到 很 太 要 想 会 能 该 个 些 着 过 地 得 么 而 但 并 且 这 那 其",
        "之 所 以 怎么 怎么办 怎样 怎么样 如何 什么 为什么 为啥 为何 请问 有没有 是不是 能不能",
        "可不可以 可以 是否 哪里 哪儿 哪些 哪个 我们 你们 他们 自己 这个 那个 这样 这种 一个 一些",
        "应该 需要 希望 建议 可是 但是 因为 所以 如果 还是 已经 并且 而且 以及 就是 不是 没有",
        "时候 以后 之后 不",
        "a an the and or but if so as at by for from in into of off on onto out over to up with",
        "than am is are was were be been being do does did done has have had having can could may",
        "might will would shall should must i me my we us our you your he she it its they them",
        "their this that these those there here who whom whose which what when where why how any",
        "some every only also just please tell want need get got let via per about not no yes s t",
    )
    for word in line.split()
)

# Words that say so little that a query is better off without them. Where slips are looked for and
# texts are compared they count, for they may be a part of something there.
VAGUE_WORDS = frozenset(
    word
    for line in (
        "没 再 每 几 多少 多久 谁 去 来 上 下 里 做 看 说 用 时 当 等 现在 起来 出来 进去 里面",
        "还要 不能 只能 可能 或者 不要 不会 不用 这里 那里 这么 那么 那边 大家 我家 有些 有点",
        "知道 觉得 继续 全部 到底 究竟 其他 别的 另外 比如 什么时候 怎么会 一直 一下 已经 之前",
        "以前 after again all along although another anybody anyone anything around away back",
        "because before being below between both cannot come could each either else enough even",
        "ever everybody everyone everything few further getting give given gives go goes going",
        "gone keep keeps kept know like made make makes making many maybe more most much must",
        "myself never now nobody nothing often once one other others own perhaps put quite",
        "rather really said same say says see seem seems since so some somebody someone",
        "something still such take taken takes taking than then thing things think those though",
        "through too took towards try trying until upon use used uses using very way ways well",
        "went whether while whole within without yet ask d ll m re ve don doesn didn isn aren",
        "wasn won couldn shouldn wouldn haven hasn ain",
    )
    for word in line.split()
)

# In a wording of the glossary these turn the meaning round: `no signal` is not found by `signal`.
NEGATIONS = frozenset(["no", "not", "不", "没有"])

# Phrases that only ask; cut out before the words, of which they would spoil the borders.
FILLERS = re.compile(
    "(?:我|我们|本人)?(?:想要?|要)(?:咨询|问)(?:一下|下)?|请问(?:一下|下)?|(?:咨询|问)一下"
    "|(?:应该?|要|该)?(?:去)?(?:找|向)(?:谁|哪个(?:部门|单位)|什么部门)(?:来?管|反映|投诉|解决)?"
    "|(?:怎样|怎么|如何)才(?:能|可以)|什么时候才?(?:能|可以)|多久才?(?:能|可以)"
    "|(?:怎么|怎样|如何|在哪里?|去哪里?|哪里(?:可以|能))(?:去|来)?(?:申请)?办理"
    "|是不是|能不能|可不可以|有没有|会不会|要不要|怎么办|怎么回事|可以吗|行不行|为什么会?"
)


class SearchSort(StrEnum):
    """The orders in which hits can be shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Facet(StrEnum):
    """The facts by which hits are counted and narrowed; the value names the argument."""

    TYPE = "type"
    ITEM = "item"
    QUESTION = "question"
    DISTRICT = "district"
    STATE = "state"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search as a reader asks for it; what is None or empty narrows nothing."""

    text: str
    types: tuple[DocumentType, ...] = ()
    item: str | None = None
    question: Question | None = None
    district: str | None = None
    state: str | None = None
    year: int | None = None
    language: Language | None = None
    date_from: date | None = None
    date_to: date | None = None
    sort: SearchSort = SearchSort.RELEVANCE
    page: int = 1
    per_page: int = 20

    def __post_init__(self) -> None:
        """Refuse, with InvalidInputError, what no page can be made for."""
        if len(self.text) > MAX_QUERY_LENGTH:
            raise InvalidInputError(field="text", reason="too_long")
        if self.page < 1:
            raise InvalidInputError(field="page", reason="out_of_range")
        if not 1 <= self.per_page <= MAX_PER_PAGE:
            raise InvalidInputError(field="per_page", reason="out_of_range")
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise InvalidInputError(field="date_to", reason="before_start")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to look for: a word, and the pairs that give it away where it was cut otherwise."""

    text: str
    word: str
    grams: tuple[str, ...] = ()

    @property
    def is_character(self) -> bool:
        """Whether a single Chinese character is meant, wherever it stands."""
        return not self.word


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to say a thing: units that belong together, and what finding them is worth.

    A document has the reading as far as it has its units; `least` is the share that it must have.
    """

    units: tuple[Unit, ...]
    worth: float = 1.0
    least: float = 0.5

    @property
    def text(self) -> str:
        """The reading as it could be typed."""
        return " ".join(unit.text for unit in self.units)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked for, in every way it may be said; as it was typed comes first.

    A document is as good for the concept as the best reading it has.
    """

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """All that a query looks for; `bridges` reward words that stand together as they were typed."""

    concepts: tuple[Concept, ...]
    bridges: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit of every reading, each once: what is marked in a text."""
        return tuple(
            dict.fromkeys(
                unit
                for concept in self.concepts
                for reading in concept.readings
                for unit in reading.units
            )
        )


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    start: int
    end: int
    kind: TokenKind

    @property
    def is_han(self) -> bool:
        return self.kind in (TokenKind.WORD, TokenKind.SINGLE)

    @property
    def is_stop(self) -> bool:
        return self.text in STOP_WORDS or self.text in VAGUE_WORDS

    @property
    def is_needed(self) -> bool:
        """Whether a wording of the glossary is not said without it."""
        return self.text not in STOP_WORDS or self.text in NEGATIONS


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring parts that mean one thing, with what the glossary knows of them."""

    parts: tuple[_Part, ...]
    matches: tuple[GlossaryMatch, ...] = ()

    @property
    def share_known(self) -> float:
        """How much of the stretch the glossary speaks of, from 0 to 1."""
        known = sum(match.end - match.start for match in self.matches)
        return min(1.0, known / (self.parts[-1].end - self.parts[0].start))

    def wordings(self) -> tuple[str, ...]:
        """Return other ways to say it; where several words are known, of all of them together."""
        known = [match.wordings for match in self.matches if match.wordings]
        ways = max(map(len, known), default=0)
        return tuple(
            " ".join(wordings[min(way, len(wordings) - 1)] for wordings in known)
            for way in range(ways)
        )

    def rewordings(self) -> tuple[str, ...]:
        """Return the stretch with its one known word said otherwise: 停车费 for 泊车费.

        Nothing where all of it is known, or where the rest is not Chinese as the other word is.
        """
        text = "".join(part.text for part in self.parts)
        start, end = self.parts[0].start, self.parts[-1].end
        if len(self.matches) != 1 or len(text) != end - start or text.isascii():
            return ()
        match = self.matches[0]
        before, after = text[: max(0, match.start - start)], text[match.end - start :]
        if not before + after:
            return ()
        return tuple(f"{before}{word}{after}" for word in match.wordings if not word.isascii())


def make_plan(text: str, analyser: Analyser, glossary: Glossary | None = None) -> QueryPlan:
    """Return what to look for; empty when nothing in the text can be looked for.

    With a glossary each concept is also looked for in its other wordings.
    """
    folded = _without_fillers(fold(text, max_length=MAX_QUERY_LENGTH).text)
    pieces = list(analyser.segmenter.consecutive(folded))
    matches = glossary.matches(folded, pieces) if glossary is not None else ()
    parts = [_Part(*piece) for piece in pieces]
    telling = [part for part in parts if not part.is_stop or _covering(part, matches)] or parts
    merged = _merge_singles(telling, matches)
    stretches = _stretches(merged, matches)
    concepts = dict[tuple[Unit, ...], Concept]()
    for stretch in stretches:
        concept = _concept(stretch, analyser)
        concepts.setdefault(concept.readings[0].units, concept)
    return QueryPlan(
        tuple(concepts.values())[:MAX_CONCEPTS],
        tuple(dict.fromkeys(_bridges(merged)))[: MAX_CONCEPTS - 1],
        _also(stretches[:MAX_CONCEPTS]),
    )


def _without_fillers(folded: str) -> str:
    """Return the text with phrases that only ask blanked out, unless nothing else is there."""
    blanked = FILLERS.sub(lambda match: " " * len(match.group()), folded)
    return blanked if any(char.isalnum() for char in blanked) else folded


def _covering(part: _Part, matches: Iterable[GlossaryMatch]) -> list[GlossaryMatch]:
    return [match for match in matches if match.start < part.end and match.end > part.start]


def _stretches(parts: Sequence[_Part], matches: Sequence[GlossaryMatch]) -> list[_Stretch]:
    """Put parts together that one match, or a chain of them, spans."""
    found: list[_Stretch] = []
    for part in parts:
        known = tuple(_covering(part, matches))
        if not known and _is_bound(part, parts):
            continue
        if found and known and known[0] in found[-1].matches:
            last = found.pop()
            joined = tuple(dict.fromkeys((*last.matches, *known)))
            found.append(_Stretch((*last.parts, part), joined))
        else:
            found.append(_Stretch((part,), known))
    return found


def _concept(stretch: _Stretch, analyser: Analyser) -> Concept:
    typed = _telling_units(stretch.parts)
    worth = OTHER_WORTH * stretch.share_known
    others = dict.fromkeys(_units(wording, analyser) for wording in stretch.wordings())
    whole = dict.fromkeys(_units(wording, analyser) for wording in stretch.rewordings())
    readings = (
        Reading(units, each, least=1.0)
        for each, ways in ((OTHER_WORTH, whole), (worth, others))
        for units in ways
        if units and units != typed
    )
    return Concept((Reading(typed), *readings))


def _units(wording: str, analyser: Analyser) -> tuple[Unit, ...]:
    pieces = analyser.segmenter.consecutive(fold(wording, max_length=MAX_QUERY_LENGTH).text)
    parts = _merge_singles([_Part(*piece) for piece in pieces])
    telling = [part for part in parts if part.is_needed] or parts
    if (
        len(telling) == 1
        and len(parts) == 2
        and all(part.kind is TokenKind.LATIN for part in parts)
    ):
        return (_pair_unit(*parts),)
    return tuple(dict.fromkeys(map(_unit, telling)))


def _pair_unit(first: _Part, second: _Part) -> Unit:
    """Return the unit of a verb with its particle: `sign up` is not found by `sign`."""
    pair = pair_term(word_term(first.text, first.kind), word_term(second.text, second.kind))
    return Unit(f"{first.text} {second.text}", pair, (pair,))


def _telling_units(parts: Sequence[_Part]) -> tuple[Unit, ...]:
    """Return the units of the parts that name something; of all where none does."""
    telling = [part for part in parts if not part.is_stop] or parts
    return tuple(dict.fromkeys(_unit(part) for part in telling))


def _also(stretches: Sequence[_Stretch]) -> tuple[str, ...]:
    """Return the other wordings to be named: first one of each stretch, then the second ones."""
    in_turn = zip_longest(*(stretch.wordings() for stretch in stretches))
    named = dict.fromkeys(wording for turn in in_turn for wording in turn if wording)
    return tuple(named)[:MAX_ALSO]


def loosen(plan: QueryPlan, analyser: Analyser) -> QueryPlan:
    """Return the plan with long Chinese words also in parts: 停车 for 停车难, 加装电梯 as two."""
    return replace(plan, concepts=tuple(_loosened(each, analyser) for each in plan.concepts))


def _loosened(concept: Concept, analyser: Analyser) -> Concept:
    parts = [_shorter_units(unit, analyser) for unit in concept.readings[0].units]
    shorter = tuple(unit for units in parts for unit in units)
    if shorter == concept.readings[0].units:
        return concept
    return Concept((*concept.readings, Reading(shorter, LOOSE_WORTH, LOOSE_LEAST)))


def _shorter_units(unit: Unit, analyser: Analyser) -> Sequence[Unit]:
    shorter = [
        Unit(piece, piece, _pairs(piece))
        for piece, _, _, kind in analyser.segmenter.pieces(unit.text)
        if kind is TokenKind.WORD and piece != unit.text and unit.grams
    ]
    return shorter or [unit]


def _pairs(word: str) -> tuple[str, ...]:
    return tuple(word[index : index + 2] for index in range(len(word) - 1))


def _merge_singles(parts: Sequence[_Part], matches: Sequence[GlossaryMatch] = ()) -> list[_Part]:
    """Join characters the dictionary left apart: together they are likely a name it lacks.

    What the glossary knows on one side of the border and not on the other stays apart.
    """
    merged: list[_Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if (
            last is not None
            and part.kind is TokenKind.SINGLE
            and last.kind is TokenKind.SINGLE
            and last.end == part.start
            and _covering(last, matches)[-1:] == _covering(part, matches)[:1]
        ):
            merged[-1] = _Part(last.text + part.text, last.start, part.end, TokenKind.SINGLE)
        else:
            merged.append(part)
    return merged


def _is_bound(part: _Part, parts: Iterable[_Part]) -> bool:
    """Tell whether a part is a lone character beside a word, which the bridges stand for."""
    return len(part.text) == 1 and any(
        other.kind is TokenKind.WORD and part.start in (other.end, other.start - 1)
        for other in parts
        if part.kind is TokenKind.SINGLE
    )


def _unit(part: _Part) -> Unit:
    if not part.is_han:
        return Unit(part.text, word_term(part.text, part.kind))
    if len(part.text) == 1:
        return Unit(part.text, "")
    return Unit(part.text, part.text, _pairs(part.text))


def _bridges(parts: Sequence[_Part]) -> Iterable[str]:
    for first, second in pairwise(parts):
        if first.is_han and second.is_han and first.end == second.start:
            yield first.text[-1] + second.text[0]
        elif not first.is_han and not second.is_han and first.end + 1 == second.start:
            first_term = word_term(first.text, first.kind)
            yield pair_term(first_term, word_term(second.text, second.kind))
