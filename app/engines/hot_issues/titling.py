"""Proposes what to call an issue: a title, a place and the people, all taken from its messages.

Nothing is invented: every title, place and word for people stands in some message as it is. An
editor has the last word.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.engines.hot_issues.message import Message
from app.engines.hot_issues.places import (
    chinese_places,
    districts_in,
    english_places,
    has_place_ending,
)
from app.engines.hot_issues.words import grams
from app.vocabulary import Language

LONGEST_TITLE = 40

# People say first what matters most to them.
_LATER_DISCOUNT = 0.85
_SHORTEST_TITLE = {Language.ZH: 6, Language.EN: 12}
_BREAKS = re.compile(r"[。！？!?；;\n\r]+|(?<=[A-Za-z])\.(?:\s|$)")
_PAUSES = re.compile(r"[，,、：:]|\s[-–—]\s")
_GREETINGS = re.compile(
    r"^(?:(?:尊敬的|敬爱的)?[^，。！]{0,8}(?:领导|书记|市长|区长|局长)?[，,：:]?(?:您好|你好)[，,。！!：:]*"
    r"|(?:关于|反映|咨询|投诉|请问|询问|建议|举报|求助|恳请|强烈|再次|希望)+"
    r"|(?:dear (?:sir|madam|all)[^,.]{0,20}[,.]|hello[,.!]?|hi[,.!]?|re:|complaint:)\s*)",
    re.IGNORECASE,
)
_EDGES = " \t，,。.、；;：:！!？?-–—"
_TRAILING_CHINESE = re.compile(r"的(?:问题|建议|投诉|咨询|反映|请求|求助)$")

# The more telling word first: at the same count it wins.
_CHINESE_PEOPLE_LIST = """
购房者 业主 村民 学生 家长 教师 农民工 职工 员工 司机 乘客 老年人 老人 残疾人 租户 租客 商户 患者
退役军人 消费者 游客 孩子 儿童 毕业生 行人 车主 个体户 创业者 志愿者 居民 市民
"""
_ENGLISH_PEOPLE_LIST = """
homeowners villagers students pupils parents teachers workers drivers passengers commuters tenants
patients pedestrians cyclists shoppers tourists children graduates veterans pensioners seniors
traders neighbours residents citizens
"""
_CHINESE_PEOPLE = tuple(_CHINESE_PEOPLE_LIST.split())
_ENGLISH_PEOPLE = tuple(_ENGLISH_PEOPLE_LIST.split())


@dataclass(frozen=True)
class Description:
    """What an issue may be called, where it is and whom it touches; empty where nobody says."""

    title: str
    place: str
    people: str


def describe(members: Sequence[Message]) -> Description:
    """Return the proposed title, place and people of an issue's messages."""
    language = _main_language(members)
    spoken = [member for member in members if member.language == language]
    return Description(
        title=propose_title(spoken, language=language),
        place=propose_place(spoken, language=language),
        people=propose_people(spoken, language=language),
    )


def propose_title(members: Sequence[Message], *, language: Language) -> str:
    """Return the clause of a member that says best what most members say."""
    told = [set(_tokens(f"{one.title}。{one.body}")) for one in members]
    titles = [set(_tokens(one.title)) for one in members]
    spread = Counter(token for tokens in told for token in tokens)
    spread.update(token for tokens in titles for token in tokens)
    candidates = _clauses([one.title for one in members], language)
    if not candidates:
        candidates = _clauses([one.body for one in members], language)
    if not candidates:
        return _shortened(members[0].title.strip(_EDGES) or members[0].body.strip(_EDGES))
    worth = {
        clause: _worth(clause, spread, len(members), language) * _LATER_DISCOUNT**position
        for clause, position in candidates.items()
    }
    return max(worth, key=lambda clause: (round(worth[clause], 9), clause))


def propose_place(members: Sequence[Message], *, language: Language) -> str:
    """Return the place that most members name, the longer one if two are named alike."""
    titles = [member.title for member in members]
    texts = [f"{member.title}。{member.body}" for member in members]
    found = english_places(texts) if language is Language.EN else chinese_places(titles)
    if not found and language is Language.ZH:
        found = chinese_places(texts)
    named = {place: sum(place in text for text in texts) for place in found}
    common = {place: count for place, count in named.items() if 2 * count >= len(members)}
    if not common:
        return _common_district(members, texts)
    return max(common, key=lambda place: (common[place] * _fullness(place), place))


def propose_people(members: Sequence[Message], *, language: Language) -> str:
    """Return the word for the people that most members use, empty if they use none."""
    texts = [f"{member.title} {member.body}" for member in members]
    if language is Language.EN:
        texts = [text.lower() for text in texts]
    known = _ENGLISH_PEOPLE if language is Language.EN else _CHINESE_PEOPLE
    counts = {word: sum(word in text for text in texts) for word in known}
    # At the same count the word listed first is the more telling one.
    best = max(known, key=lambda word: counts[word])
    return best if counts[best] else ""


def _main_language(members: Sequence[Message]) -> Language:
    counts = Counter(member.language for member in members)
    return max(Language, key=lambda language: counts[language])


def _tokens(text: str) -> list[str]:
    return grams(text, 2)


def _clauses(texts: Sequence[str], language: Language) -> dict[str, int]:
    """Return the clauses a title may be made of, each with its place among its text's clauses."""
    found: dict[str, int] = {}
    for text in texts:
        parts: list[str] = []
        for sentence in _BREAKS.split(text):
            whole = _bared(sentence)
            parts.extend([whole] if len(whole) <= LONGEST_TITLE else _PAUSES.split(whole))
        clauses = [_shortened(_bared(part)) for part in parts]
        usable = [clause for clause in clauses if len(clause) >= _SHORTEST_TITLE[language]]
        for position, clause in enumerate(usable):
            found[clause] = min(position, found.get(clause, position))
    return found


def _bared(clause: str) -> str:
    """Return a clause without greetings, stock openings and trailing formulas."""
    clause = clause.strip(_EDGES)
    shorter = _GREETINGS.sub("", clause, count=1).strip(_EDGES)
    return _TRAILING_CHINESE.sub("", shorter or clause)


def _shortened(clause: str) -> str:
    if len(clause) <= LONGEST_TITLE:
        return clause
    head = clause[:LONGEST_TITLE]
    # An English clause is cut between words; a Chinese one has no spaces to look for.
    if clause[LONGEST_TITLE] != " " and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(_EDGES)


def _worth(clause: str, spread: Counter[str], members: int, language: Language) -> float:
    """Return how much of what many say a clause says, with a discount for saying it at length."""
    tokens = set(_tokens(clause))
    shared = sum(spread[token] / members for token in tokens if spread[token] > 1)
    usual = 12 if language is Language.ZH else 5
    return shared / (len(tokens) + usual)


def _fullness(place: str) -> float:
    """Return a weight that lets a full name win over its beginning, but not over a common one."""
    bonus = 1.5 if has_place_ending(place) else 1.0
    return bonus * len(place) / (len(place) + 4)


def _common_district(members: Sequence[Message], texts: Sequence[str]) -> str:
    counts = Counter(member.district for member in members if member.district)
    for text in texts:
        counts.update(set(districts_in(text[:LONGEST_TITLE])))
    if not counts:
        return ""
    district, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return district if 2 * count > len(members) else ""
