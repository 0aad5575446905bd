"""What the requests of one action were charged, as the ledger has it now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from dashboard.ledger.schema import EventState, events, to_uc

# The paid requests of one action, by the ids of their events.
Receipt = Sequence[int]


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
    columns = (events.c.state, events.c.charge, events.c.most, events.c.saved)
    query = sa.select(*columns).where(events.c.account == account, events.c.id.in_(receipt))
    for state, charge, most, kept in db.execute(query):
        charged += charge
        if state in (EventState.OPEN, EventState.UNKNOWN):
            unanswered += 1
            uncertain += max(0, most - charge)
        else:
            saved += kept
    return Charge(to_uc(charged), to_uc(saved), unanswered, to_uc(uncertain))
