"""API JSON -> typed DataFrames, and DataFrames -> CSV bytes. Pure.

Every field of the API can be null, and a server can send what its schema does not promise: what
has the wrong shape becomes a missing value, never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboard.tables.api_json import (
    Json,
    emails_of,
    number_at,
    phones_of,
    rows_at,
    text_at,
    texts_at,
    time_at,
    times_from_ms,
    value_at,
)

# The type of a column does not depend on what a server happened to send: these, and text.
TIME_COLUMNS = frozenset(
    {
        "updated_at",
        "created_at",
        "counted_at",
        "funded_on",
        "position_since",
        "changed_at",
        "next_period",
    }
)
NUMBER_COLUMNS = frozenset(
    {"employees", "founded", "funding_usd", "contacts", "shown", "used", "available", "cap"}
)


def _frame(records: Iterable[Json], columns: Mapping[str, Callable[[Json], Any]]) -> pd.DataFrame:
    """One row a record, with the declared columns even where there are no records."""
    table = [{name: read(record) for name, read in columns.items()} for record in records]
    frame = pd.DataFrame(table, columns=list(columns))
    for name in frame.columns:
        if name in TIME_COLUMNS:
            frame[name] = times_from_ms([*frame[name]])
        elif name in NUMBER_COLUMNS:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
        else:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _text(path: str) -> Callable[[Json], str | None]:
    return lambda row: text_at(row, path)


def _number(path: str) -> Callable[[Json], float | None]:
    return lambda row: number_at(row, path)


def _time(path: str) -> Callable[[Json], Any]:
    return lambda row: value_at(row, path)  # read as a whole column by ``_frame``


def _joined(path: str) -> Callable[[Json], str | None]:
    return lambda row: "; ".join(sorted(texts_at(row, path), key=str.casefold)) or None


def _position(path: str) -> Callable[[Json], str | None]:
    return lambda person: next(
        (text_at(row, path) for row in rows_at(person, "currentPositions") if text_at(row, path)),
        None,
    )


def _first(read: Callable[[Json], list[Json]], path: str) -> Callable[[Json], str | None]:
    return lambda person: next((text_at(row, path) for row in read(person)), None)


PERSON_COLUMNS: Mapping[str, Callable[[Json], Any]] = {
    "person_id": _text("id"),
    "name": _text("name.fullName"),
    "first_name": _text("name.first"),
    "last_name": _text("name.last"),
    "title": _position("title"),
    "company": _position("companyInfo.name"),
    "work_email": _first(emails_of, "value"),
    "email_status": _first(emails_of, "status"),
    "phone": _first(phones_of, "value"),
    "seniority": _position("seniority"),
    "role": _position("function"),
    "company_id": _position("companyInfo.id"),
    "domain": _position("companyInfo.domain"),
    "industry": _position("companyInfo.industry"),
    "city": _text("location.city"),
    "state": _text("location.areaLevel1"),
    "country": _text("location.country"),
    "country_code": _text("location.countryCode3"),
    "linkedin_url": _text("linkedin.linkedinUrl"),
    "updated_at": _time("updatedAt"),
}


# Columns of people that come only with a data point.
COLUMNS_OF_DATA_POINT: Mapping[str, tuple[str, ...]] = {
    "email": ("work_email", "email_status"),
    "phone": ("phone",),
    "company": ("domain", "industry"),
}


def people(results: Iterable[Json]) -> pd.DataFrame:
    """``searchPeople.results`` -> one row a person, with the best address and number."""
    return _frame(results, PERSON_COLUMNS)


def career(person: Json) -> pd.DataFrame:
    """A person's positions that have a start: label, company, started, ended (today if current)."""
    today = pd.Timestamp.now(tz="UTC")
    current = rows_at(person, "currentPositions")
    records = [
        {
            "label": " · ".join(
                filter(None, [text_at(row, "title"), text_at(row, "companyInfo.name")])
            ),
            "company": text_at(row, "companyInfo.name") or "Not known",
            "started": time_at(row, "dateRange.start"),
            "ended": today if place < len(current) else time_at(row, "dateRange.end"),
        }
        for place, row in enumerate([*current, *rows_at(person, "pastPositions")])
    ]
    columns = ["label", "company", "started", "ended"]
    return pd.DataFrame(records, columns=columns).dropna().reset_index(drop=True)


