"""Companies compared: growth, facts, technologies, parents and the way to people, exactly."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import companies as company_charts
from dashboard.search import company_facts
from dashboard.tables.export import csv_bytes
from tests.dashboard.sample_companies import ACME, GLOBEX, NAMESAKE, UNKNOWN, month


def test_growth_ends_at_the_last_count() -> None:
    totals = company_facts.headcounts(ACME)
    assert list(totals) == [60, 80, 120]
    assert company_facts.headcount_growth(totals, 12) == pytest.approx(0.5)
    assert company_facts.headcount_growth(totals, 24) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "trends",
    [
        None,
        [],
        [month("2026-11-01", Sales=5)],
        [month("2026-11-01", Sales=5), month("2025-10-01", Sales=5)],  # a month too early
        [month("2026-11-01", Sales=5), month("2025-11-01", Sales=0)],  # from nobody
        [month("2026-11-01", Sales=5), month("2025-11-01", Sales=3, Legal=None)],  # a part of it
        [month("2026-11-01", Sales=5), month("2025-11-01")],
    ],
)
def test_growth_is_unknown_if_months_are_missing(trends: Any) -> None:
    totals = company_facts.headcounts({"functionTrends": trends})
    assert company_facts.headcount_growth(totals, 12) is None


def test_facts_side_by_side() -> None:
    table = company_facts.side_by_side(company_facts.facts_table([ACME, UNKNOWN]))
    assert list(table) == ["fact", "Acme", "No name"]
    assert dict(zip(table["fact"], table["Acme"], strict=True)) == {
        "Employees": "120",
        "Growth, 12 months": "+50%",
        "Growth, 24 months": "+100%",
        "Headcount as of": "1 Nov 2026",
        "Founded": "1999",
        "Revenue": "$1M to $10M",
        "Funding, total": "$2.5M",
        "Last round": "Seed",
        "Last funded": "4 Mar 2025",
        "Parent": "Globex",
        "Ultimate parent": "Umbrella",
        "Technologies": "2",
        "Industry": "Retail",
        "Country": "",
        "Domain": "acme.example",
    }
    assert set(table["No name"]) == {""}


def test_namesakes_get_different_names() -> None:
    long = {"name": "x" * 500}
    found = company_facts.unique_names([ACME, NAMESAKE, GLOBEX, UNKNOWN, UNKNOWN, long])
    assert found == [
        "Acme (acme.example)",
        "Acme (acme.test)",
        "Globex",
        "No name",
        "No name #2",
        "x" * 39 + "…",
    ]
    assert company_facts.unique_names([{"name": "fact"}]) == ["fact #2"]  # a heading of the tables


def test_technologies_shared_and_not() -> None:
    used = company_facts.technology_use([ACME, GLOBEX, UNKNOWN])
    assert list(used) == ["technology", "category", "used_by", "shared", "Acme", "Globex"]
    assert used.to_numpy().tolist() == [
        ["Slack", "Collaboration", 2, "All", True, True],
        ["Okta", "Other", 1, "One", False, True],
        ["SAP", "Other", 1, "One", True, False],
    ]
    # A company that uses nothing is known: then nothing is used by all.
    with_none = company_facts.technology_use([ACME, GLOBEX, NAMESAKE | {"name": "Bare"}])
    assert list(with_none["shared"]) == ["Some", "One", "One"]
    assert company_facts.technology_use([UNKNOWN]).empty


def test_a_family_from_the_top_down() -> None:
    tree = company_facts.lineage([ACME, GLOBEX, NAMESAKE, UNKNOWN])
    by_node = tree.set_index("node")["name"].to_dict()
    above = [(by_node.get(row.parent), row.name, row.compared) for row in tree.itertuples(False)]
    assert above == [
        (None, "Umbrella", False),
        ("Umbrella", "Globex", True),
        ("Globex", "Acme (acme.example)", True),
    ]
    # The same without Globex's own answer, and with an ultimate parent only.
    assert list(company_facts.lineage([ACME])["name"]) == ["Umbrella", "Globex", "Acme"]
    alone = {"id": "1", "name": "One", "companyHierarchy": {"ultimateParent": {"name": "Top"}}}
    assert list(company_facts.lineage([alone])["name"]) == ["Top", "One"]
    assert company_facts.known_parents(ACME) == ("Globex", "Umbrella", False)
    assert company_facts.known_parents(NAMESAKE) == (None, None, True)


def test_a_parent_that_is_its_own_child_does_not_make_a_circle() -> None:
    def child_of(own: str, parent: str) -> dict[str, Any]:
        return {"id": own, "name": own, "companyHierarchy": {"parent": {"id": parent}}}

    tree = company_facts.lineage([child_of("a", "b"), child_of("b", "a"), child_of("c", "c")])
    assert list(tree["name"]) == ["b", "a", "a", "b"]


def test_parents_to_look_up_are_those_missing_from_the_results() -> None:
    missing = company_facts.missing_parents([ACME, GLOBEX], [ACME, GLOBEX])
    assert [(parent.name, parent.input, parent.answer_key) for parent in missing] == [
        ("Umbrella", {"id": "MergedCompany-u"}, "Umbrella, parent of Acme")
    ]
    nameless = {"id": "1", "name": "One", "companyHierarchy": {"parent": {"name": "Top"}}}
    assert company_facts.missing_parents([nameless], [nameless])[0].input == {"name": "Top"}
    assert company_facts.missing_parents([UNKNOWN, NAMESAKE], []) == []


def test_parents_of_the_same_name_have_keys_of_their_own() -> None:
    hierarchy = {name: {"id": name, "name": "Top"} for name in ("parent", "ultimateParent")}
    child = {"id": "1", "name": "One", "companyHierarchy": hierarchy}
    missing = company_facts.missing_parents([child], [child])
    assert [parent.answer_key for parent in missing] == [
        "Top, parent of One",
        "Top #2, parent of One",
    ]
    assert [parent.input for parent in missing] == [{"id": "parent"}, {"id": "ultimateParent"}]
    # An answer must not take the place of the other one.
    found = company_facts.missing_parents([child], [child, {"id": "parent", "name": "Top"}])
    assert found == missing[1:]
    sister = {"name": "One", "companyHierarchy": {"parent": {"id": "parent", "name": "Top"}}}
    assert company_facts.missing_parents([sister, child], [{"id": "parent"}]) == found


def test_the_link_to_people_is_by_domain() -> None:
    query = company_facts.people_query
    assert query([ACME]) == {"company_domains": "acme.example"}
    both = {"company_domains": "acme.example\nacme.test"}
    assert query([ACME, GLOBEX, NAMESAKE, ACME]) == both
    assert query([GLOBEX]) == {"company_names": "Globex"}
    assert query([UNKNOWN]) == {}


def test_selected_companies_are_compared_at_most_ten() -> None:
    many = [{"id": f"c{n}"} for n in range(12)]
    assert company_facts.companies_to_compare(many, ["c11", "c2"]) == [many[2], many[11]]
    assert company_facts.companies_to_compare(many, []) == many[:10]
    assert company_facts.companies_to_compare(many, [f"c{n}" for n in range(1, 12)]) == many[1:11]


# Anything JSON can hold, under the names that a comparison reads.
FIELDS = st.sampled_from(
    [
        "id",
        "name",
        "domain",
        "companyHierarchy",
        "parent",
        "ultimateParent",
        "isUltimate",
        "functionTrends",
        "time",
        "buckets",
        "bucket",
        "count",
        "technologies",
        "category",
        "numberOfEmployees",
        "fundingInfo",
        "fundingTotalUsd",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=100)
@given(companies=st.lists(st.dictionaries(FIELDS, ANYTHING, max_size=8), max_size=5))
def test_no_answer_breaks_a_comparison(companies: list[dict[str, Any]]) -> None:
    names = company_facts.unique_names(companies)
    assert len({*names}) == len(companies)
    facts = company_facts.facts_table(companies)
    assert list(company_facts.side_by_side(facts))[1:] == names
    company_charts.headcount_by_role(company_facts.headcount_trends(companies), "x", shares=True)
    used = company_facts.technology_use(companies)
    assert (used["used_by"] >= 1).all()
    tree = company_facts.lineage(companies)
    assert tree["node"].is_unique
    assert {*tree["parent"]} <= {*tree["node"], ""}
    shorter = {node: len(node) for node in tree["node"]} | {"": 0}
    assert all(shorter[row.parent] < shorter[row.node] for row in tree.itertuples(False))
    company_charts.family_tree(tree, "x")
    for parent in company_facts.missing_parents(companies, companies):
        assert all(isinstance(value, str) for value in parent.input.values())
    company_facts.people_query(companies)
    csv_bytes(used)
