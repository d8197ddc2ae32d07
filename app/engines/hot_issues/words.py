"""Cuts a message into words, names and runs of characters, in Chinese and in English.

It is not for the search index: here rare names count most and everyday words are thrown away.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

import opencc
import rjieba

# Beyond this a text repeats itself; it also bounds what one message can cost.
LONGEST_TEXT = 3000

# A source that hides its places writes codes such as B4区 for a district and B市 for a city.
_PLACE_CODE = re.compile(r"[A-Za-z]\d{0,2}(?:市|县|区)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[A-Za-z0-9']+(?: [A-Za-z0-9']+)+|[\u3400-\u9fffA-Za-z0-9]+")
_UNIT = re.compile(r"[\u3400-\u9fff]|[a-z0-9']+")
_WORD = re.compile(r"[\u3400-\u9fffA-Za-z0-9']+")
_LATIN = re.compile(r"[A-Za-z']+")

# Parts of speech the segmenter gives to places, people, firms and words it has never seen.
_NAME_TAGS = frozenset({"ns", "nr", "nt", "nz", "nrt", "nrfg", "j", "x"})
_LATIN_TAG = "eng"

# Words that every letter to an office is full of: they tell no two letters apart.
_CHINESE_LIST = """
的 了 是 在 和 也 就 都 而 及 与 着 或 我 我们 你 您 请 对 为 有 被 不 没有 问题 关于 反映 投诉
建议 咨询 请问 求助 希望 领导 政府 尊敬 你好 您好
"""
_ENGLISH_LIST = """
a about after again all also always am an and any are as at be because been before being but by can
could did do does for from get had has have he her here his how i if in into is it its just me more
most my near no not now of on only or our out over please she should since so some still than that
the their them then there these they this to too until up us very was we were what when where which
while who why will with would you your problem dear hello thank thanks hope want need
"""
_EVERYDAY_CHINESE = frozenset(_CHINESE_LIST.split())
_EVERYDAY_ENGLISH = frozenset(_ENGLISH_LIST.split())
_ENGLISH_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s")
_SHORTEST_STEM = 3

_SEGMENTER = rjieba.Jieba()
_TO_SIMPLIFIED = opencc.OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as compared, and whether it behaves like a name."""

    text: str
    is_name: bool


@dataclass(frozen=True)
class Cut:
    """One message cut up: the cleaned texts and their words."""

    title: str
    body: str
    title_words: tuple[Word, ...]
    body_words: tuple[Word, ...]


def clean(text: str) -> str:
    """Return the text in one width, one script and single spaces; letters keep their case."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    simplified: str = _TO_SIMPLIFIED.convert(folded)
    return " ".join(simplified.split())


def without_place_codes(text: str) -> str:
    """Return the text without the codes that stand for hidden cities and districts."""
    return _PLACE_CODE.sub(" ", text)


def common_words(texts: list[str]) -> frozenset[str]:
    """Return the English words that some text writes in lower case: they are not names."""
    seen: set[str] = set()
    for text in texts:
        seen.update(word for word in _LATIN.findall(text) if word.islower())
    return frozenset(seen)


def stem(word: str) -> str:
    """Return an English word without its commonest ending, so that noise meets noises."""
    word = word.removesuffix("'s").replace("'", "")
    for ending in _ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM + 1 else word


def cut_words(text: str, common: frozenset[str]) -> tuple[Word, ...]:
    """Return the words that carry meaning, each marked when it behaves like a name."""
    tagged: list[tuple[str, str]] = _SEGMENTER.tag(without_place_codes(text))
    found = []
    for raw, tag in tagged:
        word = raw.lower()
        if not _WORD.fullmatch(raw) or word in _EVERYDAY_CHINESE or word in _EVERYDAY_ENGLISH:
            continue
        if tag == _LATIN_TAG or _LATIN.fullmatch(raw):
            found.append(Word(stem(word), is_name=word not in common))
        else:
            found.append(Word(word, is_name=tag in _NAME_TAGS))
    return tuple(found)


def cut(title: str, body: str, *, common: frozenset[str]) -> Cut:
    """Return a message's cleaned title and body cut into words."""
    return Cut(
        title=title,
        body=body,
        title_words=cut_words(title, common),
        body_words=cut_words(body, common),
    )


def grams(text: str, size: int) -> list[str]:
    """Return every run of `size` characters; in English a word stands for two characters."""
    found: list[str] = []
    for run in _RUN.findall(without_place_codes(text)):
        units = _UNIT.findall(run.lower())
        width, between = size, ""
        if not _HAN.search(run):
            units = [stem(unit) for unit in units if unit not in _EVERYDAY_ENGLISH]
            width, between = size - 1, " "
        found.extend(
            between.join(units[start : start + width]) for start in range(len(units) - width + 1)
        )
    return found


def name_phrases(words: tuple[Word, ...]) -> list[str]:
    """Return the names, and every pair of neighbours of which one is a name.

    The segmenter cuts an unknown name at a place of its own choice, so the neighbour belongs to it.
    """
    found = [word.text for word in words if word.is_name]
    found.extend(
        f"{left.text} {right.text}"
        for left, right in pairwise(words)
        if left.is_name or right.is_name
    )
    return found


def long_words(words: tuple[Word, ...]) -> list[str]:
    """Return every word of more than one character."""
    return [word.text for word in words if len(word.text) > 1]


def leading_nouns(text: str) -> str:
    """Return the nouns and names a text starts with, as they stand there."""
    tagged: list[tuple[str, str]] = _SEGMENTER.tag(text)
    found = ""
    for word, tag in tagged:
        if not tag.startswith(("n", "x", "j", _LATIN_TAG)):
            break
        found += word
    return found
