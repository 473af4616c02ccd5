"""The small language's own surface, which no text outside of this suite is written in.

Operands stand before what is done with them, so there are no parentheses in expressions. Names are lower-case, the
words of the language begin with a capital letter, and marks at the end of a name say what becomes of it:
`a# b# f# { a b Ba 7 Bu . }` is the sum of two integers modulo 7. `GRAMMAR` has all of it.
"""

from .grammar import GRAMMAR
from .parsing import MAX_TEXT_LENGTH, SkinError, parse
from .writing import write

__all__ = ["GRAMMAR", "MAX_TEXT_LENGTH", "SkinError", "parse", "write"]
