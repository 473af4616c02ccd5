"""What lets the compiler turn a loop that looks things up in tables into vector instructions.

A loop over a tile is vectorised if no store in it can change what a later turn loads. Planes are a fixed distance
apart, so among them that is plain; where a table lies the compiler cannot know. So each access says what it is to
(type-based alias analysis): `take` and `put` are for planes of floats or of integers, `look_up` is for tables, and none
of the three overlap. A loop that uses `look_up` must use `take` and `put` for all else, outside of branches, and
`select` in place of branches.

What one loop puts must not be looked up by another: the compiler would be free to exchange the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic as _intrinsic

_made: Callable[[Callable[..., Any]], Callable[..., Any]] = _intrinsic  # pyright: ignore[reportAssignmentType]


def _look_up(typingctx: Any, table: Any, index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        load = builder.load(_address(context, builder, table, *arguments))
        load.set_metadata("tbaa", _tag(builder, "table"))
        return load

    return table.dtype(table, index), build


look_up: Callable[[Any, Any], Any] = _made(_look_up)
"""`table[index]` of a flat table that no `put` writes; the index is in range and not negative."""


def _take(typingctx: Any, planes: Any, index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        load = builder.load(_address(context, builder, planes, *arguments))
        load.set_metadata("tbaa", _tag(builder, f"planes of {planes.dtype}"))
        return load

    return planes.dtype(planes, index), build


take: Callable[[Any, Any], Any] = _made(_take)
"""`planes[index]`; the index is in range and not negative."""


def _put(typingctx: Any, planes: Any, index: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        converted = context.cast(builder, arguments[2], value, planes.dtype)
        store = builder.store(converted, _address(context, builder, planes, *arguments[:2]))
        store.set_metadata("tbaa", _tag(builder, f"planes of {planes.dtype}"))
        return context.get_dummy_value()

    return types.void(planes, index, value), build


put: Callable[[Any, Any, Any], Any] = _made(_put)
"""`planes[index] = value`; the index is in range and not negative."""


def _select(typingctx: Any, condition: Any, first: Any, second: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        chosen = context.cast(builder, arguments[0], condition, types.boolean)
        return builder.select(chosen, arguments[1], context.cast(builder, arguments[2], second, first))

    return first(condition, first, second), build


select: Callable[[Any, Any, Any], Any] = _made(_select)
"""`first if condition else second`, both of the type of the first, without a branch."""


def _address(context: Any, builder: Any, array: Any, value: Any, index: Any) -> Any:
    return builder.gep(context.make_array(array)(context, builder, value).data, [index])


def _tag(builder: Any, kind: str) -> Any:
    """An access tag of type-based alias analysis: kinds are siblings, so none overlaps another."""
    add = builder.module.add_metadata
    zero = ir.Constant(ir.IntType(64), 0)
    node = add([kind, add(["palaestra"]), zero])
    return add([node, node, zero])
