"""Where a request comes from, as far as counting is concerned."""

import pytest

from app.extensions import network_of


@pytest.mark.parametrize("address", ["203.0.113.7", "127.0.0.1", "不是地址", ""])
def test_any_other_address_is_counted_as_it_is(address: str) -> None:
    assert network_of(address) == address


@pytest.mark.parametrize("address", ["2001:db8:1:2::1", "2001:db8:1:2:ffff::abcd"])
def test_the_addresses_of_one_ipv6_network_are_counted_together(address: str) -> None:
    assert network_of(address) == "2001:db8:1:2::/64"


def test_another_ipv6_network_is_counted_apart() -> None:
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")


def test_an_ipv4_address_in_the_notation_of_ipv6_is_the_same_address() -> None:
    assert network_of("::ffff:203.0.113.7") == "203.0.113.7"
