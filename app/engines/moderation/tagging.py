"""Proposes the plan items a suggestion speaks of, and shows the words that speak for each.

The items come in as data and the answer is a proposal: a moderator decides. Keywords count most;
the wording of an item's title and digest helps a little; what many items say counts for little.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


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
    """An item a text may belong to; `words` are the words of the text that say so."""

    number: int
    score: float
    words: tuple[str, ...]


_Term = tuple[str, ...]
_Holders = dict[_Term, set[int]]


@dataclass(frozen=True)
class _Unit:
    """A Chinese character, a Latin word without its plural, or a sign; and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Match:
    term: _Term
    start: int
    end: int


_UNIT = re.compile(r"[a-z0-9]+|[^\s]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[a-z]{4,}")
_SHORTEST_PLURAL = 4

# What a pair of characters or a word of an item's title adds, beside the 1.0 of a keyword.
_TITLE_SHARE = 0.25
# A digest is written in everybody's words: it breaks ties and can never tag by itself.
_DIGEST_SHARE = 0.05
_MOST_FROM_DIGEST = 0.25
_PRECISION_PER_UNIT = 0.1
_MOST_PRECISION = 1.3
# One keyword that up to four items of a plan share, or a phrase of several words from a title.
_LEAST_SCORE = 0.5
# A second item must have half the evidence of the first.
_LEAST_SHARE_OF_BEST = 0.5


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Characters that join words, and words that every official and every citizen uses.
_JOINING = frozenset(
    "的了和是在有不一个这那等与及为让把能可也都就到上下中要会并来去你我他们从以对由更各将"
)
_COMMON_CHINESE = _words(
    "希望 建议 问题 情况 需要 可以 大家 我们 市民 居民 群众 青岛 全市 城市 数据 平台 服务 建设 "
    "推进 深化 提升 推动 开展 加强 完善 工作 管理 今年 时间 手机 政府 部门 方便 使用 办理 增加 "
    "提供 信息 系统 应用 领域 重点 改革 行动 全面 统一 生活 安全 解决 反映 相关 单位 进行 实现 能力"
)
_COMMON_ENGLISH = _words(
    "about after again also another because been before being better both build bureau chosen "
    "citizen city could data department each every example from further have help here into "
    "just keep less like made make many more most much need new number office once only open "
    "other over people place plan please portal provide public qingdao quick quicker service "
    "several should show some such support taken than that their them then there these they this "
    "those through time together under used user using very well were what when where which "
    "while will with without work would year your"
)


class TagModel:
    """What distinguishes the items of one plan; built once, asked often."""

    def __init__(self, items: Sequence[ItemWords]) -> None:
        self._keywords: _Holders = defaultdict(set)
        self._titles: _Holders = defaultdict(set)
        self._digests: _Holders = defaultdict(set)
        for item in items:
            for word in item.words:
                self._keywords[_term(word)].add(item.number)
            for match in _hints_in(_units(_fold(f"{item.title_zh}\n{item.title_en}"))):
                self._titles[match.term].add(item.number)
            for match in _hints_in(_units(_fold(f"{item.digest_zh}\n{item.digest_en}"))):
                self._digests[match.term].add(item.number)
        self._keywords.pop((), None)
        self._longest = max(map(len, self._keywords), default=0)
        self._rarity = _rarity(items, self._keywords, {*self._titles, *self._digests})

    def suggest(self, text: str, limit: int = 3) -> tuple[TagProposal, ...]:
        """Up to `limit` items the text speaks of, best first; none when nothing fits."""
        folded = _fold(text)
        keywords, rest = self._keywords_in(_units(folded))
        hints = tuple(_hints_in(rest))
        scores = self._scores(keywords, self._keywords)
        for number, score in self._scores(hints, self._titles).items():
            scores[number] = scores.get(number, 0.0) + _TITLE_SHARE * score
        # A pair of characters says less to a reader than a keyword and is shown for want of one.
        evidence = {**_held(hints, self._titles), **_held(keywords, self._keywords)}
        tie_breaks = self._scores(hints, self._digests)
        least = max(_LEAST_SCORE, _LEAST_SHARE_OF_BEST * max(scores.values(), default=0.0))
        proposals = (
            TagProposal(
                number,
                round(score + _digest_share(tie_breaks.get(number, 0.0)), 3),
                _shown(folded, evidence[number]),
            )
            for number, score in scores.items()
            if score >= least
        )
        ranked = sorted(proposals, key=lambda proposal: (-proposal.score, proposal.number))
        return tuple(ranked[:limit])

    def _keywords_in(self, units: Sequence[_Unit]) -> tuple[list[_Match], list[_Unit]]:
        """The keywords, the longest at each place, and the units that none of them took."""
        matches = []
        rest = []
        covered = 0
        for position, unit in enumerate(units):
            if position < covered:
                continue
            match = self._keyword_at(units, position)
            if match is None:
                rest.append(unit)
            else:
                matches.append(match)
                covered = position + len(match.term)
        return matches, rest

    def _scores(self, matches: Sequence[_Match], holders: _Holders) -> dict[int, float]:
        """For each item the rarity of its terms; saying a word twice does not count twice."""
        scores: dict[int, float] = {}
        for term in dict.fromkeys(match.term for match in matches):
            for number in holders.get(term, ()):
                scores[number] = scores.get(number, 0.0) + self._rarity[term] * _precision(term)
        return scores

    def _keyword_at(self, units: Sequence[_Unit], position: int) -> _Match | None:
        window = units[position : position + self._longest]
        for length in range(len(window), 0, -1):
            term = tuple(unit.text for unit in window[:length])
            if term in self._keywords:
                return _Match(term, window[0].start, window[length - 1].end)
        return None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _units(folded: str) -> list[_Unit]:
    return [
        _Unit(_singular(match.group()), match.start(), match.end())
        for match in _UNIT.finditer(folded)
    ]


