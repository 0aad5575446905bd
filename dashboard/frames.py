"""API JSON -> typed DataFrames, and DataFrames -> CSV bytes. Pure.

Every field of the API can be null, and a server can send what its schema does not promise: what
has the wrong shape becomes a missing value, never a traceback.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

Json = Mapping[str, Any]

# Best first. Invalid and Suppressed are never contact data.
EMAIL_STATUSES = ("Verified", "VerifiedLikely", "Unverified")
UNUSABLE = frozenset({"Invalid", "Suppressed"})

LAST_MS = 9_200_000_000_000  # the year 2261: as far as pandas' times reach
FIRST_TIME, LAST_TIME = (pd.Timestamp(ms, unit="ms", tz="UTC") for ms in (-LAST_MS, LAST_MS))

EXCEL_CELL = 32_767  # characters that a cell of Excel can hold

# What a spreadsheet takes for a formula when a cell begins with it, after what it does not see.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN = " \u00a0\u200b\u2060\ufeff"
# Where a spreadsheet that splits at other signs, as in much of Europe, begins a cell anew.
_CELL_INSIDE = re.compile(f"([;|\\t\\r\\n][{UNSEEN}]*)(?=[=+\\-@＝＋－＠])")


# The type of a column does not depend on what a server happened to send: these, and text.
TIME_COLUMNS = frozenset(
    {
        "updated_at", "created_at", "counted_at", "funded_on", "position_since", "changed_at",
        "next_period",
    }
)  # fmt: skip
NUMBER_COLUMNS = frozenset(
    {"employees", "founded", "funding_usd", "contacts", "shown", "used", "available", "cap"}
)


# Reading JSON ------------------------------------------------------------------------------------


def at(value: Any, path: str) -> Any:
    """What lies at a dotted ``path`` of nested objects, or None."""
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def text(value: Any, path: str) -> str | None:
    """The string or number at ``path`` as text, or None."""
    found = at(value, path)
    return str(found) if isinstance(found, str | int | float) and str(found).strip() else None


def number(value: Any, path: str) -> float | None:
    """The number at ``path``, or None."""
    found = at(value, path)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def rows(value: Any, path: str) -> list[Json]:
    """The objects in the list at ``path``."""
    found = at(value, path)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def texts(value: Any, path: str) -> list[str]:
    """The strings in the list at ``path``."""
    found = at(value, path)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def time(value: Any, path: str) -> pd.Timestamp | None:
    """The instant at ``path``, in UTC."""
    instant = _times([at(value, path)])[0]
    return None if pd.isna(instant) else instant


def _times(values: Sequence[Any]) -> pd.DatetimeIndex:
    """Instants in UTC: LeadIQ mixes ISO strings and Unix milliseconds, as numbers and as text."""
    told = [value if isinstance(value, str) else None for value in values]
    numbers = [_milliseconds(value) for value in values]
    counted = pd.to_datetime(
        pd.Series(numbers, dtype="Float64"), unit="ms", utc=True, errors="coerce"
    )
    written = pd.to_datetime(
        pd.Series(told, dtype=object), format="ISO8601", utc=True, errors="coerce"
    )
    # As for numbers: further away there is no time that pandas, a chart or Excel can show.
    written = written.where(written.between(FIRST_TIME, LAST_TIME))
    return pd.DatetimeIndex(counted.where(counted.notna(), written))


def _milliseconds(value: Any) -> float | None:
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LAST_MS:
        return None
    return float(value)


def _frame(records: Iterable[Json], columns: Mapping[str, Callable[[Json], Any]]) -> pd.DataFrame:
    """One row a record, with the declared columns even where there are no records."""
    table = [{name: read(record) for name, read in columns.items()} for record in records]
    frame = pd.DataFrame(table, columns=list(columns))
    for name in frame.columns:
        if name in TIME_COLUMNS:
            frame[name] = _times([*frame[name]])
        elif name in NUMBER_COLUMNS:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
        else:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _text(path: str) -> Callable[[Json], str | None]:
    return lambda row: text(row, path)


def _number(path: str) -> Callable[[Json], float | None]:
    return lambda row: number(row, path)


def _time(path: str) -> Callable[[Json], Any]:
    return lambda row: at(row, path)  # read as a whole column by ``_frame``


def _joined(path: str) -> Callable[[Json], str | None]:
    return lambda row: "; ".join(sorted(texts(row, path), key=str.casefold)) or None


# People ------------------------------------------------------------------------------------------


def emails(person: Json) -> list[Json]:
    """A person's addresses that can be written to, best first, work before personal."""
    found = [
        row for position in rows(person, "currentPositions") for row in rows(position, "emails")
    ]
    usable = [row for row in [*found, *rows(person, "personalEmails")] if _usable(row)]
    rank = {status: place for place, status in enumerate(EMAIL_STATUSES)}
    return sorted(_distinct(usable), key=lambda row: rank.get(str(row.get("status")), len(rank)))


