"""API JSON -> typed DataFrames. Pure.

Every field of the API can be null, and a server can send what its schema does not promise: what
has the wrong shape becomes a missing value, never a traceback.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import repeat
from typing import Any

import pandas as pd

from dashboard.formatting import ENUM_LABELS, day
from dashboard.identity.person import Person
from dashboard.identity.words import without_accents
from dashboard.tables.api_json import Json, number_at, rows_at, text_at, texts_at, value_at
from dashboard.tables.columns import (
    WORD_COLUMNS,
    Column,
    Kind,
    frame_of,
    joined_rows,
    joined_texts,
    number,
    text,
    time,
)
from dashboard.tables.contacts import MOBILE, NOBODY, with_position
from dashboard.tables.job_changes import false_change

# LeadIQ's seniorities, highest first.
SENIORITIES = ("Executive", "VP", "Director", "Manager", "SeniorIndividualContributor", "Other")


# People ------------------------------------------------------------------------------------------

# Of ``searchPeople``, with the one position that ``with_position`` chooses.
PERSON_COLUMNS: Mapping[str, Column] = {
    "person_id": text("id"),
    "name": text("name.fullName"),
    "first_name": text("name.first"),
    "last_name": text("name.last"),
    "title": text("position.title"),
    "company": text("position.companyInfo.name"),
    "work_email": text("workEmail.value"),
    "email_status": text("workEmail.status"),
    "personal_email": text("personalEmail.value"),
    "personal_email_status": text("personalEmail.status"),
    "other_emails": text("otherEmails"),
    "phone": text("directPhone.value"),
    "phone_type": text("directPhone.type"),
    "phone_status": text("directPhone.status"),
    "company_phone": text("companyPhone.value"),
    "other_phones": text("otherPhones"),
    "seniority": text("position.seniority"),
    "role": text("position.function"),
    "company_id": text("position.companyInfo.id"),
    "domain": text("position.companyInfo.domain"),
    "industry": text("position.companyInfo.industry"),
    "employees": number("position.companyInfo.numberOfEmployees"),
    "employee_range": text("position.companyInfo.employeeRange"),
    "founded": number("position.companyInfo.foundedYear"),
    "company_city": text("position.companyInfo.locationInfo.city"),
    "company_state": text("position.companyInfo.locationInfo.areaLevel1"),
    "company_country": text("position.companyInfo.locationInfo.country"),
    "revenue": text("position.companyInfo.revenueRange.description"),
    "funding_usd": number("position.companyInfo.fundingInfo.fundingTotalUsd"),
    "funding_stage": text("position.companyInfo.fundingInfo.lastFundingType"),
    "funded_on": time("position.companyInfo.fundingInfo.lastFundingOn"),
    "technologies": joined_rows("position.companyInfo.technologies", "name"),
    "technology_categories": joined_rows("position.companyInfo.technologies", "category"),
    "company_linkedin_url": text("position.companyInfo.linkedinUrl"),
    "city": text("location.city"),
    "state": text("location.areaLevel1"),
    "country": text("location.country"),
    "country_code": text("location.countryCode3"),
    "linkedin_url": text("linkedin.linkedinUrl"),
    "confidence": number("confidence"),
    "updated_at": time("updatedAt"),
}

# Columns of people that come only with a data point.
COLUMNS_OF_DATA_POINT: Mapping[str, tuple[str, ...]] = {
    "email": (
        "work_email",
        "email_status",
        "personal_email",
        "personal_email_status",
        "other_emails",
    ),
    "phone": ("phone", "phone_type", "phone_status", "company_phone", "other_phones"),
    "company": (
        "domain",
        "industry",
        "employees",
        "employee_range",
        "founded",
        "company_city",
        "company_state",
        "company_country",
        "revenue",
        "funding_usd",
        "funding_stage",
        "funded_on",
        "technologies",
        "technology_categories",
        "company_linkedin_url",
    ),
}


def people(results: Iterable[Json], asked: Iterable[Person] = repeat(NOBODY)) -> pd.DataFrame:
    """Returns ``searchPeople.results`` as a row for each person, with one position of each.

    ``asked`` is whom each result was meant to be: the position is the one at that company.
    """
    return frame_of(map(with_position, results, asked), PERSON_COLUMNS)


def _joined_names(record: Json, *paths: str) -> str:
    return " · ".join(filter(None, (text_at(record, path) for path in paths)))


# Of ``flatAdvancedSearch`` and ``groupedAdvancedSearch``.
FOUND_COLUMNS: Mapping[str, Column] = {
    "person_id": text("id"),
    "name": text("name"),
    "first_name": text("firstName"),
    "last_name": text("lastName"),
    "title": text("title"),
    "seniority": text("seniority"),
    "role": text("role"),
    "company": text("company.name"),
    "company_id": Column(lambda row: text_at(row, "company.id") or text_at(row, "companyId")),
    "domain": text("company.domain"),
    "industry": text("company.industry"),
    "employees": number("company.employeeCount"),
    "company_city": text("company.city"),
    "company_state": text("company.state"),
    "company_country": text("company.country"),
    "city": text("city"),
    "state": text("state"),
    "country": text("country"),
    "country_code": text("countryCode3"),
    "linkedin_url": text("linkedinUrl"),
    "revenue": text("company.revenueRange.description"),
    "funding_usd": number("company.fundingInfo.fundingTotalUsd"),
    "funding_stage": text("company.fundingInfo.lastFundingType"),
    "funded_on": time("company.fundingInfo.lastFundingOn"),
    "technologies": joined_texts("company.companyTechnologies"),
    "technology_categories": joined_texts("company.companyTechnologyCategories"),
    "job_change": text("personJobChange.jobChangeType"),
    "change_check": Column(false_change),
    "changed_at": time("personJobChange.startedAt"),
    "previous_title": text("personJobChange.previousPosition.title"),
    "previous_company": text("personJobChange.previousPosition.company.name"),
    "position_since": time("currentPositionStartDate"),
    "updated_at": time("updatedAt"),
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
    """Returns each row as it is read, ``without_accents``, to search in; ids are left out."""
    columns = [_read(name, frame[name]) for name in frame if not str(name).endswith("_id")]
    if not columns:
        return pd.Series("", index=frame.index, dtype=object)
    return columns[0].str.cat(columns[1:], sep="\n")


def _read(name: Hashable, column: pd.Series) -> pd.Series:
    """Returns a column's values as texts; most occur more than once, so each is made once."""
    labels = ENUM_LABELS if name in WORD_COLUMNS else {}
    texts = {
        value: without_accents(_shown(labels.get(value, value)))
        for value in column.dropna().unique()
    }
    return column.map(texts).astype(object).fillna("")