FOUND_COLUMNS: Mapping[str, Callable[[Json], Any]] = {
    "person_id": _text("id"),
    "name": _text("name"),
    "first_name": _text("firstName"),
    "last_name": _text("lastName"),
    "title": _text("title"),
    "seniority": _text("seniority"),
    "role": _text("role"),
    "company": _text("company.name"),
    "company_id": lambda row: text_at(row, "company.id") or text_at(row, "companyId"),
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
    "technologies": _joined("company.companyTechnologies"),
    "technology_categories": _joined("company.companyTechnologyCategories"),
    "job_change": _text("personJobChange.jobChangeType"),
    "changed_at": _time("personJobChange.startedAt"),
    "previous_title": _text("personJobChange.previousPosition.title"),
    "previous_company": _text("personJobChange.previousPosition.company.name"),
    "position_since": _time("currentPositionStartDate"),
    "updated_at": _time("updatedAt"),
}


def distinct(found: Iterable[Json]) -> list[Json]:
    """People or companies, each id once; what has no id stays."""
    return [
        *{
            (text_at(row, "id") or text_at(row, "company.id") or id(row)): row for row in found
        }.values()
    ]


def loaded_rows(answers: Mapping[int, Json], path: str) -> list[Json]:
    """The rows of all loaded pages in order, each id once: pages can overlap as data changes."""
    return distinct(row for page in sorted(answers) for row in rows_at(answers[page], path))


def joined_text(frame: pd.DataFrame) -> pd.Series:
    """All text of each row in small letters, to search in."""
    text_columns = [frame[name].fillna("") for name in frame.select_dtypes(["object", "string"])]
    joined = text_columns[0].str.cat(text_columns[1:], sep="\n") if text_columns else frame.sum(1)
    return joined.str.casefold()


def found_people(people: Iterable[Json]) -> pd.DataFrame:
    """``flatAdvancedSearch.people`` -> one row a person."""
    return _frame(people, FOUND_COLUMNS)


def grouped_people(companies: Iterable[Json]) -> pd.DataFrame:
    """``groupedAdvancedSearch.companies`` -> one row a person, as ``found_people``."""
    return found_people(
        {**person, "company": company.get("company")}
        for company in companies
        for person in rows_at(company, "people")
    )


def grouped_companies(companies: Iterable[Json]) -> pd.DataFrame:
    """``groupedAdvancedSearch.companies`` -> one row a company with its number of contacts."""
    return _frame(
        companies,
        {
            "company_id": _text("company.id"),
            "company": _text("company.name"),
            "domain": _text("company.domain"),
            "industry": _text("company.industry"),
            "employees": _number("company.employeeCount"),
            "country": _text("company.country"),
            "contacts": _number("totalContactsInCompany"),
            "shown": lambda row: len(rows_at(row, "people")),
        },
    )


# Companies ---------------------------------------------------------------------------------------

COMPANY_COLUMNS: Mapping[str, Callable[[Json], Any]] = {
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
    "technologies": lambda row: "; ".join(
        str(found["name"]) for found in rows_at(row, "technologies") if text_at(found, "name")
    ),
    "linkedin_url": _text("linkedinUrl"),
    "description": _text("description"),
    "updated_at": _time("updatedDate"),
}


def companies(results: Iterable[Json]) -> pd.DataFrame:
    """``searchCompany.results`` -> one row a company."""
    return _frame(results, COMPANY_COLUMNS)


def function_trends(company: Json) -> pd.DataFrame:
    """A company's ``functionTrends`` -> one row a month and function with its headcount."""
    months = (
        {**bucket, "time": trend.get("time")}
        for trend in rows_at(company, "functionTrends")
        for bucket in rows_at(trend, "buckets")
    )
    columns = {"counted_at": _time("time"), "role": _text("bucket"), "employees": _number("count")}
    return _frame(months, columns).dropna()


# Account -----------------------------------------------------------------------------------------


