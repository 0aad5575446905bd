"""Every way of failing ends in its own kind of error, and is retried only where that is safe."""

import gzip
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest

import leadiq_api as api
from leadiq_api import transport
from leadiq_api.client import LeadIQClient
from leadiq_sandbox import Sandbox
from leadiq_sandbox.faults import KINDS
from tests.leadiq_api.conftest import ACCOUNT, Script, failure
from tests.conftest import client_of

LOST = (500, {"code": "X", "message": "Later."})
STATUSES = [
    (401, api.AuthenticationError), (402, api.InsufficientCreditsError), (429, api.RateLimitError),
    (400, api.InvalidRequestError), (403, api.InvalidRequestError), (409, api.InvalidRequestError),
    (413, api.InvalidRequestError), (422, api.InvalidRequestError), (404, api.NotFoundError),
    (408, api.ServiceError), (500, api.ServiceError), (503, api.ServiceError),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_status_is_the_same_wherever_it_stands(script: Script, status: int, kind: type) -> None:
    client = script.client(deadline=0)
    for answer in ((status, {"code": "C", "message": "M"}), (status, "<html>")):
        script.answers = [answer]
        for call in (client.account, client.whoami):
            with pytest.raises(kind) as raised:
                call()
            assert type(raised.value) is kind
            assert raised.value.status == status
    for inside in (status, str(status)):
        script.answers = [(200, failure(inside, code="C", path=["account"]))]
        with pytest.raises(kind) as raised:
            client.account()
        assert (raised.value.status, raised.value.code) == (status, "C")
        assert raised.value.message == "No."


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(code="GRAPHQL_VALIDATION_FAILED", path=["x"]), api.InvalidRequestError),
        (failure(code="UNAUTHENTICATED"), api.AuthenticationError),
        (failure(), api.InvalidRequestError),  # no path: the document itself
        (failure(path=["account"]), api.ServiceError),  # a field failed, nobody says why
        ({"errors": ["odd"]}, api.InvalidRequestError),
        ({"errors": "odd", "data": {}}, api.InvalidRequestError),
        ({"data": None}, api.ServiceError),
        ({}, api.ServiceError),
        ([], api.ServiceError),
        ({"data": {"searchCompany": []}}, api.ServiceError),
        ({"data": {"searchCompany": {"results": "x"}}}, api.ServiceError),
        ({"data": {"searchCompany": {"results": [1]}}}, api.ServiceError),
        ("no json", api.ServiceError),
    ],
)
def test_odd_answers(script: Script, answer: Any, kind: type) -> None:
    script.answers = [(200, answer)]
    with pytest.raises(api.LeadIQError) as raised:
        script.client(deadline=0).search_company({"name": "x"})
    assert type(raised.value) is kind
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("NaN", None), ("-Infinity", None), ("1e400", None), ("9" * 400, None), ("1e3", 1000.0),
        (str(2**63 - 1), 2**63 - 1), (str(-(2**63)), None), (r'"a\ud800b"', "a?b"),
        (r'"\ud83d\ude00"', "😀"), (r'"a\u0000b"', "ab"), (r'"\\u0000"', r"\u0000"),
    ],
)  # fmt: skip
def test_what_no_page_or_database_takes_is_missing(script: Script, sent: str, got: Any) -> None:
    script.answers = [(200, f'{{"data": {{"account": {{"plans": [{sent}]}}}}}}')]
    assert script.client().account() == {"plans": [got]}


@pytest.mark.parametrize("depth", [101, 600, 900, 100_000])
def test_an_answer_that_goes_too_deep_is_no_answer(script: Script, depth: int) -> None:
    """Whatever walks through it later would break, if not here then in a cache or a page."""
    nest = "[" * depth + r'"\u0000"' + "]" * depth
    errors = '[{"message": "m", "path": ["account"]}]'
    for answer in (f'{{"data": {{"account": {nest}}}}}',
                   f'{{"data": {{"account": {nest}}}, "errors": {errors}}}'):  # fmt: skip
        script.answers = [(200, answer)]
        with pytest.raises(api.ServiceError, match="could not be read"):
            script.client(deadline=0).account()


