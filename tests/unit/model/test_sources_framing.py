"""Pictures of single digits, however they were made, come out as MNIST has them."""

import cv2
import numpy as np
import pytest

from model.errors import DataInvalid
from model.sources_framing import decode_picture, frame_digit
from tests import builders
from tests.digit_files import digits, on_paper

IMAGES, LABELS = digits(2)


def like(found, wanted):
    """How much two images agree: 1 = alike up to contrast, shifts of a pixel blurred away."""
    soft = [cv2.GaussianBlur(image, (0, 0), 1.5).ravel().astype(float) for image in (found, wanted)]
    return float(np.corrcoef(*soft)[0, 1])


@pytest.mark.parametrize("paper, ink", [(225, 40), (20, 230), (150, 110), (255, 0), (60, 100)])
@pytest.mark.parametrize("scale", [2, 5, 16])
def test_size_and_polarity_make_no_difference(scale, paper, ink):
    for image in IMAGES:
        assert like(frame_digit(on_paper(image, scale=scale, paper=paper, ink=ink)), image) > 0.9


@pytest.mark.parametrize("image", IMAGES, ids=[str(label) for label in LABELS])
def test_an_image_that_is_framed_already_comes_back_as_it_is(image):
    assert (frame_digit(image) == image).all()
    assert (frame_digit(255 - image) == image).all()


def test_where_on_the_picture_the_digit_stands_makes_no_difference():
    picture = on_paper(IMAGES[8])
    moved = cv2.copyMakeBorder(picture, 90, 5, 0, 60, cv2.BORDER_CONSTANT, value=225)
    assert like(frame_digit(moved), frame_digit(picture)) > 0.99


def test_a_shadow_across_the_paper_is_no_ink():
    picture = on_paper(IMAGES[6]).astype(float)
    shaded = np.rint(picture * np.linspace(0.45, 1, picture.shape[1])).astype(np.uint8)
    assert like(frame_digit(shaded), IMAGES[6]) > 0.9


def test_specks_are_left_out_and_strokes_that_stand_apart_are_kept():
    picture = np.full((140, 140), 230, np.uint8)
    picture[30:110, 60:75] = 20
    picture[30:40, 85:105] = 20
    clean = frame_digit(picture)
    picture[135:137, 2:4] = 20
    assert (frame_digit(picture) == clean).all()
    assert clean[4:8, 16:24].max() > 200


def test_a_hairline_is_widened_to_what_a_pen_leaves():
    picture = np.full((300, 200), 240, np.uint8)
    cv2.line(picture, (40, 20), (150, 280), 60, 1)
    assert np.count_nonzero(frame_digit(picture) >= 100) >= 30


@pytest.mark.parametrize("ink, found", [("dark", 0), ("light", 1)])
def test_what_is_ink_can_be_stated_where_the_edge_misleads(ink, found):
    picture = np.full((40, 40), 20, np.uint8)
    picture[8:32, 16:24] = 240
    stated = frame_digit(picture, ink=ink)
    # In the middle of the picture stands the lighter bar.
    assert (stated[14, 14] > 128) == bool(found)


def test_the_digit_fills_the_box_and_its_centre_of_mass_is_central():
    for image in IMAGES:
        found = frame_digit(on_paper(image, scale=7))
        _, _, width, height = cv2.boundingRect(found)
        moments = cv2.moments(found)
        assert max(width, height) in (19, 20)
        assert abs(moments["m10"] / moments["m00"] - 14) < 1
        assert abs(moments["m01"] / moments["m00"] - 14) < 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (28, 28), (200, 300)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_is_refused(shape, level):
    with pytest.raises(DataInvalid, match="nothing stands out"):
        frame_digit(np.full(shape, level, np.uint8))


def test_paper_with_grain_and_nothing_on_it_is_refused():
    grain = np.random.default_rng(0).normal(200, 6, (80, 80)).clip(0, 255).astype(np.uint8)
    with pytest.raises(DataInvalid, match="nothing stands out"):
        frame_digit(grain)


def test_the_picture_is_not_modified():
    picture = on_paper(IMAGES[4])
    before = picture.copy()
    frame_digit(picture)
    assert (picture == before).all()


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp", ".tiff", ".webp"])
def test_every_kind_of_file_is_decoded(ending):
    picture = on_paper(IMAGES[10])
    data = cv2.imencode(ending, picture)[1].tobytes()
    assert np.abs(decode_picture(data).astype(int) - picture).mean() < 4


def test_the_orientation_that_a_camera_notes_is_undone():
    picture = on_paper(IMAGES[12])
    turned = np.ascontiguousarray(np.rot90(picture))
    assert np.abs(decode_picture(builders.exif_jpeg(6, turned)).astype(int) - picture).mean() < 4


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_strokes_on_nothing_are_ink_whatever_their_colour(colour, depth):
    most = np.iinfo(depth).max
    layers = np.zeros((112, 112, 4), depth)
    layers[..., :3] = most * (colour // 255)
    strength = cv2.resize(IMAGES[14], (112, 112), interpolation=cv2.INTER_LINEAR).astype(np.uint32)
    layers[..., 3] = strength * most // 300
    found = frame_digit(decode_picture(cv2.imencode(".png", layers)[1].tobytes()))
    assert like(found, IMAGES[14]) > 0.9


def test_a_picture_whose_transparency_hides_nothing_keeps_its_colours():
    picture = on_paper(IMAGES[2])
    opaque = np.dstack([picture, picture, picture, np.full_like(picture, 255)])
    assert (decode_picture(cv2.imencode(".png", opaque)[1].tobytes()) == picture).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"no picture", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (builders.truncated_png(), "damaged"),
        (builders.truncated_jpeg(), "damaged"),
        (builders.bomb_png(), "60,000 x 60,000 pixels; 200,000,000 are taken"),
        (builders.multi_page_tiff(2), "more than one picture"),
    ],
    ids=["empty", "text", "PDF", "half a PNG", "half a JPEG", "far too large", "two pages"],
)
def test_a_file_that_is_no_picture_of_a_digit_is_refused(data, said):
    with pytest.raises(DataInvalid, match=said):
        decode_picture(data)


def test_the_decoder_speaks_again_afterwards():
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_WARNING)
    try:
        with pytest.raises(DataInvalid):
            decode_picture(b"no picture")
        assert cv2.utils.logging.getLogLevel() == cv2.utils.logging.LOG_LEVEL_WARNING
    finally:
        cv2.utils.logging.setLogLevel(before)


def test_sixteen_bits_with_transparency_show_what_eight_do():
    picture = on_paper(IMAGES[16])
    layers = np.dstack([picture, picture, picture, np.linspace(0, 255, picture.size).reshape(picture.shape)])
    eight, sixteen = (
        decode_picture(cv2.imencode(".png", layers.astype(np.uint8).astype(depth) * scale)[1].tobytes())
        for depth, scale in ((np.uint8, 1), (np.uint16, 257))
    )
    assert np.abs(eight.astype(int) - sixteen).max() <= 1
