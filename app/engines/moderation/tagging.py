"""Proposes the plan items a suggestion speaks of, and shows the words that speak for each.

The items come in as data and the answer is a proposal: a moderator decides. Every term of a text
weighs for an item by how much more that item says it than the average item does; what all items
say weighs nothing, and nothing weighs against an item, so that a proposal is the sum of its words.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.engines.moderation.tagging_lore import NO_LORE, Lore
from app.engines.text.normalise import Folded, fold


@dataclass(frozen=True)
class ItemWords:
    """A plan item as the model reads it: its keywords in both languages, title and digest."""

    number: int
    title_zh: str
    title_en: str
    words: tuple[str, ...]
    digest_zh: str = ""
    digest_en: str = ""


@dataclass(frozen=True)
class TagProposal:
    """An item a text may belong to; `words` are the words of the text that say so.

    `score` is the sum of the weights of all terms that speak for it: 1.0 is about one keyword.
    """

    number: int
    score: float
    words: tuple[str, ...]


_Term = tuple[str, ...]
_ByItem = dict[int, float]


@dataclass(frozen=True)
class _Unit:
    """A Chinese character, the stem of a Latin word, or a sign; and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Match:
    """A term of a text; a known phrase is fit to be shown, a mere pair of characters less so."""

    term: _Term
    start: int
    end: int
    is_phrase: bool


@dataclass(frozen=True)
class _Evidence:
    """A match and what it weighs for one item."""

    match: _Match
    weight: float


_END = _Unit("", -1, -1)
_UNIT = re.compile(r"[a-z0-9]+|[^\s]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[a-z]{3,}")
_SHORTEST_PLURAL = 4
_ENDINGS = ("ing", "ed", "ly")
_SHORTEST_STEM = 4

# How many examples one mention counts for.
_KEYWORD = 3.0
_DAILY_WORD = 3.0
_TITLE = 1.0
_DIGEST = 0.5
_EXAMPLE = 1.0
# Mentions that every item is given of every term, so that a single one proves little.
_BENEFIT_OF_DOUBT = 1.0
# A proposal needs, and shows, terms that are a keyword of some five items at most, or that two
# examples of one item have in common; a single example may say anything.
_LEAST_WEIGHT = 0.9
_LEAST_SCORE = 1.0
_LEAST_SHARE_OF_BEST = 0.25
_MOST_WORDS_SHOWN = 6


