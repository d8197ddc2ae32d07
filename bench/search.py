"""Our search beside others over the same tokens, at two sizes, each in processes of its own."""

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

from app.factory import ROOT
from bench.tables import ms, percentile, show
from tests.postgres import started_server

SIZES = (10_000, 100_000)
ENGINES = {
    "whoosh": "ours on disk (Whoosh)",
    "postgresql": "ours in PostgreSQL",
    "fts5": "SQLite FTS5",
}


@dataclass(frozen=True)
class Measured:
    """What one engine showed at one size; times in seconds, memory in megabytes."""

    built: float
    kept: int
    build_peak: float
    asked: list[float]
    cold: list[float]
    ask_peak: float
    changed: list[float]


def run() -> None:
    """Measure everybody at every size, and print the tables."""
    found: dict[tuple[str, int], Measured] = {}
    with started_server() as address:
        for size in SIZES:
            for name in ENGINES:
                with tempfile.TemporaryDirectory() as folder:
                    place = address if name == "postgresql" else folder
                    found[name, size] = _measure(name, size, place)
        _show(found)
    with tempfile.TemporaryDirectory() as folder:
        plain = float(str(_task("plain", "build", SIZES[0], folder)["seconds"]))
    ours = found["whoosh", SIZES[0]].built
    print(
        f"  a plain add_document loop at {SIZES[0]}: {SIZES[0] / plain:.0f} documents/s; "
        f"ours in bulk is {plain / ours:.1f} times as fast"
    )


def _measure(name: str, size: int, place: str) -> Measured:
    built = _task(name, "build", size, place)
    asked = _task(name, "ask", size, place)
    changed = _task(name, "change", size, place)
    return Measured(
        built=_number(built, "seconds"),
        kept=int(_number(built, "bytes")),
        build_peak=_number(built, "peak"),
        asked=_numbers(asked, "seconds"),
        cold=_numbers(asked, "cold"),
        ask_peak=_number(asked, "peak"),
        changed=_numbers(changed, "seconds"),
    )


def _task(name: str, task: str, size: int, place: str) -> Mapping[str, object]:
    printed = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.engines", name, task, str(size), place],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    told: Mapping[str, object] = json.loads(printed)
    return told


def _number(told: Mapping[str, object], name: str) -> float:
    return float(str(told[name]))


def _numbers(told: Mapping[str, object], name: str) -> list[float]:
    values = told[name]
    if not isinstance(values, list):
        raise TypeError(f"{name} is no list")
    return [float(value) for value in values]


def _show(found: Mapping[tuple[str, int], Measured]) -> None:
    for size in SIZES:
        show(
            f"Search over {size} generated suggestions, same tokens",
            (
                "engine",
                "documents/s",
                "on disk",
                "peak building",
                "p50",
                "p95",
                "p99",
                "first 20 queries, p50",
                "peak asking",
                "one change to be found, p50",
                "p95",
            ),
            [_row(title, size, found[name, size]) for name, title in ENGINES.items()],
        )
        ours, rival = found["whoosh", size], found["fts5", size]
        share = percentile(ours.asked, 0.95) / percentile(rival.asked, 0.95)
        print(f"  query p95, ours on disk / FTS5: {share:.2f}")
    small, large = SIZES
    show(
        f"Growth from {small} to {large}, as an exponent (1 is in proportion)",
        ("engine", "build", "query p50", "query p95", "one change p95", "on disk"),
        [
            (title, *_exponents(found[name, small], found[name, large], large / small))
            for name, title in ENGINES.items()
        ],
    )


def _row(title: str, size: int, one: Measured) -> tuple[str, ...]:
    return (
        title,
        f"{size / one.built:.0f}",
        f"{one.kept / 1e6:.0f} MB",
        f"{one.build_peak:.0f} MB",
        ms(percentile(one.asked, 0.5)),
        ms(percentile(one.asked, 0.95)),
        ms(percentile(one.asked, 0.99)),
        ms(percentile(one.cold, 0.5)),
        f"{one.ask_peak:.0f} MB",
        ms(percentile(one.changed, 0.5)),
        ms(percentile(one.changed, 0.95)),
    )


def _exponents(small: Measured, large: Measured, factor: float) -> tuple[str, ...]:
    pairs = (
        (small.built, large.built),
        (percentile(small.asked, 0.5), percentile(large.asked, 0.5)),
        (percentile(small.asked, 0.95), percentile(large.asked, 0.95)),
        (percentile(small.changed, 0.95), percentile(large.changed, 0.95)),
        (small.kept, large.kept),
    )
    return tuple(f"{math.log(after / before, factor):.2f}" for before, after in pairs)
