"""What is logged: a line for each HTTP attempt, and where the lines of the packages go.

A line names the operation, never ids, search terms, headers, bodies or the key.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from leadiq_api.errors import InvalidRequestError, LeadIQError

LOGGER = logging.getLogger("leadiq_api")
LOGGER.addHandler(logging.NullHandler())  # silent until it is configured

# The loggers of this project's packages, which ``configure`` sets up.
PACKAGE_LOGGERS = ("leadiq_api", "dashboard", "leadiq_sandbox")
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
DEFAULT_LEVEL = "warning"
FORMATS = ("plain", "json")
PLAIN_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# The client's own failure codes. A server's could repeat what was sent to it, so it is not logged.
CLIENT_CODES = frozenset({"connection", "timeout", "not_json", "not_csv", "shape"})

# What every record has; the other attributes were given as ``extra``.
_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def log_attempt(
    operation: str,
    data_points: tuple[str, ...],
    attempt: int,
    started: float,
    status: int | None,
    outcome: Any,
) -> None:
    """Logs one HTTP attempt: INFO if it succeeded, else WARNING.

    ``operation`` is a GraphQL field, or a method with a path template; ``attempt`` counts from 1;
    ``started`` is in ``time.monotonic()`` seconds; ``status`` is HTTP's, or the one that an error
    carries; ``outcome`` is the error, or the parsed answer, whose values may be the errors of
    single fields. The record has the same as attributes: ``operation``, ``data_points``,
    ``attempt``, ``milliseconds``, ``status``, ``failure`` (the error's class, or None), ``code``
    (the client's own code, or None) and ``failed_fields`` (a number).
    """
    milliseconds = round((time.monotonic() - started) * 1000)
    error = outcome if isinstance(outcome, LeadIQError) else None
    values = outcome.values() if isinstance(outcome, dict) else ()
    failed_fields = sum(isinstance(value, LeadIQError) for value in values)
    code = error.code if error is not None and error.code in CLIENT_CODES else None
    failure = type(error).__name__ if error is not None else None
    details = [str(part) for part in (status, failure, code) if part is not None]
    details += [f"{failed_fields} fields failed"] if failed_fields else []
    details += [f"attempt {attempt}", f"{milliseconds} ms"]
    details += [" + ".join(data_points)] if data_points else []
    LOGGER.log(
        logging.WARNING if failure or failed_fields else logging.INFO,
        "%s: %s",
        operation,
        ", ".join(details),
        extra={
            "operation": operation,
            "data_points": [*data_points],
            "attempt": attempt,
            "milliseconds": milliseconds,
            "status": status,
            "failure": failure,
            "code": code,
            "failed_fields": failed_fields,
        },
    )


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON, with the fields that it was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns {time (ISO, UTC), level, logger, message, …, exception if there is one}."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {
            name: value for name, value in vars(record).items() if name not in _STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to the current ``sys.stderr``, which test runners and servers replace."""

    @property
    def stream(self) -> TextIO:
        """The current ``sys.stderr``."""
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        pass


HANDLER = StderrHandler()


def configure(level: str = DEFAULT_LEVEL, *, json: bool = False) -> None:
    """Sends the log lines of this project's packages to stderr, and nowhere else.

    ``level`` is a key of ``LEVELS``, in any case; ``json`` writes JSON lines. Calling it again
    changes only what differs, so that every run of a page may. Raises ``InvalidRequestError`` for
    an unknown level.
    """
    number = LEVELS.get(level.strip().lower())
    if number is None:
        raise InvalidRequestError(
            f"LEADIQ_LOG_LEVEL is {level!r}; it must be one of {', '.join(LEVELS)}."
        )
    HANDLER.setFormatter(JsonFormatter() if json else logging.Formatter(PLAIN_FORMAT))
    for name in PACKAGE_LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(HANDLER)  # once, however often it is called
        logger.setLevel(number)
        logger.propagate = False


def configure_from(environment: Mapping[str, object]) -> None:
    """Configures logging by LEADIQ_LOG_LEVEL (default: warning) and LEADIQ_LOG_FORMAT (plain).

    Empty values mean the defaults. Raises ``InvalidRequestError`` naming the variable to fix.
    """
    level = str(environment.get("LEADIQ_LOG_LEVEL") or DEFAULT_LEVEL)
    name = str(environment.get("LEADIQ_LOG_FORMAT") or "plain")
    if name.strip().lower() not in FORMATS:
        raise InvalidRequestError(
            f"LEADIQ_LOG_FORMAT is {name!r}; it must be one of {', '.join(FORMATS)}."
        )
    configure(level, json=name.strip().lower() == "json")
