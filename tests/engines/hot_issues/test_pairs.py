"""Only pairs that share something rare are compared, and each figure is what its name says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from app.engines.hot_issues.message import Message
from app.engines.hot_issues.pairs import WEIGHTS, candidate_pairs, judge_pairs, pair_figures
from app.engines.hot_issues.vectors import Corpus, build_corpus
from app.vocabulary import Language


def make_message(number: int, title: str, body: str = "", author: str = "") -> Message:
    return Message(
        id=str(number),
        title=title,
        body=body,
        author=author,
        sent_at=datetime(2023, 2, 1, tzinfo=UTC) + timedelta(days=number),
        district=None,
        support=0,
        against=0,
        language=Language.ZH,
    )


def figure(corpus: Corpus, name: str) -> float:
    [figures] = pair_figures(corpus, np.array([0]), np.array([1]))
    return float(figures[name][0])


def test_every_pair_stands_once_with_the_lower_row_first(messages: list[Message]) -> None:
    left, right = candidate_pairs(build_corpus(messages), 5)
    assert (left < right).all()
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)


def test_the_number_of_pairs_is_bounded_by_the_neighbours(messages: list[Message]) -> None:
    left, _ = candidate_pairs(build_corpus(messages), 2)
    assert len(left) <= 3 * 2 * len(messages)


def test_texts_with_nothing_in_common_are_not_compared() -> None:
    corpus = build_corpus([make_message(1, "电梯停运"), make_message(2, "河水发臭")])
    left, _ = candidate_pairs(corpus, 5)
    assert len(left) == 0


def test_every_weight_has_its_figure(messages: list[Message]) -> None:
    corpus = build_corpus(messages)
    left, right = candidate_pairs(corpus, 5)
    [figures] = pair_figures(corpus, left, right)
    assert set(WEIGHTS) <= set(figures)


def test_another_place_is_noticed_unless_the_text_names_it() -> None:
    one = make_message(1, "金桂园小区电梯停运", "电梯停运")
    other = make_message(2, "白鹭洲小区电梯停运", "电梯停运")
    knowing = replace(other, body="金桂园小区的电梯也停运")
    assert figure(build_corpus([one, other]), "other place") == 1
    assert figure(build_corpus([one, knowing]), "other place") == 0


def test_a_pair_about_different_places_is_never_sure() -> None:
    body = "电梯停运两周，老人上不了楼，物业不维修。"
    pair = [make_message(n, f"{p}小区电梯停运", body) for n, p in enumerate(("金桂园", "白鹭洲"))]
    pairs = judge_pairs(build_corpus(pair), neighbours=5, progress=lambda *_: None)
    assert pairs.sureness.tolist() == [0.0]
