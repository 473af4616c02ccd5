"""The back end on torch: that it draws what the first one draws, and rays as geometry has them."""

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from palaestra.envs.vision import Boxes, Cameras, Ceiling, Frames, Light, Renderer, Scene, Walls, make_textures
from palaestra.envs.vision.on_torch import TorchFrames, TorchRenderer, renderer
from palaestra.envs.vision.on_torch.rays import cast_rays, views_of
from palaestra.envs.vision.sample_scenes import cameras_in_the_office, cameras_on_the_road, course

HEIGHT, WIDTH = 30, 44
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]

pytestmark = pytest.mark.parametrize("device", DEVICES)


def on_processor(scenes, textures, cameras):
    frames = Frames.new(len(cameras), HEIGHT, WIDTH, depth=True, label=True)
    Renderer(scenes, textures, height=HEIGHT, width=WIDTH).render(cameras, frames)
    return frames.rgb_N_H_W_3.astype(int), frames.depth_N_H_W, frames.label_N_H_W


def drawn(drawer, cameras):
    frames = TorchFrames.new(len(cameras), HEIGHT, WIDTH, depth=True, label=True, device=drawer.device)
    drawer.render(cameras, frames)
    rgb, depth, label = frames.rgb_N_H_W_3, frames.depth_N_H_W, frames.label_N_H_W
    return rgb.cpu().numpy().astype(int), depth.cpu().numpy(), label.cpu().numpy()


def on_torch(scenes, textures, cameras, device):
    return drawn(TorchRenderer(scenes, textures, height=HEIGHT, width=WIDTH, device=device), cameras)


def strangers(first, second, *, levels, depth):
    """The shares of pixels whose colours, depths and labels differ by more than that."""
    apart = np.abs(first[0] - second[0]).max(axis=-1) > levels
    equal = (first[1] == second[1]) | np.isclose(first[1], second[1], rtol=depth)
    return apart.mean(), (~equal).mean(), (first[2] != second[2]).mean()


def flying(count, low, high, seed=0):
    rng = np.random.default_rng(seed)
    yaw, pitch, roll = rng.uniform([[-3], [-0.8], [-0.7]], [[3], [0.4], [0.7]], (3, count))
    return Cameras.at(rng.uniform(low, high, (count, 3)), yaw=yaw, pitch=pitch, roll=roll)


@pytest.mark.parametrize("view", ["level", "tilted", "furniture", "course", "course from above"])
def test_walls_floors_and_boxes_are_drawn_as_by_the_processor(view, textures, rooms, device):
    scene, cameras = rooms, cameras_in_the_office(6, level=view == "level")
    if view == "furniture":
        cameras = flying(6, (14.5, 2.5, 0.4), (20.0, 8.0, 2.5))
    elif view.startswith("course"):
        scene = course(textures)
        above = view == "course from above"
        cameras = flying(6, (-4.0, -4.0, 1.5), (44.0, 44.0, 5.0)) if above else flying(6, (9, 5, 0.3), (17, 8, 1.1))
    seen, expected = on_torch([scene], textures, cameras, device), on_processor([scene], textures, cameras)
    colours, depths, labels = strangers(seen, expected, levels=2, depth=1e-3)
    # the pixels that do differ have their middle on an edge
    assert colours < 2e-3
    assert depths < 1e-3
    assert labels < 1e-3


def test_hills_are_drawn_as_by_the_processor_up_to_their_outlines(textures, hills, device):
    scene, road = hills
    cameras = cameras_on_the_road(road, 6)
    seen, expected = on_torch([scene], textures, cameras, device), on_processor([scene], textures, cameras)
    colours, depths, labels = strangers(seen, expected, levels=16, depth=1e-2)
    assert colours < 0.02
    assert depths < 0.03
    assert labels < 0.01


def ground_at(heights, x, y):
    """Bilinear between samples one metre apart, level beyond the edge."""
    last = len(heights) - 1
    x, y = np.clip(x, 0, last), np.clip(y, 0, last)
    column, row = np.minimum(x.astype(int), last - 1), np.minimum(y.astype(int), last - 1)
    a, b = x - column, y - row
    near = (1 - a) * heights[row, column] + a * heights[row, column + 1]
    far = (1 - a) * heights[row + 1, column] + a * heights[row + 1, column + 1]
    return (1 - b) * near + b * far


