"""Each field of an ideal customer profile fills its box, and is read back from it as it was."""

from typing import Any

from dashboard.search.filter_fields import BOXES
from dashboard.search.ideal_customers import entries_of

PROFILE = {
    "id": "icp-1",
    "name": "Sales leaders",
    "persona": {
        "titles": ["VP Sales"],
        "functions": ["Sales"],
        "seniorities": ["VP", "Owner"],
        "locations": [
            {"city": "Boston", "areaLevel1": "Massachusetts", "country": "United States"},
            {"city": "Boston", "areaLevel1": None, "country": "United States"},
            {"city": None, "areaLevel1": "Massachusetts", "country": None},
            {"city": None, "areaLevel1": None, "country": "France"},
            {"city": None, "areaLevel1": None, "country": None},
        ],
    },
    "company": {
        "industries": ["Computer Software"],
        "sizes": [{"min": 51, "max": 200}, {"min": 120, "max": 450}, {"min": 9_000, "max": None}],
        "locations": [{"city": None, "areaLevel1": "Bavaria", "country": "Germany"}],
        "technologies": ["Salesforce"],
        "technologyCategories": ["CRM"],
    },
}


def test_a_profile_fills_the_boxes_field_by_field() -> None:
    entries = entries_of(PROFILE)
    assert entries.unknown == ["Owner"]
    parsed = [(box.path, box.parse(entries.by_key[box.key])) for box in BOXES]
    assert [entry.problem for _, entry in parsed if entry.problem] == []
    found: dict[str, Any] = {}
    for path, entry in parsed:
        if entry.value:
            found[path] = found.get(path, []) + entry.value
    assert found == {
        "contactFilter.titles": ["VP Sales"],
        "contactFilter.roles": ["Sales"],
        "contactFilter.seniorities": ["VP"],
        "contactFilter.locations": [
            {"city": "Boston", "areaLevel1": "Massachusetts", "country": "United States"},
            {"city": "Boston", "country": "United States"},
            {"areaLevel1": "Massachusetts"},
            {"country": "France"},
        ],
        "companyFilter.industries": ["Computer Software"],
        "companyFilter.sizes": [{"min": 51, "max": 200}, {"min": 120, "max": 450}, {"min": 9_000}],
        "companyFilter.locations": [{"areaLevel1": "Bavaria", "country": "Germany"}],
        "companyFilter.technologies": ["Salesforce"],
        "companyFilter.technologyCategories": ["CRM"],
    }


def test_a_profile_of_nothing_leaves_every_box_empty() -> None:
    assert not any(entries_of({"id": "icp-2", "name": "Empty"}).by_key.values())
