"""API JSON -> typed DataFrames. Pure.

Every field of the API can be null, and a server can send what its schema does not promise: what
has the wrong shape becomes a missing value, never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NamedTuple

import pandas as pd

from dashboard.tables.api_json import (
    Json,
    emails_of,
    number_at,
    parse_times,
    phones_of,
    rows_at,
    text_at,
    texts_at,
    value_at,
)

# LeadIQ's seniorities, highest first.
SENIORITIES = ("Executive", "VP", "Director", "Manager", "SeniorIndividualContributor", "Other")


# Columns -----------------------------------------------------------------------------------------


class Kind(Enum):
    """The type of a column, whatever a server happened to send."""

    TEXT = auto()  # object: text or None
    NUMBER = auto()  # float64
    TIME = auto()  # datetime64 in UTC


class Column(NamedTuple):
    """A column of a frame: how its value is read from a record, and its type.

    A text column reads text or None, a number column a number or None, and a time column any
    value: times are parsed for the whole column at once.
    """

    read: Callable[[Json], Any]
    kind: Kind = Kind.TEXT


def _text(path: str) -> Column:
    return Column(lambda row: text_at(row, path))


def _number(path: str) -> Column:
    return Column(lambda row: number_at(row, path), Kind.NUMBER)


def _time(path: str) -> Column:
    return Column(lambda row: value_at(row, path), Kind.TIME)


def _joined_texts(path: str) -> Column:
    return Column(lambda row: "; ".join(sorted(texts_at(row, path), key=str.casefold)) or None)


def _current_position(path: str) -> Column:
    """Text of the first current position that has it."""
    return Column(
        lambda person: next(
            filter(None, (text_at(row, path) for row in rows_at(person, "currentPositions"))), None
        )
    )


def _first_text(rows_of: Callable[[Json], list[Json]], path: str) -> Column:
    """Text of the first of several rows."""
    return Column(lambda record: next((text_at(row, path) for row in rows_of(record)), None))


def _frame(records: Iterable[Json], columns: Mapping[str, Column]) -> pd.DataFrame:
    """One row for each record, with all columns even if there are no records."""
    records = [*records]
    return pd.DataFrame({name: _series(records, column) for name, column in columns.items()})


def _series(records: list[Json], column: Column) -> pd.Series:
    values = [column.read(record) for record in records]
    if column.kind is Kind.TIME:
        return pd.Series(parse_times(values))
    return pd.Series(values, dtype=float if column.kind is Kind.NUMBER else object)


# People ------------------------------------------------------------------------------------------

# Of ``searchPeople``.
PERSON_COLUMNS: Mapping[str, Column] = {
    "person_id": _text("id"),
    "name": _text("name.fullName"),
    "first_name": _text("name.first"),
    "last_name": _text("name.last"),
    "title": _current_position("title"),
    "company": _current_position("companyInfo.name"),
    "work_email": _first_text(emails_of, "value"),
    "email_status": _first_text(emails_of, "status"),
    "phone": _first_text(phones_of, "value"),
    "seniority": _current_position("seniority"),
    "role": _current_position("function"),
    "company_id": _current_position("companyInfo.id"),
    "domain": _current_position("companyInfo.domain"),
    "industry": _current_position("companyInfo.industry"),
    "city": _text("location.city"),
    "state": _text("location.areaLevel1"),
    "country": _text("location.country"),
    "country_code": _text("location.countryCode3"),
    "linkedin_url": _text("linkedin.linkedinUrl"),
    "updated_at": _time("updatedAt"),
}

# Columns of people that come only with a data point; the first is filled if it was there.
COLUMNS_OF_DATA_POINT: Mapping[str, tuple[str, ...]] = {
    "email": ("work_email", "email_status"),
    "phone": ("phone",),
    "company": ("domain", "industry"),
}


def people(results: Iterable[Json]) -> pd.DataFrame:
    """Returns ``searchPeople.results`` as a row for each person, with the best email and phone."""
    return _frame(results, PERSON_COLUMNS)


def _joined_names(record: Json, *paths: str) -> str:
    return " · ".join(filter(None, (text_at(record, path) for path in paths)))


# Of ``flatAdvancedSearch`` and ``groupedAdvancedSearch``.
FOUND_COLUMNS: Mapping[str, Column] = {
    "person_id": _text("id"),
    "name": _text("name"),
    "first_name": _text("firstName"),
    "last_name": _text("lastName"),
    "title": _text("title"),
    "seniority": _text("seniority"),
    "role": _text("role"),
    "company": _text("company.name"),
    "company_id": Column(lambda row: text_at(row, "company.id") or text_at(row, "companyId")),
    "domain": _text("company.domain"),
    "industry": _text("company.industry"),
    "employees": _number("company.employeeCount"),
    "city": _text("city"),
    "state": _text("state"),
    "country": _text("country"),
    "country_code": _text("countryCode3"),
    "linkedin_url": _text("linkedinUrl"),
    "revenue": _text("company.revenueRange.description"),
    "funding_usd": _number("company.fundingInfo.fundingTotalUsd"),
    "funding_stage": _text("company.fundingInfo.lastFundingType"),
    "funded_on": _time("company.fundingInfo.lastFundingOn"),
    "technologies": _joined_texts("company.companyTechnologies"),
    "technology_categories": _joined_texts("company.companyTechnologyCategories"),
    "job_change": _text("personJobChange.jobChangeType"),
    "changed_at": _time("personJobChange.startedAt"),
    "previous_title": _text("personJobChange.previousPosition.title"),
    "previous_company": _text("personJobChange.previousPosition.company.name"),
    "position_since": _time("currentPositionStartDate"),
    "updated_at": _time("updatedAt"),
}


def distinct(rows: Iterable[Json]) -> list[Json]:
    """Returns people or companies with each id once, the last of each; without an id all stay."""
    by_id = {text_at(row, "id") or text_at(row, "company.id") or id(row): row for row in rows}
    return [*by_id.values()]


def loaded_rows(answers: Mapping[int, Json], path: str) -> list[Json]:
    """Returns the rows at ``path`` of all loaded pages, in the order of the pages.

    Each id is there once: pages can overlap as data changes.
    """
    return distinct(row for page in sorted(answers) for row in rows_at(answers[page], path))


def joined_text(frame: pd.DataFrame) -> pd.Series:
    """Returns all text of each row in small letters, to search in."""
    text_columns = [frame[name].fillna("") for name in frame.select_dtypes(["object", "string"])]
    if not text_columns:
        return pd.Series("", index=frame.index, dtype=object)
    return text_columns[0].str.cat(text_columns[1:], sep="\n").str.casefold()


def found_people(people: Iterable[Json]) -> pd.DataFrame:
    """Returns ``flatAdvancedSearch.people`` as a row for each person."""
    return _frame(people, FOUND_COLUMNS)


def grouped_people(companies: Iterable[Json]) -> pd.DataFrame:
    """Returns the people of ``groupedAdvancedSearch.companies``, as ``found_people`` does."""
    return found_people(
        {**person, "company": company.get("company")}
        for company in companies
        for person in rows_at(company, "people")
    )


GROUPED_COMPANY_COLUMNS: Mapping[str, Column] = {
    "company_id": _text("company.id"),
    "company": _text("company.name"),
    "domain": _text("company.domain"),
    "industry": _text("company.industry"),
    "employees": _number("company.employeeCount"),
    "country": _text("company.country"),
    "contacts": _number("totalContactsInCompany"),
    "shown": Column(lambda row: len(rows_at(row, "people")), Kind.NUMBER),
}


def grouped_companies(companies: Iterable[Json]) -> pd.DataFrame:
    """Returns ``groupedAdvancedSearch.companies`` as a row for each company.

    ``contacts`` is the number of its people that match, ``shown`` of those in the answer.
    """
    return _frame(companies, GROUPED_COMPANY_COLUMNS)


# Companies ---------------------------------------------------------------------------------------

# Of ``searchCompany``.
COMPANY_COLUMNS: Mapping[str, Column] = {
    "company_id": _text("id"),
    "company": _text("name"),
    "domain": _text("domain"),
    "industry": _text("industry"),
    "employees": _number("numberOfEmployees"),
    "founded": _number("foundedYear"),
    "city": _text("locationInfo.city"),
    "state": _text("locationInfo.areaLevel1"),
    "country": _text("locationInfo.country"),
    "country_code": _text("locationInfo.countryCode3"),
    "revenue": _text("revenueRange.description"),
    "funding_usd": _number("fundingInfo.fundingTotalUsd"),
    "funding_stage": _text("fundingInfo.lastFundingType"),
    "funded_on": _time("fundingInfo.lastFundingOn"),
    "technologies": Column(
        lambda row: "; ".join(
            filter(
                None, (text_at(technology, "name") for technology in rows_at(row, "technologies"))
            )
        )
    ),
    "linkedin_url": _text("linkedinUrl"),
    "description": _text("description"),
    "updated_at": _time("updatedDate"),
}


def companies(results: Iterable[Json]) -> pd.DataFrame:
    """Returns ``searchCompany.results`` as a row for each company."""
    return _frame(results, COMPANY_COLUMNS)


FUNCTION_TREND_COLUMNS: Mapping[str, Column] = {
    "counted_at": _time("time"),
    "role": _text("bucket"),
    "employees": _number("count"),
}


def function_trends(company: Json) -> pd.DataFrame:
    """Returns a company's ``functionTrends`` as a row for each month and function.

    ``employees`` is the headcount. Rows with a missing value are left out.
    """
    months = (
        {**bucket, "time": trend.get("time")}
        for trend in rows_at(company, "functionTrends")
        for bucket in rows_at(trend, "buckets")
    )
    return _frame(months, FUNCTION_TREND_COLUMNS).dropna()


# Account -----------------------------------------------------------------------------------------


PLAN_COLUMNS: Mapping[str, Column] = {
    "plan": _text("name"),
    "product": _text("product"),
    "status": _text("status"),
    "used": _number("used"),
    "available": _number("available"),
    "cap": _number("cap"),
    "next_period": _time("nextBillingPeriod"),
}


def plans(account: Json, usage: Json) -> pd.DataFrame:
    """Returns ``account`` and ``usage`` as a row for each plan.

    ``used``, ``available`` and ``cap`` are UC, or units of the API's own plans. The cap of a credit
    plan is what is used plus what is available: the account has no other.
    """
    credit_plans: list[Json] = [
        {**plan, "cap": (number_at(plan, "used") or 0) + (number_at(plan, "available") or 0)}
        for plan in (value_at(account, "universalPlan"), value_at(account, "dataHubPlan"))
        if isinstance(plan, Mapping)
    ]
    with_credits = {(text_at(row, "name"), text_at(row, "product")) for row in credit_plans}
    other_plans = [
        row
        for row in rows_at(account, "plans")
        if (text_at(row, "name"), text_at(row, "product")) not in with_credits
    ]
    api_plans = [_api_plan(row) for row in rows_at(usage, "planUsage")]
    return _frame([*credit_plans, *other_plans, *api_plans], PLAN_COLUMNS)


def _api_plan(row: Json) -> Json:
    cap, units = number_at(row, "cap"), number_at(row, "units")
    return {
        "name": _joined_names(row, "name", "creditType"),
        "product": "Api",
        "status": "Trialing" if row.get("trial") is True else text_at(row, "billingType"),
        "used": units,
        "cap": cap,
        "available": None if cap is None or units is None else max(0.0, cap - units),
    }


PRICE_LABELS = {
    "Profile": "Profile",
    "PersonEmail": "Email",
    "PersonPhone": "Phone",
    "Company": "Company information",
    "EmailReverification": "Email verification",
}


def prices(price_list: Mapping[str, Decimal]) -> pd.DataFrame:
    """Returns a price list as a row for each data point, the most expensive first, in UC."""
    listed = sorted(price_list.items(), key=lambda item: item[1], reverse=True)
    return pd.DataFrame(
        [(PRICE_LABELS.get(point, point), float(price)) for point, price in listed],
        columns=["data_point", "price"],
    )


# Lists -------------------------------------------------------------------------------------------

LIST_COLUMNS: Mapping[str, Column] = {
    "list_id": _text("id"),
    "name": _text("name"),
    "description": _text("description"),
    "role": _text("role"),
    "created_at": _time("createdAt"),
    "updated_at": _time("updatedAt"),
}


def lists(rows: Iterable[Json]) -> pd.DataFrame:
    """Returns Prospector's lists as a row for each, the one updated last first."""
    frame = _frame(rows, LIST_COLUMNS)
    return frame.sort_values("updated_at", ascending=False, kind="stable", ignore_index=True)


