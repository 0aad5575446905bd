"""A sandbox whose texts try to act: Markdown, HTML, formulas, control characters."""

import json
import random
from typing import Any

from graphql import (
    GraphQLResolveInfo,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from leadiq_sandbox import Sandbox

TEXTS = [
    "=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", "**b** [x](javascript:1)",
    "$\\frac{1}{2}$", ":red[x] :material/x:", "javascript:alert(1)", "\u202eevil\u2066", "\x07\r\n",
    "x" * 10_000, "", " ", "👩‍💻 Zoë", "null", "https://www.linkedin.com/in/a",
    "<a href='https://evil.example'>x</a>", "<img src=x onerror=alert(1)>",
    "a@b.example www.evil.example", "9" * 400, "2026-13-45",
    ":streamlit: :smile:", "\u2028\ufeff\U000e0041", "{x} %s %(x)s {{y}}", "-> <- --",
    "Jane https://evil.example/x", "WWW.evil.example HTTP://evil.example",
]  # fmt: skip

NUMBERS = [0, -1, 1, 10**9, 2**31 - 1]
# Values that no schema promises, and that a newer one might have.
ODD_NUMBERS = [2**63 - 1, -(2**63), 10**300, 1e300, -1e-300, 0.1]
ODD_WORDS = ["SomethingNew", "", "<b>New</b>"]


class Hostile:
    """Answers any document of the schema with values drawn at random, nulls included."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.schema, self.draw = sandbox.graphql.schema, random.Random(seed)
        kinds = self.schema.type_map.values()
        self.words = {word for kind in kinds if is_enum_type(kind) for word in kind.values}

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        document = parse(body["query"])
        result = execute_sync(
            self.schema, document, {}, variable_values=body.get("variables"),
            field_resolver=self.value, type_resolver=lambda *_: "SandboxPlan",
        )  # fmt: skip
        assert not result.errors, result.errors
        return json.loads(json.dumps({"data": self.odd(result.data)}))

    def odd(self, value: Any) -> Any:
        """Returns the answer as a newer server might: unknown words, huge numbers, more fields."""
        if isinstance(value, dict):
            fields = {name: self.odd(item) for name, item in value.items()}
            return {**fields, "surprise": {"new": ["field"]}}
        if isinstance(value, list):
            return [self.odd(item) for item in value]
        if isinstance(value, str) and value in self.words and self.draw.random() < 0.3:
            return self.draw.choice(ODD_WORDS)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.draw.choice(ODD_NUMBERS) if self.draw.random() < 0.2 else value
        return value

    def value(self, _parent: Any, info: GraphQLResolveInfo, **_: Any) -> Any:
        return self.of(info.return_type)

    def of(self, kind: Any) -> Any:
        if not is_non_null_type(kind) and self.draw.random() < 0.25:
            return None
        bare = get_nullable_type(kind)
        if is_list_type(bare):
            return [self.of(bare.of_type) for _ in range(self.draw.randrange(4))]
        if is_enum_type(bare):
            return self.draw.choice(list(bare.values))
        if is_leaf_type(bare):
            name = get_named_type(bare).name
            if name in ("Int", "Long", "BigDecimal", "Float"):
                return self.draw.choice(NUMBERS)
            if name == "Boolean":
                return self.draw.random() < 0.5
            return self.draw.choice(TEXTS)
        return {}
