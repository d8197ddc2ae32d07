"""Doing the same thing many times at the same moment, as impatient readers do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

ResultT = TypeVar("ResultT")


def at_once(count: int, act: Callable[[int], ResultT]) -> list[ResultT]:
    """What each of `count` threads got from the act, which they all begin together.

    What an act raises comes out here.
    """
    start = Barrier(count, timeout=30)

    def begin(number: int) -> ResultT:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
