"""A document's row says what its terms are worth in the letters that `ts_rank` adds up."""

from datetime import date

import pytest

from app.engines.search.analysis import default_analyser
from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.entries import (
    DOCUMENT_COLUMNS,
    MAX_LEXEMES,
    MeanLengths,
    analyse,
    code_of,
    codes,
    columns_of,
    document_of,
    frequencies,
    mean_lengths,
    quoted,
    storable,
    vector_of,
    worth_of,
)
from app.engines.search.weights import saturated
from app.vocabulary import DocumentType, Language, Question


def make_document(*, title: str = "路灯坏了", body: str = "请尽快修复路灯。") -> SearchDocument:
    return SearchDocument(
        type=DocumentType.SUGGESTION,
        id=7,
        ref="QD-2023-000007",
        language=Language.ZH,
        title=title,
        body=body,
        answer="已经修好。",
        tags=("照明",),
        items=("2023-5",),
        question=Question.NEED,
        district="shinan",
        state="answered",
        published_on=date(2023, 5, 1),
        support=3,
    )


@pytest.mark.parametrize("frequency", [0.3, 0.6, 1.0, 1.7, 2.5, 4.0, 5.6, 9.0, 30.0])
def test_a_worth_is_kept_to_within_a_twentieth(frequency: float) -> None:
    assert worth_of(frequency) == pytest.approx(saturated(frequency), abs=0.05)


def test_what_is_had_more_often_is_never_worth_less() -> None:
    worths = [worth_of(step / 10) for step in range(1, 300)]

    assert worths == sorted(worths)
    assert len(set(worths)) > 20


def test_the_rarest_trace_of_a_term_is_still_worth_something() -> None:
    assert worth_of(0.001) > 0
    assert code_of(0.001) == "1D"


def test_a_title_is_worth_more_than_the_text_and_a_long_text_less_than_a_short_one() -> None:
    analysed = analyse(make_document(), default_analyser())

    short = frequencies(analysed, MeanLengths(title=2, body=40, answer=2))
    long = frequencies(analysed, MeanLengths(title=2, body=2, answer=2))

    assert short["title"]["w路灯"] > short["body"]["w路灯"] > long["body"]["w路灯"]


def test_words_pairs_and_named_words_are_kept_apart() -> None:
    lexemes = codes(analyse(make_document(), default_analyser()), MeanLengths())

    assert {"w路灯", "g路灯", "g灯坏", "n路灯", "n照明", "w修复"} <= lexemes.keys()
    assert "n修复" not in lexemes


def test_a_vector_has_an_end() -> None:
    endless = make_document(body=" ".join(f"word{number}" for number in range(20_000)))
    answered = analyse(endless, default_analyser())

    assert len(codes(answered, MeanLengths())) <= MAX_LEXEMES


def test_mean_lengths_are_those_of_the_documents_and_never_nothing() -> None:
    one = analyse(make_document(title="路灯"), default_analyser())
    other = analyse(make_document(title="路灯 电梯 公园"), default_analyser())

    assert mean_lengths([one, other]).title == 2
    assert mean_lengths([]) == MeanLengths()


@pytest.mark.parametrize(
    ("lexeme", "literal"), [("停车", "'停车'"), ("o'clock", "'o''clock'"), ("a\\b", "'a\\\\b'")]
)
def test_signs_lose_their_power_in_quotes(lexeme: str, literal: str) -> None:
    assert quoted(lexeme) == literal


def test_a_vector_is_written_as_postgresql_reads_it() -> None:
    assert vector_of({"w停车": "1A", "g'": "1A,2D"}) == "'w停车':1A 'g''':1A,2D"


def test_a_row_gives_its_document_back() -> None:
    document = make_document()

    row = columns_of(document, "")

    assert document_of(row[2 : 2 + len(DOCUMENT_COLUMNS)]) == document


@pytest.mark.parametrize(("text", "kept"), [("停\x00车", "停 车"), ("停\ud800车", "停?车")])
def test_what_postgresql_cannot_hold_is_replaced(text: str, kept: str) -> None:
    assert storable(text) == kept