def test_every_ray_ends_on_the_ground_and_goes_over_it_before(device):
    rng = np.random.default_rng(1)
    heights = np.cumsum(np.cumsum(rng.normal(0, 0.15, (33, 33)), 0), 1).astype(np.float32) * 0.3
    scene, textures = Scene((32.0, 32.0), terrain_Y_X=heights), make_textures({"grey": np.full((4, 4), 99, np.uint8)})
    x, y = rng.uniform(-8, 40, (2, 12))
    over = ground_at(heights, x, y) + rng.uniform(0.3, 4.0, 12)
    cameras = Cameras.at(np.stack([x, y, over], -1), yaw=np.arange(12), pitch=rng.uniform(-0.6, 0.1, 12), roll=0.2)
    _, depth, _ = on_torch([scene], textures, cameras, device)
    rays = cast_rays(views_of(cameras.poses, HEIGHT, WIDTH, torch.device("cpu")), HEIGHT, WIDTH)
    ray_x, ray_y, ray_z = (each.numpy().astype(float).reshape(depth.shape) for each in rays)

    def above(along):
        x, y, z = cameras.position_N_3.T.astype(float)[:, :, None, None]
        return z + along * ray_z - ground_at(heights, x + along * ray_x, y + along * ray_y)

    beyond = [np.maximum(np.abs(each - 16) - 16, 0) for each in (x, y)]  # to the horizon
    farthest = 1.25 * (64 + beyond[0] + beyond[1])[:, None, None] / (np.abs(ray_x) + np.abs(ray_y))
    met = np.isfinite(depth)
    assert 0.3 < met.mean() < 0.99
    assert (np.abs(above(np.where(met, depth, 0.0)))[met] < 1e-3 * (1 + depth[met] / 10)).all()
    ends = np.where(met, depth, farthest)
    assert (ends <= farthest).all()
    for share in np.linspace(0, 0.99, 150):
        assert (above(share * ends) > -1e-3 * (1 + ends / 10)).all()


def test_pictures_repeat_to_the_bit_whatever_is_drawn_beside_them(textures, rooms, device, monkeypatch):
    cameras = cameras_in_the_office(4, level=False)
    first, again = (on_torch([rooms], textures, cameras, device) for _ in range(2))
    kind = "cpu" if device == "cpu" else "others"
    monkeypatch.setitem(renderer.RAYS_AT_ONCE, kind, HEIGHT * WIDTH)
    one_by_one = on_torch([rooms], textures, cameras, device)
    for each, *others in zip(first, again, one_by_one, strict=True):
        for other in others:
            assert each.tobytes() == other.tobytes()


def test_scenes_of_all_kinds_are_drawn_side_by_side(textures, rooms, hills, device):
    scenes = [hills[0], rooms, Scene((4.0, 4.0)), course(textures)]
    cameras = Cameras.at([[64, 30, 9], [12, 12, 1.5], [2, 2, 1], [7, 7, 0.6]], scene=[0, 1, 2, 3], pitch=-0.1)
    together = on_torch(scenes, textures, cameras, device)
    for k, scene in enumerate(scenes):
        alone = Cameras.at(cameras.position_N_3[k : k + 1], pitch=-0.1)
        for seen, expected in zip(together, on_torch([scene], textures, alone, device), strict=True):
            np.testing.assert_array_equal(seen[k], expected[0])


def test_boxes_move_and_scenes_are_replaced(textures, rooms, device):
    walls = Walls(np.pad(np.zeros((6, 6), int), 1, constant_values=1), (1,), 3.0)
    boxes = Boxes([[5, 4, 1], [6, 5, 0.5]], [[1, 1, 1], [0.4, 0.4, 1]], [2, 3], tint_B_3=[[1, 0.5, 0.5], [1, 1, 1]])
    first = Scene((8.0, 8.0), walls=walls, boxes=boxes)
    y, x = np.mgrid[:6, :9]
    waves = 0.2 * np.sin(0.8 * x) + 0.05 * y
    second = Scene((8.0, 8.0), terrain_Y_X=waves, boxes=boxes, light=Light(sun=(1.0, 0.2, 0.1)))
    cameras = Cameras.at([[2, 4, 2.5]] * 2, yaw=[0.0, 0.3], pitch=-0.3)
    largest = replace(first, terrain_Y_X=np.zeros((9, 9)))
    ours, theirs = (made([largest], textures, height=HEIGHT, width=WIDTH) for made in (TorchRenderer, Renderer))

    def compare():
        frames = Frames.new(2, HEIGHT, WIDTH, depth=True, label=True)
        theirs.render(cameras, frames)
        expected = frames.rgb_N_H_W_3.astype(int), frames.depth_N_H_W, frames.label_N_H_W
        seen = drawn(ours, cameras)
        assert max(strangers(seen, expected, levels=16, depth=1e-2)) < 0.01
        return seen[0]

    for each in (ours, theirs):
        each.put(0, first)
    before = compare()
    for each in (ours, theirs):
        each.move_boxes(0, [[4.5, 3.5, 1.2]], [[0.4, 0.3, 0.2]])
    assert (compare() != before).any()
    for each in (ours, theirs):
        each.put(0, second)
    compare()
    np.testing.assert_array_equal(drawn(pickle.loads(pickle.dumps(ours)), cameras)[0], drawn(ours, cameras)[0])


