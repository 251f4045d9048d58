"""The inputs of a scale: start pictures, colours, regions, transparency and sizes, from tiny files."""

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid import files
from stylegrid.painting.inputs import is_grey_job, read_inputs, start_picture
from stylegrid.pictures import images
from stylegrid.pictures.colour_transfer import match_colours, moments
from stylegrid.plan.job import Job, Source, StyleSource
from stylegrid.settings import presets
from stylegrid.vgg.conventions import MEAN_LEVELS

SIZE = (48, 36)
PLAIN = {"preset": "stylegrid-untrained", "match_colours": "none"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures: a photograph, two paintings, a start; three with transparent right halves; masks of halves."""
    folder = tmp_path_factory.mktemp("pictures")
    sizes = {"photo": (48, 36), "wave": (40, 44), "night": (50, 30), "start": (20, 20), "large": (200, 100)}
    for seed, (name, size) in enumerate(sizes.items()):
        Image.fromarray(draw(*size, seed=seed)).save(folder / f"{name}.png")
    Image.new("RGB", (40, 40), (255, 0, 0)).save(folder / "red.png")
    Image.new("RGB", (40, 40), (0, 0, 255)).save(folder / "blue.png")
    left = np.zeros((36, 48), np.uint8)
    left[:, :24] = 255
    Image.fromarray(left).save(folder / "left.png")
    Image.fromarray(255 - left).save(folder / "right.png")
    Image.new("L", (48, 36), 0).save(folder / "black.png")
    for seed, name in enumerate(("etching", "pencil")):
        Image.fromarray(draw(40, 44, seed=seed)).convert("L").save(folder / f"{name}.png")
    stained = Image.open(folder / "etching.png").convert("RGB")
    stained.paste((200, 150, 100), (10, 10, 20, 20))
    stained.putalpha(255)
    stained.save(folder / "stained.png")
    stained.paste((200, 150, 100, 0), (10, 10, 20, 20))
    stained.save(folder / "cut.png")
    see_through = Image.fromarray(draw(48, 36))
    see_through.putalpha(Image.fromarray(left))
    see_through.save(folder / "half.png")
    flat = Image.new("RGBA", (40, 40), (0, 255, 0, 255))
    flat.paste((255, 0, 255, 0), (20, 0, 40, 40))
    flat.save(folder / "green.png")
    return folder


@pytest.fixture
def make(folder):
    def source(name, kind=Source, **more):
        path = folder / f"{name}.png"
        return kind(name=name, path=str(path), sha256=files.sha256(path), **more)

    def job(content="photo", styles=(("wave", 1.0),), start=None, mask=None, masks=(), **changes) -> Job:
        return Job(
            content=source(content),
            styles=tuple(source(name, StyleSource, weight=weight) for name, weight in styles),
            start=source(start) if start else None,
            content_mask=source(mask) if mask else None,
            style_masks=tuple(source(name) if name else None for name in masks),
            style="style",
            variant="variant",
            settings=presets.resolve(PLAIN, changes),
        )

    return job


def begin(job: Job, size=SIZE) -> np.ndarray:
    return start_picture(job, read_inputs(job, size))


# Starts


def test_content_starts_from_the_photograph(make, folder):
    np.testing.assert_array_equal(begin(make(init="content")), images.read(folder / "photo.png", SIZE))


def test_style_starts_from_the_painting_cropped_to_the_photographs_shape(make, folder):
    np.testing.assert_allclose(begin(make(init="style")), images.read_filling(folder / "wave.png", SIZE))


def test_style_starts_from_a_blend_by_its_weights(make):
    np.testing.assert_allclose(
        begin(make(styles=(("red", 3.0), ("blue", 1.0)), init="style"))[0, 5, 5], [0.75, 0, 0.25]
    )


def test_grey_is_the_middle(make):
    assert (begin(make(init="grey")) == 0.5).all()


def test_a_file_is_cropped_to_the_photographs_shape(make, folder):
    actual = begin(make(init="start.png", start="start"))
    np.testing.assert_array_equal(actual, images.read_filling(folder / "start.png", SIZE))


def test_uniform_noise_is_over_all_colours(make):
    noise = begin(make(init="noise"))
    assert noise.dtype == np.float32 and noise.shape == (1, 36, 48, 3)
    assert noise.min() >= 0 and noise.max() <= 1
    assert noise.mean() == pytest.approx(0.5, abs=0.02)
    assert noise.std() == pytest.approx(np.sqrt(1 / 12), abs=0.02)


@pytest.mark.parametrize("deviation", [0.256, 50, 90])
def test_normal_noise_has_imagenets_mean_and_the_deviation(make, deviation):
    levels = begin(make(init="noise", noise="normal", noise_deviation=deviation)) * 255
    np.testing.assert_allclose(levels.mean(axis=(0, 1, 2)), MEAN_LEVELS, atol=0.1 * deviation)
    np.testing.assert_allclose(levels.std(axis=(0, 1, 2)), deviation, rtol=0.1)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_noise_is_that_of_its_seed(make, kind):
    first, again, other = (begin(make(init="noise", noise=kind, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.05


def test_a_mix_is_the_mean_by_weights(make):
    parts = {name: begin(make(init=name, start="start")) for name in ("content", "noise", "grey", "start.png")}
    mixed = begin(make(init="content:2 + noise + grey:0.5 + start.png:0.5", start="start"))
    desired = (2 * parts["content"] + parts["noise"] + 0.5 * parts["grey"] + 0.5 * parts["start.png"]) / 4
    np.testing.assert_allclose(mixed, desired, atol=1e-6)
    assert mixed.dtype == np.float32


@pytest.mark.parametrize("init", ["content", "style", "noise", "grey", "start.png"])
def test_every_start_has_the_pictures_size(make, init):
    assert begin(make(init=init, start="start"), (31, 17)).shape == (1, 17, 31, 3)


# Colours


@pytest.mark.parametrize("how", ["linear", "histogram"])
def test_the_photograph_takes_the_paintings_colours(make, how):
    plain = read_inputs(make(styles=(("wave", 3.0), ("night", 1.0))), SIZE)
    inputs = read_inputs(make(styles=(("wave", 3.0), ("night", 1.0)), match_colours="content", colour_map=how), SIZE)
    references = [(painting.picture, painting.share) for painting in plain.paintings]
    assert [share for _, share in references] == [0.75, 0.25]
    np.testing.assert_array_equal(inputs.photograph, match_colours(plain.photograph, references, how))
    for before, after in zip(plain.paintings, inputs.paintings, strict=True):
        np.testing.assert_array_equal(before.picture, after.picture)


@pytest.mark.parametrize("how", ["linear", "histogram"])
def test_the_paintings_take_the_photographs_colours(make, how):
    plain = read_inputs(make(styles=(("wave", 3.0), ("night", 1.0))), SIZE)
    inputs = read_inputs(make(styles=(("wave", 3.0), ("night", 1.0)), match_colours="style", colour_map=how), SIZE)
    for before, after in zip(plain.paintings, inputs.paintings, strict=True):
        np.testing.assert_array_equal(after.picture, match_colours(before.picture, [(plain.photograph, 1.0)], how))
    np.testing.assert_array_equal(inputs.photograph, plain.photograph)


def test_content_starts_in_the_colours_it_was_given(make):
    chosen = make(match_colours="content", init="content")
    np.testing.assert_array_equal(begin(chosen), read_inputs(chosen, SIZE).photograph)


def test_with_masks_each_region_takes_its_own_paintings_colours(make):
    chosen = make(
        styles=(("red", 1.0), ("blue", 1.0)), masks=("left", "right"), style_mask="x + y", match_colours="content"
    )
    photograph = read_inputs(chosen, SIZE).photograph[0]
    np.testing.assert_allclose(photograph[:, :24].mean(axis=(0, 1)), [1, 0, 0], atol=0.02)
    np.testing.assert_allclose(photograph[:, 24:].mean(axis=(0, 1)), [0, 0, 1], atol=0.02)


def test_what_no_region_covers_keeps_its_colours(make, folder):
    chosen = make(styles=(("red", 1.0),), masks=("left",), style_mask="x", match_colours="content")
    actual, own = read_inputs(chosen, SIZE).photograph, images.read(folder / "photo.png", SIZE)
    np.testing.assert_array_equal(actual[:, :, 24:], own[:, :, 24:])
    assert np.abs(actual - own)[:, :, :24].mean() > 0.1


def test_regions_that_overlap_share_a_place(make):
    chosen = make(
        styles=(("red", 1.0), ("blue", 1.0)), masks=(None, "right"), style_mask="none + y", match_colours="content"
    )
    right = read_inputs(chosen, SIZE).photograph[0, :, 24:]
    np.testing.assert_allclose(right.mean(axis=(0, 1)), [0.5, 0, 0.5], atol=0.02)


def test_transparent_parts_of_a_painting_do_not_lend_their_colours(make):
    photograph = read_inputs(make(styles=(("green", 1.0),), match_colours="content"), SIZE).photograph
    np.testing.assert_allclose(photograph.mean(axis=(0, 1, 2)), [0, 1, 0], atol=0.02)


def test_transparent_parts_of_the_photograph_do_not_lend_their_colours(make, folder):
    painting = read_inputs(make(content="half", match_colours="style"), SIZE).paintings[0].picture
    seen = images.read(folder / "photo.png", SIZE)[:, :, :24]
    np.testing.assert_allclose(moments([(painting, 1.0)]).mean, moments([(seen, 1.0)]).mean, atol=0.02)


# Regions and transparency


def test_without_masks_and_transparency_there_is_no_alpha(make):
    inputs = read_inputs(make(), SIZE)
    assert inputs.alpha is None and inputs.content_mask is None
    assert inputs.paintings[0].alpha is None and inputs.paintings[0].mask is None


def test_masks_have_the_pictures_size(make):
    inputs = read_inputs(make(mask="left", masks=("right",), content_mask="x", style_mask="y"), (24, 18))
    assert inputs.content_mask.shape == inputs.paintings[0].mask.shape == (1, 18, 24, 1)
    assert inputs.content_mask[0, :, :11].min() == 1 and inputs.content_mask[0, :, 13:].max() == 0
    assert inputs.paintings[0].mask[0, :, :11].max() == 0 and inputs.paintings[0].mask[0, :, 13:].min() == 1


def test_transparency_is_kept(make):
    inputs = read_inputs(make(content="half", styles=(("green", 1.0),)), SIZE)
    assert inputs.alpha.shape == (1, 36, 48, 1)
    assert inputs.alpha[0, :, :23].min() == 1 and inputs.alpha[0, :, 25:].max() == 0
    assert inputs.paintings[0].alpha.shape[1:3] == inputs.paintings[0].picture.shape[1:3]
    np.testing.assert_allclose(inputs.paintings[0].picture[0, 5, -1], [0, 1, 0], atol=0.01)  # not what lay hidden


def test_transparency_is_laid_on_white(make):
    inputs = read_inputs(make(content="half", styles=(("green", 1.0),), alpha="white"), SIZE)
    assert inputs.alpha is None and inputs.paintings[0].alpha is None
    assert inputs.photograph[0, :, 30:].min() == 1
    assert inputs.paintings[0].picture[0, 5, -1].tolist() == [1, 1, 1]


# Sizes


@pytest.mark.parametrize(
    ("changes", "size"),  # of a painting of 200 x 100
    [
        ({}, (48, 24)),
        ({"style_scale": 2}, (96, 48)),
        ({"style_scale": 0.5}, (24, 12)),
        ({"style_scale": 10}, (200, 100)),
        ({"style_scale": 10, "enlarge": "always"}, (480, 240)),
        ({"style_shape": "stretched"}, (48, 36)),
    ],
)
def test_paintings_have_the_size_that_is_asked_for(make, changes, size):
    height, width = read_inputs(make(styles=(("large", 1.0),), **changes), SIZE).paintings[0].picture.shape[1:3]
    assert (width, height) == size


def test_the_photograph_is_stretched_to_the_size(make):
    assert read_inputs(make(), (30, 60)).photograph.shape == (1, 60, 30, 3)


# Greys

ETCHING = (("etching", 1.0),)


@pytest.mark.parametrize(
    ("given", "grey"),
    [
        ({"styles": ETCHING}, True),
        ({"styles": ETCHING, "greys": "free"}, False),
        ({"styles": (*ETCHING, ("pencil", 2.0))}, True),
        ({"styles": (*ETCHING, ("wave", 0.01))}, False),
        ({"styles": (("stained", 1.0),)}, False),
        ({"styles": (("cut", 1.0),)}, True),  # what is transparent is not painted from
        ({"content": "pencil"}, False),  # a grey photograph takes the painting's colours
        ({"content": "pencil", "match_colours": "style"}, True),  # and here the painting its greys
        ({"styles": ETCHING, "match_colours": "style"}, False),
        ({"styles": ETCHING, "match_colours": "content"}, True),
    ],
)
def test_a_picture_is_in_greys_where_all_that_colours_it_is(make, given, grey):
    assert is_grey_job(make(**{"greys": "kept", **given}), SIZE) == grey


@pytest.mark.parametrize("matching", ["none", "content"])
def test_inputs_in_greys_have_no_colours_left(make, matching):
    inputs = read_inputs(make(styles=ETCHING, match_colours=matching), SIZE, grey=True)
    for picture in (inputs.photograph, inputs.paintings[0].picture):
        assert np.ptp(picture, axis=-1).max() < 1e-6 < np.ptp(picture)
