"""Companies compared: facts side by side, growth, technologies, parents. Pure.

``results`` are objects of ``searchCompany.results``. Any of their fields can be null: an unknown
value is missing here, never a zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from dashboard.formatting import day, money, percent
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, parse_times, rows_at, text_at, value_at

MAX_COMPARED = 10  # companies side by side
# Headings of the tables in which each company has a column too.
HEADINGS = ("fact", "technology", "category", "used_by", "shared")
MAX_NAME_CHARACTERS = 40  # of a name above a column or beside a bar
# Headcounts are monthly, but not on a fixed day: within this distance, a count is of that month.
HALF_A_MONTH = pd.Timedelta(days=16)


def companies_to_compare(results: Sequence[Json], selected_ids: Sequence[str]) -> list[Json]:
    """Returns the selected companies, or all if none is selected; at most ``MAX_COMPARED``."""
    selected = [company for company in results if text_at(company, "id") in selected_ids]
    return (selected or [*results])[:MAX_COMPARED]


def unique_names(results: Sequence[Json]) -> list[str]:
    """Returns a different name for each company; namesakes are followed by domain or number."""
    plain_names = [
        _clipped(text_at(company, "name") or text_at(company, "domain") or "No name")
        for company in results
    ]
    occurrences, used = Counter(plain_names), Counter(HEADINGS)
    unique_names = []
    for company, name in zip(results, plain_names, strict=True):
        domain = text_at(company, "domain")
        unique = f"{name} ({_clipped(domain)})" if occurrences[name] > 1 and domain else name
        used[unique] += 1
        while used[unique] > 1:
            unique = f"{unique} #{used[unique]}"
            used[unique] += 1
        unique_names.append(unique)
    return unique_names


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_NAME_CHARACTERS else text[: MAX_NAME_CHARACTERS - 1] + "…"


# Headcount and growth ----------------------------------------------------------------------------


def headcounts(company: Json) -> pd.Series:
    """Returns the number of all employees by time of the count, oldest first.

    The source is ``functionTrends``. A month with an unreadable bucket is left out: its sum would
    be too low.
    """
    trends = rows_at(company, "functionTrends")
    # All at once: pandas takes a millisecond for one time, and no more for fifty.
    times = parse_times([value_at(trend, "time") for trend in trends])
    totals = {}
    for trend, counted_at in zip(trends, times, strict=True):
        counts = [number_at(bucket, "count") for bucket in rows_at(trend, "buckets")]
        readable = [count for count in counts if count is not None]
        if pd.notna(counted_at) and counts and len(readable) == len(counts):
            totals[counted_at] = sum(readable)
    return pd.Series(totals, dtype=float).sort_index()


def headcount_growth(totals: pd.Series, months: int) -> float | None:
    """Returns the growth of ``headcounts`` in the months before the last count: 0.25 is 25%.

    Returns None if there is no count within half a month of the start, or that count is 0.
    """
    if totals.empty:
        return None
    start = totals.index[-1] - pd.DateOffset(months=months)
    distances = abs(totals.index - start)
    base = float(totals.iloc[distances.argmin()])
    if distances.min() > HALF_A_MONTH or base <= 0:
        return None
    return float(totals.iloc[-1]) / base - 1


def headcount_trends(results: Sequence[Json]) -> pd.DataFrame:
    """Returns headcount over time: one row for each company, month and function.

    Columns company (as ``unique_names``), counted_at, role, employees.
    """
    tables = [
        frames.function_trends(company).assign(company=name)
        for company, name in zip(results, unique_names(results), strict=True)
    ]
    tables = [table for table in tables if not table.empty]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["company"])


# Facts -------------------------------------------------------------------------------------------


def facts_table(results: Sequence[Json]) -> pd.DataFrame:
    """Returns ``frames.companies`` with growth, parents and the number of technologies.

    ``company`` is as ``unique_names``; growth_12 and growth_24 are fractions; counted_at is the
    time of the last headcount, at which both end; trend is all headcounts, the oldest first.
    """
    table = frames.companies(results)
    table["company"] = unique_names(results)
    totals_by_company = [headcounts(company) for company in results]
    table["growth_12"] = _numbers(headcount_growth(totals, 12) for totals in totals_by_company)
    table["growth_24"] = _numbers(headcount_growth(totals, 24) for totals in totals_by_company)
    table["trend"] = [[*totals] or None for totals in totals_by_company]
    last_counts = [totals.index[-1] if len(totals) else None for totals in totals_by_company]
    table["counted_at"] = pd.to_datetime(pd.Series(last_counts, dtype=object), utc=True)
    table["parent"] = [_parent_name(company, "parent") for company in results]
    table["ultimate_parent"] = [_parent_name(company, "ultimateParent") for company in results]
    table["technologies"] = _numbers(
        None if used is None else len(used) for used in map(_technologies, results)
    )
    return table


def _numbers(values: Iterable[float | None]) -> pd.Series:
    return pd.Series(list(values), dtype=float)


def _whole(number: float) -> str:
    return f"{number:,.0f}"


class Fact(NamedTuple):
    """A row of the comparison: its label, the column of ``facts_table``, how a value is written."""

    label: str
    column: str
    write: Callable[[Any], str]


# The facts of a comparison, from top to bottom.
FACTS: Sequence[Fact] = (
    Fact("Employees", "employees", _whole),
    Fact("Growth, 12 months", "growth_12", percent),
    Fact("Growth, 24 months", "growth_24", percent),
    Fact("Headcount as of", "counted_at", day),
    Fact("Founded", "founded", "{:.0f}".format),
    Fact("Revenue", "revenue", str),
    Fact("Funding, total", "funding_usd", money),
    Fact("Last round", "funding_stage", str),
    Fact("Last funded", "funded_on", day),
    Fact("Parent", "parent", str),
    Fact("Ultimate parent", "ultimate_parent", str),
    Fact("Technologies", "technologies", _whole),
    Fact("Industry", "industry", str),
    Fact("Country", "country", str),
    Fact("Domain", "domain", str),
)


def side_by_side(facts: pd.DataFrame) -> pd.DataFrame:
    """Returns ``facts_table`` transposed and formatted: one row per fact, one column per company.

    A missing value is empty.
    """
    columns = {
        str(company["company"]): [_formatted(fact, company) for fact in FACTS]
        for company in facts.to_dict("records")
    }
    return pd.DataFrame({"fact": [fact.label for fact in FACTS], **columns})


def _formatted(fact: Fact, company: Mapping[Any, Any]) -> str:
    value = company[fact.column]
    return "" if pd.isna(value) else fact.write(value)


# Technologies ------------------------------------------------------------------------------------

USED_BY = ("All", "Some", "One")
TECHNOLOGY_COLUMNS = ("technology", "category", "used_by", "shared")


def technology_use(results: Sequence[Json]) -> pd.DataFrame:
    """Returns which company uses which technology: one row a technology, the most shared first.

    Columns technology, category, used_by (number of companies), shared (one of ``USED_BY``), and
    a column of booleans for each company with known technologies.
    """
    technologies_by_company = {
        name: technologies
        for company, name in zip(results, unique_names(results), strict=True)
        if (technologies := _technologies(company)) is not None
    }
    categories = {
        technology: category
        for technologies in technologies_by_company.values()
        for technology, category in technologies.items()
    }
    records = []
    for technology, category in categories.items():
        is_used_by = {
            name: technology in technologies
            for name, technologies in technologies_by_company.items()
        }
        users = sum(is_used_by.values())
        record = {
            "technology": technology,
            "category": category,
            "used_by": users,
            "shared": _shared(users, len(is_used_by)),
        }
        records.append(record | is_used_by)
    table = pd.DataFrame(records, columns=[*TECHNOLOGY_COLUMNS, *technologies_by_company])
    order = ["used_by", "category", "technology"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _shared(users: int, companies: int) -> str:
    everybody, several, single = USED_BY
    if users == companies:
        return everybody
    return single if users == 1 else several


def _technologies(company: Json) -> dict[str, str] | None:
    """Returns a company's technologies with their categories, or None if they are unknown."""
    if not isinstance(value_at(company, "technologies"), list):
        return None
    return {
        name: text_at(technology, "category") or "Other"
        for technology in rows_at(company, "technologies")
        if (name := text_at(technology, "name")) is not None
    }


