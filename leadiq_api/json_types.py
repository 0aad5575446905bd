"""The names of JSON objects in annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A JSON object that is read only, such as an input of the API.
Json = Mapping[str, Any]
# A JSON object that belongs to its receiver, such as an answer of the API.
JsonDict = dict[str, Any]
