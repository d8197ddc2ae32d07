"""Proposes the promises with a figure in an item's official text, for a person to confirm.

A figure counts when the words around it set a mark to reach or a number of things to make; years,
versions, names such as “双12” or “2+5+N” and plain ordinals do not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from app.vocabulary import Comparator


@dataclass(frozen=True)
class ProposedTarget:
    """A figure to reach; `text[start:end]` is the figure with its comparing words.

    `excerpt` is the clause it stands in. `value` is written out (4.5万 is 45000); `unit` is empty
    where the text names none.
    """

    measure: str
    comparator: Comparator
    value: Decimal
    unit: str
    excerpt: str
    start: int
    end: int


@dataclass(frozen=True)
class _Figure:
    """A figure found in the text, and the clause it stands in."""

    start: int
    end: int
    value: Decimal
    unit: str
    comparator: Comparator
    clause_start: int
    clause_end: int


_BEFORE = {
    "不少于": Comparator.AT_LEAST,
    "不低于": Comparator.AT_LEAST,
    "不小于": Comparator.AT_LEAST,
    "至少": Comparator.AT_LEAST,
    "达到": Comparator.AT_LEAST,
    "达": Comparator.AT_LEAST,
    "提升至": Comparator.AT_LEAST,
    "提升到": Comparator.AT_LEAST,
    "提高至": Comparator.AT_LEAST,
    "提高到": Comparator.AT_LEAST,
    "增加至": Comparator.AT_LEAST,
    "增加到": Comparator.AT_LEAST,
    "突破": Comparator.MORE_THAN,
    "超过": Comparator.MORE_THAN,
    "高于": Comparator.MORE_THAN,
    "多于": Comparator.MORE_THAN,
    "超": Comparator.MORE_THAN,
    "不超过": Comparator.AT_MOST,
    "不高于": Comparator.AT_MOST,
    "不多于": Comparator.AT_MOST,
    "低于": Comparator.AT_MOST,
    "少于": Comparator.AT_MOST,
    "至多": Comparator.AT_MOST,
    "最多": Comparator.AT_MOST,
    "控制在": Comparator.AT_MOST,
    "压减至": Comparator.AT_MOST,
    "压减到": Comparator.AT_MOST,
    "压缩至": Comparator.AT_MOST,
    "压缩到": Comparator.AT_MOST,
    "缩短至": Comparator.AT_MOST,
    "缩短到": Comparator.AT_MOST,
    "缩减至": Comparator.AT_MOST,
    "降低至": Comparator.AT_MOST,
    "降低到": Comparator.AT_MOST,
    "降至": Comparator.AT_MOST,
    "降到": Comparator.AT_MOST,
    "减至": Comparator.AT_MOST,
}
# These make a promise of any figure, those above only of one with a unit.
_OUTRIGHT = frozenset({"不少于", "不低于", "不超过", "不高于", "至少"})
_AFTER = {
    "以上": Comparator.AT_LEAST,
    "以内": Comparator.AT_MOST,
    "之内": Comparator.AT_MOST,
    "以下": Comparator.AT_MOST,
}
_DURATIONS = ("个工作日", "个自然日", "毫秒", "微秒", "秒", "分钟", "小时", "天", "日", "个月")
_COUNT_WORDS = (
    "平方公里|平方米|公里|万人次|人次|人|名|位|个|项|类|家|场|次|件|条|户|座|处|套|台|种|批次|所|只|支|门|期"
    "|辆|亩|元|吨|份|篇|幅|TB|PB|GB|Gbps|Mbps|PFlops|P"
)
_COUNTS = frozenset(_COUNT_WORDS.split("|"))
_RATIOS = ("%", "％", "‰", "个百分点")
_SHORT_DURATIONS = ("个工作日", "毫秒", "微秒", "秒", "分钟")
_SCALES = {"万": 10_000, "亿": 100_000_000}
_STARS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for the words, longest first so that 不超过 wins over 超过."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FIGURE = re.compile(
    rf"(?P<before>{_any_of(_BEFORE)})?(?P<rank>(?<![年月日底])前)?"
    r"(?<!\d,)(?<![\d.+\-—~×A-Za-z“双第月])(?P<number>\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?P<part>\.\d{1,4})?"
    r"(?![\d.+\-—~×年月])(?P<scale>[万亿])?(?P<odd>余)?"
    rf"(?P<unit>{_any_of((*_DURATIONS, *_COUNTS, *_RATIOS))})?(?:左右)?"
    rf"(?P<after>{_any_of(_AFTER)})?"
)
# A star grade is written in characters: 达到省四星级.
_STAR_GRADE = re.compile(r"达到[省市国家]{0,2}(?P<stars>[一二三四五])(?P<unit>星级)")
_CLAUSE_MARK = re.compile(r"[,，。;；!！?？:：\n]")
_LONGEST_CLAUSE = 100

_PROMISE = (
    "制定|打造|建设|建成|新建|新增|新设|推广|复用|培育|遴选|完成|实现|举办|开展|组织|争创|创建|梳理|形成|推出"
    "|上线|改造|布局|部署|引进|发布|出台|编制|选树|评选|培养|汇聚|归集|吸引|开放|接入|建立|构建|推动|谋划|实施"
    "|解决|征集|增长|提升|提高|降低|下降"
)
_PROMISES = re.compile(_PROMISE)
# What opens a clause before the thing measured; never when it is part of a name (建成率).
_LEADING = re.compile(
    rf"(?:[、和及与并]|[一二三四五六七八九]是|(?:{_PROMISE}|力争|确保|努力|累计|全年|年内|全面|加快|逐步|持续|进一步|推进"
    r"|保持|使(?!用)|将|把|到?20\d{2}年底?前?)(?![率量数]))"
)
_TRAILING = re.compile(r"(?:力争|分别|均|都|总体|稳定|保持|率先|已)$")
# Where a figure starts from (由5个工作日压缩到…) is not what is measured.
_STARTING_POINT = re.compile(r"[由从]\s?\d{1,9}[^由从\d]{0,12}$")
# What was reached before is no promise.
_DONE = re.compile(r"已(?:经|建|完|累|达|实)|目前|截至|去年|上年|上一年")
_MEASURE_END = ("率", "数", "量", "时限", "比例", "占比", "规模", "时间", "增速")
_JOINER = re.compile(r"[、和及与]|以及")
_QUOTED = re.compile(r"“[^”]{1,20}”")
_NUMBERED_PEOPLE = {"用户数": "户", "人数": "人"}


def propose_targets(text: str) -> tuple[ProposedTarget, ...]:
    """Return the promised figures in reading order; a person confirms or drops each."""
    figures = _figures(text)
    groups: list[list[_Figure]] = []
    for figure in figures:
        if groups and _JOINER.fullmatch(text, groups[-1][-1].end, figure.start):
            chained = replace(figure, comparator=groups[-1][0].comparator)
            groups[-1].append(chained)
        else:
            groups.append([figure])
    proposed: list[ProposedTarget] = []
    previous_end = 0
    for index, group in enumerate(groups):
        next_start = groups[index + 1][0].start if index + 1 < len(groups) else len(text)
        measures = _measures(text, group, after=previous_end, before=next_start)
        proposed.extend(_paired(text, group, measures))
        previous_end = group[-1].end
    return tuple(proposed)


def _figures(text: str) -> list[_Figure]:
    """Return the figures that promise something, in order, star grades among them."""
    marks = [match.start() for match in _CLAUSE_MARK.finditer(text)]
    found: list[_Figure] = []
    for match in _FIGURE.finditer(text):
        clause = _clause_around(text, marks, match)
        follows = bool(found and _JOINER.fullmatch(text, found[-1].end, match.start()))
        comparator = _comparator(text, match, clause_start=clause[0])
        if comparator is None and follows and match["unit"]:
            comparator = found[-1].comparator
        if comparator is not None:
            value = Decimal(match["number"].replace(",", "") + (match["part"] or ""))
            value *= _SCALES.get(match["scale"] or "", 1)
            if value == value.to_integral_value():
                value = value.to_integral_value()
            found.append(_Figure(*match.span(), value, match["unit"] or "", comparator, *clause))
    taken = {figure.clause_start for figure in found}
    for match in _STAR_GRADE.finditer(text):
        clause = _clause_around(text, marks, match)
        if clause[0] not in taken:
            stars = Decimal(_STARS[match["stars"]])
            unit = match["unit"]
            found.append(_Figure(*match.span(), stars, unit, Comparator.AT_LEAST, *clause))
    return sorted(found, key=lambda figure: figure.start)


def _clause_around(text: str, marks: list[int], match: re.Match[str]) -> tuple[int, int]:
    """Return start and end of the clause, kept short where a text has no punctuation."""
    before = bisect_left(marks, match.start())
    after = bisect_left(marks, match.end())
    start = marks[before - 1] + 1 if before else 0
    end = marks[after] if after < len(marks) else len(text)
    return max(start, match.start() - _LONGEST_CLAUSE), min(end, match.end() + _LONGEST_CLAUSE)


def _comparator(text: str, match: re.Match[str], *, clause_start: int) -> Comparator | None:
    """Return how the figure is to be read, or nothing when it promises nothing."""
    unit = match["unit"] or ""
    lead = text[clause_start : match.start()]
    if _DONE.search(lead) or not (unit or match["scale"] or match["before"]):
        return None
    if match["after"] and match["before"] in {None, "达", "达到"}:
        return _AFTER[match["after"]] if unit else None
    if match["before"]:
        is_certain = unit or match["scale"] or match["before"] in _OUTRIGHT
        return _BEFORE[match["before"]] if is_certain else None
    comparator = _bare_comparator(unit, lead)
    if comparator is Comparator.EXACTLY and match["odd"]:
        return Comparator.AT_LEAST
    return comparator


def _bare_comparator(unit: str, lead: str) -> Comparator | None:
    """Read a figure without comparing words: a number of things that somebody sets out to make."""
    if not _PROMISES.search(lead):
        return None
    if unit in _RATIOS:
        return Comparator.AT_LEAST
    if unit in _SHORT_DURATIONS:
        return Comparator.AT_MOST
    return Comparator.EXACTLY if unit in _COUNTS else None


def _measures(text: str, group: list[_Figure], *, after: int, before: int) -> tuple[str, ...]:
    """Return what the group's figures measure: one measure, or one for each of several."""
    first, last = group[0], group[-1]
    lead = text[max(first.clause_start, after) : first.start]
    noun = _noun(text[last.end : min(last.clause_end, before)])
    named_before = _TRAILING.sub("", lead).endswith(_MEASURE_END) or first.unit == "星级"
    if noun and not named_before:
        return (_modifier(lead) + noun,)
    return _named(lead)


