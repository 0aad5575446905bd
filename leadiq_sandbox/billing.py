"""What a document's selection and its answer cost: the unlocks that they amount to.

LeadIQ charges for the data points that a document selects and that are returned. A larger unlock
replaces the profile's fee; company information is charged once for each company.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode
from graphql.execution.values import get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

Json = Mapping[str, Any]
Info = GraphQLResolveInfo[Any]
Unlock = tuple[str, str]  # (price name, id of the person or company)
Bill = list[list[Unlock]]  # a list for each record: its larger unlocks, or its profile

POSITION_EMAIL_PATHS = frozenset(
    {"results.currentPositions.emails", "results.currentPositions.workEmail"}
)
CONTACT_DATA = frozenset({"PersonEmail", "PersonPhone"})
NOT_CONTACT_DATA = frozenset({"Invalid", "Suppressed"})


def with_profiles(bill: Bill, profiles: Sequence[Unlock]) -> Bill:
    """Returns the bill with the profiles of those people of whom no contact data is on it."""
    replaced = {id for record in bill for kind, id in record if kind in CONTACT_DATA}
    return [*bill, *([profile] for profile in profiles if profile[1] not in replaced)]


def selected_paths(info: Info) -> set[str]:
    """Returns the dotted paths of all selected fields, fragments and directives resolved."""
    paths: set[str] = set()

    def visit(nodes: Iterable[Any], prefix: str) -> None:
        for node in nodes:
            if _is_excluded(node, info):
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


def _is_excluded(node: Any, info: Info) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return bool(skip and skip["if"]) or bool(include and not include["if"])


def beyond_profile(paths: set[str], prefix: str) -> bool:
    """Returns whether more than a company's id and name is selected below ``prefix``."""
    included = {f"{prefix}.{name}" for name in ("id", "name", "__typename")}
    return any(path.startswith(prefix + ".") and path not in included for path in paths)


def people_bill(paths: set[str], people: Sequence[Json]) -> Bill:
    """Returns the bill of ``searchPeople``."""
    if "results" not in paths:
        return []
    bill = []
    for person in people:
        unlocks: list[Unlock] = []
        if has_usable(_selected_emails(paths, person)):
            unlocks.append(("PersonEmail", person["id"]))
        if has_usable(_selected_phones(paths, person)):
            unlocks.append(("PersonPhone", person["id"]))
        for field in ("currentPositions", "pastPositions"):
            if beyond_profile(paths, f"results.{field}.companyInfo"):
                companies = [row["companyInfo"] for row in person[field] if row["companyInfo"]]
                unlocks += [("Company", company["id"]) for company in companies]
        bill.append([*dict.fromkeys(unlocks)] or [("Profile", person["id"])])
    return bill


def _selected_emails(paths: set[str], person: Json) -> list[Json]:
    at_work = _of_positions(person, "emails") if paths & POSITION_EMAIL_PATHS else []
    return at_work + (person["personalEmails"] if "results.personalEmails" in paths else [])


def _selected_phones(paths: set[str], person: Json) -> list[Json]:
    selected = "results.currentPositions.phones" in paths
    at_work = _of_positions(person, "phones") if selected else []
    return at_work + (person["personalPhones"] if "results.personalPhones" in paths else [])


def _of_positions(person: Json, field: str) -> list[Json]:
    return [contact for position in person["currentPositions"] for contact in position[field]]


def has_usable(contacts: Sequence[Json]) -> bool:
    """Whether any of these addresses or numbers is contact data."""
    return any(contact["status"] not in NOT_CONTACT_DATA for contact in contacts)


def companies_bill(paths: set[str], companies: Sequence[Json]) -> Bill:
    """Returns the bill of ``searchCompany``: id and name alone cost what a profile costs."""
    if "results" not in paths:
        return []
    kind = "Company" if beyond_profile(paths, "results") else "Profile"
    return [[(kind, company["id"])] for company in companies]


def flat_bill(paths: set[str], people: Sequence[Json]) -> Bill:
    """Returns the bill of ``flatAdvancedSearch``."""
    return _advanced_bill(paths, "people", people) if "people" in paths else []


def grouped_bill(paths: set[str], companies: Sequence[Json]) -> Bill:
    """Returns the bill of ``groupedAdvancedSearch``: by company if its information is selected."""
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
