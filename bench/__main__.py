"""`python -m bench`: every table, one after another."""

from bench import search, web


def main() -> None:
    """Run the benchmarks."""
    search.run()
    web.run()


if __name__ == "__main__":
    main()
