"""What the requests of one action were charged, as the ledger has it now."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from dashboard.ledger.schema import EventState, events, to_thousandths, to_uc

# The paid requests of one action: by event id, what each answer would have cost (UC) had nothing of
# it been unlocked before.
Receipt = Mapping[int, Decimal]


class Charge(NamedTuple):
    """What an action was charged (UC), and what an unlock before it has saved.

    ``unanswered`` requests have no known outcome: they may have been charged up to ``uncertain``
    more.
    """

    charged: Decimal
    saved: Decimal
    unanswered: int
    uncertain: Decimal


def read_charge(db: sa.Connection, account: str, receipt: Receipt) -> Charge:
    """Returns what the ledger says of the requests of a receipt."""
    charged = saved = unanswered = uncertain = 0
    columns = (events.c.id, events.c.state, events.c.charge, events.c.most)
    query = sa.select(*columns).where(events.c.account == account, events.c.id.in_([*receipt]))
    for event, state, charge, most in db.execute(query):
        charged += charge
        if state in (EventState.OPEN, EventState.UNKNOWN):
            unanswered += 1
            uncertain += max(0, most - charge)
        else:
            saved += max(0, to_thousandths(receipt[event]) - charge)
    return Charge(to_uc(charged), to_uc(saved), unanswered, to_uc(uncertain))
