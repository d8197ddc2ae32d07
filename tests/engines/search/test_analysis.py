"""The terms a text is known by."""

from app.engines.search.analysis import MAX_TERM_LENGTH, default_analyser, stem


def test_chinese_gives_words_and_pairs() -> None:
    analysis = default_analyser().analyse("小区停车难")

    assert {"小区", "停车", "停车难"} <= set(analysis.words)
    assert {"小区", "区停", "停车", "车难"} <= set(analysis.grams)


def test_the_last_character_of_a_run_is_kept_so_that_it_is_found_alone() -> None:
    assert default_analyser().analyse("修路,好").grams == ["修路", "路", "好"]


def test_english_words_are_known_by_their_stems_and_neighbours() -> None:
    analysis = default_analyser().analyse("Parking fees, parked cars")

    assert analysis.words == ["park", "fee", "park", "car"]
    assert "park fee" in analysis.grams
    assert "fee park" not in analysis.grams


def test_traditional_and_full_width_text_has_the_same_terms() -> None:
    assert default_analyser().analyse("小區停車難 ５Ｇ") == default_analyser().analyse(
        "小区停车难 5G"
    )


def test_words_of_other_alphabets_are_not_stemmed() -> None:
    assert stem("кафе") == "кафе"


def test_an_endless_word_makes_a_short_term() -> None:
    assert all(
        len(word) <= MAX_TERM_LENGTH for word in default_analyser().analyse("a" * 5_000 + "9").words
    )
