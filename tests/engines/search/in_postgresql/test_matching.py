"""A plan becomes tsqueries of quoted words, and a formula of our own figures."""

import math

import pytest

from app.engines.search.in_postgresql.entries import quoted
from app.engines.search.in_postgresql.matching import (
    MAX_WAYS,
    Counts,
    Formula,
    any_of,
    at_least,
    has_concepts,
    has_unit,
    lexemes_of,
    parts_of,
)
from app.engines.search.query import Concept, QueryPlan, Reading, Unit

STREET = Unit("路灯", "路灯", ("路灯",))
PARKING = Unit("停车场", "停车场", ("停车", "车场"))
NOBODY = Counts({}, 10)


def make_plan(*units: Unit) -> QueryPlan:
    return QueryPlan(tuple(Concept((Reading((unit,)),)) for unit in units))


def test_a_word_is_had_whole_or_by_its_pairs() -> None:
    assert has_unit(STREET) == "('w路灯' | 'g路灯')"
    assert has_unit(PARKING) == "('w停车场' | ('g停车' & 'g车场'))"


def test_a_character_is_had_by_what_it_opens() -> None:
    assert has_unit(Unit("灯", "")) == "'g灯':*"


def test_a_sign_in_a_word_is_only_a_sign() -> None:
    assert has_unit(Unit("x' | 'y", "x' | 'y")) == "'wx'' | ''y'"


def test_at_least_two_of_three_are_written_out() -> None:
    assert at_least(2, ["a", "b", "c"]) == "((a & b) | (a & c) | (b & c))"
    assert at_least(1, ["a"]) == "a"


@pytest.mark.parametrize("count", [13, 40, 99])
def test_a_long_list_does_not_make_an_endless_query(count: int) -> None:
    names = [f"'{number}'" for number in range(count)]

    assert at_least(math.ceil(count * 0.7), names).count("|") < MAX_WAYS


def test_all_ways_to_have_some_of_few_concepts_are_written_out() -> None:
    plan = make_plan(STREET, Unit("公园", "公园"), Unit("电梯", "电梯"))

    assert has_concepts(plan, 2, NOBODY) == (
        "((('w路灯' | 'g路灯') & 'w公园') | (('w路灯' | 'g路灯') & 'w电梯') | ('w公园' & 'w电梯'))"
    )


def test_who_has_some_of_many_concepts_has_one_of_the_rarest() -> None:
    words = [f"路灯{number}" for number in range(12)]
    counts = Counts({f"w{word}": number + 1 for number, word in enumerate(words)}, 100)
    plan = make_plan(*(Unit(word, word) for word in words))

    assert has_concepts(plan, 8, counts) == any_of([quoted(f"w{word}") for word in words[:5]])
    assert has_concepts(plan, 12, counts).count("&") == 11


def test_what_not_every_match_has_is_ranked_only_where_it_is() -> None:
    plan = make_plan(STREET, PARKING)

    assert {flag for _, flag in Formula(plan, NOBODY, least=2).ranks} == {""}
    assert "" not in {flag for _, flag in Formula(plan, NOBODY, least=1).ranks}


def test_a_rare_word_is_worth_more_than_a_common_one() -> None:
    counts = Counts({"w路灯": 1, "w公园": 9}, 10)

    rare, common = parts_of(STREET, counts)[0], parts_of(Unit("公园", "公园"), counts)[0]

    assert rare.factor > common.factor > 0


def test_what_must_be_counted_is_named() -> None:
    plan = QueryPlan(make_plan(PARKING, Unit("灯", "")).concepts, bridges=("场灯",))

    assert lexemes_of(plan) == (["g场灯", "w停车场", "g停车", "g车场"], ["g灯"])


def test_no_word_stands_in_the_formula() -> None:
    formula = Formula(make_plan(STREET, PARKING, Unit("a'); DROP", "a'); DROP")), NOBODY, least=3)

    written = f"{formula.concepts} {formula.worth} {formula.covered}"
    assert "路灯" not in written
    assert "DROP" not in written
    assert len(formula.ranks) == 5
