"""What is compared of companies: facts side by side, growth, technologies, parents. Pure.

``results`` are objects of ``searchCompany.results``. Any of their fields can be null: what is not
known is missing here, never a zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.formatting import day, money, percent
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at, text_at, time_at, value_at

MAX_COMPARED = 10  # companies side by side
# Headings of the tables in which each company has a column too.
HEADINGS = ("fact", "technology", "category", "used_by", "shared")
MAX_NAME_CHARACTERS = 40  # characters of a name over a column or beside a bar
# Counts are monthly, but not to the day: this near to a date, a count is that month's.
HALF_A_MONTH = pd.Timedelta(days=16)


def compared(results: Sequence[Json], chosen: Sequence[str]) -> list[Json]:
    """The companies to compare: those with a ``chosen`` id, else the first; at most ten."""
    wanted = [company for company in results if text_at(company, "id") in chosen]
    return (wanted or [*results])[:MAX_COMPARED]


def names(results: Sequence[Json]) -> list[str]:
    """A name for each company, no two the same: its domain or a number tells namesakes apart."""
    plain = [
        _clipped(text_at(company, "name") or text_at(company, "domain") or "No name")
        for company in results
    ]
    often, given = Counter(plain), Counter(HEADINGS)
    found = []
    for company, name in zip(results, plain, strict=True):
        domain = text_at(company, "domain")
        unique = f"{name} ({_clipped(domain)})" if often[name] > 1 and domain else name
        given[unique] += 1
        while given[unique] > 1:
            unique = f"{unique} #{given[unique]}"
            given[unique] += 1
        found.append(unique)
    return found


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_NAME_CHARACTERS else text[: MAX_NAME_CHARACTERS - 1] + "…"


# Headcount and growth ----------------------------------------------------------------------------


def headcounts(company: Json) -> pd.Series:
    """Employees in all by the time of the count, the oldest first, from ``functionTrends``.

    A month with a bucket that cannot be read is left out: its sum would tell too little.
    """
    totals = {}
    for trend in rows_at(company, "functionTrends"):
        at = time_at(trend, "time")
        counts = [number_at(bucket, "count") for bucket in rows_at(trend, "buckets")]
        known = [number for number in counts if number is not None]
        if at is not None and counts and len(known) == len(counts):
            totals[at] = sum(known)
    return pd.Series(totals, dtype=float).sort_index()


def growth(totals: pd.Series, months: int) -> float | None:
    """Growth of ``headcounts`` over so many months to the last count: 0.25 is a quarter more.

    None where there is no count within half a month of the beginning, or nobody was counted then.
    """
    if totals.empty:
        return None
    began = totals.index[-1] - pd.DateOffset(months=months)
    away = abs(totals.index - began)
    base = float(totals.iloc[away.argmin()])
    if away.min() > HALF_A_MONTH or base <= 0:
        return None
    return float(totals.iloc[-1]) / base - 1


def trends(results: Sequence[Json]) -> pd.DataFrame:
    """Headcount by function over time: one row a company, month and function.

    Columns company (unique, as ``names``), counted_at, role, employees.
    """
    tables = [
        frames.function_trends(company).assign(company=name)
        for company, name in zip(results, names(results), strict=True)
    ]
    known = [table for table in tables if not table.empty]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=["company"])


# Facts -------------------------------------------------------------------------------------------


def facts(results: Sequence[Json]) -> pd.DataFrame:
    """One row a company: the columns of ``frames.companies`` with growth, parents, technologies.

    ``company`` is unique (as ``names``), growth_12 and growth_24 are fractions, counted_at is the
    month to which they go, and technologies is their number.
    """
    frame = frames.companies(results)
    frame["company"] = names(results)
    counted = [headcounts(company) for company in results]
    frame["growth_12"] = _numbers(growth(totals, 12) for totals in counted)
    frame["growth_24"] = _numbers(growth(totals, 24) for totals in counted)
    last = [totals.index[-1] if len(totals) else None for totals in counted]
    frame["counted_at"] = pd.to_datetime(pd.Series(last, dtype=object), utc=True)
    frame["parent"] = [_parent_name(company, "parent") for company in results]
    frame["ultimate_parent"] = [_parent_name(company, "ultimateParent") for company in results]
    frame["technologies"] = _numbers(
        None if used is None else len(used) for used in map(_technologies, results)
    )
    return frame


def _numbers(found: Iterable[float | None]) -> pd.Series:
    return pd.Series(list(found), dtype=float)


def _whole(number: float) -> str:
    return f"{number:,.0f}"


# The facts of a comparison, in the order in which they are read: label, column, how it is written.
FACTS: Sequence[tuple[str, str, Callable[[Any], str]]] = (
    ("Employees", "employees", _whole),
    ("Growth, 12 months", "growth_12", percent),
    ("Growth, 24 months", "growth_24", percent),
    ("Headcount last counted", "counted_at", day),
    ("Founded", "founded", "{:.0f}".format),
    ("Revenue", "revenue", str),
    ("Funding, total", "funding_usd", money),
    ("Last round", "funding_stage", str),
    ("Last funded", "funded_on", day),
    ("Parent", "parent", str),
    ("Ultimate parent", "ultimate_parent", str),
    ("Technologies", "technologies", _whole),
    ("Industry", "industry", str),
    ("Country", "country", str),
    ("Domain", "domain", str),
)


def side_by_side(frame: pd.DataFrame) -> pd.DataFrame:
    """``facts`` turned: one row a fact, one column a company, written for people; – is missing."""
    return pd.DataFrame(
        {
            "fact": [label for label, _, _ in FACTS],
            **{
                str(row["company"]): [
                    "–" if pd.isna(row[column]) else write(row[column])
                    for _, column, write in FACTS
                ]
                for row in frame.to_dict("records")
            },
        }
    )


# Technologies ------------------------------------------------------------------------------------

USED_BY = ("All", "Some", "One alone")


def technology_use(results: Sequence[Json]) -> pd.DataFrame:
    """Who uses what: one row a technology, the most shared first.

    Columns technology, category, used_by (number of companies), shared (one of ``USED_BY``) and
    one of True or False for each company whose technologies are known.
    """
    known = {
        name: used
        for company, name in zip(results, names(results), strict=True)
        if (used := _technologies(company)) is not None
    }
    categories = {name: category for used in known.values() for name, category in used.items()}
    records = []
    for technology, category in categories.items():
        users = {name: technology in used for name, used in known.items()}
        number = sum(users.values())
        shared = USED_BY[0] if number == len(known) else USED_BY[2 if number == 1 else 1]
        told = {"technology": technology, "category": category, "used_by": number}
        records.append({**told, "shared": shared, **users})
    columns = ["technology", "category", "used_by", "shared", *known]
    order = ["used_by", "category", "technology"]
    table = pd.DataFrame(records, columns=columns)
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _technologies(company: Json) -> dict[str, str] | None:
    """A company's technologies with their categories; None where they are not known."""
    if not isinstance(value_at(company, "technologies"), list):
        return None
    return {
        name: text_at(used, "category") or "Other"
        for used in rows_at(company, "technologies")
        if (name := text_at(used, "name")) is not None
    }


