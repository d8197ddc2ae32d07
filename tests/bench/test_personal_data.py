"""The invented texts of the benchmark: what they promise, and what must be found in them."""

import random
from collections.abc import Sequence

import pytest

from app.engines.text.personal_data import find
from app.vocabulary import Language
from bench.personal_data import FORMS, Sample, clean_texts, is_found, run, samples

SHARE_TO_FIND = 0.98
MOST_FALSE_ALARMS = 0.01


def _samples(per_way: int) -> Sequence[Sample]:
    return list(samples(random.Random(7), per_way))  # noqa: S311 - invented texts


@pytest.fixture(scope="module")
def all_samples() -> Sequence[Sample]:
    return _samples(12)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", Language)
def test_nearly_everything_of_a_form_is_found(
    all_samples: Sequence[Sample], form: str, language: Language
) -> None:
    tried = [each for each in all_samples if (each.form, each.language) == (form, language)]
    missed = [each.text for each in tried if not is_found(each)]
    assert len(missed) <= len(tried) * (1 - SHARE_TO_FIND), missed


def test_clean_texts_are_hardly_ever_accused() -> None:
    texts = list(clean_texts(random.Random(7), 10))  # noqa: S311 - invented texts
    accused = [text for text in texts if find(text)]
    assert len(texts) >= 500
    assert len(accused) <= len(texts) * MOST_FALSE_ALARMS, accused


def test_a_sample_says_where_its_secret_stands() -> None:
    for sample in _samples(1):
        assert 0 <= sample.start < sample.end <= len(sample.text)
        assert sample.text[sample.start].strip()


def test_the_same_chance_makes_the_same_texts() -> None:
    assert _samples(1) == _samples(1)


def test_the_tables_name_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    run(per_way=1)
    printed = capsys.readouterr().out
    assert all(form in printed for form in FORMS)
    assert "false alarms" in printed
