"""Finds the pairs of messages worth comparing, and says how surely a pair is one matter.

The judgement is a weighted sum of published figures, so each can be shown to whoever asks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.engines.hot_issues.places import are_apart, bare_places
from app.engines.hot_issues.vectors import Corpus, Floats, Ints, Space

# A feature of more texts than this is too common to bring two of them together; the two limits
# keep the number of comparisons in proportion to the number of messages.
_COMMONEST = 200
_STRONGEST = 60
_LEAST_LIKENESS = 0.02
_BLOCK = 20_000
# The same words about another place are another matter for the office, however alike they are.
_NEVER = -20.0

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of row numbers, the lower one left, sorted; `sureness` runs from 0 to 1."""

    left: Ints
    right: Ints
    sureness: Floats


def candidate_pairs(corpus: Corpus, neighbours: int) -> tuple[Ints, Ints]:
    """Return the pairs that share rare features: each message with its nearest in three spaces."""
    size = len(corpus.messages)
    codes = [np.empty(0, np.int64)]
    for space in (corpus.words, corpus.title, corpus.phrases):
        for number, near in _nearest(space, neighbours):
            low, high = np.minimum(near, number), np.maximum(near, number)
            codes.append(low * size + high)
    unique = np.unique(np.concatenate(codes))
    return unique // max(size, 1), unique % max(size, 1)


def pair_figures(corpus: Corpus, left: Ints, right: Ints) -> Iterator[dict[str, Floats]]:
    """Yield the figures of the pairs, block by block, each a column named as in `WEIGHTS`."""
    for start in range(0, len(left), _BLOCK):
        block = slice(start, start + _BLOCK)
        figures = _likeness(corpus, left[block], right[block])
        yield figures | {"other place": _other_place(corpus, left[block], right[block])}


def judge_pairs(corpus: Corpus, *, neighbours: int, progress: Progress) -> Pairs:
    """Return the candidate pairs with the sureness that each is one matter."""
    left, right = candidate_pairs(corpus, neighbours)
    sureness = [np.empty(0)]
    done = 0
    for figures in pair_figures(corpus, left, right):
        total = np.full(len(figures["words"]), INTERCEPT)
        for name, weight in WEIGHTS.items():
            total += weight * figures[name]
        total[figures["other place"] > 0] = _NEVER
        # Rounding keeps the last bits of a sum, which differ between machines, out of a decision.
        sureness.append(np.round(1.0 / (1.0 + np.exp(-total)), 6))
        done += len(total)
        progress("pairs", done, len(left))
    return Pairs(left, right, np.concatenate(sureness))


def _nearest(space: Space, neighbours: int) -> Iterator[tuple[int, Ints]]:
    order = np.argsort(space.features, kind="stable")
    owners = np.repeat(np.arange(len(space)), np.diff(space.starts))[order]
    weights = space.weights[order]
    starts = np.concatenate([[0], np.cumsum(space.frequency)])
    for number in range(len(space)):
        features, strengths = space.row(number)
        usable = space.frequency[features] <= _COMMONEST
        features, strengths = features[usable], strengths[usable]
        strongest = np.argsort(-strengths, kind="stable")[:_STRONGEST]
        features, strengths = features[strongest], strengths[strongest]
        lengths = space.frequency[features]
        before = np.cumsum(lengths) - lengths
        positions = np.repeat(starts[features] - before, lengths) + np.arange(lengths.sum())
        met, which = np.unique(owners[positions], return_inverse=True)
        likeness = np.bincount(
            which, weights[positions] * np.repeat(strengths, lengths), minlength=len(met)
        )
        near = (met != number) & (likeness > _LEAST_LIKENESS)
        met, likeness = met[near], np.round(likeness[near], 9)
        yield number, met[np.argsort(-likeness, kind="stable")[:neighbours]]


def _runs(left: Ints) -> Iterator[tuple[int, slice]]:
    edges = np.flatnonzero(np.diff(left, prepend=-1, append=-1))
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        yield int(left[start]), slice(start, end)


def _compared(space: Space, left: Ints, right: Ints) -> Floats:
    found = np.zeros(len(left))
    for number, run in _runs(left):
        found[run] = space.cosines(number, right[run])
    return found


def _likeness(corpus: Corpus, left: Ints, right: Ints) -> dict[str, Floats]:
    spaces = {
        "words": corpus.words,
        "title": corpus.title,
        "names": corpus.names,
        "opening": corpus.opening,
        "body": corpus.body,
    }
    figures = {name: _compared(space, left, right) for name, space in spaces.items()}
    return figures | _titles_within(corpus.title_in_text, left, right, "title within")


def _titles_within(space: Space, left: Ints, right: Ints, name: str) -> dict[str, Floats]:
    half = len(space) // 2
    onward, backward = np.zeros(len(left)), np.zeros(len(left))
    for number, run in _runs(left):
        onward[run] = space.covered(number, right[run] + half)
        backward[run] = space.covering(number + half, right[run])
    return {
        f"{name}, better": np.maximum(onward, backward),
        f"{name}, worse": np.minimum(onward, backward),
    }


def _other_place(corpus: Corpus, left: Ints, right: Ints) -> Floats:
    """Return one where each title names places of which the other message knows nothing."""
    places = [bare_places(one.title) for one in corpus.cuts]
    texts = [f"{one.title} {one.body}".lower() for one in corpus.cuts]

    def differs(one: int, other: int) -> bool:
        named = any(name in texts[other] for name in places[one])
        named = named or any(name in texts[one] for name in places[other])
        return not named and are_apart(places[one], places[other])

    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array([1.0 if differs(one, other) else 0.0 for one, other in pairs])


# Set by hand in round figures, so that whoever asks can do the sum: shared words and names say
# most, then the whole text and the title; an opening speaks for a pair, and so does a title whose
# words stand in the other message. Nothing speaks against it but another place.
INTERCEPT = -4.7
WEIGHTS: dict[str, float] = {
    "words": 5.0,
    "names": 5.0,
    "body": 4.0,
    "title": 3.0,
    "opening": 2.0,
    "title within, better": 2.0,
    "title within, worse": 2.0,
}
