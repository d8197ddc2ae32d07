"""Find what was already said: documents about the matter of a text, and why they seem so.

The index proposes candidates by rare words; each is then read beside the text. Judging whether two
are the same matter is left to whoever shows them side by side. No figure here was fitted to data:
the weights are round and say which evidence is thought to be stronger.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import add
from typing import Protocol, TypeVar

from app.engines.search.analysis import Analyser, stem
from app.engines.search.document import document_key
from app.engines.search.glossary import Glossary
from app.engines.search.query import STOP_WORDS
from app.engines.search.results import LEAD, Excerpt, Span, cut_excerpt, merge_spans
from app.engines.text.language import detect
from app.engines.text.normalise import fold
from app.vocabulary import DocumentType, Language

MAX_COMPARED = 1_000
"""Characters of a text that are read; a matter that is not named by then is not its matter."""
MAX_NAMED = 300
"""Characters in which the glossary looks for what it knows, which takes longer than reading."""
LANGUAGE_SHOWS = 200
"""Characters by which the language of a text is told."""
MAX_TERMS = 24
CANDIDATES = 30
OTHER_CANDIDATES = 10
REMEMBERED = 1_000
TITLE_COUNTS = 3
LEAST_SCORE = 0.12

WORDS_SHARE, TITLE_SHARE, PHRASES_SHARE = 0.5, 0.3, 0.2
# Four characters, or two English words, are the shortest stretch people seldom share by chance.
PHRASE_LENGTH = 4
FEW_PHRASES = 12
"""Texts with fewer stretches than this do not count as contained in another by one or two."""
SYNONYM_WORTH = 0.7
MAX_MARKED = 6
TELLING_SHARE = 0.5
"""A word with less than this share of the rarest word's weight is common: no name, no mark."""

OTHER_PLACE_WORTH = 0.75
"""What is left of the likeness of texts that name different places: a light here is not there."""

LEAST_THINGS = 2
"""One thing that the glossary knows in both languages is a theme; two and more are a matter."""
MAX_THINGS = 12

_LATIN = re.compile(r"[0-9a-z\u00df-\u024f]+")
_SIGN = re.compile(rf"(?P<latin>{_LATIN.pattern})|[^\W_]")
_KINDS = (
    "小区|社区|花园|家园|公寓|大厦|大楼|广场|新村|新城|学校|小学|中学|大学|学院|幼儿园|医院|公园|"
    "市场|超市|菜场|车站|路口|大桥|大道|公司|酒店|商场|工业园|苑|府|村|镇|"
    "(?<![道马走铁公线电网迷修问])路|(?<![道逛上大小])街"
)
_KIND_OF_PLACE = re.compile(_KINDS)
_TWO_CHARACTERS = re.compile("[\u4e00-\u9fff]{2}")
# A character that stands before a kind of place without being part of a name.
_NAMELESS_CHARACTERS = frozenset(
    "的我你他本该这那个在们各某些全新老旧大小近旁边门和与到从对把是有无里内外上下前后中两几多每到去进出住了"
)
_NAMELESS_WORDS = frozenset(
    word
    for line in (
        "公共 公办 公立 民办 私立 附近 附属 周围 周边 沿街 居民 住宅 安置 商业 开放 封闭 智慧 文化",
        "城市 农村 乡村 城中 街道 道路 马路 高速 步行 地铁 公交 火车 综合 高级 普通 物业 农贸 体育",
        "有限 股份 自来 供水 供热 供暖 供电 燃气 快递 软件 科技 开发 建筑 装修 培训 教育",
        "the this that our your local public primary middle high old new car bus metro city",
    )
    for word in line.split()
)
_ENGLISH_PLACE = re.compile(
    r"\b([A-Z][a-z]{2,}) (?:Street|Road|Lane|Avenue|Square|Court|Park|Garden|Gardens|School|"
    r"Station|Bridge|Beach|Market|Hospital|Estate|Tower|Village|Community|Company|University)\b"
)


Weighed = TypeVar("Weighed")


class Reason(StrEnum):
    """Why a document seems to be about the same matter."""

    SHARED_PHRASES = "shared_phrases"
    SAME_PLACE = "same_place"
    SAME_ITEM = "same_item"
    SAME_DISTRICT = "same_district"
    OTHER_LANGUAGE = "other_language"


