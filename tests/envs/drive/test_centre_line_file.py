import json

import numpy as np
import pytest

from palaestra.envs.drive.centre_line_file import read_centre_line

SQUARE = [[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]]


def test_a_csv_file_is_in_metres_with_or_without_names(tmp_path):
    expected = np.array(SQUARE) - [10.0, 5.0]
    for name, head in (("named", "x,y\n"), ("bare", "")):
        file = tmp_path / f"{name}.csv"
        file.write_text(head + "\n".join(f"{x},{y},ignored" for x, y in [*SQUARE, SQUARE[0]]) + "\n\n")
        np.testing.assert_allclose(read_centre_line(file), expected)


@pytest.mark.parametrize("nested", [False, True])
def test_a_geojson_file_is_in_degrees(tmp_path, nested):
    ring = [[7.0 + x / 111_320 / np.cos(np.radians(50)), 50.0 + y / 111_320] for x, y in [*SQUARE, SQUARE[0]]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    if nested:
        feature = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": ring}}
        shape = {"type": "FeatureCollection", "features": [feature]}
    file = tmp_path / "track.geojson"
    file.write_text(json.dumps(shape))
    np.testing.assert_allclose(read_centre_line(file), np.array(SQUARE) - [10.0, 5.0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("track.txt", "", r"\.geojson"),
        ("track.csv", "x,y\n1,2\n3,4\n", "4 different points"),
        ("track.csv", "0,0\n1,zero\n", "line 2"),
        ("track.csv", "0,0\n1\n", "line 2"),
        ("track.csv", "0,0\n1,0\n1,nan\n0,1\n", "finite"),
        ("track.geojson", "{", "no JSON"),
        ("track.geojson", "[]", "LineString"),
        ("track.geojson", '{"type": "Point", "coordinates": [1, 2]}', "LineString"),
        ("track.geojson", '{"type": "LineString", "coordinates": [[1], [2]]}', "longitude"),
        ("track.geojson", '{"type": "LineString", "coordinates": [[1, 2], [3, 91], [1, 2]]}', "degrees"),
        ("track.geojson", '{"type": "LineString", "coordinates": []}', "4 different points"),
    ],
)
def test_what_is_no_line_is_refused_with_the_reason(tmp_path, name, text, words):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ValueError, match=words):
        read_centre_line(file)
