"""The worlds that databases are about: a vocabulary of tables, each with more columns than one database shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .schema import Column, Kind, Table

_GIVEN = ("Ada", "Bruno", "Chloe", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Lev", "Mina",
          "Nils", "Olga", "Pablo", "Rosa", "Sami", "Tara", "Vera")  # fmt: skip
_FAMILY = ("Abel", "Brandt", "Costa", "Duval", "Evans", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Kaya", "Lund",
           "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka")  # fmt: skip
_CITIES = ("Bergen", "Cairo", "Dublin", "Geneva", "Lima", "Lyon", "Oslo", "Porto", "Quito", "Turin")
_COUNTRIES = ("Brazil", "Canada", "Egypt", "Finland", "Greece", "India", "Japan", "Kenya", "Norway", "Peru")
_ADJECTIVES = ("Amber", "Bold", "Calm", "Distant", "Early", "Golden", "Hidden", "Ivory", "Last", "Misty", "Northern",
               "Quiet", "Red", "Silver", "Wild")  # fmt: skip
_NOUNS = ("Bridge", "Crown", "Desert", "Field", "Forest", "Garden", "Harbour", "Island", "Lantern", "Meadow", "Mirror",
          "River", "Road", "Storm", "Tower")  # fmt: skip


def _key() -> Column:
    return Column("id", "id", Kind.KEY)


def _reference(name: str, table: str) -> Column:
    return Column(name, name.removesuffix("_id"), Kind.REFERENCE, refers_to=table)


def _person(name: str = "name") -> Column:
    return Column(name, "name", Kind.NAME, _GIVEN, _FAMILY)


def _title(name: str, first: tuple[str, ...] = _ADJECTIVES, second: tuple[str, ...] = _NOUNS) -> Column:
    return Column(name, name, Kind.NAME, first, second)


def _category(name: str, *values: str, phrase: str = "") -> Column:
    return Column(name, phrase or name.replace("_", " "), Kind.CATEGORY, values)


def _integer(name: str, low: int, high: int, phrase: str = "", *, nullable: bool = False) -> Column:
    return Column(name, phrase or name.replace("_", " "), Kind.INTEGER, low=low, high=high, nullable=nullable)


def _real(name: str, low: int, high: int, phrase: str = "", *, nullable: bool = False) -> Column:
    return Column(name, phrase or name.replace("_", " "), Kind.REAL, low=low, high=high, nullable=nullable)


def _date(name: str, phrase: str = "", *, low: int = 2019, high: int = 2024, nullable: bool = False) -> Column:
    return Column(name, phrase or name.replace("_", " "), Kind.DATE, low=low, high=high, nullable=nullable)


@dataclass(frozen=True, slots=True)
class Domain:
    """A world of four tables.

    Attributes:
        owners: what the items belong to; each item refers to one.
        items: what it is all about.
        people: who does something with the items.
        events: what they did; refers to an item and a person, and has a column that may be NULL.
    """

    owners: Table
    items: Table
    people: Table
    events: Table


DOMAINS: tuple[Domain, ...] = (
    Domain(
        Table("authors", "author", (_key(), _person(), _category("country", *_COUNTRIES),
              _integer("born", 1930, 1995, "year of birth"), _integer("prizes", 0, 6, "number of prizes"))),
        Table("books", "book", (_key(), _title("title"), _reference("author_id", "authors"),
              _category("genre", "crime", "fantasy", "history", "poetry", "romance"),
              _integer("pages", 80, 900, "number of pages"), _real("price", 5, 40),
              _date("published", "publication date", low=2005))),
        Table("members", "member", (_key(), _person(), _category("city", *_CITIES), _integer("age", 16, 80),
              _date("joined", "joining date"))),
        Table("loans", "loan", (_key(), _reference("book_id", "books"), _reference("member_id", "members"),
              _date("lent", "lending date", low=2022), _integer("days", 1, 40, "length in days"),
              _integer("rating", 1, 5, nullable=True))),
    ),
    Domain(
        Table("suppliers", "supplier", (_key(), _title("company", _FAMILY, ("Foods", "Goods", "Supply", "Traders")),
              _category("country", *_COUNTRIES), _integer("staff", 3, 400, "number of staff"),
              _date("since", "start of contract", low=2010))),
        Table("products", "product", (_key(), _title("name", _ADJECTIVES, ("Chair", "Cup", "Knife", "Lamp", "Pan",
              "Rug", "Shelf", "Table")), _reference("supplier_id", "suppliers"),
              _category("colour", "black", "blue", "green", "red", "white"), _integer("stock", 0, 200),
              _real("price", 2, 120), _real("weight", 1, 30))),
        Table("customers", "customer", (_key(), _person(), _category("city", *_CITIES),
              _integer("points", 0, 500, "number of points"), _date("registered", "registration date"))),
        Table("orders", "order", (_key(), _reference("product_id", "products"),
              _reference("customer_id", "customers"), _integer("quantity", 1, 12),
              _date("ordered", "order date", low=2022), _real("discount", 1, 20, nullable=True))),
    ),
    Domain(
        Table("teachers", "teacher", (_key(), _person(), _category("degree", "bachelor", "doctor", "master"),
              _integer("salary", 2500, 6000), _date("hired", "hiring date", low=2008))),
        Table("courses", "course", (_key(), _title("topic", ("Applied", "Basic", "Modern", "Practical"), ("Algebra",
              "Biology", "Chemistry", "Drawing", "Geometry", "History", "Logic", "Music")),
              _reference("teacher_id", "teachers"), _category("term", "autumn", "spring", "summer", "winter"),
              _integer("hours", 10, 90, "number of hours"), _real("fee", 50, 400))),
        Table("students", "student", (_key(), _person(), _category("city", *_CITIES), _integer("age", 17, 35),
              _category("program", "arts", "engineering", "law", "science"))),
        Table("enrolments", "enrolment", (_key(), _reference("course_id", "courses"),
              _reference("student_id", "students"), _date("enrolled", "enrolment date", low=2021),
              _integer("absences", 0, 15, "number of absences"), _real("grade", 1, 10, nullable=True))),
    ),
    Domain(
        Table("clinics", "clinic", (_key(), _title("name", _CITIES, ("Central", "East", "North", "South", "West")),
              _integer("beds", 20, 600, "number of beds"), _category("owner", "church", "city", "company"),
              _integer("opened", 1950, 2020, "opening year"))),
        Table("doctors", "doctor", (_key(), _person(), _reference("clinic_id", "clinics"),
              _category("field", "eyes", "heart", "lungs", "skin", "teeth"), _integer("age", 28, 68),
              _real("fee", 40, 200))),
        Table("patients", "patient", (_key(), _person(), _category("insurance", "basic", "full", "none"),
              _integer("height", 150, 200), _real("weight", 45, 120))),
        Table("visits", "visit", (_key(), _reference("doctor_id", "doctors"), _reference("patient_id", "patients"),
              _date("visited", "date", low=2021), _integer("minutes", 5, 90, "length in minutes"),
              _real("cost", 20, 300, nullable=True))),
    ),
    Domain(
        Table("studios", "studio", (_key(), _title("name", _ADJECTIVES, ("Films", "Pictures", "Works")),
              _category("country", *_COUNTRIES), _integer("founded", 1920, 2015, "founding year"),
              _real("worth", 10, 900))),
        Table("films", "film", (_key(), _title("title"), _reference("studio_id", "studios"),
              _category("genre", "action", "comedy", "drama", "horror", "western"),
              _integer("minutes", 70, 210, "length in minutes"), _real("budget", 1, 150),
              _date("released", "release date", low=1990))),
        Table("viewers", "viewer", (_key(), _person(), _category("country", *_COUNTRIES), _integer("age", 12, 80),
              _category("plan", "family", "single", "trial"))),
        Table("viewings", "viewing", (_key(), _reference("film_id", "films"), _reference("viewer_id", "viewers"),
              _date("watched", "date", low=2022), _integer("pauses", 0, 9, "number of pauses"),
              _integer("stars", 1, 5, "number of stars", nullable=True))),
    ),
    Domain(
        Table("airlines", "airline", (_key(), _title("name", _ADJECTIVES, ("Air", "Jets", "Wings")),
              _category("country", *_COUNTRIES), _integer("planes", 2, 300, "number of planes"),
              _integer("founded", 1930, 2018, "founding year"))),
        Table("flights", "flight", (_key(), _title("code", ("AX", "BQ", "CV", "DZ"), tuple(map(str, range(100, 130)))),
              _reference("airline_id", "airlines"), _category("destination", *_CITIES),
              _integer("distance", 150, 9000), _real("price", 30, 900), _date("departs", "departure date", low=2023))),
        Table("passengers", "passenger", (_key(), _person(), _category("country", *_COUNTRIES), _integer("age", 2, 90),
              _category("status", "basic", "gold", "silver"))),
        Table("tickets", "ticket", (_key(), _reference("flight_id", "flights"),
              _reference("passenger_id", "passengers"), _integer("bags", 0, 4, "number of bags"),
              _date("booked", "booking date", low=2022), _integer("seat_row", 1, 40, "seat row", nullable=True))),
    ),
    Domain(
        Table("teams", "team", (_key(), _title("name", _CITIES, ("Bears", "Foxes", "Rovers", "Stars", "United")),
              _category("league", "east", "north", "south", "west"), _integer("titles", 0, 20, "number of titles"),
              _real("budget", 1, 90))),
        Table("players", "player", (_key(), _person(), _reference("team_id", "teams"),
              _category("position", "back", "forward", "keeper", "wing"), _integer("age", 17, 39),
              _real("value", 1, 60), _date("signed", "signing date", low=2016))),
        Table("matches", "match", (_key(), _title("place", _CITIES, ("Arena", "Ground", "Park")),
              _category("weather", "dry", "rain", "snow", "wind"), _integer("spectators", 200, 60000,
              "number of spectators"), _date("played", "date", low=2021))),
        Table("appearances", "appearance", (_key(), _reference("player_id", "players"),
              _reference("match_id", "matches"), _integer("goals", 0, 4, "number of goals"),
              _integer("minutes", 1, 90, "minutes played"), _real("score", 1, 10, nullable=True))),
    ),
    Domain(
        Table("farms", "farm", (_key(), _title("name", _NOUNS, ("Acres", "Farm", "Hill")),
              _category("region", "coast", "highland", "plain", "valley"),
              _integer("hectares", 5, 900, "area in hectares"), _integer("workers", 1, 60, "number of workers"))),
        Table("crops", "crop", (_key(), _title("variety", _ADJECTIVES, ("Apple", "Barley", "Bean", "Corn", "Oat",
              "Pear", "Rye", "Wheat")), _reference("farm_id", "farms"),
              _category("season", "autumn", "spring", "summer", "winter"),
              _integer("tonnes", 1, 400, "harvest in tonnes"), _real("price", 1, 30))),
        Table("buyers", "buyer", (_key(), _title("firm", _FAMILY, ("Bakery", "Market", "Mill")),
              _category("country", *_COUNTRIES), _integer("stores", 1, 90, "number of stores"),
              _date("since", "first purchase", low=2012))),
        Table("sales", "sale", (_key(), _reference("crop_id", "crops"), _reference("buyer_id", "buyers"),
              _integer("crates", 1, 50, "number of crates"), _date("sold", "date", low=2021),
              _real("rebate", 1, 15, nullable=True))),
    ),
)  # fmt: skip


def draw_columns(rng: np.random.Generator, table: Table, extra: int) -> Table:
    """A table with some of its columns, in any order.

    It keeps its key, its references, its name, what may be NULL, one number and one category where it has any, and some
    of the others.

    Args:
        rng: of the choice.
        table: one of a domain.
        extra: how many of the others it keeps, at most.
    """
    order = [table.columns[index] for index in rng.permutation(len(table.columns)).tolist()]
    fixed = [column for column in order if column.nullable or column.kind in (Kind.REFERENCE, Kind.NAME)]
    others = [column for column in order if column not in fixed and column.kind is not Kind.KEY]
    fixed += next(([column] for column in others if column.is_number), [])
    fixed += next(([column] for column in others if column.kind is Kind.CATEGORY), [])
    kept = fixed + [column for column in others if column not in fixed][:extra]
    return replace(table, columns=(table.columns[0], *(column for column in order if column in kept)))
