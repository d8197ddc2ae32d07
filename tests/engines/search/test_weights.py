"""The formulas that every index shares."""

import math

import pytest

from app.engines.search.index import Signals
from app.engines.search.weights import (
    CLOSENESS_WORTH,
    coverage,
    misses_the_point,
    nearness,
    newness,
    rarity,
    saturated,
    supported,
)

SIGNALS = Signals(newness=0.1, half_life_days=180.0, support=0.2)


def test_a_rare_word_says_more_and_a_common_one_never_less_than_nothing() -> None:
    assert rarity(1, 1_000) > rarity(500, 1_000) > rarity(1_000, 1_000) > 0.0


def test_the_tenth_time_adds_less_than_the_second() -> None:
    assert saturated(2) - saturated(1) > saturated(10) - saturated(9) > 0.0
    assert saturated(0) == 0.0


def test_having_every_concept_costs_nothing() -> None:
    assert coverage(3, 3) == 1.0
    assert coverage(1, 2) == pytest.approx(0.5**1.5)
    assert coverage(0, 2) == 0.0


def test_closeness_adds_a_tenth_at_most() -> None:
    assert nearness(0.0) == 1.0
    assert nearness(1.0) == 1.0 + CLOSENESS_WORTH


def test_newness_halves_with_every_half_life() -> None:
    assert newness(1_000, 1_000, SIGNALS) == pytest.approx(1.1)
    assert newness(820, 1_000, SIGNALS) == pytest.approx(1.05)
    assert newness(640, 1_000, SIGNALS) == pytest.approx(1.025)


def test_what_has_no_day_gains_nothing_by_newness() -> None:
    assert newness(0, 1_000, SIGNALS) == 1.0


def test_support_saturates() -> None:
    assert supported(0, SIGNALS) == 1.0
    assert supported(20, SIGNALS) == pytest.approx(1.1)
    assert supported(1_000_000, SIGNALS) == pytest.approx(1.2, abs=1e-4)


def test_no_support_is_worth_less_than_none() -> None:
    assert supported(-5, SIGNALS) == 1.0
    assert math.isfinite(supported(10**9, SIGNALS))


def test_what_only_a_common_word_is_found_of_is_not_answered() -> None:
    assert misses_the_point([0, 18], 240)


@pytest.mark.parametrize(
    "documents",
    [[0, 3], [5, 18], [0, 18, 18, 18], [18]],
    ids=["a rare one", "all are found", "most are found", "one that is found"],
)
def test_what_a_telling_word_or_most_words_are_found_of_is_answered(documents: list[int]) -> None:
    assert not misses_the_point(documents, 240)


def test_in_a_small_index_no_word_is_common() -> None:
    assert not misses_the_point([0, 2], 3)