def _noun(tail: str) -> str:
    """Return the thing counted behind the figure, empty when the figure ends the thought."""
    noun = tail.split("、", maxsplit=1)[0].strip()
    if noun.startswith(("并", "且", "而", "和", ")", "）")):
        return ""
    return noun.removeprefix("的").rstrip("和及与等")


def _modifier(lead: str) -> str:
    """Return the words between the last verb and the figure, unless they list examples."""
    verbs = [match.end() for match in _PROMISES.finditer(lead)]
    words = _LEADING.sub("", lead[verbs[-1] :]) if verbs else ""
    return "" if re.search(r"[、等在]", words) else words


def _named(lead: str) -> tuple[str, ...]:
    """Return the measures named before a figure, without the verbs in front of them."""
    name = _STARTING_POINT.sub("", lead.strip())
    while match := _TRAILING.search(name):
        name = name[: match.start()]
    while match := _LEADING.match(name):
        name = name[match.end() :]
    parts = tuple(name.split("、"))
    if len(parts) == 1 or not all(part.endswith(_MEASURE_END) for part in parts):
        return (name,)
    quoted = _QUOTED.match(name)
    if quoted is None:
        return parts
    return tuple(part if part.startswith("“") else quoted[0] + part for part in parts)


def _paired(
    text: str, group: list[_Figure], measures: tuple[str, ...]
) -> tuple[ProposedTarget, ...]:
    """Give each figure its measure; one figure may hold for several measures, and the reverse."""
    if len(group) == len(measures):
        pairs = list(zip(group, measures, strict=True))
    elif len(group) == 1:
        pairs = [(group[0], measure) for measure in measures]
    else:
        pairs = [(figure, "、".join(measures)) for figure in group]
    return tuple(
        ProposedTarget(
            measure=measure or text[figure.clause_start : figure.clause_end].strip(),
            comparator=figure.comparator,
            value=figure.value,
            unit=figure.unit or _unit_of(measure),
            excerpt=text[figure.clause_start : figure.clause_end].strip(),
            start=figure.start,
            end=figure.end,
        )
        for figure, measure in pairs
    )


def _unit_of(measure: str) -> str:
    """Return the unit that the measure implies where the text leaves it out."""
    return next((unit for end, unit in _NUMBERED_PEOPLE.items() if measure.endswith(end)), "")
