"""`python -m bench`: every table, one after another."""

from bench import freshness, search, web


def main() -> None:
    """Run the benchmarks."""
    search.run()
    freshness.run()
    web.run()


if __name__ == "__main__":
    main()
