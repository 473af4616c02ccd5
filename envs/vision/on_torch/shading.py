"""From what pixels show to their colours."""

from __future__ import annotations

import torch
from torch import Tensor

from .rays import Views
from .scenes import DeviceScenes, DeviceTexels, Settings
from .surfaces import Seen


def shade(
    seen: Seen, views: Views, settings: Settings, scenes: DeviceScenes, texels: DeviceTexels, rgb_N_H_W_3: Tensor
) -> None:
    """Write colours: the texel times both lights, then fog, in whole numbers as `kernels.shading` has them.

    Args:
        seen: what pixels show.
        views: the cameras.
        settings: of their scenes.
        scenes, texels: the tables.
        rgb_N_H_W_3: where colours go.
    """
    scene = views.scene_N[:, None]
    colour = _texel(seen, scenes.look_up("texture_S_F", scene, seen.surface).long(), texels)
    face = scenes.look_up("face_light_S_L", scene, seen.face)
    place = scenes.look_up("place_light_S_L", scene, seen.place)
    clear = (seen.clear * 256.0 + 0.5).int()
    for k, name in enumerate(("fog_red", "fog_green", "fog_blue")):
        product = _channel(colour, k) * _channel(face, k) * _channel(place, k)
        lit = (product >> 14).clamp(max=255)
        channel = rgb_N_H_W_3[..., k]
        channel.copy_(((lit * clear + settings[name].int() * (256 - clear)) >> 8).view(channel.shape))


def _texel(seen: Seen, texture: Tensor, texels: DeviceTexels) -> Tensor:
    """The nearest texel of the level whose texels are about as large as the pixel (Williams 1983)."""
    repeats = texels.repeats_T[texture]
    wanted = seen.spread * repeats * float(texels.size)
    halvings = ((wanted.view(torch.int32) >> 23) - 126).clamp(0, texels.levels)  # by the exponent of the number
    side = torch.full_like(halvings, texels.size) >> halvings
    u, v = seen.u * repeats, seen.v * repeats
    column, row = ((place - place.floor()).mul(side).int() & (side - 1) for place in (u, v))
    level = (side * side - 1) // 3  # levels are stored from 1 × 1 up
    return texels.texel_M[texture * texels.each + (level + row * side + column)]


def _channel(packed: Tensor, k: int) -> Tensor:
    return packed >> (8 * k) & 255
