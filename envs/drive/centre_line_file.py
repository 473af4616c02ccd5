"""Centre lines that people bring along: a GeoJSON or a CSV file."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_METRES_A_DEGREE = 111_320.0  # of latitude
_FEWEST = 4


def read_centre_line(path: str | Path) -> NDArray[np.float64]:
    """The points of a closed centre line, metres, around (0, 0).

    Args:
        path: a file `.geojson` or `.json` whose first LineString, or Polygon's outer ring, is the line, in degrees
            of longitude and latitude as GeoJSON has it (RFC 7946); or a file `.csv` with x and y in metres in its first
            two columns, with or without a line of names before them. Whether the last point is the first again does
            not matter.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is of another kind, holds no line, fewer than four points, or one that is no place.
    """
    file = Path(path)
    if file.suffix.lower() in (".geojson", ".json"):
        points = _flattened(_geojson_line(file), file)
    elif file.suffix.lower() == ".csv":
        points = _csv_line(file)
    else:
        raise ValueError(f"track must be a file .geojson, .json or .csv, got {str(path)!r}")
    line = np.array(points, np.float64).reshape(-1, 2)
    if not np.isfinite(line).all():
        raise ValueError(f"track {file}: every point must be two finite numbers")
    line = line[np.hypot(*(line - np.roll(line, -1, axis=0)).T) > 1e-6]  # the same point again is no new one
    if len(line) < _FEWEST:
        raise ValueError(f"track {file} must have {_FEWEST} different points or more, got {len(line)}")
    return line - (line.min(axis=0) + line.max(axis=0)) / 2


def _csv_line(file: Path) -> list[tuple[float, float]]:
    points = []
    with file.open(newline="", encoding="utf-8") as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            if not any(cell.strip() for cell in row):
                continue
            try:
                points.append((float(row[0]), float(row[1])))
            except (ValueError, IndexError):
                if number == 1:
                    continue  # names of the columns
                raise ValueError(f"track {file}, line {number}: must begin with x and y, got {row!r}") from None
    return points


def _geojson_line(file: Path) -> list[Any]:
    try:
        found = _first_line(json.loads(file.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"track {file} is no JSON: {error}") from None
    if found is None:
        raise ValueError(f"track {file} must hold a LineString or a Polygon, got neither")
    return found


def _first_line(value: Any) -> list[Any] | None:
    """The coordinates of the first line among a GeoJSON object's."""
    if not isinstance(value, dict):
        return None
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "LineString" and isinstance(coordinates, list):
        return coordinates
    if kind == "Polygon" and isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        return coordinates[0]
    inner = [value.get("geometry"), *_listed(value.get("features")), *_listed(value.get("geometries"))]
    return next((found for found in map(_first_line, inner) if found is not None), None)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _flattened(coordinates: list[Any], file: Path) -> list[tuple[float, float]]:
    """Degrees as metres on the plane that touches the Earth at the first point."""
    points = []
    for place in coordinates:
        numbers = place[:2] if isinstance(place, list) else []
        if len(numbers) != 2 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
            raise ValueError(f"track {file}: every point must be longitude and latitude, got {place!r}")
        if not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90):
            raise ValueError(f"track {file}: longitude and latitude must be degrees, got {place!r}")
        points.append(numbers)
    if not points:
        return []
    longitude, latitude = points[0]
    scale = _METRES_A_DEGREE * math.cos(math.radians(latitude))
    return [((x - longitude) * scale, (y - latitude) * _METRES_A_DEGREE) for x, y in points]
