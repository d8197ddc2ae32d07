"""The bundled glossary answers in both directions."""

from pathlib import Path

import pytest

from app.services import glossary


def test_the_bundled_words_lead_both_ways() -> None:
    assert "停车" in " ".join(glossary.other_wordings("parking"))
    assert "parking" in " ".join(glossary.other_wordings("停车"))


def test_a_file_without_lists_of_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text("- zh: 停车\n  en: [parking]\n", encoding="utf-8")
    with pytest.raises(TypeError):
        glossary.bundled(file)


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text("zh: [停车]\n", encoding="utf-8")
    with pytest.raises(TypeError):
        glossary.bundled(file)
