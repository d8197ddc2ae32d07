"""Vectors weigh rare features more, and their comparisons are what they say."""

import numpy as np
import pytest

from app.engines.hot_issues.message import Message
from app.engines.hot_issues.vectors import build_corpus, build_space


def test_equal_documents_are_alike_and_unrelated_ones_are_not() -> None:
    space = build_space([["电梯", "停运"], ["电梯", "停运"], ["河水", "发臭"], ["河水"]])
    likeness = space.cosines(0, np.array([1, 2]))
    assert likeness == pytest.approx([1.0, 0.0])


def test_a_rare_word_in_common_counts_more_than_a_frequent_one() -> None:
    space = build_space([["小区", "松风里"], ["松风里", "停车"], ["小区", "停车"], ["小区"]])
    rare, frequent = space.cosines(0, np.array([1, 2]))
    assert rare > frequent


def test_a_word_nobody_else_uses_makes_two_texts_less_alike() -> None:
    space = build_space([["电梯"], ["电梯"], ["电梯", "喷泉"]])
    same, longer = space.cosines(0, np.array([1, 2]))
    assert longer < same


def test_containment_has_a_direction() -> None:
    space = build_space([["电梯"], ["电梯", "停运"], ["停运"]])
    assert space.covered(0, np.array([1])) == pytest.approx([1.0])
    assert space.covering(0, np.array([1])) == pytest.approx([0.5])


def test_comparing_leaves_no_trace(messages: list[Message]) -> None:
    corpus = build_corpus(messages)
    others = np.arange(1, len(messages))
    first = corpus.words.cosines(0, others)
    corpus.words.covered(4, others)
    corpus.words.covering(5, others)
    assert (corpus.words.cosines(0, others) == first).all()


def test_no_documents_make_an_empty_space() -> None:
    assert len(build_space([])) == 0
    assert len(build_corpus([]).words) == 0


def test_an_empty_document_is_like_nothing() -> None:
    space = build_space([[], ["电梯"], ["电梯"]])
    assert space.cosines(0, np.array([1, 2])).tolist() == [0.0, 0.0]
