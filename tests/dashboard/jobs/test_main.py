"""``python -m dashboard.jobs``: price first, exit codes, and the same command continues."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.jobs.model import RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.ledger.schema import job_rows, jobs
from leadiq_sandbox import Sandbox
from tests.conftest import client_of, settings_of
from tests.dashboard.jobs.driver import PATIENCE, interruptible, run_command, wait_until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    database = {"LEADIQ_DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    return os.environ | settings_of(sandbox) | database


@pytest.fixture
def run(sandbox: Sandbox, environment: dict[str, str], tmp_path: Path):
    def command(*arguments: str, output: bool = False, **changed: str) -> tuple[int | str, ...]:
        code, printed, errors = run_command(tmp_path, arguments, environment | changed)
        assert sandbox.api_key not in printed + errors
        assert "Traceback" not in errors, errors
        return (code, errors, printed) if output else (code, errors)

    return command


@pytest.fixture
def people(sandbox: Sandbox, tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text("LeadIQ id\n" + "\n".join(sandbox.world.person_ids[:100]), encoding="utf-8")
    return file


def test_nothing_is_paid_without_its_price(run, people: Path, sandbox: Sandbox, tmp_path) -> None:
    enrich = ("enrich", str(people), "--data-points", "email", "--out", str(tmp_path / "out.csv"))
    code, message = run(*enrich)
    assert (code, sandbox.store.used) == (2, 0)
    assert "100 people of people.csv: between 0 UC and 100 UC." in message
    assert "--yes or --budget" in message
    # A budget that is not enough pauses the job; the same command with more continues.
    code, message = run(*enrich, "--budget", "60")
    assert code == 3
    assert "job's budget of 60 UC" in message
    assert 0 < sandbox.store.used <= 60
    code, message = run(*enrich, "--budget", "200")
    assert code == 0
    started = r"^Continuing the job of \d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC\.$"
    assert re.search(started, message, re.MULTILINE)
    used = sandbox.store.used
    assert 60 < used <= 100
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["LeadIQ id"] for row in rows] == [*sandbox.world.person_ids[:100]]
    assert {row["leadiq_status"] for row in rows} == {"found"}
    # Once more: everything has its answer, and nothing is sent.
    assert run(*enrich, "--yes")[0] == 0
    assert sandbox.store.used == used


def test_the_first_people_then_the_rest_and_who_is_perhaps_somebody_else(
    run, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Also: an address that the file has is not bought."""
    world = sandbox.world
    one, other, *more = (i for i in range(60) if world.work_email[i] and not world.oddity[i])
    profile = f"https://www.linkedin.com/in/{world.slug(one)}"
    lines = [f"@Ann Other,{profile},,", f",,{world.work_address(other)},"]
    lines += [f",,,{world.person_ids[i]}" for i in more]
    file, out = tmp_path / "people.csv", tmp_path / "out.csv"
    file.write_text("\n".join(["Name,LinkedIn,Email,LeadIQ id", *lines]), encoding="utf-8")
    enrich = ("enrich", str(file), "--data-points", "email", "--out", str(out), "--yes")
    enrich = (*enrich, "--list", "Pilots")
    code, message = run(*enrich, "--first", "2")
    assert code == 3
    people = f"The first 2 of {len(more) + 2} people of people.csv"
    assert f"{people}, 1 has some of it already, which won't be bought again: " in message
    assert "between 0 UC and 1.1 UC." in message
    assert f"Continue with the other {len(more)}." in message
    assert sandbox.store.used == Decimal("1.1")
    assert run(*enrich, "--first", "2")[0] == 3  # nothing more is sent
    assert sandbox.store.used == Decimal("1.1")
    code, message = run(*enrich)
    assert code == 0
    assert f"The rest of people.csv: between 0 UC and {len(more)} UC." in message
    assert "1 match may be somebody else." in message
    with out.open(encoding="utf-8-sig", newline="") as written:
        rows = [*csv.DictReader(written)]
    assert [row["leadiq_person_id"] for row in rows] == [
        world.person_ids[i] for i in (one, other, *more)
    ]
    assert [row["leadiq_match"].partition(":")[0] for row in rows] == (
        ["check", "exact"] + ["exact"] * len(more)
    )
    assert rows[0]["leadiq_list"] == "not added: check it first"
    client = client_of(sandbox)
    (made,) = client.lists()

    def listed() -> set[str]:
        return {row["personId"] for row in client.list_prospects(made["id"])}

    assert world.person_ids[one] not in listed()
    assert world.person_ids[other] in listed()
    review = message.partition("jobs ")[2].partition("`")[0].split()
    code, message, shown = run(*review, output=True)
    assert code == 0
    (row,) = csv.DictReader(shown.splitlines())
    assert (row["row"], row["requested"]) == ("1", f"'@Ann Other · {profile}")
    assert row["check"].startswith("another name, ")
    assert run(*review, "--keep", "2")[0] == 2  # no row to check
    assert run(*review, "--keep", "1")[0] == 0
    assert run(*enrich)[0] == 0
    assert world.person_ids[one] in listed()