# Bands of the days since a prospect was updated, with the last day of each.
FRESHNESS = {"Up to 30 days": 30, "31 to 90 days": 90, "91 to 365 days": 365, "Over a year": None}


def freshness(updated: pd.Series) -> pd.Series:
    """Returns the band of ``FRESHNESS`` of each time, missing if the time is."""
    edges = [-float("inf"), *(days or float("inf") for days in FRESHNESS.values())]
    age = (pd.Timestamp.now(tz="UTC") - updated).dt.total_seconds() / 86_400
    return pd.cut(age, edges, labels=list(FRESHNESS)).astype(object)


PROSPECT_COLUMNS: Mapping[str, Column] = {
    "prospect_id": _text("id"),
    "person_id": _text("personId"),
    "name": Column(
        lambda row: (
            text_at(row, "name")
            or " ".join(filter(None, [text_at(row, "firstName"), text_at(row, "lastName")]))
        )
    ),
    "title": _text("title"),
    "seniority": _text("seniority"),
    "role": _text("function"),
    "company": _text("company.name"),
    "domain": _text("company.domain"),
    "industry": _text("company.industry"),
    "work_email": _text("workEmail"),
    "email_status": _text("emailStatus"),
    "phone": _first_text(lambda row: rows_at(row, "mobilePhones"), "value"),
    "city": _text("location.city"),
    "country": _text("location.country"),
    "linkedin_url": _text("linkedinUrl"),
    "notes": _text("notes"),
    "created_at": _time("createdAt"),
    "updated_at": _time("updatedAt"),
}


def prospects(rows: Iterable[Json]) -> pd.DataFrame:
    """Returns a list's prospects as a row for each."""
    return _frame(rows, PROSPECT_COLUMNS)
