"""The data points that LeadIQ sells beside a profile, each named once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DataPoint:
    """One data point: how the client, the price list and people call it.

    ``id`` is its name in arguments, in the ledger and in job settings; ``price_name`` its name in
    the account's price list (``ConfigurableDataPoint``); ``label`` its name as a heading or an
    option; ``phrase`` what a record with it has, as in "12 with an email".
    """

    id: str
    price_name: str
    label: str
    phrase: str


EMAIL = DataPoint("email", "PersonEmail", "Email", "an email")
PHONE = DataPoint("phone", "PersonPhone", "Phone", "a phone")
COMPANY = DataPoint("company", "Company", "Company information", "company information")

# All of them by id, in the order in which they are offered.
DATA_POINTS: Mapping[str, DataPoint] = {point.id: point for point in (EMAIL, PHONE, COMPANY)}


def require_data_points(data_points: Collection[str]) -> frozenset[str]:
    """Returns ``data_points`` (ids) as a set.

    Raises ``ValueError`` for an id that LeadIQ does not sell, and for a single string.
    """
    unknown = set(data_points) - set(DATA_POINTS)
    if isinstance(data_points, str) or unknown:
        raise ValueError(f"data_points is a set out of {(*DATA_POINTS,)}, not {data_points!r}")
    return frozenset(data_points)
