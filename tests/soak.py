"""``python -m tests.soak --minutes 10``: sessions at work while everything goes wrong in turn.

A real Streamlit server, driven through Streamlit's own HTTP interface for programs (switched on for
this alone), against a sandbox whose faults change every second. Each session looks around,
searches, creates lists and adds people, each thing under a name of its own, so that the sandbox's
books tell afterwards whether anything was lost, doubled or paid twice.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import requests

from dashboard.page import PAGES
from leadiq_sandbox import Sandbox
from leadiq_sandbox.faults import KINDS
from tests.browser.conftest import run_app
from tests.conftest import settings_of

SESSIONS = 8
WEATHER_SECONDS = 1.0
# So that a fault is a matter of seconds too.
IMPATIENT = {"LEADIQ_TIMEOUT_SECONDS": "5, 1", "LEADIQ_DEADLINE_SECONDS": "0.5"}
PAID = ("searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch")
Node = dict[str, Any]


@dataclass
class Report:
    """What happened; ``problems`` is empty after a good run."""

    steps: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # MB of the server, at the start and the end

    def __str__(self) -> str:
        lines = [f"{number:6,} × {what}" for what, number in self.steps.most_common()]
        lines += ["errors shown:"]
        lines += [f"{number:6,} × {what}" for what, number in self.errors.most_common()]
        grown = " → ".join(f"{size} MB" for size in self.memory)
        lines += [f"memory of the server: {grown}", f"problems: {len(self.problems)}"]
        return "\n".join([*lines, *self.problems[:20]])


class Session:
    """One person at the app."""

    def __init__(self, url: str, report: Report, number: int) -> None:
        self.url, self.report, self.number = url, report, number
        self.draw = random.Random(number)
        self.id: str | None = None
        self.shown: Node = {}

    def send(self, **change: Any) -> None:
        """One interaction; waits until the page has settled."""
        body = {**change, **({"session_id": self.id} if self.id else {})}
        while True:
            answer = requests.post(f"{self.url}/_stcore/agent/interact", json=body, timeout=120)
            found = answer.json()
            self.id = found.get("session_id", self.id)
            if answer.status_code != 202:
                break
            body = {"session_id": self.id}  # still going: wait for it
        if answer.status_code != 200 or found.get("status") != "ready":
            self.shown = found if "tree" in found else self.shown
            what = json.dumps(found.get("error") or [*self.nodes("exception")])[:300]
            self.report.problems.append(f"session {self.number}, {change}: {what}")
            return
        self.shown = found
        for node in self.nodes("error"):
            title = node["props"].get("title") or node["props"].get("body", "")
            self.report.errors[str(title)[:60]] += 1

    def nodes(self, kind: str) -> Iterator[Node]:
        """The elements of a kind that are shown."""
        waiting = [self.shown.get("tree", {})]
        while waiting:
            node = waiting.pop()
            if node.get("type") == kind:
                yield node
            waiting += node.get("children", ())

    def says(self, words: str) -> bool:
        return words in json.dumps(self.shown.get("tree"), ensure_ascii=False)

    def go(self, page: str) -> None:
        """Opens a page, and tries again once where it says that something failed."""
        self.report.steps[f"opened {page}"] += 1
        paths = [one["url_path"] for one in self.shown.get("pages", ())]
        self.send(page=page if page in paths or self.id is None else "")
        again = self.key("Try again", "trigger")
        if again:
            self.send(trigger={"key": again})

    def key(self, label: str, kind: str = "value") -> str | None:
        """The key of what is labelled so; None where a failure keeps the page from showing it."""
        fitting = [
            one
            for one in self.shown.get("actions", ())
            if one["kind"] == kind and one.get("label", "").startswith(label)
        ]
        fitting.sort(key=lambda one: one["label"] != label)  # the very label before longer ones
        return fitting[0]["key"] if fitting else None

    def fill_and_press(self, values: dict[str, Any], button: str, *, form: bool = True) -> bool:
        """Fills in the fields of these labels and presses; whether they were there."""
        keys = {label: self.key(label) for label in values}
        if None in keys.values():
            return False
        entered = {str(keys[label]): value for label, value in values.items()}
        if not form:
            self.send(widget_state=entered)
            entered = {}
        trigger = self.key(button, "trigger")
        if trigger is None:
            return False
        change: dict[str, Any] = {"widget_state": entered} if entered else {}
        self.send(**change, trigger={"key": trigger})
        return True


class Soak:
    """The sandbox, the server and the sessions; what each receives goes into the books."""

    def __init__(self, sandbox: Sandbox, url: str, report: Report) -> None:
        self.sandbox, self.url, self.report = sandbox, url, report
        self.companies = iter(sandbox.world.domains)
        self.people = iter(sandbox.world.person_ids)
        self.next = threading.Lock()
        self.paid: Counter[str] = Counter()  # executed paid queries, by their input
        self.created: set[str] = set()  # lists and people that a page said were made
        self.added: set[str] = set()
        self.answer, self.ended = sandbox.graphql.answer, threading.Event()
        sandbox.graphql.answer = self.counted  # type: ignore[method-assign]

    def counted(self, body: Any, **options: Any) -> Any:
        operation = self.sandbox.graphql.field(body)
        if operation in PAID:
            self.paid[f"{operation} {json.dumps(body.get('variables'), sort_keys=True)}"] += 1
        return self.answer(body, **options)

    def weather(self) -> None:
        """Changes the faults until the end: some kinds at once, each at some requests."""
        draw = random.Random(0)
        while not self.ended.wait(WEATHER_SECONDS):
            kinds = draw.sample(sorted(KINDS), draw.randrange(4))
            self.sandbox.faults.choose(f"{kind}:{draw.randrange(1, 12)}" for kind in kinds)
        self.sandbox.faults.choose([])

    def search_company(self, session: Session) -> None:
        session.go("company_search")
        with self.next:
            domain = next(self.companies)
        self.step("company", session.fill_and_press({"Companies": domain}, "Search", form=False))

    def search_person(self, session: Session) -> None:
        session.go("people_search")
        with self.next:
            person = next(self.people)
        box = "LinkedIn URL, email or LeadIQ ID"
        self.step("person", session.fill_and_press({box: person}, "Search", form=False))

    def search_advanced(self, session: Session) -> None:
        session.go("advanced_search")
        with self.next:
            name = f"nobody {next(self.people)}"
        self.step("advanced", session.fill_and_press({"Names": name}, "Search"))

    def create_list(self, session: Session) -> None:
        session.go("lists")
        name = f"List {session.number}-{session.draw.randrange(10**9)}"
        self.step("list", session.fill_and_press({"Name": name}, "Create the list"))
        if session.says(f"{name.replace('-', chr(92) + '-')} was created"):
            self.created.add(name)

    def add_prospect(self, session: Session) -> None:
        session.go("lists")
        added = "1 person added to"  # which the page says for two seconds
        while session.says(added):
            session.go("lists")
        name = f"P{session.draw.randrange(10**9)}"
        values = {"First name": name, "Last name": "Soak"}
        self.step("prospect", session.fill_and_press(values, "Add to the list"))
        if session.says(added):
            self.added.add(name)

    def step(self, what: str, done: bool) -> None:
        self.report.steps[f"{what} {'asked for' if done else 'out of reach'}"] += 1

    def work(self, session: Session, until: float) -> None:
        """Something at random until the time has come."""
        tasks: list[Callable[[Session], None]] = [
            self.search_company,
            self.search_person,
            self.search_advanced,
            self.create_list,
            self.add_prospect,
            lambda one: one.go(one.draw.choice(PAGE_NAMES)),
        ]
        try:
            session.go(session.draw.choice(PAGE_NAMES))
            while time.monotonic() < until:
                session.draw.choice(tasks)(session)
        except Exception as error:
            self.report.problems.append(f"session {session.number}: {error!r}")

    def recover(self, session: Session) -> None:
        """Without faults every page is whole again, after "Try again" where it is offered."""
        for page in PAGE_NAMES:
            session.go(page)
            for _ in range(6):
                again = session.key("Try again", "trigger") or session.key("Dismiss", "trigger")
                if again is None:
                    break
                session.send(trigger={"key": again})
            if session.key("Try again", "trigger"):
                self.report.problems.append(f"session {session.number}: {page} did not recover")
        session.go("company_search")
        session.fill_and_press({"Companies": next(self.companies)}, "Search", form=False)
        if not session.says("1 company"):
            self.report.problems.append(f"session {session.number} cannot search afterwards")
        self.create_list(session)

    def audit(self) -> None:
        """What the sandbox's books say of all that."""
        store, problems = self.sandbox.store, self.report.problems
        doubled = [what for what, times in self.paid.items() if times > 1]
        problems += [f"paid for twice: {what}" for what in doubled]
        lists = pages(store.lists)
        names = Counter(str(row["name"]) for row in lists)
        problems += [f"list made twice: {name}" for name, times in names.items() if times > 1]
        problems += [f"list told but lost: {name}" for name in self.created - set(names)]
        people = Counter(
            prospect["firstName"]
            for row in lists
            for prospect in pages(partial(store.prospects, list_id=row["id"]))
        )
        problems += [f"prospect made twice: {one}" for one, times in people.items() if times > 1]
        problems += [f"prospect told but lost: {one}" for one in self.added - set(people)]
        self.report.steps["lists in the books"] = len(names)
        self.report.steps["prospects in the books"] = sum(people.values())
        self.report.steps["paid queries in the books"] = sum(self.paid.values())


