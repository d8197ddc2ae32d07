"""Where Flask-Limiter counts when there is no Redis: a table that every process shares."""

import time

from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from app.resources import reading, transaction
from app.services import rate_counts


class DatabaseStorage(Storage):
    """Fixed windows as rows of `rate_count`; registered for addresses `database://`."""

    STORAGE_SCHEME = ["database"]  # noqa: RUF012 - the library declares it as a plain list

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may treat as a failing store."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count once more in the key's window, opening a new one when it is over."""
        moment = time.time()
        with transaction() as session:
            return rate_counts.count(
                session, key, amount=amount, ends_at=moment + float(expiry), now=moment
            )

    def get(self, key: str) -> int:
        """How often the key was counted in its present window."""
        with reading() as session:
            return rate_counts.current(session, key, now=time.time())[0]

    def get_expiry(self, key: str) -> float:
        """When the key's window ends, in seconds since 1970."""
        with reading() as session:
            return rate_counts.current(session, key, now=time.time())[1]

    def check(self) -> bool:
        """Whether the table answers."""
        with reading() as session:
            rate_counts.current(session, "", now=time.time())
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        with transaction() as session:
            rate_counts.clear_all(session)
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        with transaction() as session:
            rate_counts.clear(session, key)
