"""What a change of matters settles, and which later change keeps it from being taken back."""

from app.engines.moderation.joining import Change, Facts, first_in_the_way, settled

A, B, C, D = 1, 2, 3, 4
FIRST, SECOND = 10, 20


def joined(*members: int, lead: int, into: int = FIRST) -> Facts:
    return Facts(dict.fromkeys(members, into), {into: lead})


def change(id_: int, before: Facts, after: Facts) -> Change:
    return Change(id_, before, after)


def test_members_that_stay_keep_their_matter_and_their_lead() -> None:
    after = settled(joined(A, B, C, lead=A), {C: None}, {})

    assert after == Facts({A: FIRST, B: FIRST, C: None}, {FIRST: A})


def test_the_first_member_that_stays_leads_when_the_lead_leaves() -> None:
    assert settled(joined(A, B, C, lead=A), {A: None}, {}).leads == {FIRST: B}


def test_a_matter_with_one_member_left_lets_it_go() -> None:
    after = settled(joined(A, B, lead=A), {A: None}, {})

    assert after == Facts({A: None, B: None}, {FIRST: None})


def test_those_who_leave_together_are_a_matter_with_the_lead_that_was_named() -> None:
    after = settled(joined(A, B, C, D, lead=A), {C: SECOND, D: SECOND}, {SECOND: D})

    assert after.members == {A: FIRST, B: FIRST, C: SECOND, D: SECOND}
    assert after.leads == {FIRST: A, SECOND: D}


MADE = change(1, Facts({A: None, B: None}, {FIRST: None}), joined(A, B, lead=A))
CAME = change(2, Facts({C: None}, {FIRST: A}), Facts({C: FIRST}, {FIRST: A}))
WENT = change(3, Facts({A: FIRST}, {FIRST: A}), Facts({A: None}, {FIRST: B}))


def test_the_newest_change_can_always_go() -> None:
    assert first_in_the_way(joined(A, B, C, lead=A), CAME, []) is None


def test_a_change_can_go_when_the_later_ones_do_without_it() -> None:
    last = change(3, Facts({D: None}, {FIRST: A}), Facts({D: FIRST}, {FIRST: A}))

    assert first_in_the_way(joined(A, B, C, D, lead=A), CAME, [last]) is None


def test_a_change_cannot_go_when_a_later_one_found_what_it_made() -> None:
    assert first_in_the_way(joined(A, B, C, lead=A), MADE, [CAME]) == CAME.id


def test_a_change_cannot_go_when_one_member_would_be_left() -> None:
    present = Facts({A: None, B: FIRST, C: FIRST}, {FIRST: B})

    assert first_in_the_way(present, CAME, [WENT]) == WENT.id


def test_changes_of_other_matters_stand_in_nobodys_way() -> None:
    elsewhere = change(2, Facts({C: None, D: None}, {SECOND: None}), joined(C, D, lead=C, into=20))
    present = Facts({A: FIRST, B: FIRST, C: SECOND, D: SECOND}, {FIRST: A, SECOND: C})

    assert first_in_the_way(present, MADE, [elsewhere]) is None


def test_a_lead_that_was_set_later_stands_in_the_way_of_an_earlier_lead() -> None:
    second = change(2, Facts({}, {FIRST: A}), Facts({}, {FIRST: B}))
    third = change(3, Facts({}, {FIRST: B}), Facts({}, {FIRST: C}))

    assert first_in_the_way(joined(A, B, C, lead=C), second, [third]) == third.id