def phones(person: Json) -> list[Json]:
    """A person's numbers that can be called, direct ones before those of the company."""
    found = [
        row for position in rows(person, "currentPositions") for row in rows(position, "phones")
    ]
    usable = [row for row in [*rows(person, "personalPhones"), *found] if _usable(row)]
    return sorted(_distinct(usable), key=lambda row: row.get("status") != "Verified")


def _usable(contact: Json) -> bool:
    return text(contact, "value") is not None and str(contact.get("status")) not in UNUSABLE


def _distinct(contacts: Sequence[Json]) -> list[Json]:
    return list({contact["value"]: contact for contact in reversed(contacts)}.values())[::-1]


def _position(path: str) -> Callable[[Json], str | None]:
    return lambda person: next(
        (text(row, path) for row in rows(person, "currentPositions") if text(row, path)), None
    )


def _first(read: Callable[[Json], list[Json]], path: str) -> Callable[[Json], str | None]:
    return lambda person: next((text(row, path) for row in read(person)), None)


PERSON_COLUMNS: Mapping[str, Callable[[Json], Any]] = {
    "person_id": _text("id"),
    "name": _text("name.fullName"),
    "first_name": _text("name.first"),
    "last_name": _text("name.last"),
    "title": _position("title"),
    "company": _position("companyInfo.name"),
    "work_email": _first(emails, "value"),
    "email_status": _first(emails, "status"),
    "phone": _first(phones, "value"),
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
OF_POINT: Mapping[str, tuple[str, ...]] = {
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
    current = rows(person, "currentPositions")
    records = [
        {
            "label": " · ".join(filter(None, [text(row, "title"), text(row, "companyInfo.name")])),
            "company": text(row, "companyInfo.name") or "Not known",
            "started": time(row, "dateRange.start"),
            "ended": today if place < len(current) else time(row, "dateRange.end"),
        }
        for place, row in enumerate([*current, *rows(person, "pastPositions")])
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
    "company_id": lambda row: text(row, "company.id") or text(row, "companyId"),
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
        *{(text(row, "id") or text(row, "company.id") or id(row)): row for row in found}.values()
    ]


def loaded_rows(answers: Mapping[int, Json], path: str) -> list[Json]:
    """The rows of all loaded pages in order, each id once: pages can overlap as data changes."""
    return distinct(row for page in sorted(answers) for row in rows(answers[page], path))


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
        for person in rows(company, "people")
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
            "shown": lambda row: len(rows(row, "people")),
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
        str(found["name"]) for found in rows(row, "technologies") if text(found, "name")
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
    months = ({**bucket, "time": trend.get("time")} for trend in rows(company, "functionTrends")
              for bucket in rows(trend, "buckets"))  # fmt: skip
    columns = {"counted_at": _time("time"), "role": _text("bucket"), "employees": _number("count")}
    return _frame(months, columns).dropna()


# Account -----------------------------------------------------------------------------------------


def plans(account: Json, usage: Json) -> pd.DataFrame:
    """``account`` and ``usage`` -> one row a plan: used, available and cap in UC (or units).

    The cap of a credit plan is what is used plus what is available: the account names no other.
    """
    records = [
        {**plan, "cap": (number(plan, "used") or 0) + (number(plan, "available") or 0)}
        for plan in (at(account, "universalPlan"), at(account, "dataHubPlan"))
        if isinstance(plan, Mapping)
    ]
    named = {(text(row, "name"), text(row, "product")) for row in records}
    records += [
        row
        for row in rows(account, "plans")
        if (text(row, "name"), text(row, "product")) not in named
    ]
    records += [
        {
            "name": " · ".join(filter(None, [text(row, "name"), text(row, "creditType")])),
            "product": "Api",
            "status": "Trialing" if row.get("trial") is True else text(row, "billingType"),
            "used": row.get("units"),
            "cap": row.get("cap"),
            "available": _left(number(row, "cap"), number(row, "units")),
        }
        for row in rows(usage, "planUsage")
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
                text(row, "name")
                or " ".join(filter(None, [text(row, "firstName"), text(row, "lastName")]))
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
                (text(phone, "value") for phone in rows(row, "mobilePhones")), None
            ),
            "city": _text("location.city"),
            "country": _text("location.country"),
            "linkedin_url": _text("linkedinUrl"),
            "notes": _text("notes"),
            "created_at": _time("createdAt"),
            "updated_at": _time("updatedAt"),
        },
    )


# What a ProspectInput takes from a row of people, by its name there.
PROSPECT_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "title": "title",
    "seniority": "seniority",
    "function": "role",
    "company": "company",
    "companyDomain": "domain",
    "companyIndustry": "industry",
    "companyId": "company_id",
    "linkedinUrl": "linkedin_url",
    "personId": "person_id",
    "workEmail": "work_email",
    "phone": "phone",
}
SENIORITIES = ("Executive", "VP", "Director", "Manager", "SeniorIndividualContributor", "Other")


