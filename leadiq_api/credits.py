"""What a request costs, before it is sent and after. Pure: amounts in UC, as ``Decimal``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from leadiq_api.data_points import COMPANY, DATA_POINTS, EMAIL, PHONE, require_data_points
from leadiq_api.json_types import Json
from leadiq_api.search_kind import SearchKind

# Names in the price list beside those of the data points.
PROFILE = "Profile"
EMAIL_REVERIFICATION = "EmailReverification"

PERSON = "Person"  # a price of contact data as a whole, in some accounts
OF_PERSON = (EMAIL.price_name, PHONE.price_name)

# LeadIQ's published prices (public API guide, "Credits"), under the names that the account's own
# price list uses (ConfigurableDataPoint).
DEFAULT_PRICES: Mapping[str, Decimal] = {
    PROFILE: Decimal("0.1"),
    EMAIL.price_name: Decimal(1),
    PHONE.price_name: Decimal(10),
    COMPANY.price_name: Decimal(3),
    EMAIL_REVERIFICATION: Decimal("0.1"),
}
# What a line of an estimate calls them.
LINE_LABELS: Mapping[str, str] = {
    PROFILE: "profile",
    **{point.price_name: point.id for point in DATA_POINTS.values()},
    EMAIL_REVERIFICATION: "email verification",
}

# Bounds that no answer gives beforehand. A person can hold more than one current position, each
# at a company of its own; a name can match more than one company. More are rare: where they occur,
# the charge can exceed the maximum.
COMPANIES_OF_A_PERSON = 2
EXPECTED_COMPANIES_OF_A_PERSON = 1
COMPANIES_OF_A_NAME = 10

# The price of Prospector's operations that cost something, one each: a verification; a company's
# information that an export to Salesforce unlocks (OpenAPI: "may consume Universal Credits").
PRICE_NAME_OF_OPERATION: Mapping[str, str] = {
    "verifyEmail": EMAIL_REVERIFICATION,
    "exportToSalesforce": COMPANY.price_name,
}

# The advanced searches' page if the input names none: LeadIQ's samples use 25.
DEFAULT_LIMIT = 25
DEFAULT_LIMIT_PER_COMPANY = 5

FREE_OPERATIONS = frozenset(
    {
        "account",
        "addProspects",
        "createList",
        "exportList",
        "list",
        "listProspects",
        "lists",
        "searchPeoplePreview",
        "usage",
        "whoami",
    }
)
# Statuses of addresses and numbers that are returned but neither usable nor charged.
NOT_CONTACT_DATA = frozenset({"Invalid", "Suppressed"})

# A data point that was paid for: its name in the price list, and the id of the person or company.
Unlock = tuple[str, str]


@dataclass(frozen=True)
class Record:
    """What is known of one record that a request returns; None if it is not known.

    ``person`` is its id; ``email`` and ``phone`` whether it has one; ``companies`` the ids of the
    companies whose information is returned with it. If ``previewed``, this comes from a free
    preview, which says only what LeadIQ can likely produce: a promise of nothing.
    """

    person: str | None = None
    email: bool | None = None
    phone: bool | None = None
    companies: tuple[str, ...] | None = None
    previewed: bool = False


class Line(NamedTuple):
    """One line of an estimate: what is bought, at most how many of it, and the price of each."""

    what: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity × price, in UC."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Estimate:
    """The minimum and the maximum that a request can be charged, in UC.

    The amounts of the ``breakdown`` add up to ``maximum``. ``expected`` is what free previews make
    likely; None without any. ``saved`` is by how much unlocks before have lowered the maximum.
    """

    minimum: Decimal
    maximum: Decimal
    breakdown: tuple[Line, ...] = ()
    expected: Decimal | None = None
    saved: Decimal = Decimal(0)

    def times(self, number: int) -> Estimate:
        """Returns the price range of so many requests like this one."""
        return Estimate(
            self.minimum * number,
            self.maximum * number,
            tuple(line._replace(quantity=line.quantity * number) for line in self.breakdown),
            None if self.expected is None else self.expected * number,
            self.saved * number,
        )


def credit_plan(account: Json) -> Json:
    """Returns the plan of ``account`` that holds its credits; empty if none does.

    That is ``universalPlan``; where it is null, ``dataHubPlan``; else the entry of ``plans`` that
    has ``available`` and ``used`` (UC). A plan without both numbers holds no credits; it counts
    only if no other plan does, for the sake of its price list and its renewal date.
    """
    named = [account.get("universalPlan"), account.get("dataHubPlan")]
    plans = [plan for plan in (*named, *_rows(account, "plans")) if isinstance(plan, Mapping)]
    with_credits = (plan for plan in plans if _has_credits(plan))
    others = (plan for plan in named if isinstance(plan, Mapping))
    return next(with_credits, None) or next(others, {})


def _has_credits(plan: Json) -> bool:
    amounts = (plan.get("available"), plan.get("used"))
    return all(isinstance(it, int) and not isinstance(it, bool) for it in amounts)


def price_list(account: Json) -> dict[str, Decimal]:
    """Returns the account's prices in UC by ConfigurableDataPoint, else the published ones.

    From ``costs[].costs[].costInDecimals`` of the plan that holds the credits: of the product "Api"
    if there is one, else of all. A price of ``Person`` stands for an email and for a phone number
    where those have none (``ConfigurableDataPoint`` in the schema).
    """
    prices: dict[str, Decimal] = {}
    products = _rows(credit_plan(account), "costs")
    for product in [row for row in products if row.get("sku") == "Api"] or products:
        for cost in _rows(product, "costs"):
            try:
                name, price = str(cost["dataPoint"]), Decimal(str(cost["costInDecimals"]))
            except (KeyError, TypeError, InvalidOperation):
                continue
            if price.is_finite() and price >= 0:
                prices[name] = price
    if PERSON in prices and prices.keys().isdisjoint(OF_PERSON):
        prices |= dict.fromkeys(OF_PERSON, prices[PERSON])
    return {**DEFAULT_PRICES, **prices}


def estimate(
    operation: str,
    input: Json,
    *,
    data_points: Collection[str] = (),
    prices: Mapping[str, Decimal] = DEFAULT_PRICES,
    records: Sequence[Record] | None = None,
    unlocked: Container[Unlock] = frozenset(),
) -> Estimate:
    """Returns the price range of one request.

    Without ``records`` the minimum is 0, since nothing may be found, and the maximum counts every
    data point of every record that can be returned. With the ``records`` of the answer the range
    narrows to what they have; a previewed record says only what to expect. What is ``unlocked`` is
    free for a year, for the whole team.

    Where the published sources disagree, the maximum counts the dearer reading, and the minimum the
    other: company information, once unlocked, may be "always deducted via API", and may come on top
    of the profile's fee. Raises ``ValueError`` for an operation without a price, or a data point
    that LeadIQ does not sell.
    """
    points = require_data_points(data_points)
    if operation in FREE_OPERATIONS:
        return Estimate(Decimal(0), Decimal(0))
    if operation in PRICE_NAME_OF_OPERATION:
        name = PRICE_NAME_OF_OPERATION[operation]
        return Estimate(Decimal(0), prices[name], (Line(LINE_LABELS[name], 1, prices[name]),))
    if records is not None:
        price = _estimate_of_records(records, points, prices, unlocked)
        full = _estimate_of_records(records, points, prices, frozenset())
        return replace(price, saved=full.maximum - price.maximum)
    lines = _lines(operation, input, points, prices)
    return Estimate(
        minimum=Decimal(0),
        maximum=_sum(line.amount for line in lines),
        breakdown=tuple(line for line in lines if line.quantity),
    )


def total(estimates: Iterable[Estimate]) -> Estimate:
    """Returns the price range of several requests together, with equal lines added up.

    Requests of which nothing particular is expected count at their maximum in ``expected``.
    """
    all_of_them = list(estimates)
    has_expectation = any(each.expected is not None for each in all_of_them)
    expected = _sum(
        each.maximum if each.expected is None else each.expected for each in all_of_them
    )
    quantities: Counter[tuple[str, Decimal]] = Counter()
    for what, quantity, price in (line for each in all_of_them for line in each.breakdown):
        quantities[what, price] += quantity
    return Estimate(
        minimum=_sum(each.minimum for each in all_of_them),
        maximum=_sum(each.maximum for each in all_of_them),
        breakdown=tuple(
            Line(what, quantity, price) for (what, price), quantity in quantities.items()
        ),
        expected=expected if has_expectation else None,
        saved=_sum(each.saved for each in all_of_them),
    )


# Records of answers --------------------------------------------------------------------------


def records_of(operation: str, answer: Json, data_points: Collection[str]) -> list[Record]:
    """Returns the records of an operation's answer, with everything about them known."""
    with_company = COMPANY.id in data_points
    if operation == "searchCompany":
        return [Record(None, False, False, _ids([row])) for row in _rows(answer, "results")]
    if operation == "searchPeople":
        return [_person_record(row, with_company) for row in _rows(answer, "results")]
    if operation == SearchKind.FLAT:
        return _found_records(_rows(answer, SearchKind.FLAT.rows_field), with_company)
    groups = _rows(answer, SearchKind.GROUPED.rows_field)
    if with_company:  # charged once a company, however many people are found there
        return [
            Record(person, False, False, _ids([row.get("company")]))
            for row in groups
            for person in (None, *map(_id, _rows(row, "people")))
        ]
    return _found_records([person for row in groups for person in _rows(row, "people")], False)