def test_a_list_and_addresses_from_the_terminal(run, sandbox: Sandbox, tmp_path: Path) -> None:
    client, world = client_of(sandbox), sandbox.world
    i = next(i for i in range(60) if world.work_email[i] == 1 and not world.oddity[i])
    made = client.create_list("Pilots")
    known = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}
    lacking = {"firstName": "Bob", "lastName": "Ray", "personId": world.person_ids[i]}
    client.add_prospects(made["id"], [known, lacking])
    out = str(tmp_path / "out.csv")
    code, message = run("enrich-list", "Pilots", "--data-points", "email", "--out", out, "--yes")
    assert code == 0
    assert "1 person of 'Pilots': between 0 UC and 1 UC." in message
    assert sandbox.store.used == 1
    file = tmp_path / "addresses.csv"
    file.write_text("Email\njane@acme.com\nJANE@acme.com\njo@acme.com\n", encoding="utf-8")
    for _ in range(2):  # the second time, everything has its answer
        code, message = run("verify", str(file), "--out", out, "--yes")
        assert (code, sandbox.store.used) == (0, Decimal("1.2"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as written:
        statuses = [row["leadiq_email_status"] for row in csv.DictReader(written)]
    assert statuses[0] == statuses[1]
    assert all(statuses)


def test_a_price_that_was_too_low_is_asked_again(
    run, environment: dict[str, str], people: Path, sandbox: Sandbox, tmp_path
) -> None:
    enrich = ("enrich", str(people), "--data-points", "email", "--out", str(tmp_path / "out.csv"))
    assert run(*enrich, "--budget", "60")[0] == 3
    ledger = Ledger(environment["LEADIQ_DATABASE_URL"])
    records = JobRecords(ledger)
    (job,) = records.jobs(client_of(sandbox).fingerprint)
    spent, _ = ledger.spent_by_job(job.account, job.id)
    records.update_settings(job.id, budget="200", max_uc=str(spent + 5))
    code, message = run(*enrich)
    assert code == 3
    assert "was too low" in message
    waiting = records.progress(job.id).people[RowState.WAITING]
    ledger.close()
    used = sandbox.store.used
    code, message = run(*enrich)
    assert (code, sandbox.store.used) == (2, used)
    assert f"The rest of people.csv: between 0 UC and {waiting} UC." in message
    code, message = run(*enrich, "--yes")
    assert code == 0
    assert used < sandbox.store.used <= used + waiting


def test_what_has_no_answer_is_looked_up_again_at_its_price(
    run, environment: dict[str, str], people: Path, sandbox: Sandbox, tmp_path
) -> None:
    enrich = ("enrich", str(people), "--data-points", "email", "--out", str(tmp_path / "out.csv"))
    assert run(*enrich, "--yes")[0] == 0
    ledger = Ledger(environment["LEADIQ_DATABASE_URL"])
    with ledger.database.writing() as db:  # as if no answer had come for ten of them
        lost = job_rows.c.place < 10
        db.execute(sa.update(job_rows).where(lost).values(state=RowState.NEEDS_DECISION))
    ledger.close()
    sent = len(sandbox.requests)
    code, message = run(*enrich, "--yes")
    assert code == 1
    assert "We couldn't confirm 10 lookups" in message
    assert "--undecided" in message
    again = (*enrich, "--undecided")
    code, message = run(*again)
    assert code == 2
    assert "The rest of people.csv: between 0 UC and " in message
    assert {seen.operation for seen in sandbox.requests[sent:]} == {"account"}
    assert run(*again, "--yes")[0] == 0


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["handled", "ignored"])
def parent_sigint(request: pytest.FixtureRequest) -> Iterator[None]:
    """What this process does at SIGINT: as if started in the foreground, or in the background."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("parent_sigint")
def test_an_interrupt_ends_the_command_and_the_same_command_continues(
    run, environment: dict[str, str], people: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    enrich = ("enrich", str(people), "--yes", "--out", str(tmp_path / "out.csv"))
    # At this pace the second request of a job waits for its slot for longer than the test.
    slow = environment | {"LEADIQ_REQUESTS_PER_MINUTE": "4"}
    with subprocess.Popen(
        interruptible([sys.executable, "-m", "dashboard.jobs", *enrich]),
        cwd=ROOT,
        env=slow,
        text=True,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        wait_until(lambda: bool(sandbox.requests), "nothing is sent")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=PATIENCE)  # or it hangs
    assert process.returncode == 130
    assert "Run the same command to continue." in message
    assert run(*enrich)[0] == 0
    charges = Counter(id for _, id, _ in sandbox.store.charges())
    assert charges == dict.fromkeys(sandbox.world.person_ids[:100], 1)


def test_a_job_is_deleted(run, people: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    assert run("enrich", str(people), "--yes", "--out", str(tmp_path / "out.csv"))[0] == 0
    ledger = Ledger(environment["LEADIQ_DATABASE_URL"])
    with ledger.database.reading() as db:
        (job,) = db.execute(sa.select(jobs.c.id)).scalars()
    assert run("delete", job) == (0, f"Deleted: {job}\n")
    with ledger.database.reading() as db:
        assert db.execute(sa.select(job_rows.c.job)).all() == []
    ledger.close()
    assert run("delete", job) == (2, f"There is no job '{job}' of this account.\n")


@pytest.mark.parametrize(
    ("arguments", "changed", "message"),
    [
        (("enrich", "no.csv", "--out", "x.csv"), {}, "No such file"),
        (("enrich", "{people}", "--out", "no/folder/x.csv"), {}, "no folder"),
        (("enrich", "{people}", "--out", "{people}"), {}, "is the file to enrich"),
        (("enrich", "{people}", "--out", "tests", "--budget", "1"), {}, "is a folder"),
        (("enrich", "{people}", "--out", "{folder}/ledger.db"), {}, "or the ledger"),
        (("enrich", "{people}", "--out", "x.csv"), {"LEADIQ_API_KEY": ""}, "is not set"),
        (("pipeline", "Sales", "--out", "x.csv"), {}, "no saved search 'Sales'"),
        (
            ("enrich", "{people}", "--out", "x.csv", "--data-points", "fax"),
            {},
            "'fax' is not one of",
        ),
    ],
)
def test_what_cannot_start_says_why(run, people: Path, arguments, changed, message: str) -> None:
    code, output = run(
        *(argument.format(people=people, folder=people.parent) for argument in arguments), **changed
    )
    assert code == 2
    assert message in output


def test_only_what_is_good_enough_is_paid(run, sandbox: Sandbox, tmp_path: Path) -> None:
    world, out = sandbox.world, tmp_path / "out.csv"
    people = [i for i in range(1200) if not world.oddity[i] and not world.personal_email[i]]
    chosen = [next(i for i in people if world.work_email[i] == code) for code in (1, 3)]
    file = tmp_path / "people.csv"
    file.write_text("\n".join(["LeadIQ id", *(world.person_ids[i] for i in chosen)]), "utf-8")
    enrich = ("enrich", str(file), "--data-points", "email", "--out", str(out), "--yes")
    code, message = run(*enrich, "--min-confidence", "101")
    assert code == 2
    assert "'101' is not a percentage" in message
    assert run(*enrich, "--verified-emails")[0] == 0
    assert sandbox.store.used == 1
    with out.open(encoding="utf-8-sig", newline="") as results:
        rows = [row["leadiq_status"] for row in csv.DictReader(results)]
    assert rows == ["found", "not found"]
    # Without it, it is another job.
    assert run(*enrich)[0] == 0
    assert sandbox.store.used == 2


def test_the_time_and_the_reach_are_those_of_key_and_server(tmp_path: Path, people: Path) -> None:
    database = f"sqlite:///{tmp_path / 'ledger.db'}"
    with Sandbox(people=30, credits=100_000, rpm=10, cursor=False) as slow:
        environment = os.environ | settings_of(slow) | {"LEADIQ_DATABASE_URL": database}
        ledger = Ledger(database)
        saved = SavedSearch("All", "flatAdvancedSearch", {}, (), "", datetime.now(UTC))
        ledger.saved_searches.save(client_of(slow).fingerprint, saved)
        ledger.close()

        def shown(*arguments: str) -> str:
            code, _, errors = run_command(tmp_path, (*arguments, "--out", "x.csv"), environment)
            assert code == 2
            return errors

        search = shown("pipeline", "All", "--most", "50000", "--data-points", "email")
        assert "LeadIQ returns up to 10,000 people of 'All'." in search
        assert "Up to 10,000 people of 'All': between 0 UC and 11,000 UC." in search
        # 400 pages and 400 requests for people, two of them every 13 seconds
        assert "About 87 minutes at 10 requests a minute." in search
        assert "About 26 seconds at 10 requests a minute." in shown("enrich", str(people))
        assert slow.store.used == 0


def test_a_page_without_an_answer_is_not_the_end_of_a_search(
    run, sandbox: Sandbox, environment: dict[str, str], tmp_path: Path
) -> None:
    """It was charged, and no people of the search show whether it is free to load again."""
    ledger = Ledger(environment["LEADIQ_DATABASE_URL"])
    saved = SavedSearch("All", "flatAdvancedSearch", {}, (), "", datetime.now(UTC))
    ledger.saved_searches.save(client_of(sandbox).fingerprint, saved)
    ledger.close()
    answer, lost = sandbox.graphql.answer, list[dict]()

    def loses_one(body: dict, **options: bool) -> dict:
        whole = answer(body, **options)
        if sandbox.graphql.field(body) != "flatAdvancedSearch" or lost:
            return whole
        lost.append(body)
        status = {"response": {"status": 504}}
        return {"data": None, "errors": [{"message": "Too slow.", "extensions": status}]}

    sandbox.graphql.answer = loses_one  # type: ignore[method-assign]
    find = ("pipeline", "All", "--most", "30", "--yes", "--out", str(tmp_path / "out.csv"))
    code, message = run(*find)
    assert (code, "We couldn't confirm 1 lookup." in message) == (1, True)
    code, message = run(*find, "--undecided")
    assert code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len([*csv.DictReader(file)]) == 30
