"""What a document's selection and its answer cost: the unlocks that they amount to.

LeadIQ charges for the data points that a document selects and that come back. A larger unlock
replaces the profile's fee; company information is charged once a company.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode
from graphql.execution.values import get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

Json = Mapping[str, Any]
Unlock = tuple[str, str]  # (price name, id of the person or company)
Bill = list[list[Unlock]]  # one list a record: its larger unlocks, or its profile

EMAIL_PATHS = frozenset(
    {"results.currentPositions.emails", "results.currentPositions.workEmail",
     "results.personalEmails"}
)  # fmt: skip
PHONE_PATHS = frozenset({"results.currentPositions.phones", "results.personalPhones"})
NOT_CONTACT_DATA = frozenset({"Invalid", "Suppressed"})


def selected_paths(info: GraphQLResolveInfo) -> set[str]:
    """Dotted paths of all fields that this answer selects, fragments and directives resolved."""
    paths: set[str] = set()

    def visit(nodes: Iterable[Any], prefix: str) -> None:
        for node in nodes:
            if _left_out(node, info):
                continue
            if isinstance(node, FieldNode):
                path = f"{prefix}{node.name.value}"
                paths.add(path)
                if node.selection_set:
                    visit(node.selection_set.selections, f"{path}.")
            elif isinstance(node, FragmentSpreadNode):
                visit(info.fragments[node.name.value].selection_set.selections, prefix)
            elif isinstance(node, InlineFragmentNode):
                visit(node.selection_set.selections, prefix)

    for field in info.field_nodes:
        if field.selection_set:
            visit(field.selection_set.selections, "")
    return paths


def _left_out(node: Any, info: GraphQLResolveInfo) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return bool(skip and skip["if"]) or bool(include and not include["if"])


def beyond_profile(paths: set[str], prefix: str) -> bool:
    """Whether more than a company's id and name is selected below ``prefix``."""
    own = {f"{prefix}.{name}" for name in ("id", "name", "__typename")}
    return any(path.startswith(prefix + ".") and path not in own for path in paths)


def people_bill(paths: set[str], people: Sequence[Json]) -> Bill:
    """``searchPeople``."""
    if "results" not in paths:
        return []
    bill = []
    for person in people:
        positions = person["currentPositions"]
        unlocks: list[Unlock] = []
        emails = [
            *(
                _under(positions, "emails")
                if paths & (EMAIL_PATHS - {"results.personalEmails"})
                else ()
            ),
            *(person["personalEmails"] if "results.personalEmails" in paths else ()),
        ]
        if any(found["status"] not in NOT_CONTACT_DATA for found in emails):
            unlocks.append(("PersonEmail", person["id"]))
        phones = [
            *(_under(positions, "phones") if "results.currentPositions.phones" in paths else ()),
            *(person["personalPhones"] if "results.personalPhones" in paths else ()),
        ]
        if any(found["status"] not in NOT_CONTACT_DATA for found in phones):
            unlocks.append(("PersonPhone", person["id"]))
        for field in ("currentPositions", "pastPositions"):
            if beyond_profile(paths, f"results.{field}.companyInfo"):
                known = [row["companyInfo"] for row in person[field] if row["companyInfo"]]
                unlocks += [("Company", company["id"]) for company in known]
        bill.append([*dict.fromkeys(unlocks)] or [("Profile", person["id"])])
    return bill


def companies_bill(paths: set[str], companies: Sequence[Json]) -> Bill:
    """``searchCompany``: id and name alone are at the profile's price."""
    if "results" not in paths:
        return []
    kind = "Company" if beyond_profile(paths, "results") else "Profile"
    return [[(kind, company["id"])] for company in companies]


def flat_bill(paths: set[str], people: Sequence[Json]) -> Bill:
    """``flatAdvancedSearch``."""
    return _advanced_bill(paths, "people", people) if "people" in paths else []


def grouped_bill(paths: set[str], companies: Sequence[Json]) -> Bill:
    """``groupedAdvancedSearch``: company information once a company, else a profile a person."""
    if beyond_profile(paths, "companies.company"):
        return [[("Company", row["company"]["id"])] for row in companies]
    people = [person for row in companies for person in row["people"]]
    return _advanced_bill(paths, "companies.people", people) if "companies.people" in paths else []


def _advanced_bill(paths: set[str], prefix: str, people: Sequence[Json]) -> Bill:
    change = f"{prefix}.personJobChange"
    current = any(
        beyond_profile(paths, path)
        for path in (f"{prefix}.company", f"{change}.currentPosition.company")
    )
    previous = beyond_profile(paths, f"{change}.previousPosition.company")
    bill = []
    for person in people:
        unlocks: list[Unlock] = [("Company", person["companyId"])] if current else []
        if previous and person["personJobChange"]:
            before = person["personJobChange"]["previousPosition"]["companyId"]
            unlocks.append(("Company", before))
        bill.append([*dict.fromkeys(unlocks)] or [("Profile", person["id"])])
    return bill


def _under(positions: Sequence[Json], field: str) -> list[Json]:
    return [found for position in positions for found in position[field]]