# Parents -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parent:
    """A parent that is not among the results: its name, how to look it up, and its child's name."""

    name: str
    input: dict[str, Any]  # SearchCompanyInput
    child: str

    @property
    def answer_key(self) -> str:
        """The key of its answer in an ``Outcome``; it differs from any line that a user enters."""
        return f"{self.name}, parent of {self.child}"


class KnownParents(NamedTuple):
    """The names of a company's parents, and whether the company is its own ultimate parent."""

    parent: str | None
    ultimate: str | None
    is_ultimate: bool


def known_parents(company: Json) -> KnownParents:
    """Returns what an answer reports of a company's parents."""
    is_ultimate = value_at(company, "companyHierarchy.isUltimate") is True
    parent, ultimate = (_parent_name(company, kind) for kind in ("parent", "ultimateParent"))
    return KnownParents(parent, ultimate, is_ultimate)


def missing_parents(shown: Sequence[Json], results: Sequence[Json]) -> list[Parent]:
    """Returns the parents of ``shown`` that are not among the ``results``, without duplicates."""
    result_keys = {_key(company) for company in results}
    missing: dict[str, Parent] = {}
    seen: set[str] = set()
    namesakes: Counter[tuple[str, str]] = Counter()
    for company in shown:
        child = _clipped(text_at(company, "name") or "a company")
        for kind in ("parent", "ultimateParent"):
            node = value_at(company, f"companyHierarchy.{kind}")
            key, name = _key(node), _parent_name(company, kind)
            if key is None or name is None or key in seen:
                continue
            seen.add(key)
            namesakes[name, child] += 1  # one that is found keeps its number
            if key in result_keys:
                continue
            id = text_at(node, "id")
            input = {"id": id} if id else {"name": text_at(node, "name")}
            number = namesakes[name, child]
            missing[key] = Parent(name if number == 1 else f"{name} #{number}", input, child)
    return [*missing.values()]


