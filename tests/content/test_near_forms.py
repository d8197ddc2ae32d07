"""The list of look-alike characters: enough groups, each of different simplified Chinese ones."""

import re
from pathlib import Path

import pytest

from app.engines.text.normalise import fold

NEAR_FORMS = Path(__file__).parents[2] / "app" / "content" / "near_forms.txt"
LEAST_GROUPS = 300
HAN = re.compile("[\u4e00-\u9fff]+")


def faults_of(group: str) -> list[str]:
    """Say what is wrong with a group of characters."""
    faults = []
    if len(group) < 2:
        faults.append(f"{group} has no neighbour")
    if len(set(group)) != len(group):
        faults.append(f"{group} has a character twice")
    if not HAN.fullmatch(group):
        faults.append(f"{group} is not Chinese")
    if fold(group).text != group:
        faults.append(f"{group} is not in simplified characters")
    return faults


@pytest.fixture(scope="module")
def groups() -> list[str]:
    lines = NEAR_FORMS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_there_are_enough_groups(groups: list[str]) -> None:
    assert len(groups) >= LEAST_GROUPS


def test_the_file_begins_with_what_it_is() -> None:
    assert NEAR_FORMS.read_text(encoding="utf-8").startswith("# ")


def test_every_group_is_of_different_simplified_characters(groups: list[str]) -> None:
    assert [fault for group in groups for fault in faults_of(group)] == []


def test_a_sound_group_has_no_fault() -> None:
    assert faults_of("己已巳") == []


@pytest.mark.parametrize("group", ["", "己", "己已己", "己a", "己 已", "滄沦"])
def test_a_bad_group_is_found(group: str) -> None:
    assert faults_of(group) != []


def test_no_group_is_part_of_another(groups: list[str]) -> None:
    sets = [frozenset(group) for group in groups]
    assert len(set(sets)) == len(sets)
    assert [set(one) for one in sets for other in sets if one < other] == []


@pytest.mark.parametrize("pair", ["末未", "候侯", "拴栓", "辩辨"])
def test_the_best_known_confusions_are_listed(groups: list[str], pair: str) -> None:
    assert any(set(pair) <= set(group) for group in groups)
