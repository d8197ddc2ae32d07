"""The index that lies on this machine's disk: Whoosh, one directory a generation."""
