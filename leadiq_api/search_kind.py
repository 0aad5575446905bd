"""The two advanced searches, and what differs between their answers."""

from __future__ import annotations

from enum import StrEnum

# The highest ``skip + limit`` of an advanced search: without a cursor its rows beyond are out of
# reach.
SEARCH_CEILING = 10_000


class SearchKind(StrEnum):
    """An advanced search; the value is the GraphQL field and the name of the operation."""

    FLAT = "flatAdvancedSearch"
    GROUPED = "groupedAdvancedSearch"

    @property
    def rows_field(self) -> str:
        """The field of the answer that holds its rows: people, or companies with their people."""
        return "people" if self is SearchKind.FLAT else "companies"

    @property
    def total_field(self) -> str:
        """The field of the answer that holds the number of rows on all pages."""
        return "totalPeople" if self is SearchKind.FLAT else "totalCompanies"

    @property
    def cursor_field(self) -> str:
        """The field of the input that continues a search, where a server has one."""
        return "FlatSearchInput.after" if self is SearchKind.FLAT else "GroupedSearchInput.after"

    @property
    def label(self) -> str:
        """The name as people read it, in lower case."""
        return "flat" if self is SearchKind.FLAT else "grouped"
