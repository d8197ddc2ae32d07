"""Typed words become things to look for, and signs have no power."""

from datetime import date

import pytest

from app.engines.search.analysis import MAX_QUERY_LENGTH, default_analyser
from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.query import (
    MAX_ALSO,
    MAX_CONCEPTS,
    OTHER_WORTH,
    Concept,
    QueryPlan,
    Reading,
    SearchRequest,
    loosen,
    make_plan,
)
from app.errors import InvalidInputError

GLOSSARY = Glossary(
    [
        GlossaryEntry(zh=("停车", "泊车"), en=("parking",)),
        GlossaryEntry(zh=("停车场",), en=("car park", "parking lot")),
        GlossaryEntry(zh=("电梯",), en=("lift", "elevator")),
        GlossaryEntry(zh=("安装", "加装"), en=("install",)),
        GlossaryEntry(zh=("意见", "建议"), en=("suggestion",)),
        GlossaryEntry(zh=("猫",), en=("cat",)),
    ]
)


def plan_of(text: str, glossary: Glossary | None = None) -> QueryPlan:
    return make_plan(text, default_analyser(), glossary)


def words_of(text: str) -> list[str]:
    return [unit.text for unit in plan_of(text).units]


def said(concept: Concept) -> list[str]:
    return [reading.text for reading in concept.readings]


def test_a_chinese_query_is_cut_into_words() -> None:
    assert words_of("小区停车难") == ["小区", "停车难"]


def test_words_that_stand_together_are_bridged() -> None:
    assert make_plan("小区停车难", default_analyser()).bridges == ("区停",)
    assert make_plan("parking fees", default_analyser()).bridges == ("park fee",)
    assert make_plan("小区 停车难", default_analyser()).bridges == ()


@pytest.mark.parametrize(
    "text",
    [
        "停车怎么办",
        "请问 停车",
        "how to 停车",
        "我想问一下停车怎么办理",
        "停车是不是可以",
        "please, where do I 停车?",
        "請問一下停車",
    ],
)
def test_asking_words_are_not_looked_for(text: str) -> None:
    assert words_of(text) == ["停车"]


@pytest.mark.parametrize("text", ["问卷", "问效于民", "咨询台"])
def test_a_word_that_only_looks_like_asking_is_kept(text: str) -> None:
    assert "".join(words_of(text)) == text


def test_an_asking_word_that_the_glossary_knows_is_kept() -> None:
    assert said(plan_of("停车建议", GLOSSARY).concepts[1]) == ["建议", "suggestion", "意见"]


def test_an_asking_word_alone_is_looked_for() -> None:
    assert words_of("的") == ["的"]
    assert words_of("how") == ["how"]


def test_one_character_is_looked_for_as_a_character() -> None:
    (unit,) = make_plan("路", default_analyser()).units

    assert unit.is_character


def test_characters_the_dictionary_left_apart_are_one_name() -> None:
    assert words_of("钺喆 路灯") == ["钺喆", "路灯"]


@pytest.mark.parametrize("text", ["*", "???", "()[]", '"', "\\", "::::", "😀", "\u202e", ""])
def test_signs_alone_ask_for_nothing(text: str) -> None:
    assert make_plan(text, default_analyser()).units == ()


@pytest.mark.parametrize("text", ["status:hidden", "phone:138*", "NOT 停车", "[路 TO 灯]"])
def test_signs_of_query_languages_are_plain_words(text: str) -> None:
    assert all(unit.text.isalnum() for unit in make_plan(text, default_analyser()).units)


def test_no_more_than_twelve_things_are_looked_for() -> None:
    plan = plan_of(" ".join(f"w{number}" for number in range(30)))

    assert len(plan.concepts) == MAX_CONCEPTS
    assert len(plan.bridges) < MAX_CONCEPTS


def test_a_loosened_plan_looks_for_parts_of_long_words() -> None:
    assert said(loosen(plan_of("停车难"), default_analyser()).concepts[0]) == ["停车难", "停车"]
    assert said(loosen(plan_of("加装电梯"), default_analyser()).concepts[0]) == [
        "加装电梯",
        "加装 电梯",
    ]


@pytest.mark.parametrize("text", ["停车", "路", "QD-2023-000123", "parking"])
def test_what_has_no_parts_is_not_loosened(text: str) -> None:
    assert loosen(make_plan(text, default_analyser()), default_analyser()) == make_plan(
        text, default_analyser()
    )


def test_a_word_typed_twice_counts_once() -> None:
    assert words_of("停车 停车 停車") == ["停车"]