class _Node(NamedTuple):
    """A company in a tree: its id, or its name if it has no id; and its name."""

    key: str
    name: str


def lineage(results: Sequence[Json]) -> pd.DataFrame:
    """Returns the trees of companies with a known parent: columns node, parent, name, compared.

    ``node`` is the path from the top, so that no answer, however odd, leads to a circle.
    """
    companies_by_key = {_key(company): company for company in results}
    names_by_key = {
        _key(company): name for company, name in zip(results, unique_names(results), strict=True)
    }
    names_by_path: dict[tuple[str, ...], str] = {}
    for company in results:
        nodes = _path_from_the_top(company, companies_by_key)
        has_parents = len(nodes) > 1
        for depth, node in enumerate(nodes if has_parents else [], 1):
            path = tuple(above.key for above in nodes[:depth])
            names_by_path[path] = names_by_key.get(node.key) or node.name
    return pd.DataFrame(
        [
            {
                "node": repr(path),
                "parent": repr(path[:-1]) if path[:-1] else "",
                "name": name,
                "compared": path[-1] in companies_by_key,
            }
            for path, name in names_by_path.items()
        ],
        columns=["node", "parent", "name", "compared"],
    )


def _path_from_the_top(company: Json, companies: Mapping[str | None, Json]) -> list[_Node]:
    """Returns the companies from the top of the tree down to ``company``, as far as known.

    An answer reports two companies above its own: the parent, and the ultimate parent at the top.
    Those between the two are known only if the parent is among ``companies`` (the results by key):
    its own answer reports its parent. So the path climbs from parent to parent as long as their
    answers report anything above, and ends with the two companies of the last answer.
    """
    key = _key(company)
    if key is None:
        return []
    climbed = [_Node(key, text_at(company, "name") or key)]  # from the company upwards
    above = _parents_above(company, climbed)
    while (parent := above.get("parent")) is not None and parent.key in companies:
        higher = _parents_above(companies[parent.key], [*climbed, parent])
        if not higher:
            break
        climbed.append(parent)
        above = higher
    # By key, since the parent can be the ultimate parent.
    upwards = {node.key: node for node in (*climbed, *above.values())}
    return [*reversed(upwards.values())]


def _parents_above(company: Json, below: Sequence[_Node]) -> dict[str, _Node]:
    """Returns the parent and the ultimate parent by kind, unless unknown or already below."""
    keys_below = {node.key for node in below}
    parents = {}
    for kind in ("parent", "ultimateParent"):
        key = _key(value_at(company, f"companyHierarchy.{kind}"))
        name = _parent_name(company, kind)
        if key is not None and name is not None and key not in keys_below:
            parents[kind] = _Node(key, name)
    return parents


def _key(node: Any) -> str | None:
    return text_at(node, "id") or text_at(node, "name")


def _parent_name(company: Json, kind: str) -> str | None:
    node = value_at(company, f"companyHierarchy.{kind}")
    name = text_at(node, "name") or text_at(node, "id")
    return None if name is None else _clipped(name)


# Link to the people ------------------------------------------------------------------------------


def people_query(results: Sequence[Json]) -> dict[str, str]:
    """Returns the parameters of a link to an advanced search for the people of these companies.

    They are domains, which are exact, or names if no company has a domain: LeadIQ would require
    both to match. Empty if the companies have neither.
    """
    for parameter, path in (("company_domains", "domain"), ("company_names", "name")):
        values = [value for company in results if (value := text_at(company, path))]
        if values:
            return {parameter: "\n".join(dict.fromkeys(values))}
    return {}
