"""The search engine: analyser, Whoosh index, queries and results."""