def _found_records(people: Iterable[Json], with_company: bool) -> list[Record]:
    """The records of people as advanced searches return them, without contact data."""
    return [
        Record(_id(row), False, False, _ids([row.get("company")]) if with_company else ())
        for row in people
    ]


def _person_record(person: Json, with_company: bool) -> Record:
    positions = _rows(person, "currentPositions")

    def has_usable(personal: str, at_work: str) -> bool:
        contacts = _rows(person, personal)
        contacts += [contact for position in positions for contact in _rows(position, at_work)]
        return any(str(contact.get("status")) not in NOT_CONTACT_DATA for contact in contacts)

    return Record(
        _id(person),
        has_usable("personalEmails", "emails"),
        has_usable("personalPhones", "phones"),
        _ids(row.get("companyInfo") for row in positions) if with_company else (),
    )


def unlocks_of(records: Iterable[Record], data_points: Collection[str]) -> set[Unlock]:
    """Returns what the records of an answer unlocked; paying for more unlocks the profile too."""
    unlocks: set[Unlock] = set()
    for record in records:
        unlocks |= {(COMPANY.price_name, company) for company in record.companies or ()}
        if record.person is not None:
            unlocks.add((PROFILE, record.person))
            contacts = _contacts(record, data_points)
            unlocks |= {(name, record.person) for name, has in contacts.items() if has}
    return unlocks


