"""How long LeadIQ has answered a job with nothing but a 429, as far as this process has seen."""

from __future__ import annotations

import time

from dashboard.jobs.model import Job

MAX_LIMITED_SECONDS = 300.0  # before the job is paused: another app may be using the key

# When a run of a job was first answered in this way (``time.monotonic()``), by job and run.
_limited_since: dict[tuple[str, int], float] = {}


def is_limited_too_long(job: Job, *, is_limited: bool) -> bool:
    """Records whether a request of the job met the limit; returns whether that has lasted."""
    run = (job.id, job.runs)
    now = time.monotonic()
    since = _limited_since.setdefault(run, now) if is_limited else now
    lasts = is_limited and now - since >= MAX_LIMITED_SECONDS
    if lasts or not is_limited:
        _limited_since.pop(run, None)
    return lasts