RAISES = {Reason.SAME_PLACE: 0.3, Reason.SAME_ITEM: 0.1, Reason.SAME_DISTRICT: 0.05}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRequest:
    """A text to find the like of; `exclude` names keys that must not be returned.

    The plan items and the district, where known, make a document of the same seem likelier.
    """

    text: str
    title: str = ""
    items: tuple[str, ...] = ()
    district: str = ""
    limit: int = 5
    types: tuple[DocumentType, ...] = (DocumentType.SUGGESTION,)
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarHit:
    """A document like the text: how alike from 0 to 1, why, and what to mark.

    Marked are the phrases both have; in another language, the words that mean the same.
    """

    type: DocumentType
    id: int
    ref: str
    title: str
    score: float
    published_on: date | None
    excerpt: Excerpt
    title_spans: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def key(self) -> str:
        """The document's name in the index."""
        return document_key(self.type, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that may be like the text, as it stands in the index."""

    type: DocumentType
    id: int
    ref: str
    title: str
    body: str
    items: tuple[str, ...]
    district: str
    published_on: date | None


class Source(Protocol):
    """Where candidates come from: one unchanging view of an index."""

    @property
    def analyser(self) -> Analyser:
        """What the index was made with."""

    def rarities(self, words: Sequence[str]) -> Mapping[str, float]:
        """Return the inverse document frequency of each word that some document has."""

    def candidates(
        self, weights: Mapping[str, float], request: "SimilarRequest", limit: int
    ) -> Sequence[Candidate]:
        """Return the documents with the most of the weighted words, best first."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A title and a text made ready to be read beside another.

    A sign is a Chinese character or a Latin word's stem. A word stands for two, as it says as much
    as two characters do; `row` and `title_row` are the signs as one string, to look names up in.
    """

    folded: str
    language: Language
    title_signs: Sequence[str]
    signs: Sequence[str]
    title_row: str
    row: str

    def has(self, word: str) -> bool:
        """Tell whether a word of the index stands here, a Chinese one also inside others."""
        return _row((word, word)) in self.row if word.isascii() else word in self.folded


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something that the glossary knows by several names; those of each language are rows."""

    words: tuple[str, ...]
    synonyms: tuple[str, ...]
    translations: tuple[str, ...]
    synonym_words: tuple[str, ...]
    translated_words: tuple[str, ...]
    is_in_title: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    """The text asked about, taken apart once for all candidates.

    `things` have their weight; only those are in it that can be found in another language.
    """

    text: _Text
    weights: Mapping[str, float]
    mass: float
    title_weights: Mapping[str, float]
    synonyms: Sequence[_Thing]
    things: Mapping[_Thing, float]
    other_weights: Mapping[str, float]
    pairs: Set[str]
    title_pairs: Set[str]
    phrases: Set[str]
    common: Set[str]
    places: Set[str]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A candidate beside the text: how alike, and what speaks for it but shared phrases."""

    candidate: Candidate
    text: _Text
    score: float
    reasons: Sequence[Reason]


def find_similar(
    source: Source, request: SimilarRequest, glossary: Glossary | None = None
) -> tuple[SimilarHit, ...]:
    """Return the documents most like the text, best first; none that has little in common.

    With a glossary, what is said in synonyms or in the other language is found too.
    """
    subject = _subject(source, request, glossary)
    compared = [
        _compare(subject, request, candidate) for candidate in _candidates(source, subject, request)
    ]
    alike = [each for each in compared if each.score >= LEAST_SCORE]
    alike.sort(key=lambda each: (-each.score, each.candidate.type, each.candidate.id))
    return tuple(_hit(subject, each) for each in alike[: request.limit])


def _subject(source: Source, request: SimilarRequest, glossary: Glossary | None) -> _Subject:
    text = _read(request.title, request.text)
    title = _folded(request.title)
    things = _things(source.analyser, text, len(title), glossary)
    title_words = source.analyser.analyse_folded(title).words
    counts = Counter(source.analyser.analyse_folded(text.folded).words)
    for word in title_words:
        counts[word] += TITLE_COUNTS - 1
    others = {word for thing in things for word in thing.synonym_words + thing.translated_words}
    rarities = source.rarities(sorted({*counts, *others} - STOP_WORDS))
    rarest = max(rarities.values(), default=0.0)
    # What nobody has said is as telling as what hardly anybody has.
    weights = {
        word: (1 + math.log(count)) * rarities.get(word, rarest)
        for word, count in counts.items()
        if word not in STOP_WORDS
    }
    common = {word for word, rarity in rarities.items() if rarity < TELLING_SHARE * rarest}
    known = _known_elsewhere(things, rarities)
    return _Subject(
        text=text,
        weights=weights,
        mass=sum(weight**2 for weight in weights.values()),
        title_weights={word: weights[word] for word in title_words if word in weights},
        synonyms=[thing for thing in things if thing.synonyms],
        things=known,
        other_weights=_other_weights(things, known, rarities),
        pairs=_pairs(text.signs),
        title_pairs=_pairs(text.title_signs),
        phrases=frozenset(_windows(text.signs)),
        common=common,
        places=_places(f"{request.title}\n{request.text[:MAX_COMPARED]}", text.folded) - common,
    )


def _known_elsewhere(
    things: Iterable[_Thing], rarities: Mapping[str, float]
) -> Mapping[_Thing, float]:
    """Return the most telling things that documents in the other language name."""
    weighed = {thing: _weight(thing, rarities) for thing in things if thing.translations}
    return _heaviest({thing: weight for thing, weight in weighed.items() if weight}, MAX_THINGS)


def _other_weights(
    things: Iterable[_Thing], known: Mapping[_Thing, float], rarities: Mapping[str, float]
) -> Mapping[str, float]:
    """Return what else to look for: the translations, if they are enough, and the synonyms."""
    words = [word for thing in things for word in thing.synonym_words]
    if len(known) >= LEAST_THINGS:
        words += [word for thing in known for word in thing.translated_words]
    return {word: rarities[word] for word in words if word in rarities}


def _things(
    analyser: Analyser, text: _Text, title_length: int, glossary: Glossary | None
) -> list[_Thing]:
    """Return what the glossary knows of the text, each once, the title's first."""
    if glossary is None:
        return []
    pieces = list(analyser.segmenter.consecutive(text.folded[:MAX_NAMED]))
    found: dict[tuple[str, ...], _Thing] = {}
    for match in glossary.matches(text.folded[:MAX_NAMED], pieces):
        own = [each for each in match.wordings if _language(each) is text.language]
        others = [each for each in match.wordings if _language(each) is not text.language]
        thing = _Thing(
            words=tuple(analyser.analyse_folded(text.folded[match.start : match.end]).words),
            synonyms=tuple(map(_name, own)),
            translations=tuple(map(_name, others)),
            synonym_words=_words_of_first(own, analyser),
            translated_words=_words_of_first(others, analyser),
            is_in_title=match.start < title_length,
        )
        found.setdefault(thing.translations or thing.words, thing)
    return list(found.values())


def _words_of_first(wordings: Sequence[str], analyser: Analyser) -> tuple[str, ...]:
    return tuple(word for each in wordings[:1] for word in analyser.analyse(each).words)


def _weight(thing: _Thing, rarities: Mapping[str, float]) -> float:
    """Return how telling a thing is in the other language; nothing where that has no word of it."""
    rarity = max((rarities.get(word, 0.0) for word in thing.translated_words), default=0.0)
    return rarity * (TITLE_COUNTS if thing.is_in_title else 1)


def _candidates(source: Source, subject: _Subject, request: SimilarRequest) -> Iterable[Candidate]:
    """Return what shares rare words, then what has their synonyms or translations, each once."""
    limit = max(CANDIDATES, 2 * request.limit)
    found = list(source.candidates(_heaviest(subject.weights, MAX_TERMS), request, limit))
    if subject.other_weights:
        wanted = _heaviest(subject.other_weights, MAX_TERMS)
        found += source.candidates(wanted, request, OTHER_CANDIDATES)
    return {(each.type, each.id): each for each in found}.values()


def _compare(subject: _Subject, request: SimilarRequest, candidate: Candidate) -> _Compared:
    other = _read(candidate.title, candidate.body)
    is_foreign = other.language is not subject.text.language
    own = _likeness(subject, other)
    across = _likeness_across(subject, other) if is_foreign else 0.0
    score = max(own, across)
    reasons = [Reason.OTHER_LANGUAGE] if across > own else []
    places = _places(f"{candidate.title}\n{candidate.body[:MAX_COMPARED]}", other.folded)
    if _is_same_place(subject, places, other):
        reasons.append(Reason.SAME_PLACE)
    elif subject.places and places - subject.common and not is_foreign:
        score *= OTHER_PLACE_WORTH
    if set(request.items) & set(candidate.items):
        reasons.append(Reason.SAME_ITEM)
    if request.district and request.district == candidate.district:
        reasons.append(Reason.SAME_DISTRICT)
    for reason in reasons:
        # A raise leaves nothing and everything as they are, and counts most in between.
        score += RAISES.get(reason, 0.0) * score * (1 - score)
    return _Compared(candidate, other, round(score, 4), reasons)


def _likeness(subject: _Subject, other: _Text) -> float:
    """Return how alike two texts of one language are, from 0 to 1."""
    phrases = frozenset(_windows(other.signs))
    fewer = max(FEW_PHRASES, min(len(subject.phrases), len(phrases)))
    by_words = _cosine(subject, other, len(_pairs(other.signs) - subject.pairs))
    by_phrases = len(subject.phrases & phrases) / fewer
    if not subject.title_pairs:
        shares = WORDS_SHARE + PHRASES_SHARE
        return (WORDS_SHARE * by_words + PHRASES_SHARE * by_phrases) / shares
    by_title = (
        _dice(subject.title_pairs, _pairs(other.title_signs))
        + _covered(subject.title_weights, other)
    ) / 2
    return WORDS_SHARE * by_words + TITLE_SHARE * by_title + PHRASES_SHARE * by_phrases


def _cosine(subject: _Subject, other: _Text, pairs_besides: int) -> float:
    """Return about the cosine of both texts' weighted words.

    What the other text has besides is not weighed word by word, which would take long: it is taken
    to weigh, by its length, as much as the subject does.
    """
    shared = _shared(subject.weights, other)
    for thing in subject.synonyms:
        if any(name in other.row for name in thing.synonyms):
            for word in thing.words:
                if word in subject.weights:
                    shared.setdefault(word, SYNONYM_WORTH * subject.weights[word])
    both = sum(weight * subject.weights[word] for word, weight in shared.items())
    besides = subject.mass * pairs_besides / max(1, len(subject.pairs))
    return both / math.sqrt(subject.mass * (both + besides)) if both else 0.0


def _shared(weights: Mapping[str, float], other: _Text) -> dict[str, float]:
    return {word: weight for word, weight in weights.items() if other.has(word)}


def _covered(weights: Mapping[str, float], other: _Text) -> float:
    """Return which share of the weighted words the other title has."""
    everything = sum(weights.values())
    title = other.folded[: other.folded.index("\n")]
    found = sum(
        weight
        for word, weight in weights.items()
        if (_row((word, word)) in other.title_row if word.isascii() else word in title)
    )
    return found / everything if everything else 0.0


def _likeness_across(subject: _Subject, other: _Text) -> float:
    """Return how much of the matter a text in the other language names, from 0 to 1."""
    found = {
        thing: weight
        for thing, weight in subject.things.items()
        if any(name in other.row for name in thing.translations)
    }
    if len(found) < LEAST_THINGS:
        return 0.0
    named = sum(found.values())
    entitled = sum(
        weight
        for thing, weight in found.items()
        if any(name in other.title_row for name in thing.translations)
    )
    sure = len(found) / (len(found) + 1)
    return sure * (named + entitled) / (2 * sum(subject.things.values()))


def _is_same_place(subject: _Subject, places: Set[str], other: _Text) -> bool:
    """Tell whether a name of either text stands in the other, where its kind may be left out."""
    return any(map(other.has, subject.places)) or any(
        map(subject.text.has, places - subject.common)
    )


def _places(text: str, folded: str) -> Set[str]:
    """Return the last two characters of Chinese names of places, and English names whole."""
    before = (
        folded[max(0, kind.start() - 2) : kind.start()] for kind in _KIND_OF_PLACE.finditer(folded)
    )
    english = {stem(name.lower()) for name in _ENGLISH_PLACE.findall(text)}
    chinese = {
        name
        for name in before
        if _TWO_CHARACTERS.fullmatch(name)
        and name not in _NAMELESS_WORDS
        and _NAMELESS_CHARACTERS.isdisjoint(name)
    }
    return chinese | (english - _NAMELESS_WORDS)


@lru_cache(maxsize=REMEMBERED)
def _folded(text: str) -> str:
    return fold(text).text


def _read(title: str, text: str) -> _Text:
    folded_title, folded_text = _folded(title), _folded(text[:MAX_COMPARED])
    title_signs = _signs(folded_title)
    signs = title_signs + _signs(folded_text)
    folded = f"{folded_title}\n{folded_text}"
    return _Text(
        folded, detect(folded[:LANGUAGE_SHOWS]), title_signs, signs, _row(title_signs), _row(signs)
    )


def _signs(folded: str) -> list[str]:
    signs: list[str] = []
    done = 0
    for match in _LATIN.finditer(folded):
        signs += filter(str.isalnum, folded[done : match.start()])
        signs += _latin_signs(match.group())
        done = match.end()
    signs += filter(str.isalnum, folded[done:])
    return signs


def _latin_signs(word: str) -> Sequence[str]:
    return () if word in STOP_WORDS else (stem(word),) * 2


def _row(signs: Iterable[str]) -> str:
    return f"|{'|'.join(signs)}|"


@lru_cache(maxsize=REMEMBERED)
def _name(wording: str) -> str:
    return _row(_signs(fold(wording).text))


@lru_cache(maxsize=REMEMBERED)
def _language(wording: str) -> Language:
    return detect(wording)


def _pairs(signs: Sequence[str]) -> frozenset[str]:
    return frozenset(map(add, signs, signs[1:]))


def _windows(signs: Sequence[str]) -> Iterator[str]:
    """Yield every stretch of neighbouring signs that may be a shared phrase."""
    shifted = (signs[place:] for place in range(PHRASE_LENGTH))
    return map("".join, zip(*shifted, strict=False))


def _dice(first: Set[str], second: Set[str]) -> float:
    together = len(first) + len(second)
    return 2 * len(first & second) / together if together else 0.0


def _heaviest(weights: Mapping[Weighed, float], count: int) -> dict[Weighed, float]:
    """Return the heaviest; of equals those that came first."""
    return dict(sorted(weights.items(), key=lambda pair: -pair[1])[:count])


def _hit(subject: _Subject, compared: _Compared) -> SimilarHit:
    candidate, body = compared.candidate, compared.candidate.body[:MAX_COMPARED]
    title_spans = _telling_spans(subject, candidate.title)
    spans = _telling_spans(subject, body)
    reasons = [Reason.SHARED_PHRASES] if title_spans or spans else []
    if not reasons or Reason.OTHER_LANGUAGE in compared.reasons:
        names = _shared_names(subject, compared)
        title_spans = merge_spans((*title_spans, *_name_spans(candidate.title, names)))
        spans = merge_spans((*spans, *_name_spans(body, names)))
    longest = max(spans, key=lambda span: span.end - span.start, default=Span(0, 0))
    return SimilarHit(
        type=candidate.type,
        id=candidate.id,
        ref=candidate.ref,
        title=candidate.title,
        score=compared.score,
        published_on=candidate.published_on,
        excerpt=cut_excerpt(candidate.body, spans, start=longest.start - LEAD),
        title_spans=title_spans,
        reasons=(*reasons, *compared.reasons),
    )


def _telling_spans(subject: _Subject, text: str) -> tuple[Span, ...]:
    """Return the shared phrases; not those of common words only, such as 希望有关部门."""
    telling = [word for word in subject.weights if word not in subject.common]
    return tuple(
        span
        for span in shared_spans(text, subject.phrases)
        if any(map(_read("", text[span.start : span.end]).has, telling))
    )


def _shared_names(subject: _Subject, compared: _Compared) -> Sequence[str]:
    """Return what means the same in the other language, or else the most telling shared words."""
    if Reason.OTHER_LANGUAGE in compared.reasons:
        names = (name for thing in subject.things for name in thing.translations)
        return [name for name in names if name in compared.text.row]
    words = _heaviest(_shared(subject.weights, compared.text), MAX_MARKED)
    return [_row((word, word)) if word.isascii() else _name(word) for word in words]


def shared_spans(text: str, phrases: Set[str]) -> tuple[Span, ...]:
    """Return where every four neighbouring signs of a text are one of the phrases."""
    found = _SignPlaces(text)
    return merge_spans(
        found.span(first, first + PHRASE_LENGTH)
        for first, phrase in enumerate(_windows(found.signs))
        if phrase in phrases
    )


def _name_spans(text: str, names: Iterable[str]) -> Iterator[Span]:
    """Yield where the names, rows of signs, stand in a text."""
    found = _SignPlaces(text)
    for name in names:
        wanted = name.strip("|").split("|")
        for first, sign in enumerate(found.signs):
            if sign == wanted[0] and found.signs[first : first + len(wanted)] == wanted:
                yield found.span(first, first + len(wanted))


class _SignPlaces:
    """A text's signs, and the way back to where they stand in it."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)
        places = [
            (sign, match.span())
            for match in _SIGN.finditer(self._folded.text)
            for sign in (_latin_signs(match.group()) if match.lastgroup else match.group())
        ]
        self.signs = [sign for sign, _ in places]
        self._places = [place for _, place in places]

    def span(self, first: int, end: int) -> Span:
        """Return where the signs from `first` up to but not including `end` stand."""
        return Span(*self._folded.span(self._places[first][0], self._places[end - 1][1]))
