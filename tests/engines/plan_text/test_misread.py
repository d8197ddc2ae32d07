"""Bytes read out of step give most of their characters back."""

from app.engines.plan_text.misread import LOST, find_misreadings


def out_of_step(text: str) -> str:
    """Lose the first byte of a GBK text and read on, as a careless reader does."""
    pairs = text.encode("gbk")[1:]
    shown = "?"
    while pairs:
        pair, pairs = pairs[:2], pairs[2:]
        if len(pair) == 1:
            shown += pair.decode("ascii") if pair.isascii() else "?"
        elif 0xAA <= pair[0] <= 0xAF and pair[1] >= 0xA1:
            shown += chr(0xE000 + (pair[0] - 0xAA) * 94 + pair[1] - 0xA1)
        else:
            shown += pair.decode("gbk").replace("；", ";")
    return shown


def test_a_stretch_that_ends_in_an_ascii_byte_is_read_up_to_there() -> None:
    shown = out_of_step("模化推進")

    (found,) = find_misreadings(f"有規{shown}智慧")

    assert found.reading == f"{LOST}化推進"
    assert f"有規{shown}智慧"[found.start : found.end] == shown


def test_a_stretch_that_ends_in_a_second_loss_marks_both_ends() -> None:
    shown = out_of_step("模化部署應")

    (found,) = find_misreadings(f"規{shown}用")

    assert found.reading == f"{LOST}化部署{LOST}"


def test_a_question_mark_of_the_author_is_no_misreading() -> None:
    assert find_misreadings("群众怎么看?群众怎么说;都要听。") == ()


def test_a_private_character_alone_is_no_misreading() -> None:
    assert find_misreadings("模\ue202化推进") == ()


def test_a_stretch_that_never_comes_back_into_step_is_left_alone() -> None:
    assert find_misreadings("?;\ue202" + "七" * 40) == ()
