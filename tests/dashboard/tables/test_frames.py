"""JSON of any shape -> frames; frames -> CSV that is complete and inert; charts of anything."""

import csv
import io
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import companies as company_charts
from dashboard.charts import facets as filter_charts
from dashboard.charts import people as people_charts
from dashboard.lists.inputs import prospect_inputs
from dashboard.search.crossfilter import FACETS, Crossfilter
from dashboard.tables import frames
from dashboard.tables.api_json import emails_of, phones_of, time_at
from dashboard.tables.export import csv_bytes, read_list_export
from leadiq_api.credits import records_of

EMAIL = {"type": "WorkEmail", "value": "a@b.example"}
PERSON = {
    "id": "PersonID-1",
    "name": {"fullName": "Ada Byron", "first": "Ada", "last": "Byron"},
    "linkedin": {"linkedinUrl": "https://www.linkedin.com/in/ada"},
    "location": {"city": "London", "country": "United Kingdom", "countryCode3": "GBR"},
    "currentPositions": [
        {
            "title": "Analyst",
            "seniority": "Director",
            "function": "Engineering",
            "dateRange": {"start": "2020-01-01T00:00:00Z"},
            "companyInfo": {"id": "MergedCompany-1", "name": "Engine", "domain": "engine.example"},
            "emails": [
                EMAIL | {"status": "Unverified"},
                EMAIL | {"status": "Verified", "value": "ada@engine.example"},
                EMAIL | {"status": "Invalid", "value": "old@engine.example"},
            ],
            "phones": [{"value": "+44 20", "status": "LikelyAccurate"}],
        }
    ],
    "personalEmails": [EMAIL | {"status": "Suppressed", "value": "ada@mail.example"}],
    "personalPhones": [
        {"value": "+44 77", "status": "Verified"},
        {"value": "+1", "status": "Invalid"},
    ],
    "updatedAt": "2026-01-02T03:04:05.000Z",
}


def test_a_person_as_a_row() -> None:
    (row,) = frames.people([PERSON]).to_dict("records")
    assert row == {
        "person_id": "PersonID-1",
        "name": "Ada Byron",
        "first_name": "Ada",
        "last_name": "Byron",
        "title": "Analyst",
        "company": "Engine",
        "work_email": "ada@engine.example",
        "email_status": "Verified",
        "phone": "+44 77",
        "seniority": "Director",
        "role": "Engineering",
        "company_id": "MergedCompany-1",
        "domain": "engine.example",
        "industry": None,
        "city": "London",
        "state": None,
        "country": "United Kingdom",
        "country_code": "GBR",
        "linkedin_url": "https://www.linkedin.com/in/ada",
        "updated_at": pd.Timestamp("2026-01-02T03:04:05Z"),
    }


def test_unusable_contact_data_is_no_contact_data() -> None:
    assert [row["value"] for row in emails_of(PERSON)] == ["ada@engine.example", "a@b.example"]
    assert [row["value"] for row in phones_of(PERSON)] == ["+44 77", "+44 20"]


def test_times_in_both_notations() -> None:
    expected = pd.Timestamp("2025-01-15T12:34:56Z")
    for found in ("2025-01-15T12:34:56Z", 1736944496000, "1736944496000"):
        assert time_at({"at": found}, "at") == expected
    for odd in (None, True, "soon", {}, [], 10**40, ""):
        assert time_at({"at": odd}, "at") is None
    found = frames.lists([{"createdAt": "0001-01-01"}, {"createdAt": 0.5}])
    assert found["created_at"].isna().tolist() == [True, False]  # no page has such years


@pytest.mark.parametrize("status", [None, [], {}, ["Invalid"], 5, "New"])
def test_contact_data_of_a_status_unheard_of_is_usable(status: Any) -> None:
    row = {"value": "a@b.example", "status": status}
    person = {"id": "p", "currentPositions": [{"emails": [row], "phones": [row]}]}
    assert (emails_of(person), phones_of(person)) == ([row], [row])
    # The same, where what was paid is written into the ledger.
    (record,) = records_of("searchPeople", {"results": [person]}, ("email", "phone"))
    assert (record.email, record.phone) == (True, True)


def test_plans() -> None:
    account = {
        "plans": [
            {"name": "U", "product": "Universal"},
            {"name": "T", "product": "ContactTracking"},
        ],
        "universalPlan": {
            "name": "U",
            "product": "Universal",
            "used": 30,
            "available": 70,
            "status": "Active",
            "nextBillingPeriod": "2026-12-01T00:00:00Z",
        },
    }
    usage = {"planUsage": [{"name": "API", "creditType": "Page", "units": 5, "cap": None}]}
    found = frames.plans(account, usage)
    assert found["plan"].tolist() == ["U", "T", "API · Page"]
    assert found["cap"].fillna(-1).tolist() == [100, -1, -1]
    assert found["used"].fillna(-1).tolist() == [30, -1, 5]


def test_people_become_prospects() -> None:
    rows = frames.people(
        [PERSON, {"id": "PersonID-2", "name": {"fullName": "No Last", "first": "No"}}]
    )
    inputs, left_out = prospect_inputs(rows)
    assert left_out == ["No Last"]
    assert inputs == [
        {
            "firstName": "Ada",
            "lastName": "Byron",
            "title": "Analyst",
            "seniority": "Director",
            "function": "Engineering",
            "company": "Engine",
            "companyDomain": "engine.example",
            "companyId": "MergedCompany-1",
            "personId": "PersonID-1",
            "phone": "+44 77",
            "linkedinUrl": "https://www.linkedin.com/in/ada",
            "workEmail": "ada@engine.example",
            "emailStatus": "Verified",
            "location": {"city": "London", "country": "United Kingdom"},
        }
    ]


