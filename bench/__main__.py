"""`python -m bench`: every table, one after another."""

from bench import freshness, personal_data, queue, search, tagging, web


def main() -> None:
    """Run the benchmarks."""
    search.run()
    freshness.run()
    queue.run()
    web.run()
    tagging.main()
    personal_data.run()


if __name__ == "__main__":
    main()
