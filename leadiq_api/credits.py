"""What a request costs, before it is sent and after. Pure: amounts in UC, as ``Decimal``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
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

# What one request to Prospector can cost: a verification; a company's information that an export
# to Salesforce unlocks (OpenAPI: "may consume Universal Credits").
PER_REQUEST = {"verifyEmail": "EmailReverification", "exportToSalesforce": "Company"}

# The advanced searches' page when the input names none: LeadIQ's samples use 25.
DEFAULT_LIMIT = 25
DEFAULT_LIMIT_PER_COMPANY = 5

FREE_OPERATIONS = frozenset(
    {
        "account", "usage", "searchPeoplePreview", "whoami", "lists", "list", "createList",
        "listProspects", "addProspects", "exportList",
    }
)  # fmt: skip
NOT_CONTACT_DATA = frozenset({"Invalid", "Suppressed"})

# A data point that was paid for: its name in the price list, and the id of the person or company.
Unlock = tuple[str, str]


@dataclass(frozen=True)
class Record:
    """What is known of one record that a request returns; None where it is not known.

    ``companies`` are the ids of the companies whose information comes with it.
    """

    person: str | None = None
    email: bool | None = None
    phone: bool | None = None
    companies: tuple[str, ...] | None = None


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
    products = _rows(plan, "costs") if isinstance(plan, Mapping) else []
    for product in sorted(products, key=lambda row: row.get("sku") == "Api"):
        for cost in _rows(product, "costs"):
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
    records: Sequence[Record] | None = None,
    unlocked: Container[Unlock] = frozenset(),
) -> Estimate:
    """The price range of one request.

    Without ``records`` the minimum is 0, since nothing may be found, and the maximum counts every
    data point of every record that can come back. With the ``records`` known (from a free preview,
    or from the answer) the range narrows to what they have. What is ``unlocked`` is free for a
    year, for the whole team; company information alone is said to be "always deducted via API", so
    there the maximum counts it all the same. Raises ``ValueError`` for an operation without price.
    """
    points = chosen(data_points)
    if operation in FREE_OPERATIONS:
        return Estimate(Decimal(0), Decimal(0))
    if operation in PER_REQUEST:
        price = prices[PER_REQUEST[operation]]
        return Estimate(Decimal(0), price, ((_LABELS[PER_REQUEST[operation]], 1, price),))
    if records is not None:
        return _of_records(records, points, prices, unlocked)
    lines = _lines(operation, input, points, prices)
    return Estimate(
        minimum=Decimal(0),
        maximum=sum((count * price for _, count, price in lines), Decimal(0)),
        breakdown=tuple(line for line in lines if line[1]),
    )


def total(estimates: Iterable[Estimate]) -> Estimate:
    """The price range of several requests together; what costs the same is one line."""
    found = list(estimates)
    lines: Counter[tuple[str, Decimal]] = Counter()
    for one in found:
        for what, number, price in one.breakdown:
            lines[what, price] += number
    return Estimate(
        minimum=sum((one.minimum for one in found), Decimal(0)),
        maximum=sum((one.maximum for one in found), Decimal(0)),
        breakdown=tuple((what, number, price) for (what, price), number in lines.items()),
    )


def records_of(
    operation: str, answer: Mapping[str, Any], data_points: Collection[str]
) -> list[Record]:
    """The records of an answer, everything about them known."""
    company = "company" in data_points
    if operation == "searchCompany":
        return [Record(None, False, False, _ids([row])) for row in _rows(answer, "results")]
    if operation == "searchPeople":
        return [_person_record(row, company) for row in _rows(answer, "results")]
    if operation == "flatAdvancedSearch":
        people = _rows(answer, "people")
    else:
        groups = _rows(answer, "companies")
        if company:  # charged once a company, whoever is found there
            return [
                Record(person, False, False, _ids([row.get("company")]))
                for row in groups
                for person in (None, *map(_id, _rows(row, "people")))
            ]
        people = [person for row in groups for person in _rows(row, "people")]
    return [
        Record(_id(row), False, False, _ids([row.get("company")]) if company else ())
        for row in people
    ]


def unlocks_of(records: Iterable[Record], data_points: Collection[str]) -> set[Unlock]:
    """What the records of an answer unlocked; whoever paid for more of a person has the profile."""
    found: set[Unlock] = set()
    for record in records:
        found |= {("Company", company) for company in record.companies or ()}
        if record.person is not None:
            found.add(("Profile", record.person))
            found |= {(kind, record.person) for kind, has in _contacts(record, data_points) if has}
    return found


def _contacts(record: Record, points: Collection[str]) -> list[tuple[str, bool | None]]:
    pairs = (("email", "PersonEmail", record.email), ("phone", "PersonPhone", record.phone))
    return [(kind, has) for point, kind, has in pairs if point in points]


def _of_records(
    records: Sequence[Record],
    points: frozenset[str],
    prices: Mapping[str, Decimal],
    unlocked: Container[Unlock],
) -> Estimate:
    least, lines = Decimal(0), list[tuple[str, Decimal]]()
    seen: set[str] = set()
    for record in records:
        contacts = [(kind, has) for kind, has in _contacts(record, points) if has is not False]
        paid = [pair for pair in contacts if (pair[0], record.person or "") not in unlocked]
        companies = record.companies if "company" in points or record.person is None else ()
        if companies is None:
            lines += [("Company", prices["Company"])] * COMPANIES_OF_A_PERSON
        for company in set(companies or ()) - seen:
            seen.add(company)
            lines.append(("Company", prices["Company"]))
            least += Decimal(0) if ("Company", company) in unlocked else prices["Company"]
        lines += [(kind, prices[kind]) for kind, _ in paid]
        least += sum((prices[kind] for kind, has in paid if has), Decimal(0))
        if record.person is None or ("Profile", record.person) in unlocked:
            continue
        if companies is None or any(has is None for _, has in contacts):
            continue  # whatever comes is dearer than the profile, and nothing may come
        if not companies and not contacts:
            lines.append(("Profile", prices["Profile"]))
            least += prices["Profile"]
    kinds = dict.fromkeys(kind for kind, _ in lines)
    return Estimate(
        minimum=least,
        maximum=sum((price for _, price in lines), Decimal(0)),
        breakdown=tuple(
            (_LABELS[kind], sum(one == kind for one, _ in lines), prices[kind]) for kind in kinds
        ),
    )


_LABELS = {
    "Profile": "profile", "PersonEmail": "email", "PersonPhone": "phone", "Company": "company",
    "EmailReverification": "email verification",
}  # fmt: skip


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


def _rows(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = value.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _id(value: Any) -> str:
    return str(value.get("id")) if isinstance(value, Mapping) else ""


def _ids(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_id(value) for value in values if isinstance(value, Mapping)))


def _person_record(person: Mapping[str, Any], company: bool) -> Record:
    positions = _rows(person, "currentPositions")

    def usable(own: str, at_work: str) -> bool:
        found = [*_rows(person, own), *(one for row in positions for one in _rows(row, at_work))]
        return any(str(one.get("status")) not in NOT_CONTACT_DATA for one in found)

    return Record(
        _id(person),
        usable("personalEmails", "emails"),
        usable("personalPhones", "phones"),
        _ids(row.get("companyInfo") for row in positions) if company else (),
    )
