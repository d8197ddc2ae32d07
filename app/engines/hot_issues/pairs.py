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
_DAY = 86_400.0
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
        figures |= _circumstances(corpus, left[block], right[block])
        yield figures | _together(figures)


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
        "plain": corpus.plain,
        "body": corpus.body,
        "phrases": corpus.phrases,
    }
    figures = {name: _compared(space, left, right) for name, space in spaces.items()}
    rarest = {"rarest word": corpus.words, "rarest title": corpus.title}
    rarest["rarest phrase"] = corpus.phrases
    figures |= {name: np.zeros(len(left)) for name in rarest}
    for number, run in _runs(left):
        for name, space in rarest.items():
            figures[name][run] = space.rarest_shared(number, right[run])
    figures |= _titles_within(corpus.title_in_text, left, right, "title within")
    return figures | _titles_within(corpus.names_in_text, left, right, "name within")


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


def _circumstances(corpus: Corpus, left: Ints, right: Ints) -> dict[str, Floats]:
    authors, codes = [message.author for message in corpus.messages], dict[str, int]()
    # Two unknown authors are never the same one, so each gets a number of its own.
    numbers = np.array(
        [codes.setdefault(a, len(codes)) if a else -row - 1 for row, a in enumerate(authors)]
    )
    days = np.array([message.sent_at.timestamp() / _DAY for message in corpus.messages])
    places = [one.districts for one in corpus.cuts]
    return {
        "same author": (numbers[left] == numbers[right]).astype(np.float64),
        "days apart": np.log1p(np.abs(days[left] - days[right])),
        "other place": _other_place(corpus, left, right),
        "district": np.array(
            [
                _agreement(places[one], places[other])
                for one, other in zip(left.tolist(), right.tolist(), strict=True)
            ]
        ),
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


def _agreement(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return 1.0 if one & other else -1.0


def _together(figures: dict[str, Floats]) -> dict[str, Floats]:
    return {f"{one} × {other}": figures[one] * figures[other] for one, other in _PRODUCTS}


_PRODUCTS = (
    ("names", "plain"),
    ("title", "plain"),
    ("title within, better", "plain"),
    ("same author", "plain"),
    ("same author", "words"),
    ("same author", "days apart"),
    ("name within, better", "plain"),
    ("rarest title", "plain"),
    ("rarest phrase", "body"),
    ("title", "body"),
    ("words", "words"),
    ("title", "title"),
    ("names", "names"),
    ("opening", "opening"),
    ("body", "body"),
    ("title within, worse", "title within, worse"),
)

# Fitted by logistic regression on pairs of labelled citizens' messages, where large issues counted
# less; a figure's weight means nothing alone, since the figures overlap.
INTERCEPT = -6.068
WEIGHTS: dict[str, float] = {
    "words": 9.508,
    "title": -3.844,
    "names": 10.800,
    "opening": 13.614,
    "plain": 16.609,
    "body": 12.807,
    "phrases": -21.548,
    "rarest word": -0.679,
    "rarest title": -0.642,
    "rarest phrase": 0.030,
    "title within, better": 2.755,
    "title within, worse": 6.748,
    "name within, better": 1.308,
    "name within, worse": -0.147,
    "same author": 0.442,
    "days apart": -0.607,
    "district": 0.708,
    "names × plain": -5.555,
    "title × plain": 12.142,
    "title within, better × plain": -7.922,
    "same author × plain": 6.652,
    "same author × words": -14.543,
    "same author × days apart": 0.434,
    "name within, better × plain": 3.219,
    "rarest title × plain": -0.268,
    "rarest phrase × body": -6.200,
    "title × body": 3.041,
    "words × words": -21.227,
    "title × title": -2.557,
    "names × names": -7.113,
    "opening × opening": -5.955,
    "body × body": 17.829,
    "title within, worse × title within, worse": 1.408,
}
