"""What the sandbox logs: a line for each request, without ids, search terms or keys."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

LOGGER = logging.getLogger("leadiq_sandbox")
LOGGER.addHandler(logging.NullHandler())  # silent until it is configured

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("plain", "json")
FIELDS = ("operation", "status", "fault", "milliseconds")


def log_request(operation: str, status: int | None, fault: str | None, seconds: float) -> None:
    """Logs a request: INFO if it was answered, WARNING if it was refused or cut.

    ``operation`` is a GraphQL field, or a method with a path template; ``status`` None means that
    the connection was cut; ``fault`` is the kind of fault that the request got.
    """
    milliseconds = round(seconds * 1000)
    details = ["cut" if status is None else str(status), f"{milliseconds} ms"]
    details += [f"fault {fault}"] if fault else []
    LOGGER.log(
        logging.WARNING if status is None or status >= HTTPStatus.BAD_REQUEST else logging.INFO,
        "%s: %s",
        operation,
        ", ".join(details),
        extra=dict(zip(FIELDS, (operation, status, fault, milliseconds), strict=True)),
    )


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns {time (ISO, UTC), level, logger, message}, and ``FIELDS`` if it has them."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        given = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps(line | given, ensure_ascii=False)


def configure_from(environment: Mapping[str, str]) -> None:
    """Logs to stderr by LEADIQ_LOG_LEVEL (default: warning) and LEADIQ_LOG_FORMAT (plain, json).

    Raises ``ValueError`` naming the variable to fix.
    """
    level = _choice(environment, "LEADIQ_LOG_LEVEL", "warning", LEVELS)
    name = _choice(environment, "LEADIQ_LOG_FORMAT", "plain", FORMATS)
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if name == "json" else plain)
    LOGGER.addHandler(handler)
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False


def _choice(
    environment: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]
) -> str:
    value = environment.get(name) or default
    if value.strip().lower() not in choices:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value.strip().lower()
