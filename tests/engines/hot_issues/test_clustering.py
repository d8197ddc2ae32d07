"""Average linkage on a sparse graph: what joins, what does not, and that order is no matter."""

import numpy as np
import pytest

from app.engines.hot_issues.clustering import Group, group_rows
from app.engines.hot_issues.pairs import Pairs

Rows = list[tuple[int, int, float]]


def make_pairs(*rows: tuple[int, int, float]) -> Pairs:
    return Pairs(
        left=np.array([row[0] for row in rows], dtype=np.int64),
        right=np.array([row[1] for row in rows], dtype=np.int64),
        sureness=np.array([row[2] for row in rows], dtype=np.float64),
    )


def grouped(*rows: tuple[int, int, float], exponent: float = 1.0) -> tuple[Group, ...]:
    return group_rows(make_pairs(*rows), threshold=0.5, size_exponent=exponent)


def test_a_sure_pair_becomes_a_group() -> None:
    assert grouped((0, 1, 0.9)) == (Group(rows=(0, 1), cohesion=0.9),)


@pytest.mark.parametrize("sureness", [0.49, 0.0])
def test_an_unsure_pair_stays_apart(sureness: float) -> None:
    assert grouped((0, 1, sureness)) == ()


def test_no_pairs_give_no_groups() -> None:
    assert grouped() == ()


def test_a_chain_of_neighbours_is_not_one_group() -> None:
    chain = grouped((0, 1, 0.9), (1, 2, 0.6), (2, 3, 0.9))
    assert [group.rows for group in chain] == [(0, 1), (2, 3)]


def test_a_pair_never_compared_counts_against_joining() -> None:
    assert [group.rows for group in grouped((0, 1, 0.9), (1, 2, 0.8))] == [(0, 1)]


def test_a_smaller_exponent_forgives_a_large_group_its_missing_pairs() -> None:
    assert [group.rows for group in grouped((0, 1, 0.9), (1, 2, 0.8), exponent=0.6)] == [(0, 1, 2)]


def test_cohesion_is_the_mean_over_all_pairs() -> None:
    [group] = grouped((0, 1, 0.9), (1, 2, 0.9), (0, 2, 0.6))
    assert group.cohesion == 0.8


def test_the_order_of_the_pairs_makes_no_difference() -> None:
    rows = [(0, 1, 0.7), (0, 2, 0.7), (1, 2, 0.7), (2, 3, 0.7), (3, 4, 0.7), (4, 5, 0.9)]
    assert grouped(*rows) == grouped(*reversed(rows))