def serve_raw(listener: socket.socket, answer: bytes) -> None:
    """Answers every connection with these bytes."""
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(answer)


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_that_would_fill_the_memory_is_given_up(
    monkeypatch: pytest.MonkeyPatch, packed: bool, status: int
) -> None:
    monkeypatch.setattr(transport, "MAX_BYTES", 1_000_000)
    body = b'{"data": "' + b" " * 5_000_000 + b'"}'
    encoding = "Content-Encoding: gzip\r\n" if packed else ""
    body = gzip.compress(body) if packed else body
    head = f"HTTP/1.1 {status} X\r\n{encoding}Content-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_raw, args=(listener, head + body), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = LeadIQClient("key", graphql_url=url, prospector_url=url, deadline=0)
        for call in (read, paid, write, lambda one: one.export_list("0" * 24)):
            with pytest.raises(api.LeadIQError) as raised:
                call(client)
            kind = api.AuthenticationError if status == 401 else api.ServiceError
            assert type(raised.value) is kind
            assert raised.value.status == status


def test_headers_that_trickle_in_come_to_an_end() -> None:
    """Each byte starts the read timeout again; a limit of our own ends it."""
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not ended.wait(0.05):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=trickle, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        client = LeadIQClient("key", graphql_url=url, timeout=(5.0, 0.3), deadline=0)
        began = time.monotonic()
        with pytest.raises(api.ServiceError):
            client.search_company({"name": "x"})
        assert time.monotonic() - began < 20
        ended.set()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://nobody.invalid", "https://{self}"])
def test_what_found_no_connection_was_not_sent(script: Script, url: str) -> None:
    """Nobody listens, no such host, and a server whose TLS nobody can trust."""
    url = url.format(self=script.url.removeprefix("http://"))
    client = LeadIQClient("key", graphql_url=url, prospector_url=url, deadline=0)
    for call in (paid, read, write):
        with pytest.raises(api.ConnectError) as raised:
            call(client)
        assert not api.may_have_taken_effect(raised.value)
    assert script.requests == []


def test_partial_data_is_kept(script: Script) -> None:
    data = {"searchCompany": {"totalResults": 1, "results": [{"id": "x"}]}}
    script.answers = [(200, failure(500, path=["searchCompany"], data=data))]
    with pytest.raises(api.ServiceError) as raised:
        script.client().search_company({"name": "x"})
    assert raised.value.data == data


def test_an_account_without_plans_is_empty(script: Script) -> None:
    script.answers = [(200, {"data": {"account": None}})]
    assert script.client().account() == {}


def paid(client: LeadIQClient) -> Any:
    return client.search_people({"id": "x"}, data_points={"email"})


def read(client: LeadIQClient) -> Any:
    return client.account()


def write(client: LeadIQClient) -> Any:
    return client.create_list("x")


FOUND = (200, {"data": {"searchPeople": {"totalResults": 0, "hasMore": False, "results": []}}})
MADE = (201, {"id": "0" * 24, "name": "x"})
ANSWERS = {paid: FOUND, read: (200, ACCOUNT), write: MADE}


@pytest.mark.parametrize("call", [paid, read, write])
def test_429_is_always_tried_again(script: Script, call: Any) -> None:
    script.answers = [(429, failure(429)), (429, {"message": "slow"}), ANSWERS[call]]
    call(script.client(deadline=5))
    assert len(script.requests) == 3


@pytest.mark.parametrize(("call", "sent"), [(paid, 1), (read, 3), (write, 1)])
def test_what_may_have_been_done_is_sent_again_only_where_it_is_free(
    script: Script, call: Any, sent: int
) -> None:
    script.answers = [LOST, (502, "<html>"), ANSWERS[call]]
    client = script.client(deadline=5)
    if sent == 1:
        with pytest.raises(api.ServiceError):
            call(client)
    else:
        call(client)
    assert len(script.requests) == sent


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409])
def test_a_refusal_is_not_tried_again(script: Script, status: int) -> None:
    script.answers = [(status, {"message": "no"})]
    with pytest.raises(api.LeadIQError):
        script.client().account()
    assert len(script.requests) == 1


def test_rate_limited_comes_after_the_deadline_and_each_try_takes_a_slot(script: Script) -> None:
    script.answers = [(429, failure(429))]
    client = script.client(deadline=0.3)
    limiter = client._transport._limiter
    before = len(limiter._starts)
    with pytest.raises(api.RateLimitError):
        paid(client)
    assert len(script.requests) >= 3
    assert len(limiter._starts) - before == len(script.requests)


