"""Turns messages into weighted sparse vectors, one space for each way in which two can be alike.

A feature is weighted by how rare it is among the messages at hand. Features are kept as 32-bit
checksums, so that a large corpus needs no dictionary of its words.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engines.hot_issues.message import Message
from app.engines.hot_issues.words import (
    Cut,
    clean,
    common_words,
    cut,
    grams,
    long_words,
    name_phrases,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# The two long columns of a space are kept narrow: they are most of what a large corpus needs.
Columns = NDArray[np.int32]
Singles = NDArray[np.float32]
Hashes = NDArray[np.uint32]

# A feature that stands in one text only matches nothing, but it still makes its text longer.
_LONELY_SHARE = 0.5
# In a small corpus even a feature of many texts says something, so it is kept up to here.
_ALWAYS_KEPT = 60
# A title's words count as if they stood in the body this many times more.
_TITLE_TIMES = 2
_OPENING = 80


@dataclass(frozen=True, eq=False)
class Space:
    """Sparse rows of unit length at most; `starts`, `features`, `weights` are the usual triple."""

    starts: Ints
    features: Columns
    weights: Singles
    rarity: Floats
    frequency: Ints
    # One zero per feature, borrowed by a comparison and always given back as zeros.
    scratch: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[Columns, Singles]:
        """Return a row's features and their weights."""
        chosen = slice(self.starts[number], self.starts[number + 1])
        return self.features[chosen], self.weights[chosen]

    def gather(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return, for several rows laid end to end, each entry's position and whose it is."""
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        before = np.cumsum(lengths) - lengths
        positions = np.repeat(starts - before, lengths) + np.arange(lengths.sum())
        return positions, np.repeat(np.arange(len(rows)), lengths)

    def cosines(self, number: int, others: Ints) -> Floats:
        """Return how alike a row is to each of the others, from 0 to 1."""
        features, weights = self.row(number)
        positions, owners = self.gather(others)
        self.scratch[features] = weights
        products = self.scratch[self.features[positions]] * self.weights[positions]
        self.scratch[features] = 0.0
        return _sums(owners, products, len(others))

    def covered(self, number: int, others: Ints) -> Floats:
        """Return which share of a row's rarity each of the others contains."""
        features, _ = self.row(number)
        positions, owners = self.gather(others)
        self.scratch[features] = self.rarity[features]
        found = _sums(owners, self.scratch[self.features[positions]], len(others))
        self.scratch[features] = 0.0
        return found / max(float(self.rarity[features].sum()), 1e-9)

    def covering(self, number: int, others: Ints) -> Floats:
        """Return which share of each other row's rarity this row contains."""
        features, _ = self.row(number)
        positions, owners = self.gather(others)
        self.scratch[features] = 1.0
        rarity = self.rarity[self.features[positions]]
        known = self.scratch[self.features[positions]] * rarity
        self.scratch[features] = 0.0
        found = _sums(owners, known, len(others))
        whole = _sums(owners, rarity, len(others))
        return found / np.maximum(whole, 1e-9)


@dataclass(frozen=True, eq=False)
class Corpus:
    """The messages at hand, in a fixed order, with every space their comparison needs.

    `title_in_text` holds the titles first and the full texts after them.
    """

    messages: tuple[Message, ...]
    cuts: tuple[Cut, ...]
    words: Space
    names: Space
    title: Space
    opening: Space
    body: Space
    phrases: Space
    title_in_text: Space


def build_space(
    documents: Iterable[Sequence[str]], *, rarity_power: float = 1.0, widest: float = 0.3
) -> Space:
    """Return the space of some documents; features in more than `widest` of them are left out."""
    counted = [_count(document) for document in documents]
    size = len(counted)
    owners = np.repeat(np.arange(size, dtype=np.int32), [len(hashes) for hashes, _ in counted])
    hashes = np.concatenate([np.empty(0, np.uint32), *(part for part, _ in counted)])
    times = np.concatenate([np.empty(0, np.float32), *(part for _, part in counted)])
    _, columns, frequency = np.unique(hashes, return_inverse=True, return_counts=True)
    columns = columns.astype(np.int32)
    del hashes, counted
    limit = max(_ALWAYS_KEPT, widest * size)
    kept_columns = (frequency > 1) & (frequency <= limit)
    renumbered = (np.cumsum(kept_columns) - 1).astype(np.int32)
    kept = kept_columns[columns]
    lonely = (frequency == 1)[columns]
    loudness = 1.0 + np.log(times.astype(np.float64))
    rarity = np.log((size + 1) / frequency[kept_columns]) / np.log(size + 1) if size else times
    features = renumbered[columns[kept]]
    weights = loudness[kept] * rarity[features] ** rarity_power
    squares = _sums(owners[kept], weights**2, size)
    squares += _LONELY_SHARE * _sums(owners[lonely], loudness[lonely] ** 2, size)
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    return Space(
        starts=np.concatenate([[0], np.cumsum(np.bincount(owners[kept], minlength=size))]),
        features=features,
        weights=(weights / lengths[owners[kept]]).astype(np.float32),
        rarity=rarity,
        frequency=frequency[kept_columns].astype(np.int64),
        scratch=np.zeros(int(kept_columns.sum())),
    )


def build_corpus(messages: Sequence[Message]) -> Corpus:
    """Return the messages' vectors; the caller has put the messages into their fixed order."""
    texts = [(clean(message.title), clean(message.body)) for message in messages]
    common = common_words([part for pair in texts for part in pair])
    cuts = tuple(cut(title, body, common=common) for title, body in texts)
    whole = [f"{one.title}。{one.body}" for one in cuts]
    titles = [_short_grams(one.title) for one in cuts]
    names = [
        name_phrases(one.title_words) * _TITLE_TIMES + name_phrases(one.body_words) for one in cuts
    ]
    all_words = [one.title_words * _TITLE_TIMES + one.body_words for one in cuts]
    return Corpus(
        messages=tuple(messages),
        cuts=cuts,
        words=build_space([long_words(words) for words in all_words]),
        names=build_space(names, rarity_power=1.2, widest=0.1),
        title=build_space(titles),
        opening=build_space(_short_grams(f"{one.title}。{one.body[:_OPENING]}") for one in cuts),
        body=build_space((_short_grams(one.body) for one in cuts), rarity_power=1.3),
        phrases=build_space((grams(text, 4) for text in whole), widest=0.05),
        title_in_text=build_space([*titles, *(_once(_short_grams(text)) for text in whole)]),
    )


def _short_grams(text: str) -> list[str]:
    return grams(text, 2) + grams(text, 3)


def _once(tokens: list[str]) -> list[str]:
    return list(dict.fromkeys(tokens))


def _sums(owners: Ints | Columns, values: Floats, size: int) -> Floats:
    return np.bincount(owners, values, minlength=size).astype(np.float64)


def _count(tokens: Sequence[str]) -> tuple[Hashes, Singles]:
    hashes = np.fromiter((zlib.crc32(token.encode()) for token in tokens), np.uint32, len(tokens))
    features, times = np.unique(hashes, return_counts=True)
    return features, times.astype(np.float32)
