"""One line for each HTTP attempt: what it says, what it never says, and where it goes."""

import io
import json
import logging
import sys
from contextlib import suppress
from typing import Any

import pytest

from leadiq_api import LeadIQError, logs
from leadiq_api.__main__ import main
from leadiq_api.errors import InvalidRequestError
from leadiq_api.logs import PACKAGE_LOGGERS, configure, configure_from
from leadiq_api.transport import ask_without_key
from tests.leadiq_api.scripted_server import ACCOUNT, DECODED, KEY, Request, Script, failure

ID = "a" * 24
PERSON_ID = "PersonID-77"
EMAIL, NAME = "ada@engine.example", "Lovelace"
# What was sent, and what a server may repeat of it.
SECRETS = (KEY, KEY.rstrip("="), DECODED, ID, PERSON_ID, EMAIL, EMAIL.partition("@")[0], NAME)
ECHO = " ".join((KEY, DECODED, EMAIL, NAME, ID))
FIELDS = ("operation", "data_points", "attempt", "status", "failure", "code", "failed_fields")
FOUND = {"data": {"searchPeople": {"totalResults": 0, "hasMore": False, "results": []}}}


class Recorder(logging.Handler):
    """Keeps the records that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def records() -> list[logging.LogRecord]:
    """Everything that the client logs, at DEBUG."""
    recorder = Recorder()
    logger = logging.getLogger("leadiq_api")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(recorder)
    return recorder.records


def fields(record: logging.LogRecord) -> dict[str, Any]:
    assert 0 <= record.milliseconds < 60_000
    return {name: getattr(record, name) for name in FIELDS}


def logged(operation: str, status: int | None = 200, **others: Any) -> dict[str, Any]:
    """The fields of an attempt, of a first one that succeeded unless others are given."""
    return {
        "operation": operation,
        "data_points": [],
        "attempt": 1,
        "status": status,
        "failure": None,
        "code": None,
        "failed_fields": 0,
    } | others


def answer(request: Request) -> tuple[int, Any]:
    """Whatever the request needs."""
    if request.path == "/graphql":
        aliased = "p0: searchPeople" in request.body["query"]
        field = "p0" if aliased else "searchPeople"
        return 200, {"data": {**ACCOUNT["data"], field: FOUND["data"]["searchPeople"]}}
    if request.path.endswith("/export"):
        return 200, "id\n"
    return 200, {"id": ID, "items": [], "succeeded": [], "failed": [], "status": "created"}


def test_each_attempt_is_one_record(script: Script, records: list[logging.LogRecord]) -> None:
    script.answers = [answer]
    client = script.client()
    person = {"id": PERSON_ID, "email": EMAIL, "lastName": NAME}
    client.account()
    client.search_people(person, data_points={"phone", "email"})
    list(client.enrich_people([person], data_points={"company"}))
    client.list(ID)
    client.prospects(email=EMAIL)
    client.prospects(first_name="Ada", last_name=NAME)
    client.add_prospects(ID, [{"firstName": "Ada", "lastName": NAME}])
    client.attach_prospect(ID, "b" * 24)
    client.export_list(ID)
    assert [fields(record) for record in records] == [
        logged("account"),
        logged("searchPeople", data_points=["email", "phone"]),
        logged("searchPeople", data_points=["company"]),
        logged("GET /v1/lists/{list_id}"),
        logged("GET /v1/prospects"),
        logged("GET /v1/prospects"),
        logged("POST /v1/lists/{list_id}/prospects/batch"),
        logged("POST /v1/lists/{list_id}/prospects/{prospect_id}"),
        logged("GET /lists/{list_id}/export"),
    ]
    assert {record.levelname for record in records} == {"INFO"}
    assert {record.name for record in records} == {"leadiq_api"}
    assert len(records) == len(script.requests)
    line = records[1].getMessage()
    assert line == f"searchPeople: 200, attempt 1, {records[1].milliseconds} ms, email + phone"


def test_retries_are_numbered(script: Script, records: list[logging.LogRecord]) -> None:
    script.answers = [(429, failure(429)), (503, "<html>"), (200, ACCOUNT)]
    script.client(deadline=5).account()
    assert [fields(record) for record in records] == [
        logged("account", 429, failure="RateLimitError"),
        logged("account", 503, failure="ServiceError", attempt=2),
        logged("account", attempt=3),
    ]
    assert [record.levelname for record in records] == ["WARNING", "WARNING", "INFO"]
    milliseconds = records[0].milliseconds
    assert records[0].getMessage() == (
        f"account: 429, RateLimitError, attempt 1, {milliseconds} ms"
    )


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        ((200, failure(401, code=ECHO)), {"status": 401, "failure": "AuthenticationError"}),
        ((402, {"code": ECHO, "message": ECHO}), {"status": 402}),
        ((200, "no json " + ECHO), {"status": 200, "failure": "ServiceError", "code": "not_json"}),
        ((200, {"data": None}), {"status": 200, "failure": "ServiceError", "code": "shape"}),
    ],
)
def test_a_failure_says_which(
    script: Script,
    records: list[logging.LogRecord],
    scripted: tuple[int, Any],
    expected: dict[str, Any],
) -> None:
    script.answers = [scripted]
    with pytest.raises(LeadIQError) as raised:
        script.client(deadline=0).search_people({"email": EMAIL}, data_points={"email"})
    (record,) = records
    assert record.levelname == "WARNING"
    assert fields(record) == logged(
        "searchPeople",
        **({"data_points": ["email"], "failure": type(raised.value).__name__} | expected),
    )


def test_no_connection_and_no_answer_have_codes(
    script: Script, records: list[logging.LogRecord]
) -> None:
    script.answers = [(200, ACCOUNT)]
    client = script.client(deadline=0, timeout=(5.0, 10.0))
    with pytest.raises(LeadIQError):
        ask_without_key("http://127.0.0.1:9/graphql", "{ __typename }")
    ask_without_key(f"{script.url}/graphql", "{ __typename }")
    client.account()
    assert [fields(record) for record in records] == [
        logged("introspection", None, failure="ServiceError", code="connection"),
        logged("introspection"),
        logged("account"),
    ]


def test_fields_that_fail_are_counted(script: Script, records: list[logging.LogRecord]) -> None:
    found = FOUND["data"]["searchPeople"]
    script.answers = [(200, failure(500, path=["p1"], data={"p0": found, "p1": None}))]
    inputs = [{"id": PERSON_ID}, {"email": EMAIL}]
    assert len([*script.client().enrich_people(inputs, data_points=())]) == 2
    (record,) = records
    assert record.levelname == "WARNING"
    assert fields(record) == logged("searchPeople", failed_fields=1)


@pytest.mark.parametrize("name", ["plain", "json"])
def test_no_line_says_what_was_sent(
    script: Script,
    records: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    configure_from({"LEADIQ_LOG_LEVEL": "debug", "LEADIQ_LOG_FORMAT": name, "LEADIQ_API_KEY": KEY})
    person = {"id": PERSON_ID, "email": EMAIL, "lastName": NAME}
    failures = [
        (401, {"code": ECHO, "message": ECHO}),
        (200, failure(500, code=ECHO, path=["searchPeople"], data={"searchPeople": ECHO})),
        (200, ECHO),
        (503, ECHO),
    ]
    for scripted in [answer, *failures]:
        script.answers = [scripted]
        client = script.client(deadline=0.05)
        for call in (
            client.account,
            lambda c=client: c.search_people(person, data_points={"email"}),
            lambda c=client: [*c.enrich_people([person], data_points={"phone"})],
            lambda c=client: c.list_prospects(ID),
            lambda c=client: c.prospects(email=EMAIL),
            lambda c=client: c.create_list(NAME),
            lambda c=client: c.export_list(ID),
        ):
            with suppress(LeadIQError):
                call()
    lines = output.getvalue().splitlines()
    assert len(lines) == len(records) == len(script.requests) > 30
    texts = [output.getvalue(), *(repr(vars(record)) for record in records)]
    for secret in SECRETS:
        assert not [text for text in texts if secret in text], secret
    if name == "json":
        written = [json.loads(line) for line in lines]
        assert [{field: row[field] for field in FIELDS} for row in written] == [
            fields(record) for record in records
        ]
        assert {row["level"] for row in written} == {"info", "warning"}


def test_an_exception_is_a_field_of_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(json=True)
    try:
        raise KeyError("gone")
    except KeyError:
        logging.getLogger("dashboard").exception("A job failed.")
    row = json.loads(capsys.readouterr().err)
    assert (row["level"], row["message"]) == ("error", "A job failed.")
    assert row["exception"].splitlines()[-1] == "KeyError: 'gone'"


def test_the_level_and_the_format_are_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("leadiq_sandbox")
    configure()
    logger.info("Not shown")
    logger.warning("Shown")
    configure("INFO", json=True)
    configure("INFO", json=True)  # again: no second handler
    logger.info("As %s", "JSON", extra={"number": 1})
    logger.debug("Not shown either")
    plain, line = capsys.readouterr().err.splitlines()
    assert plain.endswith(" WARNING leadiq_sandbox: Shown")
    row = json.loads(line)
    assert row.pop("time").endswith("+00:00")
    assert row == {"level": "info", "logger": "leadiq_sandbox", "message": "As JSON", "number": 1}
    for name in PACKAGE_LOGGERS:
        assert logging.getLogger(name).handlers.count(logs.HANDLER) == 1
        assert not logging.getLogger(name).propagate


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({}, "WARNING"),
        ({"LEADIQ_LOG_LEVEL": "", "LEADIQ_LOG_FORMAT": ""}, "WARNING"),
        ({"LEADIQ_LOG_LEVEL": " Debug ", "LEADIQ_LOG_FORMAT": "JSON"}, "DEBUG"),
        ({"LEADIQ_LOG_LEVEL": "error", "LEADIQ_LOG_FORMAT": "plain"}, "ERROR"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], level: str) -> None:
    configure_from(environment)
    for name in PACKAGE_LOGGERS:
        assert logging.getLevelName(logging.getLogger(name).level) == level


@pytest.mark.parametrize(
    ("name", "value"),
    [("LEADIQ_LOG_LEVEL", "loud"), ("LEADIQ_LOG_LEVEL", "10"), ("LEADIQ_LOG_FORMAT", "xml")],
)
def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    with pytest.raises(InvalidRequestError, match=f"{name} is '{value}'; it must be one of"):
        configure_from({name: value})
    monkeypatch.setenv(name, value)
    assert main(["check"]) == 1
    assert f"InvalidRequestError: {name} is '{value}'" in capsys.readouterr().err
