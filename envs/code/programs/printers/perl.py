"""Perl."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Apply, Expression, ForRange, Function, Op, Type, Variable
from .braces import OPERATORS, BracePrinter
from .idioms import Idiom, plus
from .printer import Layout, Lines, Written, quoted
from .templates import Helper, Level, Template, binary, comparison, function, inside

_FLOOR_DIV = """\
sub floor_div {
    my ($x, $y) = @_;
    return ($x - $x % $y) / $y;
}"""
_SORTED = """\
sub sorted {
    my ($list) = @_;
    return [sort { $a <=> $b } @$list];
}"""

_BUILT_IN = frozenset(
    """
    abs accept alarm atan2 bind binmode bless break caller chdir chmod chomp chop chown chr chroot close
    closedir connect continue cos crypt defined delete die do dump each eof eval evalbytes exec exists exit exp
    fc fcntl fileno flock fork format formline glob gmtime goto grep hex import index int ioctl join keys kill
    last lc lcfirst length link listen local localtime lock log lstat map mkdir next oct open opendir ord pack
    package pipe pop pos print printf prototype push quotemeta rand read readdir readline readlink readpipe recv
    redo ref rename require reset return reverse rewinddir rindex rmdir say scalar seek seekdir select send
    shift shutdown sin sleep socket socketpair sort splice split sprintf sqrt srand stat state study sub substr
    symlink tell telldir tie tied time times truncate uc ucfirst umask undef unlink unpack unshift untie utime
    values vec wait waitpid wantarray warn write
    """.split()  # noqa: SIM905  (a list of so many strings would hide the words)
)


class PerlPrinter(BracePrinter):
    """Writes Perl 5; lists are references to arrays."""

    layout = Layout(
        if_="if ({}) {{",
        elif_="}} elsif ({}) {{",
        else_="} else {",
        end_if="}",
        while_="while ({}) {{",
        end_while="}",
        end_for="}",
        end_function="}",
    )
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: function("floor_div", 2, "floor_div"),
        Op.MOD: binary("%", Level.PRODUCT),
        Idiom.PLAIN_DIV: Template("int({0} / {1})", Level.POSTFIX, (Level.PRODUCT, Level.UNARY)),
        Op.ABS: function("abs", 1),
        Op.MIN: function("min", 2, "min"),
        Op.MAX: function("max", 2, "max"),
        Op.STR_EQ: comparison("eq"),
        Idiom.STR_NE: comparison("ne"),
        Op.STR_LENGTH: function("length", 1),
        Op.CHAR_AT: inside("substr({0}, {1}, 1)", 2),
        Op.CONCAT: binary(".", Level.SUM),
        Op.ORD: function("ord", 1),
        Op.CHR: function("chr", 1),
        Op.AT: Template("{0}->[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.FILLED: Template("[({1}) x {0}]", Level.POSTFIX, (Level.UNARY, Level.ANY)),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    helpers: ClassVar = {"floor_div": Helper(_FLOOR_DIV), "sorted": Helper(_SORTED)}
    readers: ClassVar = {
        Type.INT: inside("my ${0} = int(<STDIN>);", 1),
        Type.BOOL: inside("my ${0} = <STDIN> =~ /true/;", 1),
        Type.STR: inside("chomp(my ${0} = <STDIN>);", 1),
        Type.INTS: inside("my ${0} = [map {{ int }} split ' ', <STDIN>];", 1),
    }
    writers: ClassVar = {
        Type.INT: inside("say({0});", 1),
        Type.BOOL: Template("say({0} ? 'true' : 'false');", Level.ANY, (Level.OR,)),
        Type.STR: inside("say({0});", 1),
    }
    booleans = ("0", "1")
    library = _BUILT_IN
    names_apart = True
    augmented: ClassVar = {**BracePrinter.augmented, Op.MOD: "%=", Op.CONCAT: ".="}

    def imports(self, names: Sequence[str]) -> Lines:
        """What every program begins with, and what comes from a module."""
        lists = [f"use List::Util qw({' '.join(names)});"] if names else []
        return ["use v5.12;", "use warnings;", *lists]

    def head(self, function: Function) -> str:
        """`sub`."""
        return f"sub {function.name} {{"

    def body(self, function: Function) -> Lines:
        """The parameters come first."""
        names = ", ".join(f"${parameter.name}" for parameter in function.parameters)
        return [*([f"my ({names}) = @_;"] if names else []), *super().body(function)]

    def let(self, name: str, value: Expression) -> Lines:
        """`my`."""
        return [f"my ${name} = {self.expression(value)};"]

    def extension(self, name: str, value: Expression) -> str:
        """`push`."""
        return f"push @${name}, {self.expression(value)};"

    def count(self, loop: ForRange) -> str:
        """`for` and the first and the last number."""
        match loop.stop:
            case Apply(Op.LENGTH, (Variable(name),)):
                last = f"$#${name}"
            case _:
                last = self.expression(plus(loop.stop, -1), Level.OR)
        return f"for my ${loop.name} ({self.expression(loop.start, Level.OR)} .. {last}) {{"

    def show(self, result: Expression) -> Lines:
        """Elements are joined."""
        return [f"say(join(' ', {self.elements(result)}));"] if result.type is Type.INTS else super().show(result)

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """The length of a list is that of its elements; a number is a string of its digits already."""
        if word is Op.LENGTH:
            return f"scalar({self.elements(operands[0])})", Level.POSTFIX
        return self.written(operands[0]) if word is Op.INT_TO_STR else super().operation(word, operands)

    def elements(self, numbers: Expression) -> str:
        """The array behind a reference."""
        text = self.expression(numbers)
        return f"@{text}" if isinstance(numbers, Variable) else f"@{{{text}}}"

    def variable(self, name: str) -> Written:
        """With a dollar before it."""
        return f"${name}", Level.ATOM

    def string(self, text: str) -> str:
        """In single quotation marks, where nothing is put in."""
        return quoted(text, "'")
