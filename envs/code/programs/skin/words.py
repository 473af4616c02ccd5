"""The words and marks of the surface."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..syntax import Op, Type

WORDS: Mapping[Op, str] = MappingProxyType(
    {
        **dict(zip((Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD), ("Ba", "Be", "Bi", "Bo", "Bu"), strict=True)),
        **dict(zip((Op.NEG, Op.ABS, Op.MIN, Op.MAX), ("Da", "De", "Di", "Do"), strict=True)),
        **dict(zip((Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE), ("Fa", "Fe", "Fi", "Fo", "Fu", "Fy"), strict=True)),
        **dict(zip((Op.AND, Op.OR, Op.NOT), ("Ka", "Ke", "Ki"), strict=True)),
        **dict(zip((Op.STR_EQ, Op.CHAR_AT, Op.CONCAT), ("La", "Le", "Li"), strict=True)),
        **dict(zip((Op.STR_LENGTH, Op.ORD, Op.CHR, Op.INT_TO_STR), ("Lo", "Lu", "Ly", "Na"), strict=True)),
        **dict(zip((Op.AT, Op.FILLED, Op.LENGTH, Op.SORTED), ("Ma", "Me", "Mi", "Mo"), strict=True)),
    }
)
"""The word of each operation."""

CONDITIONAL, TRUE, FALSE = "Sa", "Yo", "Ny"

MARKS: Mapping[Type, str] = MappingProxyType({Type.INT: "#", Type.BOOL: "?", Type.STR: "$", Type.INTS: "@"})
"""The mark of each type."""