def test_pages_that_overlap_hold_each_row_once() -> None:
    answers = {1: {"people": [{"id": "b"}, {"id": "c"}]}, 0: {"people": [{"id": "a"}, {"id": "b"}]}}
    assert [row["id"] for row in frames.loaded_rows(answers, "people")] == ["a", "b", "c"]


# Anything JSON can hold, under the names that the frames read.
NAMES = st.sampled_from(
    [
        "id",
        "name",
        "fullName",
        "first",
        "last",
        "currentPositions",
        "title",
        "companyInfo",
        "company",
        "emails",
        "phones",
        "value",
        "status",
        "personalEmails",
        "personalPhones",
        "location",
        "city",
        "linkedin",
        "linkedinUrl",
        "updatedAt",
        "dateRange",
        "start",
        "end",
        "people",
        "seniority",
        "employeeCount",
        "numberOfEmployees",
        "fundingInfo",
        "technologies",
        "fundingTotalUsd",
        "functionTrends",
        "time",
        "buckets",
        "bucket",
        "count",
        "mobilePhones",
        "universalPlan",
        "used",
        "available",
        "plans",
        "planUsage",
        "units",
        "cap",
        "createdAt",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)
OBJECTS = st.lists(st.dictionaries(NAMES, ANYTHING, max_size=8), max_size=4)


@settings(max_examples=60)
@given(objects=OBJECTS)
def test_no_answer_breaks_a_frame_a_chart_or_a_csv(objects: list[dict[str, Any]]) -> None:
    people, found = frames.people(objects), frames.found_people(objects)
    companies, prospects = frames.companies(objects), frames.prospects(objects)
    tables = [
        people,
        found,
        companies,
        prospects,
        frames.grouped_people(objects),
        frames.grouped_companies(objects),
        frames.lists(objects),
    ]
    for one in objects:
        tables += [frames.function_trends(one), frames.career(one), frames.plans(one, one)]
    for table in tables:
        csv_bytes(table)
    prospect_inputs(people)
    for figure in (
        people_charts.seniorities(people["seniority"], "x"),
        people_charts.counts(found["role"], "x"),
        company_charts.amounts(companies, "company", "employees", "x"),
        people_charts.reach(people, ("email", "phone", "company"), "x"),
        people_charts.per_day(prospects["created_at"], "x"),
    ):
        assert isinstance(figure, go.Figure)
    narrowed = Crossfilter(found)
    for facet in FACETS:
        counted = narrowed.facet_counts(facet, {})
        filter_charts.value_bars(counted, (), "x", "people").to_json()
        filter_charts.treemap(counted, (), "x", "people").to_json()
        filter_charts.world_map(counted, narrowed.country_codes, (), "x", "people").to_json()
        assert counted.rows_with_value <= counted.rows == len(found)
    filter_charts.job_change_sankey(narrowed.facet_counts("move", {}), ())


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@given(cells=st.lists(CELLS, min_size=1, max_size=5), numbers=st.lists(st.integers(), max_size=3))
def test_csv_is_whole_and_inert(cells: list[str], numbers: list[int]) -> None:
    frame = pd.DataFrame({"text": pd.Series(cells, dtype=object), "=1+1": "x"})
    content = csv_bytes(frame)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["text", "'=1+1"]
    for cell, (written, _) in zip(cells, rows[1:], strict=True):
        assert written.replace("'", "") == cell.replace("'", "")
        assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_of_numbers_times_and_nothing() -> None:
    frame = pd.DataFrame(
        {
            "n": [-1.5, None],
            "at": pd.to_datetime(["2026-01-02T03:04:05Z", None], utc=True),
            "é": ["-1+1", None],
        }
    )
    assert csv_bytes(frame).decode("utf-8-sig") == (
        "n,at,é\r\n-1.5,2026-01-02T03:04:05Z,'-1+1\r\n,,\r\n"
    )


def test_a_downloaded_export_is_read_as_text() -> None:
    found = read_list_export("id,phone\n1,+44 20\n2,\n")
    assert found.to_dict("records") == [{"id": "1", "phone": "+44 20"}, {"id": "2", "phone": ""}]
    assert read_list_export("").empty


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("a,b\n1,2,3\n4\n", ["a", "b", "Column 3"], [["1", "2", "3"], ["4", "", ""]]),
        ('a,b\n1,"x\ny', ["a", "b"], [["1", "x\ny"]]),
        ("a · 3,a,a,\n1,2,3,4\n", ["a · 3", "a", "a · 3 · 3", "Column 4"], [["1", "2", "3", "4"]]),
        ("a\r\n\r\n=1\r\n", ["a"], [["=1"]]),
        (f"a\n{'x' * 200_000}\n", ["a"], [["x" * 200_000]]),
    ],
)
def test_an_odd_export_is_read_all_the_same(content: str, columns: object, rows: object) -> None:
    found = read_list_export(content)
    assert [*found] == columns
    assert found.to_numpy().tolist() == rows
