"""Few words of a long text choose what is compared, and words of one weight are ranked at once."""

from psycopg import sql

from app.engines.search.in_postgresql.candidates import (
    LEAST_CHOOSING,
    MAX_COMPARED,
    make_candidates_statement,
)
from app.engines.search.in_postgresql.matching import Counts
from app.engines.search.in_postgresql.statement import Statement
from app.engines.search.similar import SimilarRequest
from app.vocabulary import DocumentType


def make_statement(weighted: dict[str, float], documents: dict[str, int]) -> Statement:
    return make_candidates_statement(
        weighted,
        Counts(documents, 100_000),
        SimilarRequest(text="路灯", exclude=frozenset({"suggestion:1"})),
        entries=sql.Identifier("entry"),
        limit=40,
    )


def test_common_words_do_not_choose_where_rare_ones_are_enough() -> None:
    documents = {"w路灯": 5, "w电梯": 7, "w公园": 9, "w的": MAX_COMPARED + 1}

    statement = make_statement(dict.fromkeys(documents, 1.0), documents)

    assert statement.parameters["must"] == "('w路灯' | 'w电梯' | 'w公园')"


def test_a_few_words_choose_however_common_they_are() -> None:
    documents = dict.fromkeys(("w一", "w二", "w三", "w四"), 2 * MAX_COMPARED)

    statement = make_statement(dict.fromkeys(documents, 1.0), documents)

    assert str(statement.parameters["must"]).count("'w") == LEAST_CHOOSING


def test_words_of_nearly_one_weight_are_ranked_at_once() -> None:
    weighted = {"w路灯": 4.0, "w电梯": 3.9, "w公园": 1.0}

    parameters = make_statement(weighted, dict.fromkeys(weighted, 1)).parameters

    assert parameters["g0"] == "('w路灯' | 'w电梯')"
    assert parameters["g1"] == "'w公园'"
    assert "g2" not in parameters


def test_what_must_not_be_found_is_bound() -> None:
    parameters = make_statement({"w路灯": 1.0}, {"w路灯": 1}).parameters

    assert parameters["exclude"] == ["suggestion:1"]
    assert parameters["types"] == [DocumentType.SUGGESTION.value]
