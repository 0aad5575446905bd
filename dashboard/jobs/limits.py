"""How long nothing of a job was processed for a reason that passes, as this process has seen it."""

from __future__ import annotations

import time

from dashboard.jobs.model import Job
from leadiq_api import ConnectError, RateLimitError

# After one of these a request can be sent again: another app may be using the key, or the
# connection was lost.
PASSING = (RateLimitError, ConnectError)
MAX_HELD_UP_SECONDS = 300.0  # before the job is paused

# When a run of a job was first held up (``time.monotonic()``), by job and run.
_held_up_since: dict[tuple[str, int], float] = {}


def is_held_up_too_long(job: Job, *, is_held_up: bool) -> bool:
    """Records whether a request of the job was held up; returns whether that has lasted."""
    run = (job.id, job.runs)
    now = time.monotonic()
    since = _held_up_since.setdefault(run, now) if is_held_up else now
    lasts = is_held_up and now - since >= MAX_HELD_UP_SECONDS
    if lasts or not is_held_up:
        _held_up_since.pop(run, None)
    return lasts
