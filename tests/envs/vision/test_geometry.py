"""Depth against what geometry says, for any pose."""

import numpy as np
import pytest

from palaestra.envs.vision import Boxes, Cameras, Ceiling, Frames, Renderer, Scene, Walls, make_textures

from .rays import box_depth, plane_depth, rays

TEXTURES = make_textures({"grey": np.full((4, 4), 128, np.uint8)}, size=4)
HEIGHT, WIDTH = 36, 52
POSES = [
    {"yaw": 0.4},
    {"yaw": -2.0, "pitch": 0.3},
    {"yaw": 1.3, "pitch": -0.5, "roll": 0.7},
    {"yaw": 2.9, "pitch": -1.45, "roll": -0.3},
]


def depth_of(scene, position, height=HEIGHT, width=WIDTH, by_columns=True, **pose):
    frames = Frames.new(1, height, width, depth=True)
    renderer = Renderer([scene], TEXTURES, height=height, width=width, by_columns=by_columns)
    renderer.render(Cameras.at([position], **pose), frames)
    return frames.depth_N_H_W[0]


def blocks(kind_Y_X, height):
    """The cells of a map of 1 m cells, as boxes."""
    return [((x + 0.5, y + 0.5, height / 2), (1, 1, height)) for y, x in np.argwhere(kind_Y_X)]


@pytest.mark.parametrize("pose", POSES)
def test_a_flat_floor_and_a_ceiling_are_as_far_as_their_planes(pose):
    scene = Scene((10.0, 10.0), ceiling=Ceiling(2.5, 0))
    position, ray = (3.0, 4.0, 1.2), rays(HEIGHT, WIDTH, **pose)
    expected = np.minimum(plane_depth(ray, position, (0, 0, 1), 0.0), plane_depth(ray, position, (0, 0, 1), 2.5))
    np.testing.assert_allclose(depth_of(scene, position, **pose), expected, rtol=1e-3)


@pytest.mark.parametrize("pose", POSES)
def test_the_sky_is_infinitely_far(pose):
    depth = depth_of(Scene((10.0, 10.0)), (3.0, 4.0, 1.2), **pose)
    np.testing.assert_array_equal(np.isinf(depth), rays(HEIGHT, WIDTH, **pose)[..., 2] >= 0)


