"""Recognises the names of places in a text by how they are written; knows no list of places."""

import re
from collections.abc import Iterable
from itertools import pairwise

from app.engines.hot_issues.words import leading_nouns

_PLACE_ENDINGS = (
    "小区|社区|街道|花园|家园|公寓|大厦|广场|新村|新城|商城|学校|小学|中学|大学|学院|幼儿园|医院|"
    "公园|市场|超市|菜场|车站|地铁站|机场|码头|工地|立交桥|大桥|大道|高速|海水浴场|图书馆|体育馆|"
    "苑|府|村|镇|路|街|站|号线|湾|里|河|湖"
)
_ADMINISTRATIVE = (
    r"(?:[A-Za-z]\d{0,2}[市区县]|[\u4e00-\u9fff]{2,3}?(?<![小社])[市区县](?![内里的]))"
)
# The negative looks keep 小区 and 社区 from passing for a district.
_NAMED_DISTRICT = r"[\u4e00-\u9fff]{2,3}?(?<![小社])[市区县](?![内里的])"
_ADMINISTRATIVE = rf"(?:[A-Za-z]\d{{0,2}}[市区县]|{_NAMED_DISTRICT})"
_NAME_CHARACTER = r"(?:(?![的了是在年月而和与])[\u4e00-\u9fffA-Za-z0-9])"
_CHINESE_PLACE = re.compile(
    rf"(?:{_ADMINISTRATIVE}){{0,2}}{_NAME_CHARACTER}{{1,8}}?(?:{_PLACE_ENDINGS})"
)
_AFTER_ADMINISTRATIVE = re.compile(rf"{_ADMINISTRATIVE}([\u4e00-\u9fff]{{2,12}})")
_ADMINISTRATIVE_ALONE = re.compile(_ADMINISTRATIVE)
_PLACE_OPENERS = re.compile(
    r"^(?:关于|反映|咨询|投诉|请问|建议|举报|希望|请|在|对|把|将|给|为|从|到|我们|我|住|本|该|这个|位于)+"
)
_ENGLISH_PLACE = re.compile(r"[A-Z][a-z']+(?: (?:of the |of |and )?(?:[A-Z][a-z']+|\d+))+")
_OPENERS_LIST = """
the a an please dear when why how no our my at in on near from is are this that last next every
monday tuesday wednesday thursday friday saturday sunday
"""
_ENGLISH_OPENERS = frozenset(_OPENERS_LIST.split())
_KINDS_LIST = """
street road lane avenue square court park garden gardens school station bridge island bay beach
market hospital estate tower district village town city of the and
"""
_ENGLISH_KINDS = frozenset(_KINDS_LIST.split())
# They end as places do and point at one without naming it.
_NAMELESS = frozenset({"这里", "那里", "哪里", "家里", "城里", "夜里", "村里"})
_ENDING = re.compile(rf"(?:{_PLACE_ENDINGS})$")
_LEADING_DISTRICTS = re.compile(rf"^(?:{_ADMINISTRATIVE})+")


def chinese_places(texts: Iterable[str]) -> list[str]:
    """Return the places named in Chinese texts, each as it stands there."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _CHINESE_PLACE.finditer(text):
            found[_PLACE_OPENERS.sub("", match.group())] = None
        for match in _AFTER_ADMINISTRATIVE.finditer(text):
            name = leading_nouns(match.group(1))
            if len(name) > 1:
                found[match.group()[: match.start(1) - match.start() + len(name)]] = None
                found[name] = None
    return [place for place in found if len(place) > 1 and place not in _NAMELESS]


def english_places(texts: Iterable[str]) -> list[str]:
    """Return the capitalised names of two words and more in English texts."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _ENGLISH_PLACE.finditer(text):
            words = match.group().split()
            while words and words[0].lower() in _ENGLISH_OPENERS:
                words = words[1:]
            if len(words) > 1:
                found[" ".join(words)] = None
    return list(found)


def districts_in(text: str) -> list[str]:
    """Return the cities, districts and counties a text names."""
    return _ADMINISTRATIVE_ALONE.findall(text)


def has_place_ending(name: str) -> bool:
    """Return whether a name ends as the names of places do."""
    return _ENDING.search(name) is not None


def bare_places(title: str) -> frozenset[str]:
    """Return the proper names of a title's places: no district before them, no kind behind."""
    found = {name.lower() for name in english_places([title])}
    for place in _CHINESE_PLACE.findall(title):
        name = _LEADING_DISTRICTS.sub("", _PLACE_OPENERS.sub("", place))
        found.add(_ENDING.sub("", name))
    return frozenset(name for name in found if len(name) > 1)


def are_apart(ones: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether two sets of bare names have nothing in common, not even a part of a name."""
    parts, other_parts = _parts(ones), _parts(others)
    return bool(parts) and bool(other_parts) and parts.isdisjoint(other_parts)


def _parts(names: frozenset[str]) -> set[str]:
    """Return the words of English names and the neighbouring characters of Chinese ones."""
    found: set[str] = set()
    for name in names:
        if name.isascii():
            found.update(word for word in name.split() if word not in _ENGLISH_KINDS)
        else:
            found.update(left + right for left, right in pairwise(name))
    return found
