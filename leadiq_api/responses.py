"""What LeadIQ answered, as data or as an error. Pure: bytes in, objects out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from leadiq_api.errors import (
    CLIENT_ERRORS,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    error_class,
)
from leadiq_api.json_types import JsonDict

Rows = list[JsonDict]

# The lowest status that is not a success. Redirects count as failures: they are not followed.
FIRST_FAILURE = 300
FIRST_CLIENT_ERROR = 400
INVALID_DOCUMENT = 400
BAD_GATEWAY = 502

# No answer of this API nests this deep; deeper JSON would break the code that walks through it.
MAX_DEPTH = 100  # lists and objects inside each other
# Nor does one hold as many values: 100 MB of small ones would take gigabytes of memory.
MAX_VALUES = 1_000_000
# LeadIQ's longest number is a Long of 19 digits; databases and pages take no longer one.
MAX_INTEGER_LENGTH = 19  # characters, the sign among them

# What servers call a failure that carries no status, in capitals and without underscores.
STATUS_OF_CODE = {
    "UNAUTHENTICATED": 401,
    "UNAUTHORIZED": 401,
    "INVALIDAPIKEY": 401,
    "PAYMENTREQUIRED": 402,
    "INSUFFICIENTCREDITS": 402,
    "OUTOFCREDITS": 402,
    "FORBIDDEN": 403,
    "UNSUPPORTEDBYCREDITPLAN": 403,
    "NOTFOUND": 404,
    "BADREQUEST": 400,
    "BADUSERINPUT": 400,
    "GRAPHQLPARSEFAILED": 400,
    "GRAPHQLVALIDATIONFAILED": 400,
    "INTROSPECTIONDISABLED": 400,
    "OPERATIONRESOLUTIONFAILURE": 400,
    "TOOMANYREQUESTS": 429,
    "RATELIMITED": 429,
    "RATELIMITEXCEEDED": 429,
    "INTERNALSERVERERROR": 500,
    "INTERNALERROR": 500,
    "SUBREQUESTHTTPERROR": 502,
    "SERVICEUNAVAILABLE": 503,
    "GATEWAYTIMEOUT": 504,
}
# What to do about these differs from every other failure, so they count wherever they stand.
TELLING = (401, 402, 403, 429)
# Of these, what concerns the key or the account even if only a part of an answer met it.
OF_THE_ACCOUNT = (401, 402)

# Bytes that show that a text may hold a NUL or half a surrogate pair, which neither UTF-8 nor a
# database can store.
UNENCODABLE_MARKERS = (b"\\u0000", b"\\ud", b"\x00", b"\xed")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: its status, its whole body, and its declared Content-Type."""

    status: int
    content: bytes
    content_type: str


# GraphQL ---------------------------------------------------------------------------------------


def graphql_data(answer: Answer) -> JsonDict:
    """Returns the ``data`` of a GraphQL answer. Raises the ``LeadIQError`` that it reports."""
    body = _json(answer)
    errors = body.get("errors") if isinstance(body, dict) else None
    if errors:
        raise _graphql_error(answer.status, errors, body)
    _raise_for_status(answer.status, body)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise ServiceError("LeadIQ's answer holds no data.", status=answer.status, code="shape")
    return data


def graphql_parts(answer: Answer, non_null: Collection[str] = ()) -> JsonDict:
    """Returns each field of a GraphQL answer by its alias: its value, or its ``LeadIQError``.

    An error whose ``path`` names a field concerns that field only, and its ``data`` is the part
    that was returned nevertheless. One that names none concerns the fields without a value; if all
    have one, each of them. Raises an error that concerns the whole request.

    ``non_null`` are the fields of the request that must not be null: one that fails makes all of
    ``data`` null, so the outcome of the others is unknown. Without them, that is an error of the
    whole request, as suits what may be repeated.
    """
    body = _json(answer)
    data = body.get("data") if isinstance(body, dict) else None
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors or not isinstance(errors, list):
        return graphql_data(answer)
    names = [_field_of(error) for error in errors]
    if data is None and answer.status not in CLIENT_ERRORS and not {*names}.isdisjoint(non_null):
        data = dict.fromkeys(non_null)
    if not isinstance(data, dict):
        return graphql_data(answer)
    parts: JsonDict = dict(data)
    empty = [name for name, value in data.items() if value is None]
    for error, name in zip(errors, names, strict=True):
        if name not in data and len(empty) == len(data):
            raise _graphql_error(answer.status, errors, body)
        for part in [name] if name in data else empty or data:
            if not isinstance(parts[part], LeadIQError):
                parts[part] = _graphql_error(answer.status, [error], {"data": data[part]})
    if all(isinstance(part, RateLimitError) for part in parts.values()):
        raise _graphql_error(answer.status, errors, body)
    if body.get("data") is None:
        parts |= {name: _unanswered() for name, part in parts.items() if part is None}
    return parts


