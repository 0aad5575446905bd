"""Tracked contacts and companies: their signals, pages, and every state that can be chosen."""

import pytest

from leadiq_sandbox import Sandbox

TRACK = """mutation T($input: TrackContactsInput!) { trackContacts(input: $input) {
    importId totalCount batchCount errors errorCode } }"""
TRACKED = """query T($id: String, $limit: Int!, $cursor: Cursor) {
    trackedContacts(importId: $id, limit: $limit, cursor: $cursor) {
    isProcessing isTimeout errorCode pageInfo { total hasNextPage endCursor }
    edges { node { referenceId lastKnownCompany company jobChangeType jobStartDate } } } }"""


def execute(sandbox: Sandbox, document: str, **variables: object) -> dict:
    answer = sandbox.graphql.answer({"query": document, "variables": variables})
    assert "errors" not in answer, answer
    return answer["data"]


def movers(sandbox: Sandbox) -> list[dict]:
    """Contacts as they were before they changed companies, and one who never existed."""
    world = sandbox.world
    moved = [i for i in range(world.people) if world.change[i] == 1][:3]
    found = [
        execute(
            sandbox,
            f'{{ searchPeople(input: {{id: "{world.person_ids[i]}"}}) '
            "{ results { name { first last } } } }",
        )["searchPeople"]["results"][0]["name"]
        for i in moved
    ]
    contacts = [
        {
            "firstName": name["first"],
            "lastName": name["last"] or "",
            "companyName": world.company_names[world.previous_company[i]],
            "referenceId": str(i),
        }
        for i, name in zip(moved, found, strict=True)
    ]
    return [*contacts, {"firstName": "No", "lastName": "Body", "companyName": "Nowhere"}]


def test_who_moved_is_a_signal(sandbox: Sandbox) -> None:
    contacts = movers(sandbox)
    spent = sandbox.store.used
    sent = execute(sandbox, TRACK, input={"importId": "one", "contacts": contacts})
    assert sent["trackContacts"] == {
        "importId": "one",
        "totalCount": 4,
        "batchCount": 1,
        "errors": [],
        "errorCode": None,
    }
    execute(sandbox, TRACK, input={"importId": "one", "contacts": contacts})
    assert execute(sandbox, TRACKED, id="one", limit=2)["trackedContacts"]["isProcessing"]
    page = execute(sandbox, TRACKED, id="one", limit=2)["trackedContacts"]
    assert page["pageInfo"] == {"total": 3, "hasNextPage": True, "endCursor": "2"}
    rest = execute(sandbox, TRACKED, id="one", limit=2, cursor="2")["trackedContacts"]
    nodes = [edge["node"] for edge in (*page["edges"], *rest["edges"])]
    assert [node["referenceId"] for node in nodes] == [row["referenceId"] for row in contacts[:3]]
    assert all(node["company"] != node["lastKnownCompany"] for node in nodes)
    assert sandbox.store.used == spent
    balance = execute(sandbox, "{ contactTrackingBalance { balance plan } }")
    assert balance == {"contactTrackingBalance": {"balance": 9996, "plan": "ContactTracking"}}


CONTACT_DATA = """query T($id: String) { trackedContacts(importId: $id, limit: 50) {
    edges { node { email emailStatus phones workPhones phonesWithQuality { phone quality }
    contactInfo { email { ... on EmailValue { email status } }
        personalPhones { ... on PersonalPhonesValue { phones { phone } } } } } } } }"""


def bought(sandbox: Sandbox, **input: object) -> tuple[list[dict], float]:
    """What is returned of those who moved under ``input``, and what it was charged."""
    used, id = sandbox.store.used, str(len(input)) + str(input)
    execute(sandbox, TRACK, input={"importId": id, "contacts": movers(sandbox), **input})
    execute(sandbox, CONTACT_DATA, id=id)
    found = execute(sandbox, CONTACT_DATA, id=id)["trackedContacts"]["edges"]
    return [edge["node"] for edge in found], float(sandbox.store.used - used)


