"""Pictures: what they show, that they repeat, and where they go."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from palaestra.envs.vision import (
    Boxes,
    Cameras,
    Ceiling,
    Fog,
    Frames,
    Label,
    Light,
    Renderer,
    Scene,
    Walls,
    make_textures,
)
from palaestra.envs.vision.sample_scenes import cameras_in_the_office, cameras_on_the_road, course

GOLDEN = Path(__file__).parent / "golden"
PLAIN = Light(ambient=(1.0, 1.0, 1.0), sun=(0.0, 0.0, 0.0))  # colours come out as textures have them


def picture(scene, textures, cameras, height=64, width=64, **arguments):
    frames = Frames.new(len(cameras), height, width)
    Renderer([scene], textures, height=height, width=width, **arguments).render(cameras, frames)
    return frames.rgb_N_H_W_3


def plain_textures(**colours):
    return make_textures({name: np.full((8, 8, 3), colour, np.uint8) for name, colour in colours.items()}, size=8)


@pytest.mark.parametrize("name", ["office", "course", "countryside"])
def test_pictures_look_as_they_always_did(name, textures, rooms, hills):
    if name == "office":
        scene = rooms
        cameras = Cameras.at([[15.2, 2.6, 1.7]], yaw=0.7, pitch=-0.15, roll=0.12)
    elif name == "course":
        scene, cameras = course(textures), Cameras.at([[7.0, 7.0, 0.6]], yaw=-0.9)
    else:
        scene, cameras = hills[0], cameras_on_the_road(hills[1], 5)
        cameras = Cameras.at(cameras.position_N_3[1:2], yaw=cameras.angles_N_3[1, 0], pitch=-0.1, roll=0.05)
    [seen] = picture(scene, textures, cameras, 72, 96)
    golden = np.asarray(Image.open(GOLDEN / f"{name}.png")).astype(int)
    difference = np.abs(seen - golden)
    # other processors round otherwise
    assert difference.mean() < 1.5
    assert (difference.max(axis=-1) < 25).mean() > 0.97


def test_two_runs_are_the_same_to_the_bit(textures, rooms):
    cameras = cameras_in_the_office(4, level=False)
    frames = [Frames.new(4, 48, 64, depth=True, label=True) for _ in range(2)]
    for each in frames:
        Renderer([rooms], textures, height=48, width=64).render(cameras, each)
    for name in ("rgb_N_H_W_3", "depth_N_H_W", "label_N_H_W"):
        first, second = (getattr(each, name) for each in frames)
        assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("level", [True, False])
def test_neither_threads_nor_other_cameras_change_a_bit(level, textures, rooms):
    cameras = cameras_in_the_office(37, level=level)
    one = picture(rooms, textures, cameras, threads=1)
    np.testing.assert_array_equal(picture(rooms, textures, cameras, threads=3), one)
    np.testing.assert_array_equal(picture(rooms, textures, cameras), one)
    alone = Cameras(*(field[5:6] for field in cameras.poses))
    np.testing.assert_array_equal(picture(rooms, textures, alone)[0], one[5])


def test_level_cameras_look_the_same_column_by_column(textures, rooms):
    cameras = cameras_in_the_office(6, level=True)
    columns = picture(rooms, textures, cameras).astype(int)
    pixels = picture(rooms, textures, cameras, by_columns=False)
    difference = np.abs(columns - pixels).max(axis=-1)
    assert (difference <= 2).mean() > 0.995  # the others are on edges between texels


def test_every_camera_sees_its_own_scene():
    textures = plain_textures(red=(200, 0, 0), blue=(0, 0, 200))
    scenes = [Scene((4.0, 4.0), floor_Y_X=k, ceiling=Ceiling(2.0, k), light=PLAIN) for k in (0, 1)]
    frames = Frames.new(3, 8, 8)
    Renderer(scenes, textures, height=8, width=8).render(
        Cameras.at([[2, 2, 1]] * 3, scene=[1, 0, 1], pitch=0.1), frames
    )
    np.testing.assert_array_equal(frames.rgb_N_H_W_3[:, 0, 0], [[0, 0, 200], [200, 0, 0], [0, 0, 200]])
    for each in frames.rgb_N_H_W_3:
        assert (each == each[0, 0]).all()


def test_pictures_go_to_the_memory_that_is_given(textures, rooms):
    buffer = np.full((3, 2, 32, 32, 3), 7, np.uint8)
    cameras = cameras_in_the_office(2, level=False)
    Renderer([rooms], textures, height=32, width=32).render(cameras, Frames(buffer[1]))
    np.testing.assert_array_equal(buffer[1], picture(rooms, textures, cameras, 32, 32))
    assert (buffer[[0, 2]] == 7).all()


def test_depth_and_labels_do_not_depend_on_what_else_is_wanted(textures, rooms):
    cameras = cameras_in_the_office(2, level=False)
    everything, some = Frames.new(2, 32, 32, depth=True, label=True), Frames.new(2, 32, 32, rgb=False, depth=True)
    renderer = Renderer([rooms], textures, height=32, width=32)
    renderer.render(cameras, everything)
    renderer.render(cameras, some)
    np.testing.assert_array_equal(some.depth_N_H_W, everything.depth_N_H_W)
    assert some.rgb_N_H_W_3 is None


@pytest.mark.parametrize("roll", [0.0, 0.01])
def test_labels_name_what_is_seen(roll):
    textures = plain_textures(grey=(128, 128, 128))
    kinds = np.zeros((8, 8), int)
    kinds[:, 7], kinds[0] = 1, 2
    floor = np.zeros((8, 8), int)
    labels = np.where(np.arange(8) < 4, 11, Label.FLOOR) * np.ones((8, 1), int)
    scene = Scene(
        (8.0, 8.0),
        floor_Y_X=floor,
        floor_label_Y_X=labels,
        walls=Walls(kinds, (0, 0), 2.0, labels=(21, 22)),
        ceiling=Ceiling(3.0, 0, label=31),
        boxes=Boxes([[5.0, 4.0, 1.0]], [[0.2, 0.4, 0.4]], [0], label_B=[41]),
    )
    frames = Frames.new(2, 33, 33, label=True)
    renderer = Renderer([scene], textures, height=33, width=33)
    renderer.render(Cameras.at([[2.0, 4.0, 1.0]] * 2, yaw=[0.0, -1.57], roll=roll), frames)
    ahead, right = frames.label_N_H_W
    assert ahead[16, 16] == 41
    assert ahead[16, 0] == 21 or ahead[16, 22] == 21
    assert ahead[32, 16] == 11
    assert ahead[0, 16] == 31
    assert set(np.unique(ahead)) <= {11, Label.FLOOR, 21, 22, 31, 41}
    assert right[16, 16] == 22


def test_what_is_painted_on_a_wall_is_upright_and_not_mirrored():
    half = np.zeros((16, 16, 3), np.uint8)
    half[:, :8, 0], half[:8, :, 1] = 255, 255  # red on the left, green above
    textures = make_textures({"painted": half}, metres=4.0, size=16)
    kinds = np.ones((3, 3), int)
    kinds[1, 1] = 0
    scene = Scene((12.0, 12.0), walls=Walls(kinds, (0,), 4.0), light=PLAIN)
    yaws = np.arange(4) * np.pi / 2
    for roll in (0.0, 1e-4):
        seen = picture(scene, textures, Cameras.at([[6, 6, 2]] * 4, yaw=yaws, roll=roll, fov=0.5), 8, 8)
        for each in seen:
            np.testing.assert_array_equal(each[4, [1, 6], 0], [255, 0])
            np.testing.assert_array_equal(each[[1, 6], 4, 1], [255, 0])
    box = Boxes([[6, 6, 2]], [[4, 4, 4]], [0])
    seen = picture(
        Scene((12.0, 12.0), boxes=box, light=PLAIN),
        textures,
        Cameras.at([[1, 6, 2], [6, 1, 2], [11, 6, 2], [6, 11, 2]], yaw=yaws, fov=0.5),
        8,
        8,
    )
    for each in seen:
        np.testing.assert_array_equal(each[4, [1, 6], 0], [255, 0])
        np.testing.assert_array_equal(each[[1, 6], 4, 1], [255, 0])


def test_far_floors_do_not_shimmer():
    y, x = np.mgrid[:64, :64]
    chequered = np.where(((x // 8 + y // 8) % 2)[..., None] == 0, 255, 0).astype(np.uint8).repeat(3, axis=2)
    textures = make_textures({"chequered": chequered}, size=64)
    scene = Scene((8.0, 8.0), ceiling=Ceiling(3.0, 0), light=PLAIN)
    cameras = Cameras.at([[4 + 0.03 * k, 4, 1.5] for k in range(8)], pitch=[0.0, 0.01] * 4)
    seen = picture(scene, textures, cameras)[..., 0].astype(float)
    far, near = seen[:, 34:38], seen[:, 58:]
    assert far.std() < 12
    assert near.std() > 60
    assert abs(far.mean() - np.sqrt(0.5) * 255) < 8  # the mean of the light, not of the numbers


def test_fog_hides_what_is_far():
    textures = plain_textures(black=(0, 0, 0))
    scene = Scene((8.0, 8.0), fog=Fog(0.2, (1.0, 0.5, 0.0)), light=PLAIN)
    [seen] = picture(scene, textures, Cameras.at([[4, 4, 1]]))
    np.testing.assert_allclose(seen[32], np.broadcast_to([255, 128, 0], (64, 3)), atol=1)
    frames = Frames.new(1, 64, 64, depth=True)
    Renderer([scene], textures).render(Cameras.at([[4, 4, 1]]), frames)
    distance = frames.depth_N_H_W[0, 60, 31] * np.hypot(1, 28.5 * 2 * np.tan(0.6) / 64)
    assert seen[60, 31, 0] == pytest.approx(255 * (1 - np.exp(-0.2 * distance)), abs=4)


def test_a_face_is_lit_by_how_it_is_turned_to_the_sun():
    textures = plain_textures(white=(200, 200, 200))
    light = Light(ambient=(0.2, 0.2, 0.2), sun=(0.8, 0.4, 0.0), direction=(-1.0, 0.0, 0.0))
    scene = Scene((8.0, 8.0), boxes=Boxes([[6, 4, 1], [2, 4, 1]], [[1, 4, 4]] * 2, [0, 0]), light=light)
    lit, unlit = picture(scene, textures, Cameras.at([[4, 4, 1]] * 2, yaw=[0.0, np.pi]))[:, 32, 32].astype(int)
    np.testing.assert_allclose(lit, [200, 120, 40], atol=2)
    np.testing.assert_allclose(unlit, [40, 40, 40], atol=2)


def test_boxes_move_and_scenes_are_replaced():
    textures = plain_textures(red=(200, 0, 0), blue=(0, 0, 200))
    scene = Scene((8.0, 8.0), boxes=Boxes([[6, 4, 1]], [[1, 1, 1]], [1]), light=PLAIN)
    renderer = Renderer([scene], textures, height=9, width=9)
    camera, frames = Cameras.at([[4, 4, 1]]), Frames.new(1, 9, 9)

    def middle():
        renderer.render(camera, frames)
        return frames.rgb_N_H_W_3[0, 4, 4].tolist()

    assert middle() == [0, 0, 200]
    renderer.move_boxes(0, [[6, 20, 1]], [[0.1, 0.2, 0.3]])
    assert middle() != [0, 0, 200]
    renderer.put(0, Scene((8.0, 8.0), ceiling=Ceiling(3.0, 0), boxes=Boxes([[5, 4, 1]], [[1, 1, 1]], [0]), light=PLAIN))
    assert middle() == [200, 0, 0]
    again = pickle.loads(pickle.dumps(renderer))
    other = Frames.new(1, 9, 9)
    again.render(camera, other)
    np.testing.assert_array_equal(other.rgb_N_H_W_3, frames.rgb_N_H_W_3)


def test_any_finite_pose_is_rendered(textures, rooms, hills):
    rng = np.random.default_rng(0)
    far = np.array([1.0, 30.0, 1e3, 1e6])[rng.integers(0, 4, 60)][:, None]
    position, angles = rng.normal(0, 1, (60, 3)) * far + [12, 12, 1], rng.uniform(-7, 7, (3, 60))
    angles[1, :10], angles[1, 10:20] = np.pi / 2, -np.pi / 2
    cameras = Cameras.at(position, yaw=angles[0], pitch=angles[1], roll=angles[2], fov=rng.uniform(0.05, 3.0, 60))
    for scene in (rooms, hills[0]):
        frames = Frames.new(60, 12, 12, depth=True)
        Renderer([scene], textures, height=12, width=12).render(cameras, frames)
        assert not np.isnan(frames.depth_N_H_W).any()
        assert (frames.depth_N_H_W >= 0).all()


def test_what_does_not_fit_is_refused():
    textures = plain_textures(grey=(128, 128, 128))
    scene = Scene((8.0, 8.0), boxes=Boxes([[6, 4, 1]], [[1, 1, 1]], [0]))
    renderer = Renderer([scene], textures, height=8, width=8)
    camera = Cameras.at([[4, 4, 1]])
    with pytest.raises(
        ValueError, match=r"rgb_N_H_W_3 must be an array of uint8 \(1, 8, 8, 3\), got uint8 \(1, 8, 9, 3\)"
    ):
        renderer.render(camera, Frames.new(1, 8, 9))
    with pytest.raises(ValueError, match="depth_N_H_W must be an array of float32"):
        renderer.render(camera, Frames(depth_N_H_W=np.zeros((1, 8, 8))))
    with pytest.raises(ValueError, match="contiguous"):
        renderer.render(camera, Frames(np.zeros((1, 8, 16, 3), np.uint8)[:, :, ::2]))
    with pytest.raises(ValueError, match="scene_N must be from 0 to 0"):
        renderer.render(Cameras.at([[4, 4, 1]], scene=1), Frames.new(1, 8, 8))
    camera.position_N_3[0, 1] = np.nan
    with pytest.raises(ValueError, match="must be finite, 1 cameras have others"):
        renderer.render(camera, Frames.new(1, 8, 8))
    with pytest.raises(ValueError, match="boxes must fit into the room for 1"):
        renderer.put(0, Scene((8.0, 8.0), boxes=Boxes([[6, 4, 1]] * 2, [[1, 1, 1]] * 2, [0, 0])))
    with pytest.raises(ValueError, match="textures must be below 1"):
        renderer.put(0, Scene((8.0, 8.0), floor_Y_X=1))
    with pytest.raises(ValueError, match="numbered from 0 to 0, got 1"):
        renderer.put(1, scene)
    with pytest.raises(ValueError, match="of 1 boxes at most, got 2"):
        renderer.move_boxes(0, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="height must be an integer of 1 or more"):
        Renderer([scene], textures, height=0)
    with pytest.raises(ValueError, match="scenes must be one scene at least"):
        Renderer([], textures)