def _term(word: str) -> _Term:
    return tuple(unit.text for unit in _units(_fold(word)))


def _hints_in(units: Sequence[_Unit]) -> Iterator[_Match]:
    """Pairs of Chinese characters and single Latin words that may tell items apart."""
    for left, right in zip(units, [*units[1:], None], strict=False):
        if _LATIN_WORD.fullmatch(left.text):
            if left.text not in _COMMON_ENGLISH:
                yield _Match((left.text,), left.start, left.end)
        elif right is not None and left.end == right.start and _is_telling(left.text, right.text):
            yield _Match((left.text, right.text), left.start, right.end)


def _is_telling(left: str, right: str) -> bool:
    return (
        bool(_HAN.fullmatch(left) and _HAN.fullmatch(right))
        and _JOINING.isdisjoint((left, right))
        and left + right not in _COMMON_CHINESE
    )


def _precision(term: _Term) -> float:
    """先享后付 says more exactly what is meant than 医院 does."""
    return min(_MOST_PRECISION, 1 + _PRECISION_PER_UNIT * max(0, len(term) - 2))


def _digest_share(score: float) -> float:
    return min(_MOST_FROM_DIGEST, _DIGEST_SHARE * score)


def _held(matches: Sequence[_Match], holders: _Holders) -> dict[int, list[_Match]]:
    """The matches that speak for each item."""
    held: dict[int, list[_Match]] = defaultdict(list)
    for match in matches:
        for number in holders.get(match.term, ()):
            held[number].append(match)
    return held


def _rarity(
    items: Sequence[ItemWords], keywords: _Holders, others: Iterable[_Term]
) -> dict[_Term, float]:
    """For each term 1 when one item has it, towards 0 when all have it, whatever their number."""
    texts = {item.number: _searchable(item) for item in items}
    scale = math.log(len(items) + 1)
    rarity = {}
    for term in {*keywords, *others}:
        needle = f" {' '.join(term)} "
        holders = {number for number, text in texts.items() if needle in text}
        holders |= keywords.get(term, set())
        rarity[term] = 1 - math.log(max(1, len(holders))) / scale
    return rarity


def _searchable(item: ItemWords) -> str:
    text = "\n".join((item.title_zh, item.title_en, item.digest_zh, item.digest_en))
    return f" {' '.join(unit.text for unit in _units(_fold(text)))} "


def _shown(folded: str, matches: Sequence[_Match]) -> tuple[str, ...]:
    """The matched words as they stand in the text; pairs that overlap become one word."""
    stretches: list[list[int]] = []
    for match in sorted(matches, key=lambda match: match.start):
        if stretches and match.start < stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], match.end)
        else:
            stretches.append([match.start, match.end])
    return tuple(dict.fromkeys(folded[start:end] for start, end in stretches))