def prospect_inputs(people: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of people -> (``ProspectInput`` bodies, names of people who cannot be one).

    Prospector requires a first and a last name, and refuses empty strings and unknown values.
    """
    inputs, left_out = [], []
    for row in people.to_dict("records"):
        body = {
            field: str(row[column]).strip()
            for field, column in PROSPECT_FIELDS.items()
            if isinstance(row.get(column), str) and str(row[column]).strip()
        }
        if body.get("seniority") not in SENIORITIES:
            body.pop("seniority", None)
        if not body.get("linkedinUrl", "").startswith(("http://", "https://")):
            body.pop("linkedinUrl", None)
        if "workEmail" in body and row.get("email_status") in EMAIL_STATUSES:
            body["emailStatus"] = row["email_status"]
        places = {"city": row.get("city"), "state": row.get("state"), "country": row.get("country")}
        location = {name: place for name, place in places.items() if isinstance(place, str)}
        if location:
            body["location"] = location
        if "firstName" in body and "lastName" in body:
            inputs.append(body)
        else:
            left_out.append(str(row.get("name") or row.get("person_id")))
    return inputs, left_out


# Bulk jobs ---------------------------------------------------------------------------------------


NAMED_BY = {
    "id": "LeadIQ id",
    "linkedin": "LinkedIn URL",
    "email": "Email",
    "name": "Name, company",
}


def job_outcomes(people: Mapping[str, int], emails: int, phones: int) -> pd.DataFrame:
    """Rows of a job by state -> what came of them: outcome, rows; nothing that is 0."""
    words = {
        "found": "Found", "email": "With email", "phone": "With phone", "not_found": "Not found",
        "failed": "Failed", "undecided": "No answer", "invalid": "Name nobody",
        "repeated": "Duplicates", "waiting": "Not sent",
    }  # fmt: skip
    counted = {**people, "email": emails, "phone": phones}
    shown = [(word, counted.get(name, 0)) for name, word in words.items() if counted.get(name)]
    return pd.DataFrame(shown, columns=["outcome", "rows"])


def match_rates(outcomes: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """People of a job by (how they were named, state) -> named_by, asked, found, rate (0 to 1)."""
    table = []
    for kind, label in NAMED_BY.items():
        found = outcomes.get((kind, "found"), 0)
        asked = found + outcomes.get((kind, "not_found"), 0)
        if asked:
            table.append((label, asked, found, found / asked))
    return pd.DataFrame(table, columns=["named_by", "asked", "found", "rate"])


# CSV ---------------------------------------------------------------------------------------------


def inert(value: Any) -> Any:
    """``value``, with text that a spreadsheet would run as a formula made plain text."""
    if not isinstance(value, str):
        return value
    value = _CELL_INSIDE.sub(r"\1'", value)
    return "'" + value if value.lstrip(UNSEEN).startswith(FORMULA_STARTS) else value


def csv_bytes(frame: pd.DataFrame, *, own: int = 0, header: bool = True) -> bytes:
    """The frame as CSV that opens rightly everywhere: UTF-8 with BOM, no live formulas.

    The first ``own`` columns are a person's own, and stay as they are. A further piece of the same
    file has no ``header``, and no BOM.
    """
    safe = frame.copy()
    for place in range(own, frame.shape[1]):
        column = frame.iloc[:, place]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        safe.isetitem(place, column.map(inert))
    safe.columns = [
        name if place < own else inert(str(name)) for place, name in enumerate(frame.columns)
    ]
    text = str(safe.to_csv(index=False, header=header, lineterminator="\r\n"))
    return text.encode("utf-8-sig" if header else "utf-8")


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as an Excel file whose text is text: no formulas, no links."""
    plain = frame.map(lambda cell: cell[:EXCEL_CELL] if isinstance(cell, str) else cell)
    for place, kind in enumerate(plain.dtypes):  # a person's own column may have the same name
        if isinstance(kind, pd.DatetimeTZDtype):  # Excel knows no time zones: these are UTC
            plain.isetitem(place, plain.iloc[:, place].dt.tz_localize(None))
    content = io.BytesIO()
    dead = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": dead}) as book:
        plain.to_excel(book, index=False, sheet_name="LeadIQ")
    return content.getvalue()


def from_csv(content: str) -> pd.DataFrame:
    """CSV text of a list's export -> a frame of text, as it is.

    Rows of any length, quotes that do not close and repeated names are kept as well as can be.
    """
    csv.field_size_limit(len(content) + 1)
    head, *rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row] or [[]]
    width = max(map(len, [head, *rows]))
    names: dict[str, None] = {}
    for place, name in enumerate([*head, *[""] * (width - len(head))], 1):
        name = name or f"Column {place}"
        while name in names:
            name = f"{name} · {place}"
        names[name] = None
    return pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=[*names])
