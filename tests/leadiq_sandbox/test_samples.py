"""The requests that LeadIQ's published samples make, in their order, by plain ``requests``."""

import base64
import time
from typing import Any

import pytest
import requests

from leadiq_sandbox import Sandbox


@pytest.fixture(scope="module")
def server():
    with Sandbox(rpm=0) as running:  # the whole world: the samples search in New Hampshire
        yield running


def graphql(server: Sandbox, query: str, **variables: Any) -> dict[str, Any]:
    answer = requests.post(
        server.graphql_url,
        json={"query": query, "variables": variables} if variables else {"query": query},
        headers={"Authorization": f"Basic {server.api_key}", "Content-Type": "application/json"},
        timeout=60,
    )
    result = answer.json()
    assert "errors" not in result, result
    return result["data"]


def test_usage_as_the_sample_prints_it(server: Sandbox) -> None:
    usage = graphql(
        server,
        "query Usage { usage { planUsage { name creditType units cap billingType } "
        "subscription { status } } }",
    )["usage"]
    assert usage["subscription"]["status"]
    assert all(row["units"] <= row["cap"] for row in usage["planUsage"])


def test_the_full_pipeline(server: Sandbox) -> None:
    search = """query FlatAdvancedSearch($input: FlatSearchInput!) {
        flatAdvancedSearch(input: $input) { totalPeople people { id } } }"""
    filters = {
        "roles": ["Sales"],
        "seniorities": ["VP", "Director", "Manager"],
        "locations": [{"areaLevel1": "New Hampshire", "country": "United States"}],
    }
    found = graphql(server, search, input={"contactFilter": filters, "limit": 25, "skip": 0})
    assert found["flatAdvancedSearch"]["totalPeople"] > 25
    ids = [person["id"] for person in found["flatAdvancedSearch"]["people"]][:10]
    enrich = """query SearchPeople($input: SearchPeopleInput!) { searchPeople(input: $input) {
        results { id name { fullName first last }
        currentPositions { title companyInfo { name } emails { value status } }
        personalPhones { value verificationStatus } } } }"""
    people = [
        graphql(server, enrich, input={"id": one})["searchPeople"]["results"][0] for one in ids
    ]
    assert [person["id"] for person in people] == ids
    headers = {"X-API-Key": base64.b64decode(server.api_key).decode()}
    made = requests.post(
        f"{server.prospector_url}/v1/lists",
        json={"name": "Sales Leaders in NH - Pipeline", "description": "From the sample"},
        headers=headers,
        timeout=60,
    )
    list_id = made.json()["id"]
    added = 0
    for person in people:
        body = {"firstName": person["name"]["first"], "lastName": person["name"]["last"] or "-"}
        path = f"{server.prospector_url}/v1/lists/{list_id}/prospects"
        # The sample sends mobilePhone where it has one, which the OpenAPI refuses.
        refused = requests.post(
            path, json={**body, "mobilePhone": "+1"}, headers=headers, timeout=60
        )
        assert refused.status_code == 422
        added += requests.post(path, json=body, headers=headers, timeout=60).ok
    page = requests.get(
        f"{server.prospector_url}/v1/lists/{list_id}/prospects",
        params={"limit": 100},
        headers=headers,
        timeout=60,
    ).json()
    assert (added, len(page["items"]), page["nextCursor"]) == (10, 10, None)
    verified = requests.get(
        f"{server.prospector_url}/v1/verify-email",
        params={"email": "someone@example.com"},
        headers=headers,
        timeout=60,
    ).json()
    assert verified["status"] in ("Verified", "VerifiedLikely", "Unverified", "Invalid")


def test_recent_job_changes(server: Sandbox) -> None:
    query = """query FindJobChanges($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) {
        totalPeople people { id name linkedinUrl personJobChange { jobChangeType startedAt
        previousPosition { title company { id name } }
        currentPosition { title role seniority company { id name } } } } } }"""
    after = round((time.time() - 90 * 86_400) * 1000)
    found = graphql(
        server,
        query,
        input={
            "jobChangeFilter": {"jobChangeTypes": ["JobChange"], "startedAfter": after},
            "contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]},
            "companyFilter": {"industries": ["Computer Software"]},
            "sortContactsBy": ["JobChangeStartedAtDesc"],
            "limit": 25,
            "skip": 0,
        },
    )["flatAdvancedSearch"]
    assert found["totalPeople"] >= 1
    starts = [person["personJobChange"]["startedAt"] for person in found["people"]]
    assert all(isinstance(start, int) and start > after for start in starts)
    assert starts == sorted(starts, reverse=True)