def plans(account: Json, usage: Json) -> pd.DataFrame:
    """``account`` and ``usage`` -> one row a plan: used, available and cap in UC (or units).

    The cap of a credit plan is what is used plus what is available: the account names no other.
    """
    records = [
        {**plan, "cap": (number_at(plan, "used") or 0) + (number_at(plan, "available") or 0)}
        for plan in (value_at(account, "universalPlan"), value_at(account, "dataHubPlan"))
        if isinstance(plan, Mapping)
    ]
    named = {(text_at(row, "name"), text_at(row, "product")) for row in records}
    records += [
        row
        for row in rows_at(account, "plans")
        if (text_at(row, "name"), text_at(row, "product")) not in named
    ]
    records += [
        {
            "name": " · ".join(filter(None, [text_at(row, "name"), text_at(row, "creditType")])),
            "product": "Api",
            "status": "Trialing" if row.get("trial") is True else text_at(row, "billingType"),
            "used": row.get("units"),
            "cap": row.get("cap"),
            "available": _left(number_at(row, "cap"), number_at(row, "units")),
        }
        for row in rows_at(usage, "planUsage")
    ]
    return _frame(
        records,
        {
            "plan": _text("name"),
            "product": _text("product"),
            "status": _text("status"),
            "used": _number("used"),
            "available": _number("available"),
            "cap": _number("cap"),
            "next_period": _time("nextBillingPeriod"),
        },
    )


def _left(cap: float | None, used: float | None) -> float | None:
    return None if cap is None or used is None else max(0.0, cap - used)


PRICE_LABELS = {
    "Profile": "Profile",
    "PersonEmail": "Email",
    "PersonPhone": "Phone",
    "Company": "Company information",
    "EmailReverification": "Email verification",
}


def prices(price_list: Mapping[str, Decimal]) -> pd.DataFrame:
    """The price list -> one row a data point, dearest first, in UC."""
    listed = sorted(price_list.items(), key=lambda item: item[1], reverse=True)
    return pd.DataFrame(
        [(PRICE_LABELS.get(point, point), float(price)) for point, price in listed],
        columns=["data_point", "price"],
    )


# Lists -------------------------------------------------------------------------------------------


def lists(found: Iterable[Json]) -> pd.DataFrame:
    """Prospector's lists -> one row a list, the newest first."""
    frame = _frame(
        found,
        {
            "list_id": _text("id"),
            "name": _text("name"),
            "description": _text("description"),
            "role": _text("role"),
            "created_at": _time("createdAt"),
            "updated_at": _time("updatedAt"),
        },
    )
    return frame.sort_values("updated_at", ascending=False, kind="stable", ignore_index=True)


# Days since a prospect was updated, in bands.
FRESHNESS = {"Up to 30 days": 30, "31 to 90 days": 90, "91 to 365 days": 365, "Over a year": None}


def freshness(updated: pd.Series) -> pd.Series:
    """The band of ``FRESHNESS`` of each time, missing where the time is."""
    edges = [-float("inf"), *(most or float("inf") for most in FRESHNESS.values())]
    age = (pd.Timestamp.now(tz="UTC") - updated).dt.total_seconds() / 86_400
    return pd.cut(age, edges, labels=list(FRESHNESS)).astype(object)


def prospects(found: Iterable[Json]) -> pd.DataFrame:
    """A list's prospects -> one row a prospect."""
    return _frame(
        found,
        {
            "prospect_id": _text("id"),
            "person_id": _text("personId"),
            "name": lambda row: (
                text_at(row, "name")
                or " ".join(filter(None, [text_at(row, "firstName"), text_at(row, "lastName")]))
            ),
            "title": _text("title"),
            "seniority": _text("seniority"),
            "role": _text("function"),
            "company": _text("company.name"),
            "domain": _text("company.domain"),
            "industry": _text("company.industry"),
            "work_email": _text("workEmail"),
            "email_status": _text("emailStatus"),
            "phone": lambda row: next(
                (text_at(phone, "value") for phone in rows_at(row, "mobilePhones")), None
            ),
            "city": _text("location.city"),
            "country": _text("location.country"),
            "linkedin_url": _text("linkedinUrl"),
            "notes": _text("notes"),
            "created_at": _time("createdAt"),
            "updated_at": _time("updatedAt"),
        },
    )


SENIORITIES = ("Executive", "VP", "Director", "Manager", "SeniorIndividualContributor", "Other")
