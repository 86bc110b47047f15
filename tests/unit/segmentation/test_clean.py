import cv2
import numpy as np
import pytest

from segmentation.clean import extract_ink, flatten_light, is_inverted
from segmentation.config import DEFAULT


def _page(height=200, width=300, paper=235):
    return np.full((height, width), paper, np.uint8)


def test_a_blank_page_has_no_ink():
    assert not extract_ink(_page(), inverted=False, stroke_px=4.0).mask.any()


def test_grain_alone_is_no_ink_and_is_measured():
    grain = np.random.default_rng(0).normal(0, 4, (200, 300))
    noisy = np.clip(_page() + grain, 0, 255).astype(np.uint8)

    ink = extract_ink(noisy, inverted=False, stroke_px=4.0)

    assert ink.mask.mean() < 0.002
    assert ink.noise > extract_ink(_page(), inverted=False, stroke_px=4.0).noise


def test_one_stroke_is_ink_where_it_was_drawn_and_nowhere_else():
    page = _page()
    page[60:140, 150:156] = 40

    mask = extract_ink(page, inverted=False, stroke_px=6.0).mask

    rows, columns = np.nonzero(mask)
    assert mask[60:140, 150:156].all()
    assert abs(int(rows.min()) - 60) <= 2
    assert abs(int(rows.max()) - 139) <= 2
    assert abs(int(columns.min()) - 150) <= 2
    assert abs(int(columns.max()) - 155) <= 2


def test_a_faint_stroke_beside_a_black_one_is_kept():
    page = _page()
    page[60:140, 60:66] = 10
    page[60:140, 200:206] = 165

    mask = extract_ink(page, inverted=False, stroke_px=6.0).mask

    assert mask[70:130, 61:65].all()
    assert mask[70:130, 201:205].all()


def test_the_page_given_is_not_written_on():
    page = _page()
    page[60:140, 150:156] = 40
    before = page.copy()
    extract_ink(page, inverted=True, stroke_px=6.0)
    assert (page == before).all()


def test_light_writing_on_a_dark_page_is_inverted_and_dark_on_light_is_not():
    page = _page(400, 600)
    for left in range(40, 560, 40):
        cv2.putText(page, "4", (left, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 20, 3)

    assert not is_inverted(page)
    assert is_inverted(cv2.bitwise_not(page))


def test_neither_a_blank_page_nor_a_black_one_counts_as_inverted():
    assert not is_inverted(_page())
    assert not is_inverted(np.zeros((200, 300), np.uint8))


def test_both_polarities_give_the_same_ink():
    page = _page()
    page[60:140, 150:156] = 40

    dark = extract_ink(page, inverted=False, stroke_px=6.0)
    light = extract_ink(cv2.bitwise_not(page), inverted=True, stroke_px=6.0)

    assert (dark.mask == light.mask).all()
    assert light.inverted


def test_a_shadow_is_taken_out_and_the_stroke_in_it_stays():
    light = np.linspace(1.0, 0.4, 600)[None, :]
    page = np.full((400, 600), 240.0)
    page[150:250, 500:508] = 60
    shadowed = (page * light).astype(np.uint8)

    flat = flatten_light(shadowed)

    paper = np.delete(flat, np.s_[480:530], axis=1)
    assert paper.max() < 40
    assert flat[160:240, 502:506].min() > 3 * int(paper.max())


def test_a_stroke_in_a_light_shadow_is_as_dark_as_one_on_bright_paper():
    page = np.full((400, 600), 230.0)
    page[150:250, [100, 101, 102, 500, 501, 502]] = 70
    page[:, 400:] *= 0.7
    flat = flatten_light(page.astype(np.uint8))
    assert flat[200, 501] == pytest.approx(flat[200, 101], rel=0.05)


def test_the_grain_in_deep_shadow_stays_what_it_is_on_bright_paper():
    page = np.full((400, 600), 230.0)
    page[:, 400:] = 40
    page += np.random.default_rng(5).normal(0, 3, page.shape)
    flat = flatten_light(np.asarray(np.clip(page, 0, 255), np.uint8))
    assert flat[:, 480:].std() < 2 * flat[:, :320].std()


def _watermarked(side=480):
    """Grainy paper with a pale pattern printed all over it, and a few strokes."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:side, :side]
    pattern = np.where(np.sin(x / 9.0) * np.sin(y / 11.0) > 0.3, 16.0, 0.0)
    page = 225 - pattern + rng.normal(0, 4, (side, side))
    for column in range(60, side - 40, 90):
        page[80:140, column : column + 5] = 80
    return np.asarray(np.clip(page, 0, 255), np.uint8)


def test_flat_surroundings_do_not_hide_how_coarse_the_paper_is():
    page = _watermarked()
    wide = cv2.copyMakeBorder(page, 300, 300, 300, 300, cv2.BORDER_CONSTANT, value=225)
    alone = extract_ink(page, inverted=False, stroke_px=5.0)
    within = extract_ink(np.asarray(wide, np.uint8), inverted=False, stroke_px=5.0)
    assert within.noise > 0.7 * alone.noise
    assert within.mask.sum() < 1.4 * alone.mask.sum()


def test_a_drawn_page_has_no_grain_however_broad_its_strokes():
    page = np.full((400, 400), 255, np.uint8)
    cv2.circle(page, (200, 200), 120, 0, 50)
    assert extract_ink(page, inverted=False, stroke_px=50.0).noise <= 1.0


def test_coarse_texture_does_not_hide_what_stands_out_of_it():
    rng = np.random.default_rng(4)
    page = np.full((600, 600), 200.0)
    page += cv2.GaussianBlur(rng.normal(0, 600, page.shape), (0, 0), 6.0)
    page[100:160, 100:106] = 20
    page[300:302, 40:560] -= 75
    ink = extract_ink(np.asarray(np.clip(page, 0, 255), np.uint8), inverted=False, stroke_px=6.0)
    assert DEFAULT.contrast_sigmas * ink.noise > 65, "by its noise alone, the texture would hide the rule"
    assert ink.mask[298:304, 60:540].any(axis=0).mean() > 0.8