def _field_of(error: Any) -> str:
    """The alias of the field that an error names; empty if it names none."""
    path = error.get("path") if isinstance(error, dict) else None
    name = path[0] if isinstance(path, list) and path else None
    return name if isinstance(name, str) else ""


def _unanswered() -> ServiceError:
    message = "LeadIQ returned no answer for this one, because another in the same request failed."
    return ServiceError(message, code="shape")


def _graphql_error(http_status: int, errors: Any, body: JsonDict) -> LeadIQError:
    """The error that the first of ``errors`` reports; without data, the first telling one."""
    several = errors if isinstance(errors, list) else [errors]
    data = body.get("data")
    has_data = isinstance(data, dict) and any(value is not None for value in data.values())
    # Only a request that was not executed has no ``data`` at all: its document was refused.
    otherwise = None if "data" in body else INVALID_DOCUMENT
    found = [_error_of(http_status, error, data, otherwise) for error in several]
    telling = (error for error in found if error.status in TELLING)
    first = found[0] if has_data else next(telling, found[0])
    # Beside data another error may be of a field that was answered, and charged. A 429 for a part
    # does not mean that the request was refused.
    may_be_done = has_data or any(
        isinstance(error, ServiceError) and _field_of(raw)
        for error, raw in zip(found, several, strict=True)
    )
    if isinstance(first, RateLimitError) and may_be_done:
        return ServiceError(first.message, status=first.status, code=first.code, data=first.data)
    return first


def _error_of(http_status: int, error: Any, data: Any, otherwise: int | None) -> LeadIQError:
    """The error that an entry of ``errors`` reports.

    ``otherwise`` is its status if it gives none at all: neither a code nor the field that failed.
    """
    first = error if isinstance(error, dict) else {"message": str(error)}
    extensions = first.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    code = extensions.get("code")
    code = str(code) if isinstance(code, str | int) else None
    status = _graphql_status(http_status, extensions, code)
    path = first.get("path")
    if status is None and not path and code is None:
        status = otherwise
    message = str(first.get("message") or "LeadIQ gave no reason.")
    kind = ServiceError if status is None else error_class(status)
    # What is refused inside a field was executed down to there, and may be charged.
    if isinstance(path, list) and len(path) > 1 and status not in OF_THE_ACCOUNT:
        kind = ServiceError
    return kind(message, status=status, code=code, data=data if isinstance(data, dict) else None)


def _graphql_status(http_status: int, extensions: JsonDict, code: str | None) -> int | None:
    """The status of a GraphQL error: a telling one, else that of the most exact source, if any."""
    nested = [extensions.get(name) for name in ("response", "http", "exception")]
    stated = [
        _failure_status(place.get(name))
        for place in (*nested, extensions)
        if isinstance(place, dict)
        for name in ("status", "statusCode")
    ]
    named = re.sub("[^A-Z0-9]", "", str(code or "").upper())
    of_http = http_status if http_status >= FIRST_CLIENT_ERROR else None
    of_code = STATUS_OF_CODE.get(named) or _failure_status(named)
    # Of a status and a code that disagree, the failure that may have been processed.
    implied = sorted((status for status in (of_http, of_code) if status), reverse=True)
    found = [*(status for status in stated if status), *implied]
    telling = [status for status in found if status in TELLING]
    return next(iter(telling or found), None)


def _failure_status(value: Any) -> int | None:
    """A status that reports a failure, or None; some servers write it as a string."""
    try:
        status = int(value)
    except (TypeError, ValueError):
        return None
    return status if status >= FIRST_FAILURE else None


# REST ------------------------------------------------------------------------------------------


def rest_json(answer: Answer) -> Any:
    """Returns the JSON of a REST answer. Raises the ``LeadIQError`` of its status."""
    body = _json(answer)
    if answer.status >= FIRST_FAILURE:
        error = _status_error(answer.status, body)
        if isinstance(error, ServiceError) and answer.status == BAD_GATEWAY:
            error.is_upstream = error.code is not None
        raise error
    return body