def _contacts(record: Record, points: Collection[str]) -> dict[str, bool | None]:
    """Whether the record has each of the chosen contact data, by price name."""
    contacts = ((EMAIL, record.email), (PHONE, record.phone))
    return {point.price_name: has for point, has in contacts if point.id in points}


# Estimates with known records ----------------------------------------------------------------


class _Charge(NamedTuple):
    """A data point that can be charged once, and whether it certainly is."""

    price_name: str
    certain: bool


def _estimate_of_records(
    records: Iterable[Record],
    points: frozenset[str],
    prices: Mapping[str, Decimal],
    unlocked: Container[Unlock],
) -> Estimate:
    seen: set[str] = set()

    def of_record(record: Record) -> Estimate:
        if not record.previewed:
            return _range_of(_charges(record, points, prices, unlocked, seen), prices)
        unsure = replace(record, email=None, phone=None, previewed=False)
        bounds = of_record(unsure)
        likely = _charges(replace(record, companies=()), points, prices, unlocked, set())
        expected = _range_of(likely, prices).minimum
        if COMPANY.id in points:
            expected += EXPECTED_COMPANIES_OF_A_PERSON * prices[COMPANY.price_name]
        return replace(bounds, minimum=Decimal(0), expected=min(expected, bounds.maximum))

    return total(map(of_record, records))


def _range_of(charges: Iterable[_Charge], prices: Mapping[str, Decimal]) -> Estimate:
    charges = list(charges)
    quantities = Counter(charge.price_name for charge in charges)
    lines = [
        Line(LINE_LABELS[name], quantity, prices[name]) for name, quantity in quantities.items()
    ]
    return Estimate(
        minimum=_sum(prices[charge.price_name] for charge in charges if charge.certain),
        maximum=_sum(line.amount for line in lines),
        breakdown=tuple(lines),
    )