def _shown(value: Any) -> str:
    """Returns a value as a table shows it, and a number without commas too."""
    if isinstance(value, pd.Timestamp):
        return day(value)
    if isinstance(value, float):
        return f"{value:,.0f} {value:.0f}"
    return str(value)


def found_people(people: Iterable[Json]) -> pd.DataFrame:
    """Returns ``flatAdvancedSearch.people`` as a row for each person."""
    return frame_of(people, FOUND_COLUMNS)


def grouped_people(companies: Iterable[Json]) -> pd.DataFrame:
    """Returns the people of ``groupedAdvancedSearch.companies``, as ``found_people`` does."""
    return found_people(
        {**person, "company": company.get("company")}
        for company in companies
        for person in rows_at(company, "people")
    )


GROUPED_COMPANY_COLUMNS: Mapping[str, Column] = {
    "company_id": text("company.id"),
    "company": text("company.name"),
    "domain": text("company.domain"),
    "industry": text("company.industry"),
    "employees": number("company.employeeCount"),
    "country": text("company.country"),
    "contacts": number("totalContactsInCompany"),
    "shown": Column(lambda row: len(rows_at(row, "people")), Kind.NUMBER),
}


def grouped_companies(companies: Iterable[Json]) -> pd.DataFrame:
    """Returns ``groupedAdvancedSearch.companies`` as a row for each company.

    ``contacts`` is the number of its people that match, ``shown`` of those in the answer.
    """
    return frame_of(companies, GROUPED_COMPANY_COLUMNS)


# Companies ---------------------------------------------------------------------------------------

# Of ``searchCompany``.
COMPANY_COLUMNS: Mapping[str, Column] = {
    "company_id": text("id"),
    "company": text("name"),
    "domain": text("domain"),
    "industry": text("industry"),
    "employees": number("numberOfEmployees"),
    "employee_range": text("employeeRange"),
    "founded": number("foundedYear"),
    "city": text("locationInfo.city"),
    "state": text("locationInfo.areaLevel1"),
    "country": text("locationInfo.country"),
    "country_code": text("locationInfo.countryCode3"),
    "revenue": text("revenueRange.description"),
    "funding_usd": number("fundingInfo.fundingTotalUsd"),
    "funding_stage": text("fundingInfo.lastFundingType"),
    "funded_on": time("fundingInfo.lastFundingOn"),
    "technologies": joined_rows("technologies", "name"),
    "linkedin_url": text("linkedinUrl"),
    "description": text("description"),
    "updated_at": time("updatedDate"),
}