def test_a_wall_is_as_far_as_it_is():
    kinds = np.zeros((5, 8), int)
    kinds[:, 6] = 1
    depth = depth_of(Scene((8.0, 5.0), walls=Walls(kinds, (0,), 3.0)), (1.5, 2.5, 1.5), fov=0.5)
    np.testing.assert_allclose(depth[HEIGHT // 2], 4.5, rtol=1e-5)


@pytest.mark.parametrize("z", [0.7, 2.6], ids=["below the top", "above it"])
@pytest.mark.parametrize("pose", POSES)
def test_walls_are_where_the_cells_of_their_map_are(pose, z):
    rng = np.random.default_rng(5)
    kinds = (rng.random((9, 11)) < 0.3).astype(int)
    kinds[4, 5] = 0
    position, ray = (5.3, 4.6, z), rays(HEIGHT, WIDTH, **pose)
    expected = plane_depth(ray, position, (0, 0, 1), 0.0)
    for centre, size in blocks(kinds, 2.0):
        expected = np.minimum(expected, box_depth(ray, position, centre, size))
    scene = Scene((11.0, 9.0), walls=Walls(kinds, (0,), 2.0))
    off = ~np.isclose(depth_of(scene, position, **pose), expected, rtol=2e-3)
    assert off.sum() <= 3  # of pixels whose middle is on an edge


def test_walls_are_seen_from_outside_their_map():
    kinds = np.ones((2, 3), int)
    position, ray = (-4.0, -3.0, 1.0), rays(HEIGHT, WIDTH, yaw=0.7)
    expected = plane_depth(ray, position, (0, 0, 1), 0.0)
    for centre, size in blocks(kinds, 2.0):
        expected = np.minimum(expected, box_depth(ray, position, centre, size))
    scene = Scene((3.0, 2.0), walls=Walls(kinds, (0,), 2.0))
    for by_columns in (True, False):
        depth = depth_of(scene, position, by_columns=by_columns, yaw=0.7)
        assert (~np.isclose(depth, expected, rtol=2e-3)).sum() <= 3


@pytest.mark.parametrize("pose", POSES)
def test_boxes_are_where_they_are_in_any_attitude(pose):
    centres = np.array([[2.0, 1.0, 0.5], [-1.0, -2.0, 1.5], [0.5, -0.4, 0.3]])
    sizes = np.array([[1.0, 0.6, 1.0], [1.5, 0.4, 0.8], [0.5, 0.5, 0.6]])
    angles = np.array([[0.6, 0.0, 0.0], [-1.0, 0.5, 0.8], [2.0, -0.3, 0.1]])
    position, ray = (0.0, 0.3, 1.1), rays(HEIGHT, WIDTH, **pose)
    expected = plane_depth(ray, position, (0, 0, 1), 0.0)
    for centre, size, (yaw, pitch, roll) in zip(centres, sizes, angles, strict=True):
        edge = rays(2, 2, yaw=yaw, pitch=pitch, roll=roll)  # forward is the mean of the rays, left and up differences
        forward, left, up = edge.mean((0, 1)), edge[0, 0] - edge[0, 1], edge[0, 0] - edge[1, 0]
        axes = np.stack([axis / np.linalg.norm(axis) for axis in (forward, left, up)])
        expected = np.minimum(expected, box_depth(ray, position, centre, size, axes))
    scene = Scene((10.0, 10.0), boxes=Boxes(centres, sizes, np.zeros(3, int), angles))
    off = ~np.isclose(depth_of(scene, position, **pose), expected, rtol=2e-3)
    assert off.sum() <= 3


def test_a_camera_inside_a_box_does_not_see_it():
    scene = Scene((4.0, 4.0), ceiling=Ceiling(3.0, 0), boxes=Boxes([[2, 2, 1]], [[1, 1, 1]], [0]))
    empty = Scene((4.0, 4.0), ceiling=Ceiling(3.0, 0))
    np.testing.assert_array_equal(depth_of(scene, (2.0, 2.0, 1.0)), depth_of(empty, (2.0, 2.0, 1.0)))


@pytest.mark.parametrize("pose", [pose for pose in POSES if pose.get("pitch", 0.0) <= 0.0])
def test_a_ramp_of_terrain_is_as_far_as_its_plane(pose):
    y, x = np.mgrid[:21, :21]
    scene = Scene((20.0, 20.0), terrain_Y_X=0.15 * x + 0.1 * y)
    position, ray = (9.0, 8.0, 4.0), rays(HEIGHT, WIDTH, **pose)
    normal = np.array([-0.15, -0.1, 1.0])
    expected = plane_depth(ray, position, normal, 0.0)
    hit = position[:2] + np.where(np.isfinite(expected), expected, 0.0)[..., None] * ray[..., :2]
    inside = np.isfinite(expected) & (hit > 0.5).all(axis=-1) & (hit < 19.5).all(axis=-1)
    assert inside.any()
    np.testing.assert_allclose(depth_of(scene, position, **pose)[inside], expected[inside], rtol=1e-3)


def test_hills_are_met_on_their_surface():
    rng = np.random.default_rng(1)
    heights = np.cumsum(np.cumsum(rng.normal(0, 0.15, (33, 33)), 0), 1) * 0.3
    scene = Scene((32.0, 32.0), terrain_Y_X=heights)
    position = (16.0, 16.0, heights[16, 16] + 3.0)
    pose = {"yaw": 0.3, "pitch": -0.4, "roll": 0.2}
    depth, ray = depth_of(scene, position, **pose), rays(HEIGHT, WIDTH, **pose)
    hit = np.array(position) + np.where(np.isfinite(depth), depth, 0)[..., None] * ray
    inside = np.isfinite(depth) & ((hit[..., :2] > 0) & (hit[..., :2] < 32)).all(axis=-1)
    column, row = (np.clip(np.floor(hit[..., k]).astype(int), 0, 31) for k in (0, 1))
    a, b = hit[..., 0] - column, hit[..., 1] - row
    ground = (1 - b) * ((1 - a) * heights[row, column] + a * heights[row, column + 1]) + b * (
        (1 - a) * heights[row + 1, column] + a * heights[row + 1, column + 1]
    )
    error = np.abs(hit[..., 2] - ground)[inside]
    assert inside.mean() > 0.4
    assert np.quantile(error, 0.95) < 0.05


def test_level_cameras_see_the_same_column_by_column():
    rng = np.random.default_rng(2)
    kinds = (rng.random((12, 12)) < 0.3).astype(int)
    kinds[6, 6] = 0
    boxes = Boxes([[6.2, 7.4, 0.4]], [[0.5, 0.7, 0.8]], [0], [[0.5, 0.1, 0.2]])
    for scene in (
        Scene((12.0, 12.0), walls=Walls(kinds, (0,), 2.0), boxes=boxes),
        Scene((12.0, 12.0), walls=Walls(kinds, (0,), 2.0), ceiling=Ceiling(2.0, 0)),
        Scene((12.0, 12.0), boxes=boxes),
    ):
        for yaw in (0.1, 1.7, 3.0):
            columns = depth_of(scene, (6.4, 6.5, 1.1), yaw=yaw)
            pixels = depth_of(scene, (6.4, 6.5, 1.1), yaw=yaw, by_columns=False)
            assert (~np.isclose(columns, pixels, rtol=1e-4)).sum() <= 3


def test_pictures_wider_and_higher_than_a_tile_have_no_seams():
    scene, pose = Scene((10.0, 10.0), ceiling=Ceiling(2.5, 0)), {"pitch": 0.1, "roll": 0.2, "yaw": 0.3}
    position = (3.0, 4.0, 1.2)
    for height, width in ((3, 1500), (1500, 3)):
        ray = rays(height, width, fov=0.8, **pose)
        expected = np.minimum(plane_depth(ray, position, (0, 0, 1), 0.0), plane_depth(ray, position, (0, 0, 1), 2.5))
        np.testing.assert_allclose(depth_of(scene, position, height, width, fov=0.8, **pose), expected, rtol=2e-3)
