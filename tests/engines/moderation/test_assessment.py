"""A priority is a sum that explains itself, and never a decision."""

import pytest

from app.engines.moderation.assessment import (
    DANGER_POINTS,
    KIND_POINTS,
    MOST_SUPPORT_POINTS,
    OVERDUE_POINTS,
    Assessment,
    PartCode,
    assess,
    standing_parts,
)
from app.engines.moderation.checks import SignCode
from app.vocabulary import Language, SuggestionKind

TITLE = "东门路灯不亮"
TEXT = "小区东门的路灯坏了两个星期，老人晚上出门看不清台阶，希望尽快修好。"


def _points(assessment: Assessment, code: PartCode) -> list[int]:
    return [part.points for part in assessment.parts if part.code is code]


def test_an_ordinary_suggestion_weighs_as_much_as_its_kind() -> None:
    assessment = assess(TITLE, TEXT, kind=SuggestionKind.COMPLAIN)
    assert assessment.signs == ()
    assert assessment.priority == KIND_POINTS[SuggestionKind.COMPLAIN]


def test_the_priority_is_the_sum_of_its_parts() -> None:
    assessment = assess("燃气泄漏", "楼下燃气泄漏！！！！请打13800138000", supports=9, days_left=-1)
    assert assessment.priority == sum(part.points for part in assessment.parts)
    assert {part.code for part in assessment.parts} == set(PartCode)


@pytest.mark.parametrize("text", ["楼道电线漏电，有孩子玩耍", "There is a gas leak in our block."])
def test_danger_comes_first_in_both_languages(text: str) -> None:
    assert _points(assess(TITLE, text), PartCode.DANGER) == [DANGER_POINTS]


def test_danger_in_the_title_is_seen_too() -> None:
    assert _points(assess("路面塌陷", TEXT), PartCode.DANGER) == [DANGER_POINTS]


@pytest.mark.parametrize("text", [TEXT, "The fire station is far from the gas office."])
def test_ordinary_words_are_no_danger(text: str) -> None:
    assert _points(assess(TITLE, text), PartCode.DANGER) == []


@pytest.mark.parametrize(
    ("days_left", "points"), [(-3, [OVERDUE_POINTS]), (0, [25]), (2, [12]), (6, []), (None, [])]
)
def test_little_time_left_weighs_more(days_left: int | None, points: list[int]) -> None:
    assert _points(assess(TITLE, TEXT, days_left=days_left), PartCode.DEADLINE) == points


@pytest.mark.parametrize(
    ("supports", "points"), [(0, []), (1, [3]), (8, [12]), (10**9, [MOST_SUPPORT_POINTS])]
)
def test_support_counts_by_doublings_up_to_a_limit(supports: int, points: list[int]) -> None:
    assert _points(assess(TITLE, TEXT, supports=supports), PartCode.SUPPORT) == points


def test_noise_waits_behind_what_others_wrote() -> None:
    assert assess("测试", "。。。").priority < assess(TITLE, TEXT).priority


def test_personal_data_in_the_title_is_a_sign_of_the_title() -> None:
    assessment = assess("请打13800138000", TEXT)
    assert assessment.signs == ()
    assert [sign.code for sign in assessment.title_signs] == [SignCode.PERSONAL_DATA]


def test_a_sign_in_title_and_text_counts_once() -> None:
    assessment = assess("请打13800138000", TEXT + "13800138000")
    assert len(_points(assessment, PartCode.SIGN)) == 1


def test_listed_insults_are_passed_on() -> None:
    assessment = assess(TITLE, TEXT + "笨蛋", insult_words=("笨蛋",))
    assert [sign.code for sign in assessment.signs] == [SignCode.INSULTS]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TEXT, Language.ZH),
        ("爱山东APP在iPhone上闪退", Language.ZH),
        ("12345", Language.ZH),
        ("The lift at 香港中路 has been broken for two weeks.", Language.EN),
    ],
)
def test_the_language_is_the_one_most_of_it_is_written_in(text: str, language: Language) -> None:
    assert assess("", text).language is language


def test_what_the_words_alone_add_is_what_was_stored_when_they_were_sent() -> None:
    title, text = "楼道漏电！！！！", "楼下漏电，请打13800138000"
    sent = assess(title, text, kind=SuggestionKind.HELP)
    parts = standing_parts(title, text, kind=SuggestionKind.HELP, codes=sent.sign_codes())
    assert sum(part.points for part in parts) == sent.priority
    assert PartCode.DEADLINE not in {part.code for part in parts}


@pytest.mark.parametrize("codes", [[], ["no_such_sign"], ["NEAR_EMPTY"]])
def test_a_code_that_is_no_sign_adds_nothing(codes: list[str]) -> None:
    parts = standing_parts(TITLE, TEXT, kind=SuggestionKind.SUGGEST, codes=codes)
    assert [part.code for part in parts] == [PartCode.KIND]


def test_a_stored_sign_counts_once() -> None:
    codes = [SignCode.INSULTS.value, SignCode.INSULTS.value]
    parts = standing_parts(TITLE, TEXT, kind=SuggestionKind.SUGGEST, codes=codes)
    assert [part.code for part in parts] == [PartCode.KIND, PartCode.SIGN]
