"""Free previews: whether a person exists, and what of them LeadIQ can likely produce."""

from __future__ import annotations

import random
from typing import Any

from leadiq_sandbox.billing import has_usable
from leadiq_sandbox.records import person_record
from leadiq_sandbox.world import World

SHARE_OF_WRONG_PREVIEWS = 0.2  # of shy ones, for emails and for phones


def preview(world: World, i: int, *, shy: bool) -> dict[str, Any]:
    """Returns the ``SearchPeoplePreview`` of person ``i``.

    A ``shy`` one speaks of work emails only, and is wrong about some people, always the same.
    """
    person = person_record(world, i, include_invalid=False, matched=())
    positions = person["currentPositions"]
    emails = [email for row in positions for email in row["emails"]]
    phones = [phone for row in positions for phone in row["phones"]]
    has_email = has_usable(emails if shy else [*emails, *person["personalEmails"]])
    has_phone = has_usable([*phones, *person["personalPhones"]])
    if shy:
        draw = random.Random(f"{world.seed} preview {i}")
        has_email ^= draw.random() < SHARE_OF_WRONG_PREVIEWS
        has_phone ^= draw.random() < SHARE_OF_WRONG_PREVIEWS
    return {"personId": person["id"], "hasEmail": has_email, "hasPhone": has_phone}
