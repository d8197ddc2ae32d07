"""Roles of a staff member."""

import pytest

from app.models import StaffMember
from app.vocabulary import Role


@pytest.mark.parametrize(
    ("role", "asked", "may"),
    [
        (Role.MODERATOR, (Role.MODERATOR,), True),
        (Role.ADMIN, (Role.COMPILER,), True),
        (Role.COMPILER, (Role.MODERATOR,), False),
        (Role.MODERATOR, (Role.ADMIN,), False),
        (Role.MODERATOR, (), False),
    ],
)
def test_a_role_opens_what_is_its_own_and_an_admin_everything(
    role: Role, asked: tuple[Role, ...], *, may: bool
) -> None:
    member = StaffMember(id=1, role=role, name="王")

    assert member.may(*asked) is may
    assert "王" not in repr(member)
