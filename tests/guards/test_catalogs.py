"""Both languages are complete: every message extracted, translated, and translated whole."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "translations" / "messages.pot"
CHINESE = ROOT / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"

KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
"""What marks a message beside Babel's own keywords, as `make translations` says too."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|\{(\w*)\}")
_TAG = re.compile(r"</?[a-z][^>]*>")

Key = tuple[str | None, tuple[str, ...]]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def _parts(value: object) -> tuple[str, ...]:
    """One form or all plural forms, as a tuple."""
    if isinstance(value, list | tuple):
        return tuple(str(part) for part in value)
    return (str(value or ""),)


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _keys(catalog: Catalog) -> set[Key]:
    return {(message.context, _parts(message.id)) for message in _messages(catalog)}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the source says now."""
    found = tmp_path_factory.mktemp("catalogues") / "messages.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        command = ["pybabel", "-q", "extract", "-F", "babel.cfg", "-o", str(found)]
        command += [word for keyword in KEYWORDS for word in ("-k", keyword)]
        tool = CommandLineInterface()
        tool.run([*command, "."])  # type: ignore[no-untyped-call] # Babel leaves it untyped
    return _read(found)


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """The Chinese catalogue."""
    return _read(CHINESE)


def faults(message: Message) -> list[str]:
    """What is wrong with one translated message."""
    originals, translated = _parts(message.id), _parts(message.string)
    if not all(part.strip() for part in translated):
        return ["empty"]
    found = ["fuzzy"] if message.fuzzy else []
    wanted = _placeholders(originals[-1])
    for part in translated:
        if _placeholders(part) != wanted:
            found.append(f"placeholders {_placeholders(part)} instead of {wanted}")
        if sorted(_TAG.findall(part)) != sorted(_TAG.findall(originals[-1])):
            found.append("other tags")
    if originals[-1][-1] in ".?!" and translated[0][-1] in "，、；,;":
        found.append("ends in the middle of a sentence")
    return found


def _placeholders(text: str) -> set[str]:
    return {first or second for first, second in _PLACEHOLDER.findall(text)}


def test_the_template_holds_every_message_of_the_source_and_no_other(extracted: Catalog) -> None:
    stored, now = _keys(_read(TEMPLATE)), _keys(extracted)

    assert now - stored == set(), "run `make translations`: messages are missing"
    assert stored - now == set(), "run `make translations`: messages have gone"


def test_the_chinese_catalogue_holds_exactly_the_templates_messages(chinese: Catalog) -> None:
    assert _keys(chinese) == _keys(_read(TEMPLATE))


def test_every_message_is_translated_with_its_placeholders_and_tags(chinese: Catalog) -> None:
    wrong = {str(message.id): found for message in _messages(chinese) if (found := faults(message))}

    assert wrong == {}


def test_chinese_has_one_plural_form_and_it_is_filled(chinese: Catalog) -> None:
    assert chinese.num_plurals == 1
    wrong = [
        message.id
        for message in _messages(chinese)
        if isinstance(message.id, tuple) and len(_parts(message.string)) != 1
    ]
    assert wrong == []


def test_the_chinese_catalogue_compiles_and_speaks_chinese(chinese: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, chinese)
    compiled.seek(0)

    spoken = [part for message in read_mo(compiled) for part in _parts(message.string)]

    assert any(re.search(r"[\u4e00-\u9fff]", part) for part in spoken)


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("%(count)s people", "%(number)s 人"),
        ("%(count)s people", "很多人"),
        ("Read <a>this</a>.", "请读这个。"),
        ("Saved.", ""),
        ("{n} characters", "{m} 个字"),
    ],
)
def test_a_faulty_translation_is_found(original: str, translation: str) -> None:
    assert faults(Message(original, translation))


def test_a_fuzzy_translation_is_found() -> None:
    assert faults(Message("Saved.", "已保存。", flags=["fuzzy"])) == ["fuzzy"]


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("Saved.", "已保存。"),
        (("%(num)s person", "%(num)s people"), ("%(num)s 人",)),
        ("Read <a>this</a>, %(name)s.", "%(name)s，请读<a>这个</a>。"),
    ],
)
def test_a_right_translation_is_let_through(
    original: str | tuple[str, str], translation: str | tuple[str]
) -> None:
    assert faults(Message(original, translation)) == []
