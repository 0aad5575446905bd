"""Searching a world: its look-ups, filters and orders, and the pages of an advanced search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.filters import Filters
from leadiq_sandbox.lookup import Lookup
from leadiq_sandbox.masks import Input
from leadiq_sandbox.sorting import Sorting
from leadiq_sandbox.world import World

CEILING = 10_000  # skip + limit
MAX_PER_PAGE = 100
DEFAULT_LIMIT = 25
DEFAULT_LIMIT_PER_COMPANY = 5


class Index:
    """Everything that searches a world. It returns indexes of rows, never records."""

    def __init__(self, world: World) -> None:
        self.lookup = Lookup(world)
        self.filters = Filters(world, self.lookup)
        self.sorting = Sorting(world)


def page(input: Input) -> tuple[int, int]:
    """Returns (skip, limit) of an advanced search. Refuses a page beyond the ceiling with 400.

    A page after a cursor has no ceiling; ``start_after`` says where it starts.
    """
    skip, limit = input.get("skip") or 0, input.get("limit")
    limit = DEFAULT_LIMIT if limit is None else limit
    if skip < 0 or not 0 <= limit <= MAX_PER_PAGE:
        message = f"skip must not be negative and limit must be 0 to {MAX_PER_PAGE}"
        raise RefusalError(HTTPStatus.BAD_REQUEST, message)
    if input.get("after"):
        if skip:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "after replaces skip: give one of them")
        return 0, limit
    if skip + limit > CEILING:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"skip + limit must be at most {CEILING}")
    return skip, limit


def start_after(input: Input, ids: Iterable[str], skip: int) -> int:
    """Returns the number of rows before the page: those up to the cursor's, else ``skip``.

    ``ids`` are those of all rows in their order. Refuses an unknown cursor with 400.
    """
    after = {part["key"]: part["value"] for part in input.get("after") or ()}
    if not after:
        return skip
    for number, id in enumerate(ids, 1):
        if id == after.get("id"):
            return number
    raise RefusalError(HTTPStatus.BAD_REQUEST, "Unknown cursor")


def cursor_of(ids: Sequence[str], rows_left: int) -> list[Input] | None:
    """Returns the cursor after a page of rows with these ids; None if no rows are left."""
    return [{"key": "id", "value": ids[-1]}] if ids and rows_left > 0 else None