# Parents -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parent:
    """A parent that is not among the results: its name, how to look it up, and whose it is."""

    name: str
    input: dict[str, Any]  # SearchCompanyInput
    child: str

    @property
    def line(self) -> str:
        """What an outcome keeps its answer under; no line that somebody typed is like it."""
        return f"{self.name}, parent of {self.child}"


def has_known_lineage(company: Json) -> tuple[str | None, str | None, bool]:
    """(parent, ultimate parent, whether the company is its own ultimate parent)."""
    own = value_at(company, "companyHierarchy.isUltimate") is True
    return _parent_name(company, "parent"), _parent_name(company, "ultimateParent"), own


def unknown_parents(shown: Sequence[Json], results: Sequence[Json]) -> list[Parent]:
    """The parents of ``shown`` that are not among the ``results``, each once."""
    had = {_key(company) for company in results}
    found: dict[str, Parent] = {}
    for company in shown:
        child = _clipped(text_at(company, "name") or "a company")
        for kind in ("parent", "ultimateParent"):
            node = value_at(company, f"companyHierarchy.{kind}")
            key, name = _key(node), _parent_name(company, kind)
            if key is None or name is None or key in had or key in found:
                continue
            id = text_at(node, "id")
            input = {"id": id} if id else {"name": text_at(node, "name")}
            found[key] = Parent(name, input, child)
    return [*found.values()]


def lineage(results: Sequence[Json]) -> pd.DataFrame:
    """The trees of companies that have a known parent: columns node, parent, name, compared.

    ``node`` is the path from the top, so that no answer, however odd, makes a ring.
    """
    labels = {_key(company): name for company, name in zip(results, names(results), strict=True)}
    by_key = {_key(company): company for company in results}
    nodes: dict[tuple[str, ...], str] = {}
    for company in results:
        path = _path(company, by_key, ())
        if len(path) < 2:
            continue
        for length in range(1, len(path) + 1):
            key, name = path[length - 1]
            nodes[tuple(step for step, _ in path[:length])] = labels.get(key) or name
    return pd.DataFrame(
        [
            {
                "node": repr(path),
                "parent": repr(path[:-1]) if path[:-1] else "",
                "name": name,
                "compared": path[-1] in by_key,
            }
            for path, name in nodes.items()
        ],
        columns=["node", "parent", "name", "compared"],
    )


def _path(
    company: Json, by_key: Mapping[str | None, Json], seen: tuple[str, ...]
) -> list[tuple[str, str]]:
    """(key, name) of each company from the top down to this one, as far as the answers tell."""
    own = _key(company)
    if own is None or own in seen:
        return []
    above: list[tuple[str, str]] = []
    for kind in ("ultimateParent", "parent"):
        node = value_at(company, f"companyHierarchy.{kind}")
        key, name = _key(node), _parent_name(company, kind)
        if key is None or name is None or key in (own, *seen):
            continue
        if kind == "parent" and key in by_key:  # its own answer tells more of what is above it
            higher = _path(by_key[key], by_key, (*seen, own))
            if len(higher) > 1:
                above = higher
                continue
        if key not in {step for step, _ in above}:
            above = [*above, (key, name)]
    return [*above, (own, text_at(company, "name") or own)]


def _key(node: Any) -> str | None:
    return text_at(node, "id") or text_at(node, "name")


def _parent_name(company: Json, kind: str) -> str | None:
    node = value_at(company, f"companyHierarchy.{kind}")
    found = text_at(node, "name") or text_at(node, "id")
    return None if found is None else _clipped(found)


# To the people -----------------------------------------------------------------------------------


def people_query(results: Sequence[Json]) -> dict[str, str]:
    """The address of an advanced search for the people of these companies, as its parameters.

    Domains, as they are exact; names only where no company has a domain, as LeadIQ asks for both
    at once. Empty where there is neither.
    """
    for parameter, path in (("company_domains", "domain"), ("company_names", "name")):
        values = [found for company in results if (found := text_at(company, path))]
        if values:
            return {parameter: "\n".join(dict.fromkeys(values))}
    return {}
