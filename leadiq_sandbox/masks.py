"""Masks: columns of booleans that say which people or companies match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from leadiq_sandbox.world import Column

Input = Mapping[str, Any]


def per_code(values: Sequence[Any], codes: Column, kind: type = bool) -> Column:
    """Returns for each of ``codes`` its entry of ``values``, a table by code."""
    table: Column = np.array(values, dtype=kind)
    matched: Column = table[codes]
    return matched


def at_indexes(size: int, indexes: Iterable[int | None]) -> Column:
    """Returns a mask of ``size`` that is true at ``indexes``; those out of range match nothing."""
    mask = np.zeros(size, dtype=bool)
    mask[[index for index in indexes if index is not None and 0 <= index < size]] = True
    return mask


def any_of(masks: Iterable[Column]) -> Column:
    """Returns where any of the masks is true."""
    mask: Column = np.logical_or.reduce(list(masks))
    return mask


def between(column: Column, limits: Input, lower: str, upper: str) -> Column:
    """Returns where the values lie within ``limits``, whose ends have these names."""
    mask = np.ones(len(column), dtype=bool)
    if limits.get(lower) is not None:
        mask &= column >= limits[lower]
    if limits.get(upper) is not None:
        mask &= column <= limits[upper]
    return mask


def within(column: Column, limits: Input) -> Column:
    """Returns where the values lie within ``limits``, from "start" to "end"."""
    return between(column, limits, "start", "end")


def lower_case(values: Iterable[str]) -> set[str]:
    """Returns the values without case and surrounding spaces."""
    return {value.strip().lower() for value in values}