def test_pictures_go_to_any_part_of_a_tensor(textures, rooms, device):
    cameras = cameras_in_the_office(2, level=False)
    buffer = torch.full((2, HEIGHT, WIDTH, 2, 3), 7, dtype=torch.uint8, device=device)
    TorchRenderer([rooms], textures, height=HEIGHT, width=WIDTH, device=device).render(
        cameras, TorchFrames(buffer[:, :, :, 1])
    )
    np.testing.assert_array_equal(buffer[:, :, :, 1].cpu(), on_torch([rooms], textures, cameras, device)[0])
    assert (buffer[:, :, :, 0] == 7).all()


def test_any_finite_pose_is_rendered(textures, rooms, hills, device):
    rng = np.random.default_rng(0)
    far = np.array([1.0, 30.0, 1e3, 1e6])[rng.integers(0, 4, 20)][:, None]
    position, angles = rng.normal(0, 1, (20, 3)) * far + [12, 12, 1], rng.uniform(-7, 7, (3, 20))
    angles[1, :5], angles[1, 5:10] = np.pi / 2, -np.pi / 2
    cameras = Cameras.at(position, yaw=angles[0], pitch=angles[1], roll=angles[2], fov=rng.uniform(0.05, 3.0, 20))
    for scene in (rooms, hills[0]):
        _, depth, _ = on_torch([scene], textures, cameras, device)
        assert not np.isnan(depth).any()
        assert (depth >= 0).all()


def test_without_warp_it_says_what_to_install(device):
    code = "import sys; sys.modules['warp'] = None; import palaestra.envs.vision.on_torch"
    told = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "palaestra.envs.vision.on_torch needs Warp; pip install 'palaestra[gpu]' brings it" in told.stderr


def test_no_camera_gives_no_picture(textures, rooms, device):
    rgb, _, _ = on_torch([rooms], textures, Cameras.at(np.empty((0, 3))), device)
    assert rgb.shape == (0, HEIGHT, WIDTH, 3)


def test_what_does_not_fit_is_refused(device):
    textures = make_textures({"grey": np.full((8, 8), 128, np.uint8)})
    scene = Scene((8.0, 8.0), ceiling=Ceiling(2.0, 0), boxes=Boxes([[6, 4, 1]], [[1, 1, 1]], [0]))
    drawer, camera = TorchRenderer([scene], textures, height=8, width=8, device=device), Cameras.at([[4, 4, 1]])
    with pytest.raises(ValueError, match=r"rgb_N_H_W_3 must be a tensor of torch.uint8 \(1, 8, 8, 3\) on \w+"):
        drawer.render(camera, TorchFrames.new(1, 8, 9, device=device))
    with pytest.raises(ValueError, match=r"depth_N_H_W must be .* got torch.float32 \(1, 8, 8\) on meta"):
        drawer.render(camera, TorchFrames.new(1, 8, 8, rgb=False, depth=True, device="meta"))
    with pytest.raises(ValueError, match=r"label_N_H_W must be a tensor .* got ndarray"):
        drawer.render(camera, TorchFrames(label_N_H_W=np.zeros((1, 8, 8), np.int32)))
    fitting = TorchFrames.new(1, 8, 8, device=device)
    with pytest.raises(ValueError, match="scene_N must be from 0 to 0"):
        drawer.render(Cameras.at([[4, 4, 1]], scene=1), fitting)
    camera.position_N_3[0, 1] = np.nan
    with pytest.raises(ValueError, match="must be finite, 1 cameras have others"):
        drawer.render(camera, fitting)
    with pytest.raises(ValueError, match="numbered from 0 to 0, got 1"):
        drawer.put(1, scene)
    with pytest.raises(ValueError, match="of 1 boxes at most, got 2"):
        drawer.move_boxes(0, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="height must be an integer of 1 or more"):
        TorchRenderer([scene], textures, height=0, device=device)
