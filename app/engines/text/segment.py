"""Cut a text into the pieces that are searched and compared: words, bigrams, characters, codes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import rjieba

from app.engines.text.normalise import MAX_LENGTH, fold, normalise

GOV_WORDS = Path(__file__).resolve().parents[2] / "content" / "gov_words.txt"

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇々"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_HAN_OR_WORD = re.compile(f"(?P<han>[{_HAN}]+)|(?P<other>[^\\W_{_HAN}]+(?:[-_./+][^\\W_{_HAN}]+)*)")
_SAME_SCRIPT = re.compile(f"[{_HAN}]+|[^{_HAN}]+")
_PART = re.compile(r"[^\W_]+")

Piece = tuple[str, int, int, "TokenKind"]


class TokenKind(StrEnum):
    """What a token is: a Chinese word, two or one characters of it, a Latin word, or a code."""

    WORD = "word"
    BIGRAM = "bigram"
    SINGLE = "single"
    LATIN = "latin"
    CODE = "code"

    @property
    def is_foreign(self) -> bool:
        """Whether the token is not cut out of a run of Chinese characters."""
        return self in (TokenKind.LATIN, TokenKind.CODE)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece in comparable form, with its place in the original text."""

    text: str
    start: int
    end: int
    kind: TokenKind


class Segmenter:
    """Cuts with the common dictionary and the given words; safe to share between threads."""

    def __init__(self, words: Iterable[str]) -> None:
        """Learn the given words; those of mixed scripts, such as `5G基站`, are kept whole too."""
        self._jieba = rjieba.Jieba()
        self._mixed: re.Pattern[str] | None = None
        mixed: set[str] = set()
        for word in {normalise(line) for line in words} - {""}:
            if _HAN_RUN.fullmatch(word):
                self._jieba.add_word(word, None, None)
            else:
                mixed.add(word)
        if mixed:
            longest_first = sorted(mixed, key=lambda word: (-len(word), word))
            self._mixed = re.compile("|".join(map(_bounded, longest_first)))

    def tokens(self, text: str, *, max_length: int = MAX_LENGTH) -> list[Token]:
        """Return every piece of the text in reading order, offsets into the text as given."""
        folded = fold(text, max_length=max_length)
        found = sorted(self.pieces(folded.text), key=lambda piece: (piece[1], -piece[2], piece[3]))
        return [
            Token(piece, *folded.span(start, end), kind=kind) for piece, start, end, kind in found
        ]

    def words(self, text: str) -> list[str]:
        """Return the text as consecutive words, without bigrams, overlaps and punctuation."""
        return [piece for piece, _, _, _ in self.consecutive(fold(text).text)]

    def consecutive(self, folded: str) -> Iterator[Piece]:
        """Yield the words of a folded text one after another, none overlapping another."""
        done = 0
        for match in self._mixed.finditer(folded) if self._mixed is not None else ():
            yield from self._consecutive_between(folded, done, match.start())
            yield match.group().replace(" ", ""), match.start(), match.end(), TokenKind.CODE
            done = match.end()
        yield from self._consecutive_between(folded, done, len(folded))

    def _consecutive_between(self, folded: str, start: int, end: int) -> Iterator[Piece]:
        for match in _HAN_OR_WORD.finditer(folded, start, end):
            if match.lastgroup == "other":
                yield from _other_pieces(match.group(), match.start(), overlapping=False)
                continue
            place = match.start()
            for word in self._jieba.cut(match.group(), hmm=True):
                kind = TokenKind.WORD if len(word) > 1 else TokenKind.SINGLE
                yield word, place, place + len(word), kind
                place += len(word)

    def pieces(self, folded: str) -> Iterator[Piece]:
        """Yield the pieces of an already folded text; offsets are into that text."""
        for match in _HAN_OR_WORD.finditer(folded):
            if match.lastgroup == "han":
                yield from self._han_pieces(match.group(), match.start())
            else:
                yield from _other_pieces(match.group(), match.start(), overlapping=True)
        if self._mixed is not None:
            for match in self._mixed.finditer(folded):
                word = match.group().replace(" ", "")
                if not _HAN_OR_WORD.fullmatch(word):
                    yield word, match.start(), match.end(), TokenKind.CODE

    def latin(self, folded: str) -> Iterator[Piece]:
        """Yield the words and numbers of a folded text that are not Chinese, codes in parts."""
        for match in _HAN_OR_WORD.finditer(folded):
            if match.lastgroup == "other":
                for part in _PART.finditer(match.group()):
                    start = match.start() + part.start()
                    kind = TokenKind.CODE if _is_code(part.group()) else TokenKind.LATIN
                    yield part.group(), start, start + len(part.group()), kind

    def _han_pieces(self, run: str, base: int) -> Iterator[Piece]:
        for word, start, end in self._jieba.tokenize(run, mode="search", hmm=True):
            if end - start > 1:
                yield word, base + start, base + end, TokenKind.WORD
        for index, char in enumerate(run):
            yield char, base + index, base + index + 1, TokenKind.SINGLE
            if index + 1 < len(run):
                yield run[index : index + 2], base + index, base + index + 2, TokenKind.BIGRAM


def _other_pieces(run: str, base: int, *, overlapping: bool) -> Iterator[Piece]:
    """Yield a code whole, and the parts of anything that is joined by hyphens, dots and the like.

    A code's parts overlap the code itself; they come only when `overlapping` is wanted.
    """
    parts = list(_PART.finditer(run))
    if len(parts) > 1 and _is_code(run):
        yield run, base, base + len(run), TokenKind.CODE
        if not overlapping:
            return
    for part in parts:
        kind = TokenKind.CODE if _is_code(part.group()) else TokenKind.LATIN
        yield part.group(), base + part.start(), base + part.end(), kind


def _bounded(word: str) -> str:
    """Return a pattern for a word of mixed scripts.

    It must not go on as a longer number or Latin word; a blank between the scripts is allowed.
    """
    before = "(?<![a-z0-9])" if word[0].isascii() else ""
    after = "(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + " ?".join(re.escape(part) for part in _SAME_SCRIPT.findall(word)) + after


def _is_code(text: str) -> bool:
    return any(char.isdigit() for char in text)


def read_words(path: Path) -> tuple[str, ...]:
    """Return the words of a dictionary file, one to a line; blank lines do not count."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


@cache
def default_segmenter() -> Segmenter:
    """Return the segmenter that knows the bundled government terms."""
    return Segmenter(read_words(GOV_WORDS))