# Which kinds of fault end in which error; the others are about single surfaces.
EXPECTED: dict[str, type[api.LeadIQError] | None] = {
    "401": api.AuthenticationError, "401-in-200": api.AuthenticationError,
    "402": api.InsufficientCreditsError, "402-in-200": api.InsufficientCreditsError,
    "429": api.RateLimitError, "429-in-200": api.RateLimitError,
} | dict.fromkeys(
    ("500", "502", "503", "500-in-200", "502-html", "bad-json", "wrong-types", "truncated", "reset",
     "hang", "drip"), api.ServiceError,
)  # fmt: skip


def first_failure(outcomes: Iterable[tuple[int, Any]]) -> None:
    """Raises what the first row met that did not get an answer."""
    for error in [outcome for _, outcome in outcomes if isinstance(outcome, api.LeadIQError)]:
        raise error


def operations(sandbox: Sandbox, list_id: str, kept: str) -> dict[str, Any]:
    """Each operation; ``kept`` is a prospect with an email, on a list of its own."""
    person = {"id": sandbox.world.person_ids[0]}
    people = [person, {"id": sandbox.world.person_ids[1]}]
    emails = [{"email": "a@b.example"}, {"email": "b@b.example"}]
    rows = [{"firstName": "A", "lastName": "B"}]
    (other,) = sandbox.store.prospect(kept)["listIds"]
    return {
        "account": lambda c: c.account(),
        "usage": lambda c: c.usage(),
        "search_people": lambda c: c.search_people(person, data_points={"email"}),
        "search_people_preview": lambda c: c.search_people_preview({"email": "a@b.example"}),
        "enrich_people": lambda c: first_failure(c.enrich_people(people, data_points=set())),
        "preview_people": lambda c: first_failure(c.preview_people(emails)),
        "search_company": lambda c: c.search_company({"domain": sandbox.world.domains[0]}),
        "flat_advanced_search": lambda c: c.flat_advanced_search({"limit": 2}, data_points=set()),
        "grouped_advanced_search": lambda c: c.grouped_advanced_search(
            {"limit": 2}, data_points=set()
        ),
        "whoami": lambda c: c.whoami(),
        "lists": lambda c: c.lists(),
        "list": lambda c: c.list(list_id),
        "create_list": lambda c: c.create_list("Another"),
        "list_prospects": lambda c: c.list_prospects(list_id),
        "add_prospects": lambda c: c.add_prospects(list_id, rows),
        "export_list": lambda c: c.export_list(list_id),
        "prospect": lambda c: c.prospect(kept),
        "prospects": lambda c: c.prospects(email="kept@a.example"),
        "attach_prospect": lambda c: c.attach_prospect(other, kept),
        "verify_prospect_email": lambda c: c.verify_prospect_email(kept),
        "export_to_salesforce": lambda c: c.export_to_salesforce(kept),
        "submit_person_feedback": lambda c: c.submit_person_feedback({"value": "x"}),
    }


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_operation_meets_every_fault(fault: str) -> None:
    with Sandbox(people=60, credits=100, rpm=0) as sandbox:
        patience = 0.15 if fault in ("hang", "drip") else 10.0
        client = client_of(sandbox, deadline=0.05, timeout=(5.0, patience))
        list_id = client_of(sandbox).create_list("Pilots")["id"]
        other = client_of(sandbox).create_list("Other")["id"]
        body = {"firstName": "K", "lastName": "P", "workEmail": "kept@a.example"}
        kept = sandbox.store.create_prospect(body, other)["id"]
        calls = operations(sandbox, list_id, kept)
        used = sandbox.store.used
        sandbox.faults.choose([f"{fault}:1"])
        for name, call in calls.items():
            kind = EXPECTED[fault]
            with pytest.raises(api.LeadIQError) as raised:
                call(client)
            assert type(raised.value) is kind, name
        sandbox.faults.choose([])
        client = client_of(sandbox)
        if fault in ("truncated", "drip"):  # done, but the answer did not arrive
            assert len(client.lists()) == 3
            assert len(client.list_prospects(list_id)) == 1
        else:
            assert sandbox.store.used == used
            assert len(client.lists()) == 2
            assert client.list_prospects(list_id) == []
            assert sandbox.prospector.exported == []
            assert sandbox.graphql.feedback == []
        for name, call in calls.items():
            if name != "create_list":
                call(client)  # usable afterwards


