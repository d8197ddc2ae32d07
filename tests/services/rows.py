"""Everything a database holds, as one hash a table: to say that nothing has changed."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Base


def row_hashes(session: Session) -> dict[str, str]:
    """The hash over the rows of each table, in a fixed order."""
    return {
        table.name: hashlib.sha256(
            "\n".join(sorted(repr(tuple(row)) for row in session.execute(select(table)))).encode()
        ).hexdigest()
        for table in Base.metadata.sorted_tables
    }
