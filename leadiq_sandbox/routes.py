"""The paths of Prospector: of the live service under ``/v1``, and the guide's without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.requests import Request

from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.prospector import Prospector
from leadiq_sandbox.validation import ID

# (request, JSON body) -> (status, JSON, or the text of a CSV)
Call = Callable[[Request, Any], tuple[int, Any]]

OK, CREATED = HTTPStatus.OK, HTTPStatus.CREATED


class Operation(NamedTuple):
    """One operation: its method and path, and what answers it.

    ``not_json`` is the status of a body that is no JSON.
    """

    method: str
    path: str
    call: Call
    not_json: int = HTTPStatus.BAD_REQUEST


def operations(prospector: Prospector) -> list[Operation]:
    """Returns all operations, with the paths that they have."""
    both = [*_of_lists(prospector), *_of_prospects(prospector)]
    under_v1 = [operation._replace(path=f"/v1{operation.path}") for operation in both]
    return [*under_v1, *both, _export(prospector)]


def _of_lists(prospector: Prospector) -> list[Operation]:
    p = prospector
    prospects = "/lists/{list_id}/prospects"
    return [
        Operation("POST", "/lists", lambda _, body: (CREATED, p.create_list(body))),
        Operation("GET", "/lists", lambda request, _: (OK, p.lists(request.query_params))),
        Operation(
            "GET", "/lists/{list_id}", lambda request, _: (OK, p.get_list(_list_id(request)))
        ),
        Operation(
            "GET",
            prospects,
            lambda request, _: (OK, p.list_prospects(_list_id(request), request.query_params)),
        ),
        Operation(
            "POST",
            prospects,
            lambda request, body: (
                CREATED,
                p.create_prospect(body, _list_id(request), invalid=HTTPStatus.UNPROCESSABLE_ENTITY),
            ),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        Operation(
            "POST",
            f"{prospects}/batch",
            lambda request, body: (OK, p.create_batch(body, _list_id(request))),
        ),
        Operation(
            "POST",
            prospects + "/{prospect_id}",
            lambda request, _: (
                OK,
                p.attach(_list_id(request, HTTPStatus.BAD_REQUEST), _prospect_id(request)),
            ),
        ),
    ]


def _of_prospects(prospector: Prospector) -> list[Operation]:
    p = prospector
    prospect = "/prospects/{prospect_id}"
    return [
        Operation("GET", "/prospects", lambda request, _: (OK, p.prospects(request.query_params))),
        Operation(
            "POST",
            "/prospects",
            lambda _, body: (
                CREATED,
                p.create_prospect(body, None, invalid=HTTPStatus.BAD_REQUEST),
            ),
        ),
        Operation("GET", prospect, lambda request, _: (OK, p.prospect(_prospect_id(request)))),
        Operation(
            "POST",
            f"{prospect}/verify-email",
            lambda request, _: (OK, p.verify_prospect(_prospect_id(request))),
        ),
        Operation(
            "POST",
            f"{prospect}/export/salesforce",
            lambda request, body: p.export_to_salesforce(_prospect_id(request), body),
        ),
        Operation(
            "GET", "/verify-email", lambda request, _: (OK, p.verify_email(request.query_params))
        ),
        Operation("GET", "/whoami", lambda *_: (OK, p.whoami())),
    ]


def _export(prospector: Prospector) -> Operation:
    """The guide's own operation; the live service has it under no path."""
    return Operation(
        "GET",
        "/lists/{list_id}/export",
        lambda request, _: (OK, prospector.export(_list_id(request))),
    )


def _list_id(request: Request, malformed: int = HTTPStatus.NOT_FOUND) -> str:
    return _id(request.path_params, "list_id", malformed)


def _prospect_id(request: Request) -> str:
    return _id(request.path_params, "prospect_id", HTTPStatus.BAD_REQUEST)


def _id(params: Mapping[str, Any], name: str, malformed: int) -> str:
    """The id in a path, in lower case. Refuses a malformed one with the status ``malformed``."""
    value: str = params[name]
    if not ID.fullmatch(value):
        raise RefusalError(malformed, f"{name} must be 24 hex digits")
    return value.lower()