def pages(read: Callable[..., tuple[list[Node], str | None]]) -> list[Node]:
    """All rows of what the store gives in pages."""
    rows, cursor = read(limit=100, cursor=None)
    while cursor:
        more, cursor = read(limit=100, cursor=cursor)
        rows += more
    return rows


PAGE_NAMES = [Path(path).stem for path, _ in PAGES]


@contextmanager
def served(sandbox: Sandbox, home: Path) -> Iterator[tuple[int, str]]:
    """The app against ``sandbox``: process id and address."""
    options = ("--server.enableAgentApi", "true")
    with run_app(home, *options, **IMPATIENT, **settings_of(sandbox)) as app:
        yield app.process.pid, app.url


def megabytes(process: int) -> int:
    """Resident memory of a process, as Linux reports it."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


def soak(seconds: float, sessions: int = SESSIONS) -> Report:
    """Runs for so long and gives the report."""
    report = Report()
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(people=50_000, credits=1_000_000, rpm=0) as sandbox,
        served(sandbox, Path(folder)) as (process, url),
    ):
        run = Soak(sandbox, url, report)
        report.memory.append(megabytes(process))
        people = [Session(url, report, number) for number in range(sessions)]
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=run.work, args=(one, until)) for one in people]
        weather = threading.Thread(target=run.weather)
        for thread in (weather, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        run.ended.set()
        weather.join()
        for one in people:
            run.recover(one)
        run.audit()
        report.memory.append(megabytes(process))
        log = (Path(folder) / "streamlit.log").read_text(encoding="utf-8", errors="replace")
        if "Traceback" in log:
            report.problems.insert(0, "in the log: " + log[log.index("Traceback") :][:3000])
    return report


def main() -> int:
    """Prints the report; gives 1 where there is a problem."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    options = parser.parse_args()
    report = soak(60 * options.minutes, options.sessions)
    print(report)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