def _stem(word: str) -> str:
    """An English word without plural, -ing, -ed, -ly and a last e: rough, but the same for all."""
    word = _singular(word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST_STEM else word


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Characters that join words, and words that every official and every citizen uses.
_JOINING = frozenset(
    "的了和是在有不一个这那等与及为让把能可也都就到上下中要会并来去你我他们从以对由更各将"
)
_COMMON_CHINESE = _words(
    "希望 建议 问题 情况 需要 可以 大家 我们 市民 居民 群众 青岛 全市 城市 数据 平台 服务 建设 "
    "推进 深化 提升 推动 开展 加强 完善 工作 管理 今年 时间 手机 政府 部门 方便 使用 办理 增加 "
    "什么 怎么 没有 现在 自己 应该 已经 晚上 上午 下午 早上 昨天 今天 天天 每天 一次 请问 "
    "谢谢 时候 知道 "
    "提供 信息 系统 应用 领域 重点 改革 行动 全面 统一 生活 安全 解决 反映 相关 单位 进行 实现 能力"
)
_COMMON_ENGLISH = _words(
    "a an the and or of to in on at for is are was were be it its i my me our us he she his her "
    "him not no do does did has had by as so but if than too one two three all any let out up own "
    "why yet per via got get tell say said see can may must never always ever who way thing good "
    "best bad person want come came go called day week month first last "
    "about after again also another because been before being better both build bureau chosen "
    "citizen city could data department each every example from further have help here into "
    "just keep less like made make many more most much need new number office once only open "
    "other over people place plan please portal provide public qingdao quick quicker service "
    "several should show some such support taken than that their them then there these they this "
    "those through time together under used user using very well were what when where which "
    "while will with without work would year your"
)
_COMMON_STEMS = frozenset(map(_stem, _COMMON_ENGLISH))


class TagModel:
    """What distinguishes the items of one plan; built once (a tenth of a second), asked often."""

    def __init__(self, items: Sequence[ItemWords], lore: Lore = NO_LORE) -> None:
        """Count who says what; what is known of items that the plan lacks is left aside."""
        self._phrases = _phrases(items, lore)
        self._longest = max(map(len, self._phrases), default=0)
        self._weights = _weights(self._mentions(items, lore), len(items))

    def suggest(self, text: str, limit: int = 3) -> tuple[TagProposal, ...]:
        """Up to `limit` items the text speaks of, best first; none when nothing fits."""
        folded = fold(text)
        evidence = self._evidence(folded.text)
        scores = {number: _score(found) for number, found in evidence.items()}
        least = max(_LEAST_SCORE, _LEAST_SHARE_OF_BEST * max(scores.values(), default=0.0))
        proposals = (
            TagProposal(number, round(scores[number], 3), _shown(text, folded, found))
            for number, found in evidence.items()
            if scores[number] >= least and max(one.weight for one in found) >= _LEAST_WEIGHT
        )
        return tuple(sorted(proposals, key=lambda one: (-one.score, one.number))[:limit])

    def _evidence(self, folded: str) -> dict[int, list[_Evidence]]:
        """For each item the matches that speak for it."""
        evidence: dict[int, list[_Evidence]] = defaultdict(list)
        for match in self._matches(folded):
            for number, weight in self._weights.get(match.term, {}).items():
                evidence[number].append(_Evidence(match, weight))
        return evidence

    def _mentions(self, items: Sequence[ItemWords], lore: Lore) -> dict[_Term, _ByItem]:
        """How often each item says each term, in examples' worth."""
        mentions: dict[_Term, _ByItem] = defaultdict(lambda: defaultdict(float))
        for number, text, worth in _sources(items, lore):
            for term in {match.term for match in self._matches(fold(text).text)}:
                mentions[term][number] += worth
        return mentions

    def _matches(self, folded: str) -> Iterator[_Match]:
        """The known phrases with what they mean, and every pair of characters and Latin word."""
        units = _units(folded)
        covered = 0
        for position in range(len(units)):
            length = self._phrase_length(units, position) if position >= covered else 0
            if length:
                phrase = units[position : position + length]
                covered = position + length
                term = _term_of(phrase)
                for meant in (term, *self._phrases[term]):
                    yield _Match(meant, phrase[0].start, phrase[-1].end, is_phrase=True)
        yield from _hints_in(units)

    def _phrase_length(self, units: Sequence[_Unit], position: int) -> int:
        """How many units the longest phrase that begins here has; 0 if none does."""
        term = _term_of(units[position : position + self._longest])
        lengths = range(len(term), 0, -1)
        return next((length for length in lengths if term[:length] in self._phrases), 0)


def _phrases(items: Sequence[ItemWords], lore: Lore) -> dict[_Term, tuple[_Term, ...]]:
    """Every word that counts as a whole, with the names of the groups of like words it is in."""
    phrases: dict[_Term, tuple[_Term, ...]] = {}
    numbers = {item.number for item in items}
    own = [word for item in items for word in item.words]
    daily = [word for number, words in lore.words.items() if number in numbers for word in words]
    for word in (*own, *daily):
        phrases.setdefault(_term(word), ())
    phrases.pop((), None)
    for place, group in enumerate(lore.synonyms):
        for term in filter(_says_something, dict.fromkeys(map(_term, group))):
            phrases[term] = (*phrases.get(term, ()), (f"group {place}",))
    return phrases


def _sources(items: Sequence[ItemWords], lore: Lore) -> Iterator[tuple[int, str, float]]:
    """Everything that is known of the items: a number, a text, what a mention in it is worth."""
    for item in items:
        for word in item.words:
            yield item.number, word, _KEYWORD
        for word in lore.words.get(item.number, ()):
            yield item.number, word, _DAILY_WORD
        for title in (item.title_zh, item.title_en):
            yield item.number, title, _TITLE
        for digest in (item.digest_zh, item.digest_en):
            yield item.number, digest, _DIGEST
    known = {item.number for item in items}
    for example in lore.examples:
        text = f"{example.title}\n{example.text}"
        for number in known.intersection(example.numbers):
            yield number, text, _EXAMPLE / len(example.numbers)


def _weights(mentions: Mapping[_Term, _ByItem], items: int) -> dict[_Term, dict[int, float]]:
    """The logarithm of how much more an item says a term than the average item; never below 0."""
    weights = {}
    for term, by_item in mentions.items():
        average = sum(by_item.values()) / items + _BENEFIT_OF_DOUBT
        telling = {
            number: math.log((said + _BENEFIT_OF_DOUBT) / average)
            for number, said in by_item.items()
            if said + _BENEFIT_OF_DOUBT > average
        }
        if telling:
            weights[term] = telling
    return weights


def _units(folded: str) -> list[_Unit]:
    return [
        _Unit(_stem(match.group()), match.start(), match.end()) for match in _UNIT.finditer(folded)
    ]


def _term(word: str) -> _Term:
    return _term_of(_units(fold(word).text))


def _term_of(units: Iterable[_Unit]) -> _Term:
    return tuple(unit.text for unit in units)


def _says_something(term: _Term) -> bool:
    if len(term) == 1:
        return _is_telling_word(term[0])
    return len(term) > 1 and "".join(term) not in _COMMON_CHINESE


def _hints_in(units: Sequence[_Unit]) -> Iterator[_Match]:
    """Pairs of Chinese characters, Latin words and pairs of those that may tell items apart."""
    for left, right in pairwise([*units, _END]):
        if _is_telling_word(left.text):
            yield _Match((left.text,), left.start, left.end, is_phrase=True)
            if _is_telling_word(right.text):
                yield _Match((left.text, right.text), left.start, right.end, is_phrase=True)
        elif left.end == right.start and _is_telling_pair(left.text, right.text):
            yield _Match((left.text, right.text), left.start, right.end, is_phrase=False)


def _is_telling_word(word: str) -> bool:
    return word not in _COMMON_STEMS and bool(_LATIN_WORD.fullmatch(word))


def _is_telling_pair(left: str, right: str) -> bool:
    return (
        bool(_HAN.fullmatch(left) and _HAN.fullmatch(right))
        and _JOINING.isdisjoint((left, right))
        and left + right not in _COMMON_CHINESE
    )


def _score(found: Iterable[_Evidence]) -> float:
    """The sum of the weights; saying a word twice does not count twice."""
    return sum({one.match.term: one.weight for one in found}.values())


def _shown(text: str, folded: Folded, found: Sequence[_Evidence]) -> tuple[str, ...]:
    """The words that weigh most, as the author wrote them and in that order.

    Pairs of characters often cut a word in two: they are shown for want of phrases only.
    """
    telling = [one for one in found if one.weight >= _LEAST_WEIGHT]
    phrases = [one for one in telling if one.match.is_phrase] or telling
    phrases.sort(key=lambda one: (-one.weight, one.match.start))
    stretches: list[tuple[int, int]] = []
    for one in phrases:
        if len(stretches) < _MOST_WORDS_SHOWN:
            stretches = _joined(stretches, one.match.start, one.match.end)
    spans = (folded.span(start, end) for start, end in sorted(stretches))
    words = {fold(text[start:end]).text: text[start:end] for start, end in spans}
    return tuple(words.values())


def _joined(stretches: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """The stretches with one more; those that it overlaps become one with it."""
    apart = [one for one in stretches if one[1] <= start or end <= one[0]]
    touching = [(start, end), *(one for one in stretches if one not in apart)]
    return [*apart, (min(one[0] for one in touching), max(one[1] for one in touching))]
