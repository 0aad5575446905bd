"""The GraphQL surface: graphql-core executes the schema file over the world and the store."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLResolveInfo,
    OperationType,
    default_field_resolver,
    get_operation_ast,
)
from graphql.execution import experimental_execute_incrementally

from leadiq_sandbox import billing, graphql_schema, records
from leadiq_sandbox.company_lists import CompanyLists
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.failed_fields import ONE_OF_MANY, failed, failing_path
from leadiq_sandbox.filters import LIMITED_ACCESS
from leadiq_sandbox.graphql_schema import SCHEMA_FILE as SCHEMA_FILE  # re-exported
from leadiq_sandbox.graphql_schema import formatted, refusal
from leadiq_sandbox.previews import preview
from leadiq_sandbox.profiles import Profiles
from leadiq_sandbox.prospector import Prospector
from leadiq_sandbox.quality import accepted
from leadiq_sandbox.search import (
    DEFAULT_LIMIT,
    DEFAULT_LIMIT_PER_COMPANY,
    Index,
    cursor_of,
    page,
    start_after,
)
from leadiq_sandbox.store import PRICES, Store
from leadiq_sandbox.tracking import Tracking
from leadiq_sandbox.validation import DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT
from leadiq_sandbox.world import World

Json = dict[str, Any]
Info = GraphQLResolveInfo[Any]

PLAN_NAME = "Sandbox universal plan"
DATA_HUB_PLAN_NAME = "Sandbox data hub plan"


@dataclass
class Request:
    """What one document costs; it is charged only once all of it has been answered.

    Both are by the alias of the field that costs it: what it is billed, and what it unlocks.
    """

    bills: dict[str, billing.Bill] = field(default_factory=dict)
    granted: dict[str, list[billing.Unlock]] = field(default_factory=dict)

    def forget(self, alias: str) -> None:
        """Removes a field: what is not returned is not charged."""
        self.bills.pop(alias, None)
        self.granted.pop(alias, None)


class GraphqlApi:
    """Answers documents. Not thread-safe: the server's one event loop calls it.

    Without ``job_changes`` the account has no access to them: their filters are ignored, and
    every ``personJobChange`` is null. With ``data_hub_plan`` the credits and the price list
    belong to ``dataHubPlan``, and ``universalPlan`` is null. With ``shy_previews`` a preview says
    only what can likely be produced at work: it may be wrong, either way. With ``cursor`` the
    advanced searches have one, and reach every row; with ``company_lists`` there are some.
    """

    def __init__(
        self,
        world: World,
        index: Index,
        store: Store,
        prospector: Prospector,
        *,
        job_changes: bool,
        data_hub_plan: bool = False,
        shy_previews: bool = False,
        cursor: bool = True,
        company_lists: bool = True,
    ) -> None:
        self._world, self.index, self._store = world, index, store
        self._prospector, self._job_changes = prospector, job_changes
        self._data_hub_plan, self._shy_previews = data_hub_plan, shy_previews
        self.max_aliases: int | None = None  # of one document; None means no limit
        self.feedback: list[Json] = []  # the inputs of submitPersonFeedback
        self.profiles = Profiles(world, index.lookup, store)
        self.tracking = Tracking(world, index.lookup, self.profiles.icps, store)
        self.schema = graphql_schema.shared(cursor=cursor, company_lists=company_lists)
        self._resolvers: dict[tuple[str, str], Callable[..., Any]] = {}  # by type and field
        self._bind(
            "Query",
            account=self._account,
            usage=self._usage,
            searchPeople=self._search_people,
            searchPeoplePreview=self._search_people_preview,
            searchCompany=self._search_company,
            flatAdvancedSearch=self._flat,
            groupedAdvancedSearch=self._grouped,
            lists=self._lists,
            list=self._list,
            prospect=self._prospect,
            **self.profiles.queries(),
            **self.tracking.queries(),
        )
        self._bind(
            "Mutation",
            createList=self._create_list,
            addProspectToList=self._add_prospect,
            submitPersonFeedback=self._feedback,
            **self.profiles.mutations(),
            **self.tracking.mutations(),
        )
        self._bind("List", prospects=self._list_prospects)
        if company_lists:
            self._bind_company_lists(CompanyLists())

    def _bind_company_lists(self, lists: CompanyLists) -> None:
        self._bind("Query", **lists.queries())
        self._bind("Mutation", **lists.mutations())
        self._bind("CompanyList", companies=lists.companies)

    def _bind(self, type_name: str, **resolvers: Callable[..., Any]) -> None:
        self._resolvers |= {(type_name, name): resolver for name, resolver in resolvers.items()}

    def _resolve(self, source: Any, info: Info, **arguments: Any) -> Any:
        resolver = self._resolvers.get((info.parent_type.name, info.field_name))
        return (resolver or default_field_resolver)(source, info, **arguments)

    def is_mutation(self, body: Any) -> bool:
        """Returns whether the request's document writes."""
        operation = self._operation(body)
        return operation is not None and operation.operation == OperationType.MUTATION

    def is_introspection(self, body: Any) -> bool:
        """Returns whether the document asks for the schema alone; that needs no key."""
        operation = self._operation(body)
        names = [
            getattr(node, "name", None) and node.name.value
            for node in (operation.selection_set.selections if operation else ())
        ]
        return bool(names) and all(name in ("__schema", "__type", "__typename") for name in names)

    def field(self, body: Any) -> str | None:
        """Returns the document's first field, such as ``searchPeople``."""
        operation = self._operation(body)
        first = operation.selection_set.selections[0] if operation else None
        return first.name.value if first and getattr(first, "name", None) else None

    def _operation(self, body: Any) -> Any:
        query = body.get("query") if isinstance(body, Mapping) else None
        if not isinstance(query, str):
            return None
        document = graphql_schema.prepare(self.schema, query)
        if isinstance(document, tuple):
            return None
        return get_operation_ast(document, body.get("operationName"))

    def answer(self, body: Any, *, fault: str | None = None) -> Json:
        """Returns the answer to a request's JSON body: ``{data, errors?}``.

        ``fault`` is "partial" or "one-of-many": of several fields, the one that fails is not
        charged.
        """
        query = body.get("query") if isinstance(body, Mapping) else None
        if not isinstance(query, str) or not query.strip():
            return refusal(_without_query(body))
        variables = body.get("variables") or {}
        if not isinstance(variables, dict):
            return refusal(RefusalError(HTTPStatus.BAD_REQUEST, "variables must be an object"))
        document = graphql_schema.prepare(self.schema, query)
        if isinstance(document, tuple):
            return {"errors": [*document]}
        aliases = self._aliases(body)
        if self.max_aliases is not None and aliases > self.max_aliases:
            message = f"Aliases limit of {self.max_aliases} exceeded, found {aliases}."
            return refusal(
                RefusalError(HTTPStatus.BAD_REQUEST, message, "GRAPHQL_VALIDATION_FAILED")
            )
        return self._executed(body, document, variables, fault)

    def _executed(
        self, body: Json, document: DocumentNode, variables: Json, fault: str | None
    ) -> Json:
        request = Request()
        # The only executor that takes a schema with @defer.
        result = experimental_execute_incrementally(
            self.schema,
            document,
            variable_values=variables,
            operation_name=body.get("operationName"),
            context_value=request,
            field_resolver=self._resolve,
        )
        assert isinstance(result, ExecutionResult)  # noqa: S101  nothing awaits, nothing is deferred
        if result.errors:
            return {"data": result.data, "errors": [formatted(error) for error in result.errors]}
        data = result.data or {}
        asked = (self.schema, document, self._operation(body), data)
        path = failing_path(fault, *asked)
        if fault == ONE_OF_MANY and path:
            request.forget(str(path[0]))
        try:
            bill = [record for of_field in request.bills.values() for record in of_field]
            granted = [unlock for of_field in request.granted.values() for unlock in of_field]
            self._store.charge(bill, granted)
        except RefusalError as error:
            refusals = [refusal(error, path=[name]) for name in data]
            return {"data": None, "errors": [one for it in refusals for one in it["errors"]]}
        return failed(path, *asked) if path else {"data": data}

    def _aliases(self, body: Any) -> int:
        operation = self._operation(body)
        nodes = operation.selection_set.selections if operation else ()
        return sum(getattr(node, "alias", None) is not None for node in nodes)

    # Account ---------------------------------------------------------------------------------

    def _account(self, *_: Any) -> Json:
        used, available = self._store.balance()
        plan = {
            "name": DATA_HUB_PLAN_NAME if self._data_hub_plan else PLAN_NAME,
            "product": "DataHub" if self._data_hub_plan else "Universal",
            "status": "Active",
            "nextBillingPeriod": _next_period(),
        }
        costs = [
            {"dataPoint": name, "cost": int(price), "costInDecimals": price}
            for name, price in PRICES.items()
        ]
        points = [row["dataPoint"] for row in costs]
        with_credits = {
            **plan,
            "available": available,
            "used": used,
            "visibility": [{"sku": "Api", "dataPoints": points}],
            "costs": [{"sku": "Api", "costs": costs}],
        }
        return {
            "plans": [plan],
            "dataHubPlan": with_credits if self._data_hub_plan else None,
            "universalPlan": None if self._data_hub_plan else with_credits,
        }

    def _usage(self, *_: Any) -> Json:
        used, available = self._store.balance()
        plan = {
            "name": "API",
            "usageType": "Standard",
            "creditType": "ExactMatch",
            "units": used,
            "cap": used + available,
            "billingType": "Prepaid",
            "trial": False,
        }
        return {
            "planUsage": lambda _info, **_range: [plan],
            "trialUsage": [],
            "subscription": {"status": "active"},
            "universalUsage": [{"units": used, "cap": used + available}],
        }

    # Search ----------------------------------------------------------------------------------

    def _search_people(self, _: Any, info: Info, input: Json) -> Json:
        indexes = self.index.lookup.people(input)
        skip, limit = input.get("skip") or 0, input.get("limit")
        limit = DEFAULT_LIMIT if limit is None else limit
        if skip < 0 or limit < 0:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "skip and limit must not be negative")
        matched = self.index.lookup.employers(input.get("company") or {}) or ()
        invalid = bool(input.get("includeInvalid"))
        found = (
            records.person_record(self._world, i, include_invalid=invalid, matched=matched)
            for i in indexes[skip : skip + limit]
        )
        people = [accepted(person, input) for person in found]
        self._run_up(info, billing.people_bill(billing.selected_paths(info), people), people)
        return {
            "totalResults": len(indexes),
            "hasMore": skip + limit < len(indexes),
            "results": people,
        }

    def _search_people_preview(self, _: Any, _info: Info, input: Json) -> Json:
        company = {"name": input.get("companyName"), "domain": input.get("companyDomain")}
        indexes = self.index.lookup.people({**input, "company": company})
        if not indexes:
            return {"personId": None, "hasEmail": False, "hasPhone": False}
        return preview(self._world, indexes[0], shy=self._shy_previews)

    def _search_company(self, _: Any, info: Info, input: Json) -> Json:
        indexes = self.index.lookup.companies(input)[:DEFAULT_LIMIT]
        companies = [records.company_info(self._world, c) for c in indexes]
        self._run_up(info, billing.companies_bill(billing.selected_paths(info), companies))
        return {"totalResults": len(indexes), "hasMore": False, "results": companies}

    def _flat(self, _: Any, info: Info, input: Json) -> Json:
        skip, limit = page(input)
        if not self._job_changes:
            input = {name: value for name, value in input.items() if name not in LIMITED_ACCESS}
        indexes = self.index.filters.people(input)
        ordered = self.index.sorting.people(indexes, input.get("sortContactsBy"))
        skip = start_after(input, (self._world.person_ids[i] for i in ordered), skip)
        people = [self._person(i) for i in ordered[skip : skip + limit]]
        self._run_up(info, billing.flat_bill(billing.selected_paths(info), people), people)
        after = cursor_of([person["id"] for person in people], len(ordered) - skip - limit)
        return {"totalPeople": len(indexes), "people": people, "after": after}

    def _grouped(self, _: Any, info: Info, input: Json) -> Json:
        skip, limit = page(input)
        per_company = input.get("limitPerCompany")
        per_company = DEFAULT_LIMIT_PER_COMPANY if per_company is None else per_company
        if per_company < 0:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "limitPerCompany must not be negative")
        everyone, employers, contacts = self.index.filters.grouped(input)
        ordered = self.index.sorting.companies(employers, input.get("sortCompaniesBy"))
        skip = start_after(input, (self._world.company_ids[c] for c in ordered), skip)
        companies: list[Json] = []
        for c in ordered[skip : skip + limit]:
            here = everyone[self._world.company[everyone] == c]
            here = self.index.sorting.people(here, input.get("sortContactsBy"))[:per_company]
            companies.append(
                {
                    "company": records.company(self._world, int(c)),
                    "people": [self._person(i) for i in here],
                    "totalContactsInCompany": int(contacts[c]),
                }
            )
        people = [person for row in companies for person in row["people"]]
        bill = billing.grouped_bill(billing.selected_paths(info), companies)
        self._run_up(info, bill, people)
        ids = [row["company"]["id"] for row in companies]
        after = cursor_of(ids, len(ordered) - skip - limit)
        return {"totalCompanies": len(employers), "companies": companies, "after": after}

    def _person(self, i: int) -> Json:
        person = records.search_person(self._world, int(i))
        return person if self._job_changes else {**person, "personJobChange": None}

    def _run_up(self, info: Info, bill: billing.Bill, people: Iterable[Json] = ()) -> None:
        """Adds the bill of a field; if there is one, it unlocks the profiles of ``people``."""
        request: Request = info.context
        alias = str(info.path.key)
        profiles = [("Profile", person["id"]) for person in people if bill]
        if self._store.accounting.profile_beside_company:
            bill = billing.with_profiles(bill, profiles)
        request.bills[alias] = bill
        request.granted[alias] = profiles

    # Lists -----------------------------------------------------------------------------------

    def _lists(self, _: Any, _info: Info, limit: int = 25, cursor: str | None = None) -> Json:
        items, following = self._store.lists(_limit(limit), cursor)
        return {"items": items, "nextCursor": following}

    def _list(self, _: Any, _info: Info, id: str) -> Json | None:
        return _none_if_refused(self._store.get_list, id)

    def _prospect(self, _: Any, _info: Info, id: str) -> Json | None:
        return _none_if_refused(self._store.prospect, id)

    def _list_prospects(
        self, parent: Json, _info: Info, limit: int = 25, cursor: str | None = None
    ) -> Json:
        items, following = self._store.prospects(_limit(limit), cursor, list_id=parent["id"])
        return {"items": items, "nextCursor": following}

    def _create_list(self, _: Any, _info: Info, input: Json) -> Json:
        return self._prospector.create_list(_without_nulls(input))

    def _add_prospect(self, _: Any, _info: Info, **arguments: Any) -> Json:
        body, list_id = _without_nulls(arguments["input"]), arguments["listId"]
        return self._prospector.create_prospect(body, list_id, invalid=HTTPStatus.BAD_REQUEST)

    def _feedback(self, *_: Any, input: Json) -> str:
        self.feedback.append(input)
        return secrets.token_hex(12)


def _without_query(body: Any) -> RefusalError:
    """Why a body without a document is refused; after a hash of one, clients send it in full."""
    extensions = body.get("extensions") if isinstance(body, Mapping) else None
    if isinstance(extensions, Mapping) and "persistedQuery" in extensions:
        code = "PERSISTED_QUERY_NOT_SUPPORTED"
        return RefusalError(HTTPStatus.BAD_REQUEST, "PersistedQueryNotSupported", code)
    return RefusalError(HTTPStatus.BAD_REQUEST, "The body must be a JSON object with a query")


def _limit(limit: int | None) -> int:
    if limit is not None and not 1 <= limit <= MAX_PAGE_LIMIT:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"limit must be 1 to {MAX_PAGE_LIMIT}")
    return limit or DEFAULT_PAGE_LIMIT


def _none_if_refused(read: Callable[[str], Json], id: str) -> Json | None:
    try:
        return read(id)
    except RefusalError:
        return None


def _without_nulls(input: Json) -> Json:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in input.items()
        if value is not None
    }


def _next_period() -> str:
    now = datetime.now(UTC)
    next_month = (now.replace(day=1) + timedelta(days=31)).replace(day=1)
    return next_month.strftime("%Y-%m-%dT00:00:00.000Z")
