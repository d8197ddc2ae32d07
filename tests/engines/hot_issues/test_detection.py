"""Groups come out as a reader would make them, in any order of the rows."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.engines.hot_issues.detection import DetectionSettings, detect
from app.engines.hot_issues.heat import HeatWeights, heat
from app.engines.hot_issues.message import IssueCandidate, Message
from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError
from app.vocabulary import Language

WINDOW = Window(datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 4, 1, tzinfo=UTC))
SETTINGS = DetectionSettings(window=WINDOW)


def make_message(number: int, title: str, body: str, *, author: str | None = None) -> Message:
    return Message(
        id=f"X{number:03d}",
        title=title,
        body=body,
        author=f"写信人{number}" if author is None else author,
        sent_at=datetime(2023, 2, 1, tzinfo=UTC) + timedelta(hours=number),
        district=None,
        support=0,
        against=0,
        language=Language.ZH,
    )


def groups(candidates: Sequence[IssueCandidate]) -> set[frozenset[str]]:
    return {frozenset(candidate.message_ids) for candidate in candidates}


def ids(messages: Sequence[Message]) -> frozenset[str]:
    return frozenset(message.id for message in messages)


def test_each_invented_issue_becomes_one_group(
    issues: dict[str, list[Message]], messages: list[Message]
) -> None:
    expected = {ids(group) for group in issues.values() if len(group) > 1}
    assert groups(detect(messages, settings=SETTINGS)) == expected


def test_english_messages_are_grouped_on_their_own_too(issues: dict[str, list[Message]]) -> None:
    english = [one for group in issues.values() for one in group if one.language is Language.EN]
    expected = {ids(issues[name]) for name in ("ferry", "lights", "permit")}
    assert groups(detect(english, settings=SETTINGS)) == expected


def test_a_message_alone_in_its_matter_is_in_no_group(
    issues: dict[str, list[Message]], messages: list[Message]
) -> None:
    alone = {group[0].id for group in issues.values() if len(group) == 1}
    found = {one for group in detect(messages, settings=SETTINGS) for one in group.message_ids}
    assert not alone & found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_rows_give_the_same_list(messages: list[Message], seed: int) -> None:
    shuffled = messages.copy()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a fixed shuffle, no secret
    assert detect(shuffled, settings=SETTINGS) == detect(messages, settings=SETTINGS)


def test_no_messages_give_no_issues() -> None:
    assert detect([], settings=SETTINGS) == ()


def test_one_message_gives_no_issue() -> None:
    only = make_message(1, "望潮苑电梯停运", "望潮苑的电梯停运两周了。")
    assert detect([only], settings=SETTINGS) == ()


def test_messages_without_any_words_give_no_issue() -> None:
    silent = [make_message(number, "！！！", "……") for number in range(3)]
    assert detect(silent, settings=SETTINGS) == ()


def test_the_same_complaint_of_two_people_is_one_issue(messages: list[Message]) -> None:
    twins = [
        make_message(number, "白鹭洲小区楼道灯不亮", "白鹭洲小区七号楼的楼道灯坏了一个月没有人修。")
        for number in (1, 2)
    ]
    assert ids(twins) in groups(detect([*messages, *twins], settings=SETTINGS))


def test_identical_texts_about_different_places_stay_apart(messages: list[Message]) -> None:
    body = "电梯一个月坏了六次，物业不维修，老人被困半小时，请督促物业尽快维修电梯。"
    copies = [
        make_message(number, f"{place}小区电梯经常停运困人", body)
        for number, place in enumerate(("金桂园", "白鹭洲", "杏花邨"))
    ]
    found = detect([*messages, *copies], settings=SETTINGS)
    together = [ids(copies) & group for group in groups(found)]
    assert max(len(shared) for shared in together) <= 1


def test_english_texts_about_different_places_stay_apart(messages: list[Message]) -> None:
    body = "The lift has been broken for six weeks and nobody repairs it. Older people suffer."
    copies = [
        replace(make_message(number, f"Broken lift in {place}", body), language=Language.EN)
        for number, place in enumerate(("Rose Court", "Willow Court"))
    ]
    assert ids(copies) not in groups(detect([*messages, *copies], settings=SETTINGS))


def test_traditional_and_full_width_characters_meet_the_simplified_ones(
    messages: list[Message],
) -> None:
    texts = (
        ("727路公交末班车太早", "727路公交末班车八点收车，软件园加班的人没有车坐。"),
        ("７２７路公交末班車太早", "７２７路公交末班車八點收車，軟件園加班的人沒有車坐。"),
    )
    pair = [make_message(number, *text) for number, text in enumerate(texts)]
    found = groups(detect([*messages, *pair], settings=SETTINGS))
    assert any(ids(pair) <= group for group in found)


def test_issues_are_ranked_by_their_heat(messages: list[Message]) -> None:
    scores = [candidate.heat.score for candidate in detect(messages, settings=SETTINGS)]
    assert scores == sorted(scores, reverse=True)


def test_an_issue_carries_the_heat_its_messages_have(messages: list[Message]) -> None:
    by_id = {message.id: message for message in messages}
    for candidate in detect(messages, settings=SETTINGS):
        members = [by_id[one] for one in candidate.message_ids]
        assert candidate.heat == heat(members, window=WINDOW, weights=SETTINGS.weights)


def test_an_issue_knows_its_first_and_last_message(
    issues: dict[str, list[Message]], messages: list[Message]
) -> None:
    times = [message.sent_at for message in issues["river"]]
    [river] = [
        candidate
        for candidate in detect(messages, settings=SETTINGS)
        if frozenset(candidate.message_ids) == ids(issues["river"])
    ]
    assert (river.first_at, river.last_at) == (min(times), max(times))


def test_messages_outside_the_period_are_left_out(messages: list[Message]) -> None:
    later = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    assert detect(messages, settings=DetectionSettings(window=later)) == ()


def test_a_smallest_size_leaves_out_smaller_groups(
    issues: dict[str, list[Message]], messages: list[Message]
) -> None:
    settings = DetectionSettings(window=WINDOW, min_size=5)
    expected = {ids(issues["concrete"]), ids(issues["school"])}
    assert groups(detect(messages, settings=settings)) == expected


def test_two_messages_of_one_id_are_refused() -> None:
    twice = [make_message(1, "路灯不亮", "路灯坏了。"), make_message(1, "井盖松动", "井盖坏了。")]
    with pytest.raises(InvalidInputError) as refusal:
        detect(twice, settings=SETTINGS)
    assert (refusal.value.field, refusal.value.reason) == ("id", "duplicate")


def test_progress_is_told_step_by_step(messages: list[Message]) -> None:
    told: list[tuple[str, int, int]] = []
    detect(
        messages,
        settings=SETTINGS,
        progress=lambda step, done, total: told.append((step, done, total)),
    )
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["vectors", "pairs", "issues"]
    assert all(done <= total for _, done, total in told)


def test_settings_survive_being_stored_as_json() -> None:
    settings = DetectionSettings(
        window=WINDOW, threshold=0.5, min_size=3, weights=HeatWeights(people=0.5)
    )
    assert DetectionSettings.from_dict(json.loads(json.dumps(settings.as_dict()))) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", "high"),
        ("threshold", 0.0),
        ("min_size", 1),
        ("min_size", 2.5),
        ("neighbours", True),
        ("window_start", "spring"),
        ("window_start", "2023-01-01T00:00:00"),
        ("window_end", "2022-01-01T00:00:00+00:00"),
        ("scorer", "pairs-0"),
        ("weights", None),
    ],
)
def test_stored_settings_that_make_no_sense_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidInputError):
        DetectionSettings.from_dict({**SETTINGS.as_dict(), name: value})


def test_stored_settings_with_something_missing_are_refused() -> None:
    stored = SETTINGS.as_dict()
    del stored["neighbours"]
    with pytest.raises(InvalidInputError) as refusal:
        DetectionSettings.from_dict(stored)
    assert refusal.value.field == "neighbours"
