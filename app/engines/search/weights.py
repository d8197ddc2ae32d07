"""What counts for how much when hits are put in order; every index keeps to these figures.

All of them were chosen by judgement and none was fitted to anybody's ratings: a word in a title
says far more than the same word somewhere in a long text, and a tag was set by somebody who knew
the matter.
"""

import math
from collections.abc import Sequence

from app.engines.search.index import Signals

PART_WEIGHTS = {"title": 4.0, "tags": 2.5, "answer": 1.0, "body": 1.0}
# How much a text's length (in words) counts: a title is short by nature, a long letter only partly
# wordy. Tags have no length to speak of. A length is held against the mean of the documents that
# have the part at all.
LENGTH_SHARE = {"title": 0.3, "tags": 0.0, "answer": 0.6, "body": 0.6}
SATURATION = 1.2

GRAM_WORTH = 0.5
BRIDGE_WORTH = 0.4
# A long word counts as present when this share of its pairs is there: 公共的停车场 for 公共停车场.
GRAM_SHARE = 0.7

# A document has a reading only with this share of its units: `Reading.least`, a half of what was
# typed, and the whole of another wording (`second` alone is no `second child`).
# While few documents have all concepts, what has most follows below, then what has some.
LONG_SHARE, SHORT_SHARE = 0.6, 0.2
ENOUGH = 10
# Fewer answers than this, and long words are looked for in parts as well.
FEW = 3
COVERAGE_POWER = 1.5
# A concept of so many documents, and of this share of all, is common. Common concepts that weigh
# less than this share of what was asked for are no answer where nothing has the rest.
COMMON, COMMON_SHARE = 8, 0.03
TELLING_SHARE = 0.35

# Closeness is looked at for the best hits only, because it reads their texts.
CLOSENESS_WORTH = 0.1
RESCORED = 50

HALF_SUPPORT = 20.0
"""So many supporters are worth half of what support can be worth at most."""

# Scores are sums of fractions; beyond this place they differ by the order of adding only.
SCORE_PLACES = 6


def rarity(documents: int, everything: int) -> float:
    """Return a term's inverse document frequency, never negative (BM25 as in Lucene)."""
    return math.log1p((everything - documents + 0.5) / (documents + 0.5))


def saturated(frequency: float) -> float:
    """Return what a term's weighted frequency is worth, from 0 to 1: the tenth adds little."""
    return frequency / (SATURATION + frequency)


def coverage(concepts: int, of: int) -> float:
    """Return what a score is multiplied by when so many of all concepts are there."""
    return math.pow(concepts / of, COVERAGE_POWER)


def misses_the_point(documents: Sequence[int], everything: int) -> bool:
    """Tell whether only common concepts are found at all, and little of what was asked for.

    `documents` has, for each concept, how many of everything have it. Whoever asks for a marathon's
    registration is not answered by what merely says registration, where nothing says marathon.
    """
    least = max(COMMON, everything * COMMON_SHARE)
    if not all(documents) and all(count >= least for count in documents if count):
        weights = [rarity(min(count, everything), everything) for count in documents]
        found = sum(weight for weight, count in zip(weights, documents, strict=True) if count)
        return found < TELLING_SHARE * sum(weights)
    return False


def nearness(closeness: float) -> float:
    """Return what a score is multiplied by for a closeness from 0 to 1."""
    return 1.0 + CLOSENESS_WORTH * closeness


def newness(published: int, newest: int, signals: Signals) -> float:
    """Return what a score is multiplied by for its day.

    Days are `date.toordinal`; 0 stands for no day and gains nothing. `newest` is the latest day of
    any document.
    """
    if not published:
        return 1.0
    return 1.0 + signals.newness * math.pow(0.5, (newest - published) / signals.half_life_days)


def supported(count: int, signals: Signals) -> float:
    """Return what a score is multiplied by for so many supporters; the first count for most."""
    return 1.0 + signals.support * max(0, count) / (max(0, count) + HALF_SUPPORT)
