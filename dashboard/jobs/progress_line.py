"""How far a job is, as a line of text."""

from __future__ import annotations

from dashboard.formatting import duration
from dashboard.jobs.model import Progress, RowState

BAR_WIDTH = 30  # characters


def progress_line(progress: Progress, processed_before: int, seconds: float) -> str:
    """Returns a bar with figures; the pace is that of the last ``seconds``."""
    processed, total = progress.processed, progress.total
    share = processed / total if total else 0.0
    bar = "#" * round(share * BAR_WIDTH)
    per_minute = (processed - processed_before) / seconds * 60 if seconds else 0.0
    seconds_left = (total - processed) / per_minute * 60 if per_minute else 0.0
    remaining = f", {duration(seconds_left)} left" if per_minute else ""
    found = progress.people.get(RowState.FOUND, 0)
    return (
        f"[{bar:<{BAR_WIDTH}}] {processed:,} of {total:,} · {per_minute:,.0f} a minute{remaining} "
        f"· {found:,} found, {progress.emails:,} emails, {progress.phones:,} phones"
    )