def companies(results: Iterable[Json]) -> pd.DataFrame:
    """Returns ``searchCompany.results`` as a row for each company."""
    return frame_of(results, COMPANY_COLUMNS)


FUNCTION_TREND_COLUMNS: Mapping[str, Column] = {
    "counted_at": time("time"),
    "role": text("bucket"),
    "employees": number("count"),
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
    return frame_of(months, FUNCTION_TREND_COLUMNS).dropna()


# Account -----------------------------------------------------------------------------------------


PLAN_COLUMNS: Mapping[str, Column] = {
    "plan": text("name"),
    "product": text("product"),
    "status": text("status"),
    "used": number("used"),
    "available": number("available"),
    "cap": number("cap"),
    "next_period": time("nextBillingPeriod"),
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
    return frame_of([*credit_plans, *other_plans, *api_plans], PLAN_COLUMNS)


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
    "list_id": text("id"),
    "name": text("name"),
    "description": text("description"),
    "role": text("role"),
    "created_at": time("createdAt"),
    "updated_at": time("updatedAt"),
}


def lists(rows: Iterable[Json]) -> pd.DataFrame:
    """Returns Prospector's lists as a row for each, the one updated last first."""
    frame = frame_of(rows, LIST_COLUMNS)
    return frame.sort_values("updated_at", ascending=False, kind="stable", ignore_index=True)


_LISTED_COMPANY_COLUMNS: Mapping[str, Column] = {
    "entry_id": text("id"),
    "company_id": text("companyId"),
    "name": text("name"),
    "domain": text("domain"),
    "linkedin_url": text("linkedinUrl"),
    "notes": text("notes"),
    "created_at": time("createdAt"),
}


def listed_companies(rows: Iterable[Json]) -> pd.DataFrame:
    """Returns one row for each company of a company list."""
    return frame_of(rows, _LISTED_COMPANY_COLUMNS)


# Bands of the days since a prospect was updated, with the last day of each.
FRESHNESS = {"Up to 30 days": 30, "31 to 90 days": 90, "91 to 365 days": 365, "Over a year": None}


def freshness(updated: pd.Series) -> pd.Series:
    """Returns the band of ``FRESHNESS`` of each time, missing if the time is."""
    edges = [-float("inf"), *(days or float("inf") for days in FRESHNESS.values())]
    age = (pd.Timestamp.now(tz="UTC") - updated).dt.total_seconds() / 86_400
    return pd.cut(age, edges, labels=list(FRESHNESS)).astype(object)


def _mobile_phones(prospect: Json) -> Iterator[str]:
    return filter(None, (text_at(row, "value") for row in rows_at(prospect, "mobilePhones")))


PROSPECT_COLUMNS: Mapping[str, Column] = {
    "prospect_id": text("id"),
    "person_id": text("personId"),
    "name": Column(
        lambda row: (
            text_at(row, "name")
            or " ".join(filter(None, [text_at(row, "firstName"), text_at(row, "lastName")]))
        )
    ),
    "first_name": text("firstName"),
    "last_name": text("lastName"),
    "title": text("title"),
    "seniority": text("seniority"),
    "role": text("function"),
    "company": text("company.name"),
    "domain": text("company.domain"),
    "industry": text("company.industry"),
    "work_email": text("workEmail"),
    "email_status": text("emailStatus"),
    "personal_email": Column(lambda row: next(iter(texts_at(row, "personalEmails")), None)),
    "phone": Column(lambda row: next(_mobile_phones(row), None)),
    "phone_type": Column(lambda row: MOBILE if any(_mobile_phones(row)) else None),
    "company_phone": text("company.phone"),
    "city": text("location.city"),
    "state": text("location.state"),
    "country": text("location.country"),
    "linkedin_url": text("linkedinUrl"),
    "notes": text("notes"),
    "created_at": time("createdAt"),
    "updated_at": time("updatedAt"),
}


def prospects(rows: Iterable[Json]) -> pd.DataFrame:
    """Returns a list's prospects as a row for each."""
    return frame_of(rows, PROSPECT_COLUMNS)
