"""Boxes in any attitude: a picture is cut into blocks, and a box is met in the blocks that its corners enclose."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ..kernels.boxes import NEAR, PARALLEL
from ..kernels.layout import FIRST_BOX_FACE
from .rays import Rays, Views
from .scenes import DeviceScenes, Settings
from .surfaces import Seen, clearness, light_place

BLOCK = 8
"""Rows and columns of a block."""

_PAIRS_AT_ONCE = 1 << 14  # of a block and a box: a million pixels, so that memory does not grow with the boxes
_NEAR, _PARALLEL = float(NEAR), float(PARALLEL)
_NOTHING = int(torch.tensor(math.inf).view(torch.int32)) << 32


class _Near(NamedTuple):
    """Boxes that cameras may see, K pairs of a camera and a box; directions are those of the box's edges.

    Attributes:
        camera_K, box_K: which.
        eye_K_3: where the camera is, from the middle of the box.
        first_K_3, right_K_3, down_K_3: as in `Views`.
        half_K_3: half the edges.
    """

    camera_K: Tensor
    box_K: Tensor
    eye_K_3: Tensor
    first_K_3: Tensor
    right_K_3: Tensor
    down_K_3: Tensor
    half_K_3: Tensor


def add_boxes(
    seen: Seen, rays: Rays, views: Views, settings: Settings, scenes: DeviceScenes, height: int, width: int
) -> None:
    """Put boxes before what pixels show so far.

    Args:
        seen: what pixels show, written in place.
        rays: of all pixels.
        views: the cameras.
        settings: of their scenes.
        scenes: has the boxes.
        height, width: of pictures.
    """
    near = _near_view(views, settings, scenes, height, width)
    nearest = torch.full((seen.depth.numel(),), _NOTHING, dtype=torch.int64, device=seen.depth.device)
    pair, row, column = _blocks(near, height, width).nonzero().unbind(1)
    for first in range(0, len(pair), _PAIRS_AT_ONCE):
        part = slice(first, first + _PAIRS_AT_ONCE)
        _meet(nearest, near, pair[part], row[part] * BLOCK, column[part] * BLOCK, height, width)
    depth = (nearest >> 32).int().view(torch.float32)
    pixel = (depth < seen.depth.view(-1)).nonzero()[:, 0]
    _resolve(seen, pixel, depth[pixel], (nearest & 0xFFFFFFFF)[pixel], near, rays, views, settings, width)


def _near_view(views: Views, settings: Settings, scenes: DeviceScenes, height: int, width: int) -> _Near:
    """The boxes whose balls reach into the pyramid of view; see `kernels.boxes`."""
    ball = scenes.row["ball_S_4_B"][views.scene_N]
    across, along = (width - 1) / 2, (height - 1) / 2
    wide, high = width / 2 * views.pixel_N_1, height / 2 * views.pixel_N_1
    forward = views.first_N_3 + across * views.right_N_3 + along * views.down_N_3
    to = ball[:, :3] - views.position_N_3[:, :, None]
    depth, beside, above = (_dot(to, each[:, :, None], 1) for each in (forward, views.right_N_3, views.down_N_3))
    radius = ball[:, 3]
    inside = torch.arange(ball.shape[2], device=ball.device) < settings["boxes"]
    inside &= beside.abs() / views.pixel_N_1 <= depth * wide + radius * (1 + wide * wide).sqrt()
    inside &= above.abs() / views.pixel_N_1 <= depth * high + radius * (1 + high * high).sqrt()
    inside &= depth >= -radius
    camera, box = inside.nonzero().unbind(1)
    scene = views.scene_N[camera]
    axes = scenes.row["axes_S_B_3_3"][scene, box]
    eye, first, right, down = (
        _dot(axes, each[:, None], 2) for each in (-to[camera, :, box], *(part[camera] for part in views[1:4]))
    )
    return _Near(camera, box, eye, first, right, down, scenes.row["half_S_B_3"][scene, box])


def _dot(first: Tensor, second: Tensor, dim: int) -> Tensor:
    """Their product along a dimension of 3; products of matrices may be rounded to fewer bits."""
    x, y, z = (first * second).unbind(dim)
    return x + y + z


def _blocks(near: _Near, height: int, width: int) -> Tensor:
    """Which blocks the corners of boxes enclose, by pair, row and column; all, where a corner is behind the camera."""
    device = near.half_K_3.device
    sign = torch.tensor([[1.0 if corner >> k & 1 else -1.0 for k in range(3)] for corner in range(8)], device=device)
    corner = sign * near.half_K_3[:, None] - near.eye_K_3[:, None]
    across, along = (width - 1) / 2, (height - 1) / 2
    forward = near.first_K_3 + across * near.right_K_3 + along * near.down_K_3
    deep = _dot(corner, forward[:, None], 2)
    whole = (deep.amin(1) <= _NEAR)[:, None]
    enclosed = []
    for middle, step, pixels in ((along, near.down_K_3, height), (across, near.right_K_3, width)):
        place = middle + _dot(corner, step[:, None], 2) / (_dot(step, step, 1)[:, None] * deep)
        begin = torch.arange(0, pixels, BLOCK, device=device)
        begins_before = begin <= place.amax(1).ceil()[:, None]
        ends_after = begin + BLOCK > place.amin(1).floor()[:, None]
        enclosed.append(whole | (begins_before & ends_after))
    return enclosed[0][:, :, None] & enclosed[1][:, None, :]


def _meet(nearest: Tensor, near: _Near, pair: Tensor, row: Tensor, column: Tensor, height: int, width: int) -> None:
    """Where rays enter boxes (slabs: Kay and Kajiya 1986), for M pairs of a box and a block.

    What is nearest is one number, the bits of its depth before the number of the box: so the least is chosen in any
    order, and of boxes at the same depth the first.
    """
    inside = torch.arange(BLOCK, device=row.device)
    rows = (row[:, None] + inside).clamp(max=height - 1)
    columns = (column[:, None] + inside).clamp(max=width - 1)
    down, across = rows[:, :, None].float(), columns[:, None, :].float()
    first, right, step, eye, half = (
        each[pair] for each in (near.first_K_3, near.right_K_3, near.down_K_3, near.eye_K_3, near.half_K_3)
    )
    enter, leave = torch.zeros_like(down * across), torch.full_like(down * across, math.inf)
    for k in range(3):
        ray = first[:, k, None, None] + across * right[:, k, None, None] + down * step[:, k, None, None]
        per = 1.0 / torch.where(ray.abs() > _PARALLEL, ray, _PARALLEL)
        reach, middle = (half[:, k, None, None] * per).abs(), -eye[:, k, None, None] * per
        enter, leave = torch.maximum(enter, middle - reach), torch.minimum(leave, middle + reach)
    depth = torch.where((enter < leave) & (enter > 0), enter, math.inf)
    key = (depth.view(torch.int32).long() << 32) + pair[:, None, None]
    place = near.camera_K[pair][:, None, None] * (height * width) + rows[:, :, None] * width + columns[:, None, :]
    nearest.scatter_reduce_(0, place.view(-1), key.view(-1), "amin")


def _resolve(
    seen: Seen,
    pixel: Tensor,
    depth: Tensor,
    pair: Tensor,
    near: _Near,
    rays: Rays,
    views: Views,
    settings: Settings,
    width: int,
) -> None:
    """Write what the pixels show that see a box."""
    camera, box, half = near.camera_K[pair], near.box_K[pair], near.half_K_3[pair]
    pixels = rays.x.shape[1]
    row, column = (pixel % pixels // width)[:, None], (pixel % width)[:, None]
    ray = near.first_K_3[pair] + column * near.right_K_3[pair] + row * near.down_K_3[pair]
    place = near.eye_K_3[pair] + depth[:, None] * ray
    # the side is that along whose axis the point is outermost
    axis = (place.abs() / half).argmax(1)
    facing = ray.gather(1, axis[:, None])[:, 0]
    side = 2 * axis + (facing > 0).long()
    (x, y, z), (half_x, half_y, half_z) = place.unbind(1), half.unbind(1)
    upper = side >= 4
    u = torch.where(axis == 0, half_y + torch.where(side == 0, y, -y), half_x + torch.where(side == 2, -x, x))
    ray_x, ray_y, ray_z = (each.view(-1)[pixel] for each in rays)
    length = (ray_x * ray_x + ray_y * ray_y + ray_z * ray_z).sqrt()
    mine = {name: value[camera, 0] for name, value in settings.items()}
    position = views.position_N_3[camera]
    written = {
        "depth": depth,
        "u": u,
        "v": torch.where(upper, half_y + y, half_z - z),
        "spread": depth * views.pixel_N_1[camera, 0] * length / facing.abs(),
        "clear": clearness(depth * length, mine["fog_density"]),
        "face": FIRST_BOX_FACE + 6 * box + side,
        "surface": mine["first_box"] + box,
        "place": light_place(position[:, 0] + depth * ray_x, position[:, 1] + depth * ray_y, mine),
    }
    for name, value in written.items():
        getattr(seen, name).view(-1)[pixel] = value