def rest_text(answer: Answer) -> str:
    """Returns the text of a REST answer.

    Raises the ``LeadIQError`` of its status, and ``NotFoundError`` for HTML or JSON: some servers
    answer a path that they do not have with a page and a 200.
    """
    if answer.status >= FIRST_FAILURE:
        rest_json(answer)
    declared = answer.content_type.lower()
    if "html" in declared or "json" in declared or answer.content.lstrip().startswith(b"<"):
        raise NotFoundError("There is no CSV at this path.", status=404, code="not_csv")
    # UTF-8 unless the server says otherwise; requests would guess Latin-1 for text/*.
    charset = declared.partition("charset=")[2].partition(";")[0].strip("\"' ") or "utf-8"
    try:
        text = answer.content.decode(charset, errors="replace")
    except (LookupError, UnicodeError):  # no such charset, or none that decodes
        text = answer.content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff")


def _raise_for_status(status: int, body: Any) -> None:
    if status >= FIRST_FAILURE:
        raise _status_error(status, body)


def _status_error(status: int, body: Any) -> LeadIQError:
    """The error of a failure's status, with REST's {code, message, details} if it has them."""
    answer = body if isinstance(body, dict) else {}
    code, message = answer.get("code"), answer.get("message")
    return error_class(status)(
        str(message or f"LeadIQ answered with status {status}."),
        status=status,
        code=code if isinstance(code, str) else None,
        data=answer.get("details"),
    )


# Shapes ----------------------------------------------------------------------------------------


def require_object(value: Any, field: str | None = None) -> JsonDict:
    """Returns ``value`` if it is an object, with ``field`` if named. Raises ``ServiceError``."""
    if not isinstance(value, dict) or (field and field not in value):
        raise unexpected_shape()
    return value


def require_rows(answer: JsonDict, field: str) -> Rows:
    """Returns the list of objects in ``field``. Raises ``ServiceError`` if it is anything else."""
    rows = answer.get(field)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unexpected_shape()
    return rows


def unexpected_shape() -> ServiceError:
    """Returns the error of an answer that is not what the API documents."""
    return ServiceError("LeadIQ's answer has an unexpected shape.", code="shape")


# JSON ------------------------------------------------------------------------------------------


def unreadable_error(status: int) -> LeadIQError:
    """Returns the error of an answer that cannot be read: only its status is known."""
    if status >= FIRST_FAILURE:
        return _status_error(status, None)
    return ServiceError("LeadIQ's answer could not be read.", status=status, code="not_json")


def _json(answer: Answer) -> Any:
    """The JSON of an answer, where a number or character that cannot be stored is None or gone."""
    if _may_hold_too_much(answer.content):
        raise unreadable_error(answer.status)
    try:
        body = json.loads(
            answer.content,
            parse_constant=_no_number,
            parse_float=_finite_or_none,
            parse_int=_long_or_none,
        )
    except (ValueError, RecursionError):
        pass  # raised below, without the body in the traceback
    else:
        if not _is_too_deep(body):
            content = answer.content.lower()
            suspect = any(marker in content for marker in UNENCODABLE_MARKERS)
            return _strip_unencodable(body) if suspect else body
    raise unreadable_error(answer.status)


def _may_hold_too_much(content: bytes) -> bool:
    """Whether a JSON text can hold more than ``MAX_VALUES``, by the characters before values."""
    return sum(map(content.count, (b",", b"[", b"{"))) > MAX_VALUES


def _is_too_deep(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _no_number(_: str) -> None:
    """NaN and Infinity: neither valid JSON nor numbers to calculate with."""


def _finite_or_none(digits: str) -> float | None:
    return number if math.isfinite(number := float(digits)) else None


def _long_or_none(digits: str) -> int | None:
    return int(digits) if len(digits) <= MAX_INTEGER_LENGTH else None


def _strip_unencodable(value: Any) -> Any:
    """``value`` without NULs, and with "?" for each half of a surrogate pair."""
    if isinstance(value, list):
        return [_strip_unencodable(item) for item in value]
    if isinstance(value, dict):
        return {_strip_unencodable(name): _strip_unencodable(item) for name, item in value.items()}
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    return value


def person_of_part(part: Any) -> JsonDict | LeadIQError | None:
    """Returns the one person of an aliased ``searchPeople``, None for nobody, or the error.

    A person who is the first of several has their number in ``totalResults``. What came back
    beside an error is the error's ``data``: that person, or None.
    """
    try:
        if isinstance(part, LeadIQError):
            people = require_rows(part.data, "results") if isinstance(part.data, dict) else []
            part.data = next(iter(people), None)
            return part
        answer = require_object(part)
        person = next(iter(require_rows(answer, "results")), None)
        total = answer.get("totalResults")
        is_one_of_several = person is not None and isinstance(total, int) and total > 1
        return {**person, "totalResults": total} if person and is_one_of_several else person
    except ServiceError as error:
        return error
