"""Numbers are given once and never again."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.database import WRITING
from app.resources import engine, transaction
from app.services import numbering
from tests.parallel import at_once


def test_a_series_starts_at_one_and_goes_on(app: Flask) -> None:
    with transaction() as session:
        first = numbering.next_number(session, "edition")
    with transaction() as session:
        second = numbering.next_number(session, "edition")

    assert (first, second) == (1, 2)


def test_series_do_not_disturb_one_another(app: Flask) -> None:
    with transaction() as session:
        numbers = [numbering.next_number(session, name) for name in ("a", "b", "a", "意见")]

    assert numbers == [1, 1, 2, 1]


def test_a_suggestions_number_says_its_year_and_starts_anew_with_it(app: Flask) -> None:
    with transaction() as session:
        numbers = [
            numbering.suggestion_number(session, prefix="QD", year=year)
            for year in (2023, 2023, 2024)
        ]

    assert numbers == ["QD-2023-000001", "QD-2023-000002", "QD-2024-000001"]


def test_a_number_whose_transaction_failed_was_never_given(app: Flask) -> None:
    def fail() -> None:
        with transaction() as session:
            numbering.next_number(session, "edition")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with transaction() as session:
        assert numbering.next_number(session, "edition") == 1


def test_eight_writers_at_once_never_get_the_same_number(app: Flask) -> None:
    own = engine()

    def take(_: int) -> list[int]:
        taken = []
        for _ in range(10):
            with Session(own.execution_options(**{WRITING: True})) as session, session.begin():
                taken.append(numbering.next_number(session, "suggestion-2023"))
        return taken

    given = [number for numbers in at_once(8, take) for number in numbers]

    assert sorted(given) == list(range(1, 81))