def _charges(
    record: Record,
    points: frozenset[str],
    prices: Mapping[str, Decimal],
    unlocked: Container[Unlock],
    seen: set[str],
) -> Iterator[_Charge]:
    """What a record can be charged for. Companies ``seen`` before are not charged again."""
    # A record without a person is a company, which is charged whatever was chosen.
    companies = record.companies if COMPANY.id in points or record.person is None else ()
    yield from _company_charges(companies, unlocked, seen)
    if record.person is not None:
        yield from _person_charges(record.person, record, companies, points, prices, unlocked)


def _person_charges(
    person: str,
    record: Record,
    companies: tuple[str, ...] | None,
    points: frozenset[str],
    prices: Mapping[str, Decimal],
    unlocked: Container[Unlock],
) -> Iterator[_Charge]:
    """The contact data of a person, or the profile if that is what is charged at most."""
    contacts = {name: has for name, has in _contacts(record, points).items() if has is not False}
    new = {name: has for name, has in contacts.items() if (name, person) not in unlocked}
    # Contact data replaces the profile's fee, if it is found.
    is_replaced = any(contacts.values()) or (PROFILE, person) in unlocked
    if is_replaced or _sum(prices[name] for name in new) > prices[PROFILE]:
        yield from (_Charge(name, certain=bool(has)) for name, has in new.items())
    else:
        yield _Charge(PROFILE, certain=not contacts and companies == ())


def _company_charges(
    companies: tuple[str, ...] | None, unlocked: Container[Unlock], seen: set[str]
) -> Iterator[_Charge]:
    if companies is None:
        yield from [_Charge(COMPANY.price_name, certain=False)] * COMPANIES_OF_A_PERSON
    for company in set(companies or ()) - seen:
        seen.add(company)
        yield _Charge(COMPANY.price_name, certain=(COMPANY.price_name, company) not in unlocked)


# Estimates of what nothing is known about ----------------------------------------------------


def _lines(
    operation: str, input: Json, points: frozenset[str], prices: Mapping[str, Decimal]
) -> list[Line]:
    if operation == "searchCompany":
        exact = any(input.get(name) for name in ("id", "domain", "linkedinId", "linkedinUrl"))
        quantity = 1 if exact else COMPANIES_OF_A_NAME
        return [Line(LINE_LABELS[COMPANY.price_name], quantity, prices[COMPANY.price_name])]
    people, companies = _max_rows(operation, input)
    profile = Line(LINE_LABELS[PROFILE], people, prices[PROFILE])
    # Contact data replaces the profile's fee, but only if it is found: so each person costs
    # whichever costs more. Company information may come on top of either.
    contacts = [
        Line(LINE_LABELS[point.price_name], people, prices[point.price_name])
        for point in (EMAIL, PHONE)
        if point.id in points
    ]
    lines = contacts if _sum(line.amount for line in contacts) > profile.amount else [profile]
    if COMPANY.id in points:
        lines.append(Line(LINE_LABELS[COMPANY.price_name], companies, prices[COMPANY.price_name]))
    return lines


def _max_rows(operation: str, input: Json) -> tuple[int, int]:
    """How many people, and how many of their companies, a search can return."""
    limit = _count(input, "limit", DEFAULT_LIMIT)
    if operation == "searchPeople":
        return limit, limit * COMPANIES_OF_A_PERSON
    if operation == SearchKind.FLAT:
        return limit, limit
    if operation == SearchKind.GROUPED:
        return limit * _count(input, "limitPerCompany", DEFAULT_LIMIT_PER_COMPANY), limit
    raise ValueError(f"no price is known for {operation!r}")


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


# Reading JSON --------------------------------------------------------------------------------


def _count(input: Json, name: str, default: int) -> int:
    value = input.get(name)
    return value if isinstance(value, int) and value >= 0 else default


def _rows(value: Json, name: str) -> list[Json]:
    rows = value.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _id(value: Any) -> str:
    return str(value.get("id")) if isinstance(value, Mapping) else ""


def _ids(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_id(value) for value in values if isinstance(value, Mapping)))