def test_a_query_of_the_greatest_length_is_taken() -> None:
    assert len(SearchRequest(text="停" * MAX_QUERY_LENGTH).text) == MAX_QUERY_LENGTH


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"text": "(" * (MAX_QUERY_LENGTH + 1)}, "text"),
        ({"text": "停车", "page": 0}, "page"),
        ({"text": "停车", "page": -1}, "page"),
        ({"text": "停车", "per_page": 0}, "per_page"),
        ({"text": "停车", "per_page": 101}, "per_page"),
    ],
)
def test_what_no_page_can_be_made_for_is_refused(
    arguments: dict[str, str | int], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        SearchRequest(**arguments)  # type: ignore[arg-type]  # wrong values are the point

    assert refusal.value.field == field


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        SearchRequest(text="停车", date_from=date(2023, 5, 2), date_to=date(2023, 5, 1))


def test_a_known_word_has_the_readings_of_its_other_wordings() -> None:
    (concept,) = plan_of("停车", GLOSSARY).concepts

    assert said(concept) == ["停车", "parking", "泊车"]
    assert concept.readings[0] == Reading(concept.readings[0].units)
    assert {reading.worth for reading in concept.readings[1:]} == {OTHER_WORTH}


def test_without_a_glossary_a_word_has_one_reading() -> None:
    assert [said(concept) for concept in plan_of("停车").concepts] == [["停车"]]


def test_of_another_wording_every_word_must_be_there() -> None:
    (concept,) = plan_of("停车场", GLOSSARY).concepts

    assert [(reading.text, reading.least) for reading in concept.readings] == [
        ("停车场", 0.5),
        ("car park", 1.0),
        ("parking lot", 1.0),
    ]


def test_an_english_phrase_is_one_concept() -> None:
    assert [said(concept) for concept in plan_of("broken elevator", GLOSSARY).concepts] == [
        ["broken"],
        ["elevator", "电梯", "lift"],
    ]
    assert said(plan_of("a parking lot", GLOSSARY).concepts[0])[0] == "parking lot"


def test_a_phrase_is_known_by_its_telling_words() -> None:
    glossary = Glossary([GlossaryEntry(zh=("视频办",), en=("services by video",))])

    assert said(plan_of("services by video", glossary).concepts[0]) == ["services video", "视频办"]
    assert "services video" in said(plan_of("视频办", glossary).concepts[0])


def test_what_only_a_part_of_a_word_means_is_worth_less() -> None:
    (concept,) = plan_of("停车难", GLOSSARY).concepts

    assert said(concept) == ["停车难", "泊车 难", "parking", "泊车"]
    assert concept.readings[2].worth == pytest.approx(OTHER_WORTH * 2 / 3)


def test_a_word_of_two_known_words_is_also_said_with_both() -> None:
    (concept,) = plan_of("加装电梯", GLOSSARY).concepts

    assert said(concept)[:2] == ["加装电梯", "install lift"]


def test_a_single_character_that_the_glossary_knows_is_kept_beside_a_word() -> None:
    assert plan_of("小区的猫", GLOSSARY).also == ("cat",)
    assert [said(concept)[0] for concept in plan_of("小区的猫", GLOSSARY).concepts] == [
        "小区",
        "猫",
    ]


def test_what_was_looked_for_besides_is_named_in_a_fixed_order() -> None:
    assert plan_of("停车 电梯", GLOSSARY).also == ("parking", "lift", "泊车", "elevator")
    assert plan_of("停车 电梯").also == ()
    assert len(plan_of("停车 停车场 电梯 安装 意见 猫", GLOSSARY).also) == MAX_ALSO


def test_the_same_thing_asked_twice_is_one_concept() -> None:
    assert len(plan_of("停车 停車 停车", GLOSSARY).concepts) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How do I keep my parking permit?", ["parking", "permit"]),
        ("家里的电梯什么时候才能继续用", ["家里", "电梯"]),
        ("停车难应该找哪个部门管", ["停车难"]),
    ],
)
def test_a_question_is_looked_for_by_the_words_that_name_something(
    text: str, words: list[str]
) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["everybody", "以前", "谁"])
def test_a_word_that_says_little_is_looked_for_when_it_stands_alone(text: str) -> None:
    assert words_of(text) == [text]


def test_a_wording_that_denies_is_not_found_by_what_it_denies() -> None:
    glossary = Glossary([GlossaryEntry(zh=("断网",), en=("no signal", "nobody cares"))])

    assert said(plan_of("断网", glossary).concepts[0])[1:] == ["no signal", "nobody cares"]


def test_one_half_of_a_word_is_not_the_word() -> None:
    (concept,) = loosen(plan_of("加装电梯"), default_analyser()).concepts

    assert concept.readings[-1].least > 1 / 2


def test_a_known_word_inside_a_longer_one_is_replaced_where_it_stands() -> None:
    (concept,) = plan_of("泊车费", GLOSSARY).concepts

    assert "停车费" in said(concept)
    assert concept.readings[1].worth == OTHER_WORTH


@pytest.mark.parametrize("text", ["泊车", "parking fee"])
def test_a_whole_word_and_an_english_one_are_not_replaced_in_part(text: str) -> None:
    assert all("费" not in reading for reading in said(plan_of(text, GLOSSARY).concepts[0]))


def test_a_verb_with_its_particle_is_looked_for_as_a_pair() -> None:
    glossary = Glossary([GlossaryEntry(zh=("注册",), en=("register", "sign up"))])
    (concept,) = plan_of("注册", glossary).concepts

    pair = next(unit for reading in concept.readings for unit in reading.units if "up" in unit.text)
    assert (pair.text, pair.grams) == ("sign up", ("sign up",))