# Done, and then told badly or not at all: what may be asked again is, everything else goes once.
REPEATED = {"account", "usage", "search_people_preview", "whoami", "lists", "list", "prospect",
            "list_prospects", "export_list", "prospects", "attach_prospect",
            "preview_people"}  # fmt: skip
MUTATIONS = {"submit_person_feedback"}
WRITES = MUTATIONS | {"create_list", "add_prospects", "attach_prospect", "verify_prospect_email",
                      "export_to_salesforce"}  # fmt: skip
QUERIES = {"account", "usage", "search_people", "search_people_preview", "search_company",
           "flat_advanced_search", "grouped_advanced_search", "enrich_people",
           "preview_people"}  # fmt: skip
ROWS = {"enrich_people", "preview_people"}
DONE = {"lost": WRITES, "lost-paid": QUERIES, "partial": QUERIES | MUTATIONS, "one-of-many": ROWS}
ASKS_NOTHING = {"people_per_request", "with_gate"}


def test_the_tables_are_whole(sandbox: Sandbox) -> None:
    """A new fault or a new operation of the client cannot be forgotten here."""
    assert set(EXPECTED) | set(DONE) == set(KINDS)
    public = {name for name, value in vars(LeadIQClient).items()
              if name[0] != "_" and callable(value)}  # fmt: skip
    list_id = client_of(sandbox).create_list("Pilots")["id"]
    kept = sandbox.store.create_prospect({"firstName": "K", "lastName": "P"}, list_id)["id"]
    assert set(operations(sandbox, list_id, kept)) == public - ASKS_NOTHING
    assert public - ASKS_NOTHING == QUERIES | WRITES | REPEATED


@pytest.mark.parametrize("fault", DONE)
def test_what_was_done_in_spite_of_a_fault_is_done_once(fault: str) -> None:
    with Sandbox(people=60, credits=100, rpm=0) as sandbox:
        list_id = client_of(sandbox).create_list("Pilots")["id"]
        other = client_of(sandbox).create_list("Other")["id"]
        body = {"firstName": "K", "lastName": "P", "workEmail": "kept@a.example"}
        kept = sandbox.store.create_prospect(body, other)["id"]
        calls = operations(sandbox, list_id, kept)
        for name in calls:
            if name not in DONE[fault]:
                continue
            client = client_of(sandbox, deadline=0.05)
            sandbox.faults.choose([f"{fault}:1"])
            asked, used = len(sandbox.requests), sandbox.store.used
            with pytest.raises(api.ServiceError) as raised:
                calls[name](client)
            tries = len(sandbox.requests) - asked
            assert tries >= 1 if name in REPEATED else tries == 1, name
            if fault == "partial":
                assert raised.value.data, name
            sandbox.faults.choose([])
            assert sandbox.store.used - used <= 3, name  # the dearest here is one company
        client = client_of(sandbox)
        assert [row["name"] for row in client.lists()].count("Another") == (fault == "lost")
        # Added once and attached at most once, however often that was asked.
        assert len(client.list_prospects(list_id)) == (fault == "lost")
        assert len(client.list_prospects(other)) == 1
        assert len(sandbox.prospector.exported) == (fault == "lost")
        assert len(sandbox.graphql.feedback) == (fault in ("lost", "partial"))


def test_a_lost_write_is_done_once_and_told_as_unknown(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    list_id = client.create_list("Pilots")["id"]
    sandbox.faults.choose(["lost:2"])
    rows = [{"firstName": f"N{n}", "lastName": "X"} for n in range(250)]
    with pytest.raises(api.ServiceError) as raised:
        client.add_prospects(list_id, rows)
    assert len(raised.value.data["succeeded"]) == 100
    assert raised.value.data["unknown"] == [*range(100, 200)]
    sandbox.faults.choose([])
    assert len(client.list_prospects(list_id)) == 200  # the second batch was done, once


def test_a_lost_paid_answer_is_charged_once(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    sandbox.faults.choose(["lost-paid:1"])
    with pytest.raises(api.ServiceError):
        client.search_company({"domain": sandbox.world.domains[0]})
    assert sandbox.store.used == 3
    assert len(sandbox.requests) == 1


def test_partial_answers_keep_their_data(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["partial:1"])
    with pytest.raises(api.ServiceError) as raised:
        client_of(sandbox).search_company({"domain": sandbox.world.domains[0]})
    (company,) = raised.value.data["searchCompany"]["results"]
    assert company["locationInfo"] is None
    assert company["domain"] == sandbox.world.domains[0]
