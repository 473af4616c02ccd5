"""What the twenty questions are about: objects, attributes, and which is true of which."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ... import assets

_ARTICLES = ("a ", "an ", "the ")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that is true of some objects and not of others.

    Attributes:
        name: its name in the table.
        predicates: how it can be said, such as `is alive` or `has wings`; see the table.
        objects: the objects it is true of, bit i for object i.
    """

    name: str
    predicates: tuple[str, ...]
    objects: int

    @property
    def question(self) -> str:
        """How one asks for it: `Is it alive?`"""
        verb, _, rest = self.predicates[0].partition(" ")
        beginning = {"is": "Is it", "can": "Can it", "does": "Does it", "has": "Does it have", "you": "Do you"}[verb]
        return f"{beginning} {rest}?"


@dataclass(frozen=True, slots=True)
class Thing:
    """An object that can be thought of.

    Attributes:
        index: its row in the table, from 0.
        names: what it is called, each with its article, the usual one first: `a plane`, `an airplane`.
    """

    index: int
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The usual name, without an article."""
        return without_article(self.names[0])

    @property
    def question(self) -> str:
        """How one guesses it: `Is it a cat?`"""
        return f"Is it {self.names[0]}?"


@dataclass(frozen=True, slots=True)
class Table:
    """Objects and attributes, each in the order of the file.

    Attributes:
        attributes: what can be asked.
        things: the objects.
        named: the objects by their usual names without an article.
    """

    attributes: tuple[Attribute, ...]
    things: tuple[Thing, ...]
    named: Mapping[str, Thing]


def read_table(text: str) -> Table:
    """A table from its TOML text; the file in `palaestra/assets` describes the format.

    Raises:
        ValueError: the text is not TOML, or a row or an implication names an attribute that is not there.
    """
    sections = tomllib.loads(text)
    predicates, implied = sections["attributes"], sections["implies"]
    objects = dict.fromkeys(predicates, 0)
    things = []
    for index, (names, attributes) in enumerate(sections["objects"].items()):
        things.append(Thing(index, tuple(names.split(" / "))))
        for name in _closure(attributes.split(), implied):
            if name not in objects:
                raise ValueError(f"{names!r} has the unknown attribute {name!r}")
            objects[name] |= 1 << index
    return Table(
        attributes=tuple(Attribute(name, tuple(said), objects[name]) for name, said in predicates.items()),
        things=tuple(things),
        named={thing.name: thing for thing in things},
    )


@cache
def load_table() -> Table:
    """The table of `text/TwentyQuestions-v0`, read once a process."""
    return read_table((resources.files(assets) / "text" / "twenty_questions.toml").read_text("utf-8"))


def without_article(name: str) -> str:
    """`cat` for `a cat`; a name that has no article stays as it is."""
    return next((name.removeprefix(article) for article in _ARTICLES if name.startswith(article)), name)


def _closure(names: list[str], implied: Mapping[str, str]) -> set[str]:
    """The names and all that follows from them."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += implied.get(name, "").split()
    return found
