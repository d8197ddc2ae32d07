"""Heat rises with what moves people, tires, and can be computed again from the facts."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engines.hot_issues.heat import Heat, HeatWeights, heat, score_of
from app.engines.hot_issues.message import Message
from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError
from app.vocabulary import Language

WINDOW = Window(datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 7, 1, tzinfo=UTC))
WEIGHTS = HeatWeights()


def make_message(
    number: int,
    *,
    author: str | None = None,
    sent_at: datetime = datetime(2023, 2, 1, tzinfo=UTC),
    district: str | None = "东岸区",
    support: int = 0,
    against: int = 0,
) -> Message:
    return Message(
        id=str(number),
        title="石桥河发臭",
        body="石桥河的排污口又在排污水。",
        author=f"居民{number}" if author is None else author,
        sent_at=sent_at,
        district=district,
        support=support,
        against=against,
        language=Language.ZH,
    )


def heat_of(*messages: Message) -> Heat:
    return heat(messages, window=WINDOW, weights=WEIGHTS)


def raw(found: Heat, name: str) -> float:
    [part] = [part for part in found.parts if part.name == name]
    return part.raw


def value(found: Heat, name: str) -> float:
    [part] = [part for part in found.parts if part.name == name]
    return part.value


def test_no_messages_have_no_heat() -> None:
    assert heat_of().score == 0


def test_another_person_makes_an_issue_hotter() -> None:
    assert heat_of(make_message(1), make_message(2)).score > heat_of(make_message(1)).score


def test_another_message_of_the_same_person_counts_less_than_one_of_somebody_new() -> None:
    alone = heat_of(make_message(1)).score
    again = heat_of(make_message(1), make_message(2, author="居民1")).score
    joined = heat_of(make_message(1), make_message(2)).score
    assert alone < again < joined


def test_unknown_authors_are_different_people() -> None:
    assert raw(heat_of(make_message(1, author=""), make_message(2, author="")), "people") == 2


def test_more_support_makes_an_issue_hotter() -> None:
    assert heat_of(make_message(1, support=9)).score > heat_of(make_message(1, support=3)).score


def test_opposition_takes_support_away_but_never_more_than_there_is() -> None:
    found = heat_of(make_message(1, support=2, against=30), make_message(2, support=5, against=1))
    assert raw(found, "support") == 4


def test_another_district_makes_an_issue_hotter() -> None:
    here = heat_of(make_message(1), make_message(2)).score
    both = heat_of(make_message(1), make_message(2, district="西岸区")).score
    assert both > here


def test_one_district_and_no_district_are_no_breadth() -> None:
    assert value(heat_of(make_message(1)), "breadth") == 0
    assert value(heat_of(make_message(1, district=None)), "breadth") == 0


def test_weeks_apart_make_an_issue_hotter_than_one_day() -> None:
    later = datetime(2023, 3, 1, tzinfo=UTC)
    same_day = heat_of(make_message(1), make_message(2))
    apart = heat_of(make_message(1), make_message(2, sent_at=later))
    assert raw(apart, "persistence") == 2
    assert apart.score > same_day.score


def test_an_issue_that_grows_is_hotter_than_one_that_fades() -> None:
    early, late = datetime(2023, 1, 9, tzinfo=UTC), datetime(2023, 6, 5, tzinfo=UTC)
    growing = [make_message(n, sent_at=late if n else early) for n in range(5)]
    fading = [make_message(n, sent_at=early if n else late) for n in range(5)]
    assert value(heat_of(*growing), "growth") > 0
    assert value(heat_of(*fading), "growth") == 0


def test_messages_outside_the_period_do_not_count() -> None:
    before = make_message(2, sent_at=WINDOW.start - timedelta(seconds=1))
    at_the_end = make_message(3, sent_at=WINDOW.end)
    assert heat_of(make_message(1), before, at_the_end) == heat_of(make_message(1))


def test_a_flood_of_messages_never_reaches_a_hundred() -> None:
    flood = [make_message(n, support=10_000, author="居民1") for n in range(3000)]
    assert heat_of(*flood).score < 60


def test_the_score_is_the_sum_of_the_published_parts() -> None:
    found = heat_of(make_message(1, support=7), make_message(2, district="西岸区"))
    by_hand = 100 * sum(part.value * part.weight for part in found.parts)
    assert found.score == score_of(found.parts) == round(by_hand, 2)


def test_the_order_of_the_messages_changes_nothing() -> None:
    several = [make_message(n, support=n, district=f"{n % 3}区") for n in range(9)]
    assert heat_of(*several) == heat_of(*reversed(several))


def test_weights_survive_being_stored() -> None:
    weights = HeatWeights(people=0.5, half_support=30)
    assert HeatWeights.from_dict(weights.as_dict()) == weights


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("people", -0.1), ("people", "much"), ("half_people", 0), ("formula", "heat-0")],
)
def test_weights_that_make_no_sense_are_refused(name: str, wrong: object) -> None:
    with pytest.raises(InvalidInputError):
        HeatWeights.from_dict({**WEIGHTS.as_dict(), name: wrong})


def test_weights_with_a_part_nobody_knows_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        HeatWeights.from_dict({**WEIGHTS.as_dict(), "anger": 1.0})
