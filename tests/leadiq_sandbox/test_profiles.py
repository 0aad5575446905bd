"""Ideal customer profiles, the person of an address, and records made current."""

from leadiq_sandbox import Sandbox


def test_the_teams_profiles_can_be_chosen_by_product(sandbox: Sandbox) -> None:
    document = "query I($lines: [ICPProductLine!]) { icpDefinitions(productLines: $lines) "
    document += (
        "{ icps { name persona { functions seniorities } company { sizes { min max } } } } }"
    )
    asked = {"lines": ["Scribe"]}
    assert execute(sandbox, document, asked)["icpDefinitions"]["icps"] == [
        {
            "name": "Engineering managers",
            "persona": {"functions": ["Engineering"], "seniorities": ["Manager"]},
            "company": {"sizes": []},
        }
    ]
    assert len(execute(sandbox, document, {})["icpDefinitions"]["icps"]) == 2


def execute(sandbox: Sandbox, document: str, variables: dict) -> dict:
    answer = sandbox.graphql.answer({"query": document, "variables": variables})
    assert "errors" not in answer, answer
    return answer["data"]


def test_an_address_matches_its_person_or_its_company(sandbox: Sandbox) -> None:
    address = next(iter(sandbox.world.work_address_index))
    document = """query M($input: MatchingServiceInput!) { matchProfile(input: $input) {
        people { confidence person { id company { domain } } } fallbackCompanies { domain } } }"""
    found = execute(sandbox, document, {"input": {"email": address}})["matchProfile"]
    domain = address.partition("@")[2]
    person = {"id": found["people"][0]["person"]["id"], "company": {"domain": domain}}
    assert found == {"people": [{"confidence": 100, "person": person}], "fallbackCompanies": None}
    assert str(sandbox.store.used) == "0.1"
    nobody = execute(sandbox, document, {"input": {"email": f"nobody-at-all@{domain}"}})
    assert nobody["matchProfile"] == {"people": [], "fallbackCompanies": [{"domain": domain}]}
    assert str(sandbox.store.used) == "0.1"


def test_a_record_is_regenerated_once_at_a_time(sandbox: Sandbox) -> None:
    person = sandbox.world.person_ids[0]
    start = f'mutation {{ regenerate(input: {{ personId: "{person}" }}) }}'
    poll = f'{{ regeneratedTime(input: {{ personId: "{person}" }}) {{ time }} }}'
    assert execute(sandbox, poll, {}) == {"regeneratedTime": {"time": None}}
    states = [execute(sandbox, start, {})["regenerate"] for _ in range(2)]
    assert states == ["Started", "InProgress"]
    times = [execute(sandbox, poll, {})["regeneratedTime"]["time"] for _ in range(2)]
    assert times[0] is None
    assert times[1] is not None
    unknown = 'mutation { regenerate(input: { personId: "PersonID-0" }) }'
    assert execute(sandbox, unknown, {}) == {"regenerate": "NotFound"}
