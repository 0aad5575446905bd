"""What was charged, in words."""

from decimal import Decimal

import pytest

from dashboard.ledger.receipts import Charge
from dashboard.widgets.charge import charge_summary


@pytest.mark.parametrize(
    ("charge", "summary"),
    [
        (("279", "21", 0, "0"), "Charged 279 UC, 21 saved: already unlocked"),
        (("0", "0", 0, "0"), "Charged 0 UC"),
        (
            ("9", "0", 1, "3"),
            "Charged 9 UC; up to 3 UC more may have been charged for one request that got no "
            "answer",
        ),
        (
            ("9", "0.1", 2, "6"),
            "Charged 9 UC, 0.1 saved: already unlocked; up to 6 UC more may have been "
            "charged for 2 requests that got no answer",
        ),
    ],
)
def test_a_charge_in_words(charge: tuple[str, str, int, str], summary: str) -> None:
    charged, saved, unanswered, uncertain = charge
    assert summary == charge_summary(
        Charge(Decimal(charged), Decimal(saved), unanswered, Decimal(uncertain))
    )
