"""Private parts of DBOS and Python still do what the jobs need of them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dbos import DBOS, SetWorkflowID

from dashboard.jobs.private_apis import listen_to_more_queues, recover_workflows_of

ROOT = Path(__file__).resolve().parents[3]
interrupt = False  # whether the workflow's process ends within it


@DBOS.workflow(name="test_private_apis.interruptible")
def interruptible() -> str:
    if interrupt:
        raise SystemExit  # nothing is recorded
    return "ended"


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., DBOS]]:
    def run(executor: str, *queues: str) -> DBOS:
        dbos = DBOS(
            config={
                "name": "private-apis",
                "system_database_url": f"sqlite:///{tmp_path / 'jobs.db'}",
                "executor_id": executor,
                "application_version": "1",
                "log_level": "CRITICAL",
            }
        )
        DBOS.listen_queues([*queues])
        DBOS.launch()
        return dbos

    yield run
    DBOS.destroy()


def status_after(seconds: float, workflow: str, *, unless: str) -> str:
    """Returns the status of a workflow, after that time or once it is ``unless``."""
    deadline = time.monotonic() + seconds
    while True:
        status = DBOS.get_workflow_status(workflow)
        assert status is not None
        if status.status == unless or time.monotonic() > deadline:
            return status.status
        time.sleep(0.05)


def test_the_work_of_a_dead_executor_is_recovered(
    launch: Callable[..., DBOS], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "interrupt", True)
    launch("dead")
    with SetWorkflowID("interrupted"):
        DBOS.start_workflow(interruptible)
    time.sleep(0.5)
    DBOS.destroy()
    monkeypatch.setattr(sys.modules[__name__], "interrupt", False)
    launch("alive")
    assert status_after(1, "interrupted", unless="SUCCESS") == "PENDING"
    recover_workflows_of(["another"])
    assert status_after(1, "interrupted", unless="SUCCESS") == "PENDING"
    recover_workflows_of(["dead"])
    assert status_after(10, "interrupted", unless="SUCCESS") == "SUCCESS"


def test_queues_are_added_after_the_launch(launch: Callable[..., DBOS]) -> None:
    dbos = launch("one", "first")
    for name in ("first", "second"):
        DBOS.register_queue(name, polling_interval_sec=0.05)
    queue = DBOS.retrieve_queue("second")
    assert queue is not None
    workflow = queue.enqueue(interruptible).workflow_id
    assert status_after(2, workflow, unless="SUCCESS") == "ENQUEUED"
    listen_to_more_queues(dbos, ["first", "second"])
    assert status_after(10, workflow, unless="SUCCESS") == "SUCCESS"


def test_a_function_is_called_before_threads_are_joined() -> None:
    """With ``atexit`` this would wait for ever."""
    code = """
import threading
from dashboard.jobs.private_apis import call_before_threads_are_joined
ended = threading.Event()
threading.Thread(target=lambda: (ended.wait(), print("thread ended"))).start()
call_before_threads_are_joined(lambda: (print("called"), ended.set()))
print("main ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["main ended", "called", "thread ended", ""]
