"""What a request costs, before it is sent. Pure: amounts in UC, as ``Decimal``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from leadiq_api.queries import chosen

# LeadIQ's published prices (public API guide, "Credits"), under the names that the account's own
# price list uses (ConfigurableDataPoint).
DEFAULT_PRICES: Mapping[str, Decimal] = {
    "Profile": Decimal("0.1"),
    "PersonEmail": Decimal(1),
    "PersonPhone": Decimal(10),
    "Company": Decimal(3),
    "EmailReverification": Decimal("0.1"),
}

# Bounds that no answer tells beforehand. A person can hold more than one current position, each
# at a company of its own; a name can match more than one company.
COMPANIES_OF_A_PERSON = 2
COMPANIES_OF_A_NAME = 10

# The advanced searches' page when the input names none: LeadIQ's samples use 25.
DEFAULT_LIMIT = 25
DEFAULT_LIMIT_PER_COMPANY = 5

FREE_OPERATIONS = frozenset(
    {
        "account", "usage", "searchPeoplePreview", "whoami", "lists", "list", "createList",
        "listProspects", "addProspects", "exportList",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """The least and the most a request can be charged, in UC.

    ``breakdown`` holds (what, how many at most, price of each): its products add up to ``maximum``.
    """

    minimum: Decimal
    maximum: Decimal
    breakdown: tuple[tuple[str, int, Decimal], ...] = ()


def price_list(account: Mapping[str, Any]) -> dict[str, Decimal]:
    """The account's prices in UC, by ConfigurableDataPoint; the published ones where it has none.

    From ``account.universalPlan.costs[].costs[].costInDecimals``; the product "Api" wins where
    several products have prices.
    """
    prices = dict(DEFAULT_PRICES)
    plan = account.get("universalPlan")
    products = plan.get("costs") if isinstance(plan, Mapping) else None
    products = [row for row in products or [] if isinstance(row, Mapping)]
    for product in sorted(products, key=lambda row: row.get("sku") == "Api"):
        for cost in product.get("costs") or []:
            try:
                name, price = str(cost["dataPoint"]), Decimal(str(cost["costInDecimals"]))
            except (KeyError, TypeError, InvalidOperation):
                continue
            if price.is_finite() and price >= 0:
                prices[name] = price
    return prices


def estimate(
    operation: str,
    input: Mapping[str, Any],
    *,
    data_points: Collection[str] = (),
    prices: Mapping[str, Decimal] = DEFAULT_PRICES,
) -> Estimate:
    """The price range of one request before it is sent.

    The minimum is 0: nothing found is not charged, and what the team unlocked within a year is
    free. The maximum counts every data point of every record that can come back. Raises
    ``ValueError`` for an operation that has no price.
    """
    points = chosen(data_points)
    if operation in FREE_OPERATIONS:
        return Estimate(Decimal(0), Decimal(0))
    lines = _lines(operation, input, points, prices)
    return Estimate(
        minimum=Decimal(0),
        maximum=sum((count * price for _, count, price in lines), Decimal(0)),
        breakdown=tuple(line for line in lines if line[1]),
    )


def _lines(
    operation: str,
    input: Mapping[str, Any],
    points: frozenset[str],
    prices: Mapping[str, Decimal],
) -> list[tuple[str, int, Decimal]]:
    limit = _count(input, "limit", DEFAULT_LIMIT)
    if operation == "searchCompany":
        exact = any(input.get(name) for name in ("id", "domain", "linkedinId", "linkedinUrl"))
        return [("company", 1 if exact else COMPANIES_OF_A_NAME, prices["Company"])]
    if operation == "searchPeople":
        people, companies = limit, limit * COMPANIES_OF_A_PERSON
    elif operation == "flatAdvancedSearch":
        people, companies = limit, limit
    elif operation == "groupedAdvancedSearch":
        per_company = _count(input, "limitPerCompany", DEFAULT_LIMIT_PER_COMPANY)
        people, companies = limit * per_company, limit
    else:
        raise ValueError(f"no price is known for {operation!r}")
    # What is larger replaces the profile fee, but only where it is found: so each person costs
    # whichever is dearer, the profile or the chosen data points.
    lines = []
    if "email" in points:
        lines.append(("email", people, prices["PersonEmail"]))
    if "phone" in points:
        lines.append(("phone", people, prices["PersonPhone"]))
    if "company" in points:
        lines.append(("company", companies, prices["Company"]))
    profile = ("profile", people, prices["Profile"])
    dearer = sum((count * price for _, count, price in lines), Decimal(0))
    return lines if dearer > people * prices["Profile"] else [profile]


def _count(input: Mapping[str, Any], name: str, default: int) -> int:
    value = input.get(name)
    return value if isinstance(value, int) and value >= 0 else default
