"""The GraphQL surface: graphql-core executing the schema file over the world and the store."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
    value_from_ast_untyped,
)

from leadiq_sandbox import billing, records
from leadiq_sandbox.errors import MESSAGES, Refused
from leadiq_sandbox.prospector import Prospector
from leadiq_sandbox.search import (
    DEFAULT_LIMIT,
    DEFAULT_LIMIT_PER_COMPANY,
    LIMITED_ACCESS,
    Index,
    page,
)
from leadiq_sandbox.store import PRICES, Store
from leadiq_sandbox.world import World

Json = dict[str, Any]
Info = GraphQLResolveInfo

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")
PLAN_NAME = "Sandbox universal plan"


@dataclass
class Request:
    """What one document ran up; it is paid only when all of it has been answered."""

    # By the alias of the field that ran it up.
    bills: dict[str, billing.Bill] = field(default_factory=dict)
    granted: dict[str, list[billing.Unlock]] = field(default_factory=dict)

    def forget(self, alias: str) -> None:
        """What does not come back is not charged."""
        self.bills.pop(alias, None)
        self.granted.pop(alias, None)


class GraphqlApi:
    """Answers documents. Not thread-safe towards itself: the server's one loop calls it.

    Without ``job_changes`` the account has no access to them: their filters are ignored, and
    nobody's change is told.
    """

    def __init__(
        self,
        world: World,
        index: Index,
        store: Store,
        prospector: Prospector,
        *,
        job_changes: bool,
    ) -> None:
        self._world, self._index, self._store = world, index, store
        self._prospector, self._job_changes = prospector, job_changes
        self.max_aliases: int | None = None  # in one document; None takes any number
        self.feedback: list[Json] = []  # what people said of addresses and numbers
        self.schema = _schema()
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
        )
        self._bind(
            "Mutation",
            createList=self._create_list,
            addProspectToList=self._add_prospect,
            submitPersonFeedback=self._feedback,
        )
        self._bind("List", prospects=self._list_prospects)
        self._prepared = lru_cache(maxsize=256)(self._prepare)

    def _bind(self, type_name: str, **resolvers: Any) -> None:
        fields = self.schema.type_map[type_name].fields  # type: ignore[attr-defined]
        for name, resolver in resolvers.items():
            fields[name].resolve = resolver

    def is_mutation(self, body: Any) -> bool:
        """Whether the request's document writes."""
        operation = self._operation(body)
        return operation is not None and operation.operation == OperationType.MUTATION

    def is_introspection(self, body: Any) -> bool:
        """Whether the document asks about the schema alone; that needs no key."""
        operation = self._operation(body)
        names = [
            getattr(node, "name", None) and node.name.value
            for node in (operation.selection_set.selections if operation else ())
        ]
        return bool(names) and all(name in ("__schema", "__type", "__typename") for name in names)

    def field(self, body: Any) -> str | None:
        """What the document asks first, such as ``searchPeople``."""
        operation = self._operation(body)
        first = operation.selection_set.selections[0] if operation else None
        return first.name.value if first and getattr(first, "name", None) else None

    def _operation(self, body: Any) -> Any:
        query = body.get("query") if isinstance(body, Mapping) else None
        if not isinstance(query, str):
            return None
        document = self._prepared(query)
        if isinstance(document, list):
            return None
        return get_operation_ast(document, body.get("operationName"))

    def answer(self, body: Any, *, fail_one: bool = False) -> Json:
        """The answer to a request's JSON body: ``{data, errors?}``.

        ``fail_one`` of several fields fails by itself: it is null, and is not charged.
        """
        query = body.get("query") if isinstance(body, Mapping) else None
        if not isinstance(query, str) or not query.strip():
            return refusal(Refused(400, "The body must be a JSON object with a query"))
        variables = body.get("variables") or {}
        if not isinstance(variables, dict):
            return refusal(Refused(400, "variables must be an object"))
        document = self._prepared(query)
        if isinstance(document, list):
            return {"errors": document}
        aliases = self._aliases(body)
        if self.max_aliases is not None and aliases > self.max_aliases:
            told = f"Aliases limit of {self.max_aliases} exceeded, found {aliases}."
            return refusal(Refused(400, told, "GRAPHQL_VALIDATION_FAILED"))
        request = Request()
        result = execute_sync(
            self.schema,
            document,
            variable_values=variables,
            operation_name=body.get("operationName"),
            context_value=request,
        )
        answer: Json = {"data": result.data}
        if result.errors:
            answer["errors"] = [_formatted(error) for error in result.errors]
            return answer
        if fail_one and result.data and len(result.data) > 1:
            failed = [*result.data][-1]
            request.forget(failed)
            answer["data"][failed] = None
            answer["errors"] = refusal(Refused(500), path=[failed])["errors"]
        try:
            bill = [record for one in request.bills.values() for record in one]
            self._store.charge(bill, [one for many in request.granted.values() for one in many])
        except Refused as error:
            return refusal(error, path=[next(iter(result.data or {"": None}))])
        return answer

    def _aliases(self, body: Any) -> int:
        operation = self._operation(body)
        nodes = operation.selection_set.selections if operation else ()
        return sum(getattr(node, "alias", None) is not None for node in nodes)

    def _prepare(self, query: str) -> DocumentNode | list[Json]:
        """The parsed and validated document, or its errors."""
        try:
            document = parse(query)
        except GraphQLError as error:
            return [_formatted(error, 400, "GRAPHQL_PARSE_FAILED")]
        errors = validate(self.schema, document)
        return [_formatted(e, 400, "GRAPHQL_VALIDATION_FAILED") for e in errors] or document

    # Account ---------------------------------------------------------------------------------

    def _balance(self) -> tuple[int, int]:
        """(used, available) as the whole numbers that the schema has; they add up to the cap."""
        used = -(-self._store.used // 1)
        return int(used), int(self._store.credits - used)

    def _account(self, *_: Any) -> Json:
        used, available = self._balance()
        plan = {
            "name": PLAN_NAME,
            "product": "Universal",
            "status": "Active",
            "nextBillingPeriod": _next_period(),
        }
        costs = [
            {"dataPoint": name, "cost": int(price), "costInDecimals": price}
            for name, price in PRICES.items()
        ]
        points = [row["dataPoint"] for row in costs]
        return {
            "plans": [plan],
            "dataHubPlan": None,
            "universalPlan": {
                **plan,
                "available": available,
                "used": used,
                "visibility": [{"sku": "Api", "dataPoints": points}],
                "costs": [{"sku": "Api", "costs": costs}],
            },
        }

    def _usage(self, *_: Any) -> Json:
        used, available = self._balance()
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
        found = self._index.find_people(input)
        skip, limit = input.get("skip") or 0, input.get("limit")
        limit = DEFAULT_LIMIT if limit is None else limit
        if skip < 0 or limit < 0:
            raise Refused(400, "skip and limit must not be negative")
        matched = self._index.employers(input.get("company") or {}) or ()
        invalid = bool(input.get("includeInvalid"))
        people = [
            records.person_record(self._world, i, include_invalid=invalid, matched=matched)
            for i in found[skip : skip + limit]
        ]
        self._run_up(info, billing.people_bill(billing.selected_paths(info), people), people)
        return {
            "totalResults": len(found),
            "hasMore": skip + limit < len(found),
            "results": people,
        }

    def _search_people_preview(self, _: Any, _info: Info, input: Json) -> Json:
        company = {"name": input.get("companyName"), "domain": input.get("companyDomain")}
        found = self._index.find_people({**input, "company": company})
        if not found:
            return {"personId": None, "hasEmail": False, "hasPhone": False}
        person = records.person_record(self._world, found[0], include_invalid=False, matched=())
        positions = person["currentPositions"]
        emails = [*person["personalEmails"], *(e for row in positions for e in row["emails"])]
        phones = [*person["personalPhones"], *(p for row in positions for p in row["phones"])]
        return {
            "personId": person["id"],
            "hasEmail": any(row["status"] not in billing.NOT_CONTACT_DATA for row in emails),
            "hasPhone": any(row["status"] not in billing.NOT_CONTACT_DATA for row in phones),
        }

    def _search_company(self, _: Any, info: Info, input: Json) -> Json:
        found = self._index.find_companies(input)[:DEFAULT_LIMIT]
        companies = [records.company_info(self._world, c) for c in found]
        self._run_up(info, billing.companies_bill(billing.selected_paths(info), companies))
        return {"totalResults": len(found), "hasMore": False, "results": companies}

    def _flat(self, _: Any, info: Info, input: Json) -> Json:
        skip, limit = page(input)
        if not self._job_changes:
            input = {name: value for name, value in input.items() if name not in LIMITED_ACCESS}
        found = self._index.people(input)
        order = self._index.sort_people(found, input.get("sortContactsBy"))
        people = [self._person(i) for i in order[skip : skip + limit]]
        self._run_up(info, billing.flat_bill(billing.selected_paths(info), people), people)
        return {"totalPeople": len(found), "people": people}

    def _grouped(self, _: Any, info: Info, input: Json) -> Json:
        skip, limit = page(input)
        per_company = input.get("limitPerCompany")
        per_company = DEFAULT_LIMIT_PER_COMPANY if per_company is None else per_company
        if per_company < 0:
            raise Refused(400, "limitPerCompany must not be negative")
        found, employers, contacts = self._index.grouped(input)
        companies = []
        for c in self._index.sort_companies(employers, input.get("sortCompaniesBy"))[
            skip : skip + limit
        ]:
            here = found[self._world.company[found] == c]
            here = self._index.sort_people(here, input.get("sortContactsBy"))[:per_company]
            companies.append(
                {
                    "company": records.company(self._world, int(c)),
                    "people": [self._person(i) for i in here],
                    "totalContactsInCompany": int(contacts[c]),
                }
            )
        everyone = [person for row in companies for person in row["people"]]
        bill = billing.grouped_bill(billing.selected_paths(info), companies)
        self._run_up(info, bill, everyone)
        return {"totalCompanies": len(employers), "companies": companies}

    def _person(self, i: int) -> Json:
        person = records.search_person(self._world, int(i))
        return person if self._job_changes else {**person, "personJobChange": None}

    @staticmethod
    def _run_up(info: Info, bill: billing.Bill, people: Iterable[Json] = ()) -> None:
        request: Request = info.context
        alias = str(info.path.key)
        request.bills[alias] = bill
        request.granted[alias] = [("Profile", person["id"]) for person in people if bill]

    # Lists -----------------------------------------------------------------------------------

    def _lists(self, _: Any, _info: Info, limit: int = 25, cursor: str | None = None) -> Json:
        items, following = self._store.lists(_limit(limit), cursor)
        return {"items": items, "nextCursor": following}

    def _list(self, _: Any, _info: Info, id: str) -> Json | None:
        return _or_none(self._store.list, id)

    def _prospect(self, _: Any, _info: Info, id: str) -> Json | None:
        return _or_none(self._store.prospect, id)

    def _list_prospects(
        self, parent: Json, _info: Info, limit: int = 25, cursor: str | None = None
    ) -> Json:
        items, following = self._store.prospects(_limit(limit), cursor, list_id=parent["id"])
        return {"items": items, "nextCursor": following}

    def _create_list(self, _: Any, _info: Info, input: Json) -> Json:
        return self._prospector.create_list(_without_nulls(input))

    def _add_prospect(self, _: Any, _info: Info, listId: str, input: Json) -> Json:
        return self._prospector.create_prospect(_without_nulls(input), listId, invalid=400)

    def _feedback(self, *_: Any, input: Json) -> str:
        self.feedback.append(input)
        return secrets.token_hex(12)


def refusal(error: Refused, path: Sequence[str] | None = None) -> Json:
    """A refusal as GraphQL writes it: the status is inside ``extensions``."""
    extensions = {"code": error.code, "response": {"status": error.status}}
    told: Json = {"message": str(error), "extensions": extensions}
    return {"data": None, "errors": [told | ({"path": [*path]} if path else {})]}


def _formatted(error: GraphQLError, status: int | None = None, code: str | None = None) -> Json:
    formatted: Json = dict(error.formatted)
    original = error.original_error
    if isinstance(original, Refused):
        status, code = original.status, original.code
    elif original is not None and not isinstance(original, GraphQLError):
        formatted["message"] = MESSAGES[500]
        status, code = 500, "INTERNAL_ERROR"
    formatted["extensions"] = {
        "code": code or "BAD_USER_INPUT",
        "response": {"status": status or 400},
    }
    return formatted


def _schema() -> GraphQLSchema:
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))

    def scalar(name: str, write: Any, read: Any = None) -> None:
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLScalarType)  # noqa: S101  the file says so
        kind.coerce_output_value = write
        if read:
            kind.coerce_input_value = read
            kind.coerce_input_literal = lambda node, *_: read(value_from_ast_untyped(node))

    scalar("Long", int, _long)
    scalar("BigDecimal", float)
    # Times are ISO strings, but job changes are served as Unix milliseconds, as the live service.
    scalar("ZonedDateTime", lambda value: value, _time)
    plan = schema.type_map["Plan"]
    plan.resolve_type = lambda *_: "SandboxPlan"  # type: ignore[attr-defined]
    return schema


def _long(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise GraphQLError(f"Long cannot represent {value!r}")
    try:
        number = int(value)
    except ValueError:
        raise GraphQLError(f"Long cannot represent {value!r}") from None
    if number != float(value) or abs(number) >= 2**63:
        raise GraphQLError(f"Long cannot represent {value!r}")
    return number


def _time(value: Any) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    except (TypeError, ValueError):
        raise GraphQLError(f"ZonedDateTime cannot represent {value!r}") from None


def _limit(limit: int | None) -> int:
    if limit is not None and not 1 <= limit <= 100:
        raise Refused(400, "limit must be 1 to 100")
    return limit or 25


def _or_none(read: Any, id: str) -> Json | None:
    try:
        found: Json = read(id)
    except Refused:
        return None
    return found


def _without_nulls(input: Json) -> Json:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in input.items()
        if value is not None
    }


def _next_period() -> str:
    now = datetime.now(UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return datetime(year, month, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