def test_data_points_are_charged_as_they_are_requested(sandbox: Sandbox) -> None:
    movers(sandbox)  # their profiles are unlocked now
    nodes, charged = bought(sandbox)
    assert charged == 0
    assert not any(node["email"] or node["phones"] or node["contactInfo"] for node in nodes)
    nodes, charged = bought(sandbox, unlockRequests=["PersonEmail"])
    emails = [node["email"] for node in nodes if node["email"]]
    assert charged == len(emails) > 0
    assert emails == [
        node["contactInfo"]["email"]["email"] for node in nodes if node["contactInfo"]
    ]
    assert bought(sandbox, unlockRequests=["PersonEmail"], icps=[])[1] == 0  # free for a year
    nodes, charged = bought(sandbox, unlockRequests=["PersonPhone"])
    assert charged == 10 * sum(bool(node["phones"] or node["workPhones"]) for node in nodes)
    strict, _ = bought(sandbox, unlockRequests=["PersonPhone"], phoneQuality="HigherQualityPhones")
    assert sum(bool(node["workPhones"]) for node in strict) <= sum(
        bool(node["workPhones"]) for node in nodes
    )
    assert {row["quality"] for node in strict for row in node["phonesWithQuality"]} <= {
        "Verified",
        "LikelyAccurate",
    }
    verified, _ = bought(sandbox, unlockRequests=["PersonEmail"], emailQuality=["Verified"])
    assert {node["emailStatus"] for node in verified} <= {"Verified", None}


def test_data_points_beyond_the_balance_are_refused(sandbox: Sandbox) -> None:
    contacts = movers(sandbox)
    sandbox.store.spend_elsewhere(float(1000 - sandbox.store.used))
    input = {"importId": "x", "contacts": contacts, "unlockRequests": ["PersonEmail"]}
    assert execute(sandbox, TRACK, input=input)["trackContacts"]["errorCode"] == (
        "InsufficientCredits"
    )
    assert execute(sandbox, TRACKED, id="x", limit=5)["trackedContacts"]["errorCode"] == "NotFound"


@pytest.mark.parametrize(
    ("state", "code", "processing", "timeout"),
    [
        ("processing", None, True, False),
        ("timeout", None, False, True),
        ("InsufficientCredits", "InsufficientCredits", False, False),
        ("UnsupportedByCreditPlan", "UnsupportedByCreditPlan", False, False),
    ],
)
def test_every_state_can_be_chosen(
    sandbox: Sandbox, state: str, code: str | None, processing: bool, timeout: bool
) -> None:
    sandbox.graphql.tracking.state = state
    one = {"importId": "one", "contacts": movers(sandbox)[3:]}
    assert execute(sandbox, TRACK, input=one)["trackContacts"]["errorCode"] == code
    for _ in range(3):
        found = execute(sandbox, TRACKED, id="one", limit=5)["trackedContacts"]
        assert (found["errorCode"], found["isProcessing"], found["isTimeout"]) == (
            code,
            processing,
            timeout,
        )
    balance = execute(sandbox, "{ contactTrackingBalance { balance } }")["contactTrackingBalance"]
    assert (balance is None) == (state == "UnsupportedByCreditPlan")


def test_companies_are_tracked_by_a_task(sandbox: Sandbox) -> None:
    world = sandbox.world
    c = next(int(world.company[i]) for i in range(world.people) if world.change[i])
    add = """mutation A($input: AddTrackedCompaniesInput!) { addTrackedCompanies(input: $input) {
        totalAdded companies { success company { id } } } }"""
    start = """mutation { startCompanyTrackingTask(input: {}) {
        success errorCode task { id status } } }"""
    nothing = execute(sandbox, start)["startCompanyTrackingTask"]
    assert nothing == {"success": False, "errorCode": "NoTrackedEntities", "task": None}
    row = {"name": world.company_names[c], "domain": world.domains[c]}
    added = execute(sandbox, add, input={"companies": [row]})["addTrackedCompanies"]
    assert added["totalAdded"] == 1
    task = execute(sandbox, start)["startCompanyTrackingTask"]["task"]
    assert task["status"] == "Processing"
    read = f"""{{ companyTrackingTask(id: "{task["id"]}") {{ status jobChanges(first: 100) {{
        edges {{ node {{ currentCompany {{ inputDomain }} jobChangeType }} }} }} }} }}"""
    done = execute(sandbox, read)["companyTrackingTask"]
    assert done["status"] == "Successful"
    changed = sum(int(world.company[i]) == c and world.change[i] > 0 for i in range(world.people))
    assert len(done["jobChanges"]["edges"]) == min(changed, 100)
    remove = "mutation { removeAllTrackedCompanies { success totalRemaining } }"
    assert execute(sandbox, remove)["removeAllTrackedCompanies"]["totalRemaining"] == 0
