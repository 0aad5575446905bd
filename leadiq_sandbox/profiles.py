"""The team's ideal customer profiles, the people behind an address, and records made current."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from graphql import GraphQLResolveInfo

from leadiq_sandbox import records
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.lookup import Lookup
from leadiq_sandbox.store import Store
from leadiq_sandbox.world import World

Json = dict[str, Any]
Info = GraphQLResolveInfo[Any]
Resolver = Callable[..., Any]

CERTAIN = 100  # confidence of an identifier

ICPS: tuple[Json, ...] = (
    {
        "id": "icp-1",
        "name": "Sales leaders in the United States",
        "persona": {
            "locations": [{"country": "United States"}],
            "titles": ["VP Sales", "Head of Sales"],
            "functions": ["Sales"],
            "seniorities": ["VP", "Director"],
        },
        "company": {
            "industries": ["Computer Software"],
            "sizes": [{"min": 51, "max": 1000}],
            "locations": [{"country": "United States"}],
            "technologies": ["Salesforce"],
            "technologyCategories": [],
        },
        "groups": [{"id": "group-1", "name": "Everyone"}],
        "productLines": ["Prospector", "Track"],
    },
    {
        "id": "icp-2",
        "name": "Engineering managers",
        "persona": {
            "locations": [],
            "titles": [],
            "functions": ["Engineering"],
            "seniorities": ["Manager"],
        },
        "company": {
            "industries": [],
            "sizes": [],
            "locations": [],
            "technologies": [],
            "technologyCategories": [],
        },
        "groups": [],
        "productLines": ["Scribe"],
    },
)


class Profiles:
    """Resolvers of ``icpDefinitions``, ``matchProfile``, ``regenerate`` and ``regeneratedTime``.

    ``icps`` are the team's profiles. A record that is regenerated is in progress until its time
    has been asked for once.
    """

    def __init__(self, world: World, lookup: Lookup, store: Store) -> None:
        self._world, self._lookup, self._store = world, lookup, store
        self.icps = ICPS
        self._regenerated: dict[int, str | None] = {}  # when; None while in progress

    def queries(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the queries by their names."""
        return {
            "icpDefinitions": self._icp_definitions,
            "matchProfile": self._match,
            "regeneratedTime": self._regenerated_time,
            "workatoToken": lambda *_, **__: {
                "__typename": "WorkatoTokenResponseFailure",
                "message": "This team has no Workato integration",
            },
        }

    def mutations(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the mutations by their names."""
        return {"regenerate": self._regenerate}

    def _icp_definitions(
        self,
        _: Any,
        _info: Info,
        productLines: list[str] | None = None,  # noqa: N803
    ) -> Json:
        wanted = {*(productLines or ())}
        return {"icps": [icp for icp in self.icps if not wanted or wanted & {*icp["productLines"]}]}

    def _match(self, _: Any, _info: Info, input: Json) -> Json:
        """The person of an address at the profile's price, else the company of its domain."""
        people = self._lookup.people(input)
        if not people:
            company = self._lookup.company_by_domain(input["email"])
            fallback = [] if company is None else [records.company(self._world, company)]
            return {"people": [], "fallbackCompanies": fallback}
        found = [records.search_person(self._world, i) for i in people]
        unlocks = [("Profile", person["id"]) for person in found]
        self._store.charge([unlocks])
        return {
            "people": [{"confidence": CERTAIN, "person": person} for person in found],
            "fallbackCompanies": None,
        }

    def _regenerate(self, _: Any, _info: Info, input: Json) -> str:
        i = self._person(input)
        if i is None:
            return "NotFound"
        if i in self._regenerated and self._regenerated[i] is None:
            return "InProgress"
        self._regenerated[i] = None
        return "Started"

    def _regenerated_time(self, _: Any, _info: Info, input: Json) -> Json:
        i = self._person(input)
        if i is None or i not in self._regenerated:
            return {"time": None}
        before = self._regenerated[i]
        if before is None:  # done by the next time that somebody asks
            self._regenerated[i] = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {"time": before}

    def _person(self, input: Json) -> int | None:
        if input.get("personId"):
            return self._world.person_index.get(input["personId"])
        if input.get("linkedinUrl"):
            return self._lookup.person_by_linkedin_url(input["linkedinUrl"])
        raise RefusalError(HTTPStatus.BAD_REQUEST, "give a personId or a linkedinUrl")
