"""Sends suggestions until it is killed, and says of each, once it is stored, key and number.

Run as `python -m tests.endless_sender TURN`; not a test itself.
"""

import itertools
import sys

from app.factory import create_app
from app.resources import keys, now, today, transaction
from app.services import suggestions
from app.services.suggestions import Draft, Sender, Terms
from app.vocabulary import Question, SuggestionKind
from config import load_settings

TERMS = Terms(plan_year=2023, number_prefix="QD", review_working_days=5)


def main(turn: str) -> None:
    """Send one suggestion after another."""
    with create_app(load_settings()).app_context():
        for count in itertools.count(1):
            key = f"turn {turn} suggestion {count:05d}"
            with transaction() as session:
                receipt = suggestions.submit(
                    session,
                    Draft(
                        question=Question.NEED,
                        kind=SuggestionKind.SUGGEST,
                        title="小区门口的路灯不亮",
                        text=f"晚上回家看不清路，已经第{count}天了，希望尽快修好。",
                        item_numbers=(4,),
                    ),
                    Sender(person_key="a person", source_key=None, idempotency_key=key),
                    keys=keys(),
                    terms=TERMS,
                    now=now(),
                    today=today(),
                )
                number = receipt.suggestion.number
            sys.stdout.write(f"{key} {number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
