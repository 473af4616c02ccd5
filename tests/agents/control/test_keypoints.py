import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control.keypoints import KeypointEncoder, KeypointsAndNumbersEncoder, keypoints

PICTURE = spaces.Box(0, 255, (3, 36, 30), np.uint8)


def test_a_point_is_where_its_channel_is_strongest():
    place_P_2 = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    map_B_C_P = torch.tensor(
        [[[0.0, 100.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [float(np.log(3.0)), 0.0, -100.0, -100.0]]]
    )
    assert keypoints(map_B_C_P, place_P_2)[0].tolist() == [
        pytest.approx([1.0, -1.0]),
        pytest.approx([0.0, 0.0]),
        pytest.approx([0.25 - 0.75, -1.0]),
    ]


def test_what_moves_in_a_picture_moves_its_point():
    torch.manual_seed(0)
    encoder = KeypointEncoder(PICTURE, channels=[1], strides=[2])
    weight = encoder.convolutions[0].weight
    weight.data[:] = 10.0
    pictures = torch.zeros(3, *PICTURE.shape)
    for row, (down, across) in enumerate([(18, 4), (18, 26), (4, 26)]):
        pictures[row, :, down - 2 : down + 2, across - 2 : across + 2] = 1.0
    points = keypoints(encoder.convolutions(pictures).flatten(2), encoder.place_P_2)[:, 0]
    wanted = [(4, 18), (26, 18), (26, 4)]
    for (across, down), (x, y) in zip(points.tolist(), wanted, strict=True):
        assert across == pytest.approx(2 * x / 30 - 1, abs=0.15)
        assert down == pytest.approx(2 * y / 36 - 1, abs=0.15)


def test_pictures_and_numbers_are_kept_apart():
    space = spaces.Dict({"pixels": PICTURE, "state": spaces.Box(-1, 1, (2,), np.float32)})
    encoder = KeypointsAndNumbersEncoder(space, channels=[4], strides=[2], latent_dim=5)
    assert isinstance(encoder.parts["pixels"], KeypointEncoder)
    seen, told = torch.rand(2, *PICTURE.shape), torch.rand(2, 2)
    features = encoder({"pixels": seen, "state": told})
    assert torch.equal(features[:, encoder.columns(["pixels"])], encoder.parts["pixels"](seen))
    assert features.shape == (2, encoder.features_dim) == (2, 10)


def test_strides_are_as_many_as_channels():
    with pytest.raises(ValueError, match="strides must be 2, one for each of channels"):
        KeypointEncoder(PICTURE, channels=[4, 4], strides=[2])
