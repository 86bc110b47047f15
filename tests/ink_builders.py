"""Stand-ins for networks of ink, which only training could make."""

import cv2
import numpy as np

from model.ink_runtime import HALO_PX, PLANES, SORTS, STRIDE_PX, TILE_PX
from model.ink_training import BLANK, InkScene

#: How far a local network looks, in px; with a square of its own no farther than the halo.
REACH_PX = HALO_PX - STRIDE_PX


def local_answers(planes):
    """Answer for each square by what is near it: (H, W, PLANES) in [0, 1] to (H / 4, W / 4, SORTS)."""
    side = 2 * REACH_PX + 1
    near = cv2.boxFilter(
        planes.astype(np.float64), -1, (side, side), borderType=cv2.BORDER_CONSTANT, normalize=True
    )
    down, across = planes.shape[0] // STRIDE_PX, planes.shape[1] // STRIDE_PX
    squares = near.reshape(down, STRIDE_PX, across, STRIDE_PX, PLANES).mean(axis=(1, 3))
    rest = np.repeat((1 - squares.sum(axis=-1, keepdims=True) / 2) / (SORTS - PLANES), SORTS - PLANES, -1)
    return np.concatenate([squares / 2, rest], axis=-1).astype(np.float32)


class LocalInterpreter:
    """What LiteRT has, with `local_answers` inside; counts how often it is asked."""

    runs = 0
    given = (1, TILE_PX, TILE_PX, PLANES)
    told = (1, TILE_PX // STRIDE_PX, TILE_PX // STRIDE_PX, SORTS)

    def __init__(self, *, model_content, num_threads):
        assert num_threads == 1
        self.content = model_content

    def get_input_details(self):
        return [{"index": 0, "shape": np.array(self.given), "dtype": np.float32}]

    def get_output_details(self):
        return [{"index": 1, "shape": np.array(self.told), "dtype": np.float32}]

    def allocate_tensors(self):
        pass

    def set_tensor(self, index, tile):
        assert (index, tile.shape, tile.dtype) == (0, self.given, np.float32)
        self.tile = tile[0]

    def invoke(self):
        type(self).runs += 1

    def get_tensor(self, index):
        assert index == 1
        return local_answers(self.tile)[None]


class TellingSorter:
    """Tells each square's sort by the first plane, 50 a sort; networks called ``bad`` miss some squares."""

    def __init__(self, content):
        self.content = content
        if content.startswith(b"damaged"):
            raise ValueError("it is damaged")

    def __call__(self, planes):
        sorts = planes[::STRIDE_PX, ::STRIDE_PX, 0].astype(int) // 50 % SORTS
        if self.content.startswith(b"bad"):
            sorts[:, ::4] = (sorts[:, ::4] + 1) % SORTS
        return np.eye(SORTS, dtype=np.float32)[sorts]


def telling_scenes(count=8):
    """Pages whose first plane says what each square is, as `TellingSorter` reads it; two are blank."""
    found = []
    for seed in range(count):
        squares = np.random.default_rng(seed).integers(0, SORTS, (6, 8)).astype(np.uint8)
        planes = np.repeat(np.kron(squares, np.full((4, 4), 50, np.uint8))[..., None], PLANES, axis=-1)
        squares[0, :2] = BLANK
        found.append(InkScene(planes, squares))
    return found
