"""JSON of any shape -> frames, and whatever is made of those."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import facets as filter_charts
from dashboard.charts import people as people_charts
from dashboard.lists.inputs import prospect_inputs
from dashboard.search.crossfilter import FACETS, Crossfilter
from dashboard.tables import frames
from dashboard.tables.export import csv_bytes
from tests.dashboard.sample_contacts import PERSON


def test_a_person_as_a_row() -> None:
    (row,) = frames.people([PERSON]).to_dict("records")
    assert [*row] == [*frames.PERSON_COLUMNS]
    assert {name: value for name, value in row.items() if pd.notna(value)} == {
        "person_id": "PersonID-1",
        "name": "Ada Byron",
        "first_name": "Ada",
        "last_name": "Byron",
        "title": "Analyst",
        "company": "Engine",
        "work_email": "ada@engine.example",
        "email_status": "Verified",
        "other_emails": "Work: a@b.example (Unverified)",
        "phone": "+44 77",
        "phone_status": "Verified",
        "other_phones": "Other: +44 20 (Likely accurate)",
        "seniority": "Director",
        "role": "Engineering",
        "company_id": "MergedCompany-1",
        "domain": "engine.example",
        "city": "London",
        "country": "United Kingdom",
        "country_code": "GBR",
        "linkedin_url": "https://www.linkedin.com/in/ada",
        "updated_at": pd.Timestamp("2026-01-02T03:04:05Z"),
    }


def test_times_that_no_page_can_show_are_missing() -> None:
    lists = frames.lists([{"createdAt": "0001-01-01"}, {"createdAt": 0.5}])
    assert lists["created_at"].isna().tolist() == [True, False]


@pytest.mark.parametrize("records", [[], [{}], [{"updatedAt": "soon", "id": []}]])
def test_a_column_has_its_type_whatever_is_in_it(records: list[dict[str, Any]]) -> None:
    people = frames.found_people(records)
    assert [*people] == [*frames.FOUND_COLUMNS]
    dtypes = {name: str(dtype) for name, dtype in people.dtypes.items()}
    assert dtypes["name"] == "object"
    assert dtypes["employees"] == "float64"
    assert dtypes["updated_at"].startswith("datetime64[")
    assert dtypes["updated_at"].endswith("UTC]")
    assert people["name"].tolist() == [None] * len(records)


def test_text_of_a_row_is_joined_to_search_in() -> None:
    frame = pd.DataFrame(
        {
            "person_id": ["p1", "p2"],
            "name": ["Ada Bø", None],
            "seniority": ["SeniorIndividualContributor", "VP"],
            "employees": [1250.0, None],
            "city": ["ZÜRICH", "Paris"],
            "updated_at": pd.to_datetime(["2026-11-05T09:00Z", None]),
        }
    )
    assert frames.joined_text(frame).tolist() == [
        "ada bo\nsenior individual contributor\n1,250 1250\nzurich\n5 nov 2026",
        "\nvp\n\nparis\n",
    ]
    assert frames.joined_text(frame[["person_id"]]).tolist() == ["", ""]


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
    plans = frames.plans(account, usage)
    assert plans["plan"].tolist() == ["U", "T", "API · Page"]
    assert plans["cap"].fillna(-1).tolist() == [100, -1, -1]
    assert plans["used"].fillna(-1).tolist() == [30, -1, 5]


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


@pytest.mark.slow
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
        tables += [frames.function_trends(one), frames.plans(one, one)]
    for table in tables:
        csv_bytes(table)
    prospect_inputs(people)
    for figure in (
        people_charts.seniority_bars(people["seniority"], "x"),
        people_charts.value_count_bars(found["role"], "x"),
        people_charts.rows_per_day(prospects["created_at"], "x"),
    ):
        assert isinstance(figure, go.Figure)
    narrowed = Crossfilter(found)
    for facet in FACETS:
        counted = narrowed.facet_counts(facet, {})
        filter_charts.value_bars(counted, (), "x", "people").to_json()
        filter_charts.world_map(counted, narrowed.country_codes, (), "x", "people").to_json()
        assert counted.rows_with_value <= counted.rows == len(found)
    filter_charts.job_change_sankey_option(narrowed.facet_counts("move", {}), ())
