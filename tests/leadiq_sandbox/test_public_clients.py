"""What other clients send: their keys and documents, as the schema answers or refuses them."""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from leadiq_sandbox import Sandbox

FRAGMENTS = """
query Enrich($first: String, $last: String, $domain: String) {
  searchPeople(input: {firstName: $first, lastName: $last, company: {domain: $domain}}) {
    totalResults results { ...Who currentPositions { ...Job } }
  }
}
fragment Who on PersonRecord { id name { fullName first last } linkedin { linkedinUrl } }
fragment Job on PositionRecord {
  title companyInfo { name domain }
  emails { value status } phones { value type }
}
"""
DEFAULTS = """
query People($limit: Int = 3, $roles: [String!] = ["Sales"]) {
  flatAdvancedSearch(input: {contactFilter: {roles: $roles}, limit: $limit}) {
    __typename totalPeople people { id name title company { name } }
  }
}
"""
DIRECTIVES = """
query Company($input: SearchCompanyInput!, $more: Boolean!) {
  searchCompany(input: $input) {
    totalResults results { name domain employees: numberOfEmployees
      locationInfo @include(if: $more) { city country }
      industry trade: industry
    }
  }
}
"""
TWO_OPERATIONS = """
query Balance { account { dataHubPlan { available used } universalPlan { available used } } }
query Plans { account { plans { name product status } } }
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=1200, credits=1000, rpm=0) as running:
        yield running


def send(server: Sandbox, query: str, *, suffix: str = "", **more: Any) -> dict[str, Any]:
    key = base64.b64encode(f"{server.decoded_key}{suffix}".encode()).decode()
    answer = requests.post(
        server.graphql_url,
        json={"query": query, **more},
        headers={"Authorization": f"Basic {key}"},
        timeout=10,
    )
    result: dict[str, Any] = answer.json()
    return result


def test_fragments_and_variables_of_single_fields(server: Sandbox) -> None:
    names = {"first": "Nobody", "last": "Whatever", "domain": server.world.domains[0]}
    found = send(server, FRAGMENTS, variables=names, suffix=":")
    assert found == {"data": {"searchPeople": {"totalResults": 0, "results": []}}}


def test_inlined_values(server: Sandbox) -> None:
    query = f"""{{ searchPeople(input: {{id: "{server.world.person_ids[0]}", limit: 1}}) {{
        results {{ id confidence }} }} }}"""
    (person,) = send(server, query)["data"]["searchPeople"]["results"]
    assert person["id"] == server.world.person_ids[0]


def test_defaults_of_variables(server: Sandbox) -> None:
    found = send(server, DEFAULTS)["data"]["flatAdvancedSearch"]
    assert (found["__typename"], len(found["people"])) == ("PersonSearchResponse", 3)
    assert (
        len(send(server, DEFAULTS, variables={"limit": 1})["data"]["flatAdvancedSearch"]["people"])
        == 1
    )


def test_directives_and_aliases(server: Sandbox) -> None:
    variables = {"input": {"domain": server.world.domains[0]}, "more": False}
    (company,) = send(server, DIRECTIVES, variables=variables)["data"]["searchCompany"]["results"]
    assert company["employees"] == server.world.employees[0]
    assert "locationInfo" not in company
    assert company["trade"] == company["industry"] is not None


def test_one_of_several_operations(server: Sandbox) -> None:
    plans = send(server, TWO_OPERATIONS, operationName="Plans")["data"]["account"]["plans"]
    assert plans[0]["name"] == "Sandbox universal plan"
    assert "errors" in send(server, TWO_OPERATIONS)


def test_null_variables_and_extensions(server: Sandbox) -> None:
    query = "{ account { plans { name } } }"
    extra = {"variables": None, "operationName": None, "extensions": {"trace": "1"}}
    assert "errors" not in send(server, query, **extra)


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        ("{ account { credits } }", None, "Cannot query field 'credits' on type 'Account'."),
        ("{ searchPeople { totalResults } }", None, "of type 'SearchPeopleInput!' is required"),
        (FRAGMENTS, {"first": 1}, "Variable '$first' has invalid value"),
        (DIRECTIVES, {"input": {}}, "Variable '$more' has invalid value"),
        (
            "query P($input: PersonSearchInput!) { searchPeople(input: $input) { hasMore } }",
            {"input": {}},
            "Unknown type 'PersonSearchInput'.",
        ),
        ("{ account { plans { name } ", None, "Syntax Error"),
    ],
)
def test_what_the_schema_refuses(server: Sandbox, query: str, variables: Any, message: str) -> None:
    used = server.store.used
    (error, *_) = send(server, query, variables=variables)["errors"]
    assert message in error["message"]
    assert error["extensions"]["response"]["status"] == 400
    assert server.store.used == used


# Samples in other languages ----------------------------------------------------------------------

# Usage, search, enrichment, a list with a prospect, its pages, and a verification: as the samples
# go, each step with what the one before it returned.
SAMPLES = Path(__file__).with_name("samples")


@pytest.mark.parametrize(
    ("tool", "command"), [("curl", ["bash", "sample.sh"]), ("node", ["node", "sample.js"])]
)
def test_a_sample_in_another_language_runs_to_the_end(
    server: Sandbox, tool: str, command: list[str]
) -> None:
    if shutil.which(tool) is None or shutil.which(command[0]) is None:
        pytest.skip(f"{tool} is not installed")
    environment = {
        "GRAPHQL_URL": server.graphql_url,
        "PROSPECTOR_URL": server.prospector_url,
        "LEADIQ_API_KEY": server.api_key,
        "PYTHON": sys.executable,
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        command,
        cwd=SAMPLES,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, last_name, verdict = done.stdout.split()
    assert (status, last_name) == ("active", "Shell")
    assert verdict in ("Verified", "VerifiedLikely", "Unverified", "Invalid")
