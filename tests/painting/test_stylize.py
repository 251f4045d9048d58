"""The story of one painting, on tiny pictures and an untrained network."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import REPOSITORY, draw, save_picture
from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.method.evaluation import Callbacks
from stylegrid.method.optimise import descend
from stylegrid.painting.checkpoint import CheckpointFiles
from stylegrid.painting.problem import Problem, Room
from stylegrid.painting.stylize import stylize
from stylegrid.pictures import encode, images
from stylegrid.plan import memory
from stylegrid.plan.job import PUBLISHING, Job, Source, StyleSource
from stylegrid.settings import presets
from stylegrid.settings.paint_settings import PaintSettings

FAST = {"preset": "stylegrid-untrained", "size": 48, "coarsest": 24, "steps": 9}  # of the network that tests have
SHALLOW = {"content_layers": "relu1_2", "style_layers": "relu1_1", "size": 32}
ADAM = {**SHALLOW, "coarsest": 0, "steps": 4, "optimizer": "adam"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    names = {"photo": (48, 36), "wave": (40, 44), "night": (50, 30), "strip": (400, 10)}
    found = {
        name: save_picture(folder / f"{name}.png", *size, seed=seed) for seed, (name, size) in enumerate(names.items())
    }
    left = np.zeros((36, 48), np.uint8)
    left[:, :24] = 255
    Image.fromarray(draw(40, 44, seed=9)).convert("L").save(folder / "etching.png")
    found["etching"] = folder / "etching.png"
    see_through = Image.fromarray(draw(48, 36))
    see_through.putalpha(Image.fromarray(left))
    for name, image in {"left": Image.fromarray(left), "half": see_through}.items():
        found[name] = folder / f"{name}.png"
        image.save(found[name])
    return found


def source(path, **more):
    kind = StyleSource if more else Source
    return kind(name=path.stem, path=str(path), sha256=files.sha256(path), **more)


def job(pictures, *, content="photo", styles=(("wave", 1.0),), start=None, mask=None, masks=(), **changes) -> Job:
    return Job(
        content=source(pictures[content]),
        styles=tuple(source(pictures[name], weight=weight) for name, weight in styles),
        start=source(pictures[start]) if start else None,
        content_mask=source(pictures[mask]) if mask else None,
        style_masks=tuple(source(pictures[name]) for name in masks),
        style="style",
        variant="variant",
        settings=presets.resolve({"precision": "float32", **FAST, **changes}),
    )


def test_a_painting_lowers_its_loss_and_tells_its_story(pictures, objectives):
    heard: list = []
    result = stylize(job(pictures), objectives, heard.append)
    assert result.picture.shape == (1, 36, 48, 3)
    assert result.picture.min() >= 0 and result.picture.max() <= 1
    assert (result.outcome, result.steps) == ("finished", 9)
    assert {step.scale for step in result.history} == {24, 48}
    assert list(result.history) == heard
    assert result.history[-1].losses == result.losses
    assert result.losses.total < result.history[0].losses.total
    assert result.alpha is None


def test_total_is_what_the_weights_make_of_the_terms(pictures, objectives):
    given = job(pictures, content_weight=2, style_weight=30, tv_weight=0.5, **SHALLOW)
    for step in stylize(given, objectives).history:
        content, style, tv, total = step.losses
        assert total == pytest.approx(2 * content + 30 * style + 0.5 * tv, rel=1e-4)


def test_the_style_loss_is_the_mean_of_its_layers(pictures, objectives):
    result = stylize(job(pictures, steps=2, style_layers="relu1_1 + relu2_1:3"), objectives)
    assert result.losses.style == pytest.approx(
        (result.style_by_layer["relu1_1"] + 3 * result.style_by_layer["relu2_1"]) / 4, rel=1e-4
    )


@pytest.mark.parametrize("preset", presets.preset_names())
def test_no_steps_give_the_start_picture_and_its_losses(pictures, objectives, preset):
    given = job(
        pictures, **{**SHALLOW, "size": 48}, preset=preset, init="content", steps=0, match_colours="none", aspect="own"
    )
    result = stylize(given, objectives)
    np.testing.assert_allclose(result.picture, images.read(pictures["photo"]), atol=1e-6)
    assert result.losses is not None
    assert len(result.history) == 1


def test_matched_colours_are_the_start_and_the_painting_s(pictures, objectives):
    result = stylize(job(pictures, match_colours="content", steps=0, **SHALLOW), objectives)
    painting, photograph = (images.read(pictures[name]).mean(axis=(0, 1, 2)) for name in ("wave", "photo"))
    actual = result.picture.mean(axis=(0, 1, 2))
    assert np.abs(actual - painting).max() < np.abs(photograph - painting).max() / 2
    assert result.losses is not None and result.losses.content == 0


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam", "sgd"])
def test_the_same_job_gives_the_same_bytes(pictures, objectives, optimizer):
    given = job(pictures, init="noise", optimizer=optimizer, learning_rate=0.01, **SHALLOW)
    first, second = (encode.encode(stylize(given, objectives).picture, "png", 100) for _ in range(2))
    assert first == second


def test_a_blend_lies_between_its_paintings(pictures, objectives):
    grams = [(("wave", 1.0),), (("night", 1.0),), (("wave", 1.0), ("night", 1.0))]
    wave, night, both = (stylize(job(pictures, styles=styles, **SHALLOW), objectives).picture for styles in grams)
    assert np.abs(both - wave).mean() < np.abs(night - wave).mean()
    assert np.abs(both - night).mean() < np.abs(night - wave).mean()


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs", "sgd"])
def test_a_loss_that_is_not_finite_is_an_outcome_with_the_last_finite_picture(pictures, objectives, optimizer):
    given = job(pictures, optimizer=optimizer, style_weight=1e38, style_loss="mean_squared", **SHALLOW)
    result = stylize(given, objectives)
    assert result.outcome == "non_finite"
    assert "total loss was not finite at step 0" in result.message
    assert result.losses is None
    assert result.picture.shape == (1, 24, 32, 3)
    assert np.isfinite(result.picture).all()
    assert result.picture.mean() > 0.2  # no black picture


def test_a_descent_that_leaves_the_finite_keeps_the_picture_before(pictures, objectives):
    """Its first step goes so far that the second evaluation fails."""
    given = job(pictures, **{**ADAM, "optimizer": "sgd"}, learning_rate=1e38, clamp="end", match_colours="none")
    result = stylize(given, objectives)
    assert (result.outcome, result.steps) == ("non_finite", 1)
    np.testing.assert_allclose(result.picture, images.read(pictures["photo"], (32, 24)), atol=1e-6)


def test_a_picture_too_narrow_for_the_layers_is_refused(pictures, objectives):
    with pytest.raises(ImageError, match="size: the picture's longest side would be 48 px; these layers need 640 or"):
        stylize(job(pictures, content="strip", style_layers="relu5_1"), objectives)


def test_scales_too_coarse_for_a_picture_are_left_out(pictures, objectives):
    given = job(pictures, content="strip", style_shape="stretched", size=96, steps=6, style_layers="relu2_1")
    assert {step.scale for step in stylize(given, objectives).history} == {96}


def test_a_transparent_photograph_gives_its_alpha(pictures, objectives):
    result = stylize(job(pictures, content="half", **ADAM), objectives)
    assert result.alpha.shape == (1, 24, 32, 1)
    assert result.alpha[0, :, :15].min() == 1 and result.alpha[0, :, 17:].max() == 0


def test_transparent_parts_stay_as_they_begin(pictures, objectives):
    given = {**ADAM, "content": "half", "match_colours": "none"}
    start, painted = (stylize(job(pictures, **{**given, "steps": steps}), objectives).picture for steps in (0, 4))
    moved = np.abs(painted - start)[0].max(axis=(0, 2))
    assert moved[:14].min() > 0.01 and moved[20:].max() == 0


def test_a_painting_paints_in_its_region_alone(pictures, objectives):
    """Beside the region that the first convolution sees, nothing changes where nothing else counts."""
    given = {**ADAM, "masks": ("left",), "style_mask": "left.png", "content_weight": 0, "tv_weight": 0}
    given |= {"match_colours": "none"}
    start, painted = (stylize(job(pictures, **{**given, "steps": steps}), objectives).picture for steps in (0, 4))
    moved = np.abs(painted - start)[0].max(axis=(0, 2))
    assert moved[:15].min() > 0.01 and moved[18:].max() == 0


def test_a_scale_that_improves_too_little_ends(pictures, objectives):
    result = stylize(job(pictures, **{**ADAM, "steps": 30}, tolerance=0.9, patience=2), objectives)
    assert result.outcome == "converged"
    assert 3 <= result.steps < 30
    assert f"nothing improved any more after {result.steps} of 30 steps" in result.message


def test_steps_that_a_scale_leaves_are_not_handed_on(pictures, objectives, monkeypatch):
    allowed = []

    def spy(descent, start, arrays):
        allowed.append(descent.limit - start.taken)
        return descend(descent, start, arrays)

    monkeypatch.setattr("stylegrid.painting.stylize.descend", spy)
    result = stylize(
        job(pictures, **{**SEVERAL, "steps": 60, "sharing": "equal"}, tolerance=0.9, patience=2), objectives
    )
    assert result.steps < 60
    assert len(allowed) > 1 and set(allowed) == {60 // len(allowed)}


# Controls: each changes the picture, or has nothing to change.

PLAIN = {**ADAM, "match_colours": "none"}
MIXED = {"init": "content + noise:0.2", "seed": 3}
CHANGES = [
    *({name: value} for name, value in (("content_weight", 9), ("style_weight", 9), ("tv_weight", 90))),
    *({f"{term}_factor": 3} for term in ("content", "style", "tv")),
    *({"content_loss": name} for name in ("mean_squared", "sum_squared", "root_squared", "scaled_squared", "relative")),
    *({"style_loss": name} for name in ("mean_squared", "sum_squared", "scaled_squared", "wasserstein")),
    *({"tv_loss": name} for name in ("sum_absolute", "mean_squared", "padded_mean_squared", "nine_point")),
    *({"tv_loss": "sum_power", "tv_power": power} for power in (1, 2)),
    *({"style_loss": "mean_squared", "gram_over": over} for over in ("values", "pixels", "none")),
    *({"preprocessing": name} for name in ("caffe_256", "raw")),
    *({"padding": name} for name in ("zero", "replicate")),
    {"content_layers": "relu2_1"},
    {"style_layers": "conv1_1"},
    {"gram": "plain"},
    {"style_scale": 0.5},
    {"style_crop": 0.2},
    {"style_shape": "stretched"},
    {"match_colours": "content"},
    {"match_colours": "style", "colour_map": "histogram"},
    {"content_mask": "left.png", "mask": "left"},
    {"pixels": "network"},
    {"precision": "bfloat16"},
    {"optimizer": "lbfgs"},
    {"optimizer": "sgd"},
    {"learning_rate": 0.05},
    {"decay": 0.5, "decay_every": 1},
    {"decay": 0.5, "decay_every": 3, "decay_form": "smooth"},
    {"beta_1": 0.5},
    {"beta_2": 0.5},
    {"epsilon": 1.0},
    {"average": 0.5},
    {"coarsest": 16},
    {"init": "grey"},
    {"steps": 5},
]
TWO_LAYERS = "relu1_1 + relu1_2"
SCALES = {"coarsest": 16, "scale_factor": 1.4, "steps": 7}
NOISE = {"init": "content + noise"}
BESIDE = [  # what a control needs to have an effect, and changes of it
    # Seen as torchvision's network sees them, pictures are the same to losses that go by their targets' energy.
    (
        {"style_loss": "mean_squared", "style_weight": 1e-5},
        *({"preprocessing": name} for name in ("imagenet", "mean_rgb")),
    ),
    (
        {"style_layers": "relu2_1", "style_loss": "mean_squared", "style_weight": 1e-5},
        *({"pooling": name} for name in ("max", "average_scaled", "l2", "l2_scaled")),
    ),
    ({"style_layers": "relu2_1", "size": 35}, {"pool_rounding": "up"}),
    ({"style_layers": TWO_LAYERS}, {"style_layer_ratio": 3}, {"over_layers": "sum"}),
    ({"content_layers": TWO_LAYERS}, {"content_layer_ratio": 3}, {"over_layers": "sum"}),
    ({"optimizer": "lbfgs", "steps": 8}, {"corrections": 1}),
    ({"epsilon": 1}, {"adam": "torch"}),
    (SCALES, {"moments": "carried"}, {"scale_factor": 2}, {"sharing": "equal"}, {"sharing": "double_first"}),
    (SCALES, {"detail": "photograph"}),
    ({"schedule": "16 + 32"}, {"schedule": "16:3 + 32"}),
    (NOISE, {"seed": 5}, {"noise": "normal"}),
    ({**NOISE, "noise": "normal"}, {"noise_deviation": 3}),
    ({"match_colours": "content"}, {"colour_map": "histogram"}),
    ({"styles": (("wave", 1.0), ("night", 1.0))}, {"blend": "losses"}),
    ({"content": "half"}, {"alpha": "white"}),
    ({}, {"style_mask": "left.png", "masks": ("left",)}),
    ({"learning_rate": 0.5}, {"clamp": "end"}),
    ({"init": "style", "smallest_octave": 16}, {"smallest_octave": 0}, {"octave_content": "start"}),
    ({"tolerance": 0.9, "patience": 2}, {"patience": 3}, {"tolerance": 0}),
]
ELSEWHERE = {  # tests of controls that decide more than pixels: this module's, and test_painter.py's of published files
    "test_no_steps_give_the_start_picture_and_its_losses": {"preset"},
    "test_the_picture_has_the_size_that_is_asked_for": {"size", "enlarge", "aspect"},
    "test_snapshots_are_of_every_so_many_steps": {"snapshots"},
    "test_free_a_grey_painting_may_give_colours": {"greys"},
    "test_a_picture_in_tiles_is_the_picture": {"tile"},
}
ONE_PASS = {"method", "strength"}  # controls of the fast method, which test_one_pass.py tests
NOTHING = [
    {"corrections": 3},
    {"seed": 5},
    {"noise": "normal"},
    {"noise_deviation": 3},
    {"tv_power": 3},
    {"colour_map": "histogram"},
    {"blend": "losses"},
    {"patience": 1},
    {"scale_factor": 4},
    {"sharing": "equal"},
    {"moments": "carried"},
    {"detail": "photograph"},
    {"decay_every": 1, "decay_form": "smooth"},
    {"content_layer_ratio": 3, "style_layer_ratio": 3},
    {"over_layers": "sum"},
    {"enlarge": "always", "style_shape": "stretched", "style_scale": 1, "aspect": "4:3"},  # beside style_shape alone
    {"pool_rounding": "up"},
    {"pooling": "max"},
    {"snapshots": 2},
    {"format": "webp", "quality": 5, "original_colours": "lab"},
]


@pytest.fixture(scope="module")
def finished(pictures, objectives):
    """Returns the result of a job that nothing interrupts, painted once."""
    return functools.cache(lambda given: stylize(given, objectives))


@pytest.fixture
def plain(pictures, finished):
    return finished(job(pictures, **PLAIN))


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_picture_in_tiles_is_the_picture(pictures, objectives, optimizer):
    given = {"optimizer": optimizer, "steps": 6, "coarsest": 16, "content_layers": "relu2_1", "average": 0.5}
    whole, tiled = (stylize(job(pictures, **given, tile=tile), objectives) for tile in ("none", 16))
    assert (whole.tile, tiled.tile) == (None, 16)
    np.testing.assert_allclose(tiled.picture, whole.picture, atol=2e-3)  # curvature pairs are kept in bfloat16
    np.testing.assert_allclose(tiled.losses, whole.losses, rtol=1e-3)


def test_a_picture_that_does_not_fit_in_one_piece_is_painted_in_tiles(pictures, objectives, monkeypatch):
    monkeypatch.setattr(memory, "TILES", (24, 16))
    found = stylize(job(pictures, **PLAIN), objectives, room=Room(memory_mb=0))
    assert found.tile == 16


def test_every_control_has_a_test():
    changes = [*CHANGES, *(change for _, *several in BESIDE for change in several)]
    changing = {name for change in changes for name in change} - {"mask", "masks"}
    elsewhere = set().union(*ELSEWHERE.values(), PUBLISHING, ONE_PASS)
    assert changing | elsewhere == set(PaintSettings.model_fields)
    assert not changing & elsewhere
    assert all(test in globals() for test in ELSEWHERE)
    for module, names in (("test_painter.py", PUBLISHING), ("test_one_pass.py", ONE_PASS)):
        tests = (REPOSITORY / "tests" / "painting" / module).read_text(encoding="utf-8")
        assert all(f"{name}=" in tests or f'"{name}": ' in tests for name in names)


def spell(change) -> str:
    return " ".join(f"{name}={value}" for name, value in change.items())


@pytest.mark.parametrize("change", CHANGES, ids=spell)
def test_a_control_changes_the_picture(pictures, objectives, plain, change):
    result = stylize(job(pictures, **{**PLAIN, **change}), objectives)
    assert result.picture.shape == plain.picture.shape
    assert np.abs(result.picture - plain.picture).max() > 1e-4
    assert result.outcome == "finished"


@pytest.mark.parametrize(
    ("beside", "change"), [(beside, change) for beside, *changes in BESIDE for change in changes], ids=spell
)
def test_a_control_changes_the_picture_where_it_has_an_effect(pictures, objectives, finished, beside, change):
    desired = finished(job(pictures, **{**PLAIN, **beside}))
    result = stylize(job(pictures, **{**PLAIN, **beside, **change}), objectives)
    assert np.abs(result.picture - desired.picture).max() > 1e-4


@pytest.mark.parametrize("change", NOTHING, ids=spell)
def test_a_control_without_effect_changes_nothing(pictures, objectives, plain, change):
    """Layers of one, no pooling before them, no noise, one painting, one scale."""
    beside = {name: value for name, value in change.items() if name == "style_shape"}
    given = {"content_layers": "relu1_2", "style_layers": "relu1_1"}
    desired = stylize(job(pictures, **{**PLAIN, **given, **beside}), objectives) if beside else plain
    np.testing.assert_array_equal(stylize(job(pictures, **{**PLAIN, **change}), objectives).picture, desired.picture)


@pytest.mark.parametrize("change", [{"seed": 4}, {"noise": "normal"}, {"init": "content + noise:0.3"}], ids=spell)
def test_noise_is_in_the_start_as_told(pictures, objectives, change):
    given = {**PLAIN, **MIXED, "steps": 0}
    first, other = (stylize(job(pictures, **{**given, **more}), objectives).picture for more in ({}, change))
    assert np.abs(first - other).max() > 0.01


PROOF = {"init": "grey", "steps": 0, "coarsest": 0, "match_colours": "none", "gram": "plain", "padding": "zero"}
PROOF |= {"content_loss": "mean_squared", "style_loss": "mean_squared", "size": 35}
POOLS = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}


def keras_features(network, pooling, rounding, layers, *seen):
    """Return pictures' activations by layer, as Keras' VGG19 computes them with this pooling."""

    def clone(layer):
        if isinstance(layer, keras.layers.MaxPooling2D):
            return POOLS[pooling](2, padding=rounding, name=layer.name)
        return type(layer).from_config(layer.get_config())

    model = keras.models.clone_model(keras.applications.VGG19(include_top=False, weights=None), clone_function=clone)
    for name, arrays in network.items():
        model.get_layer(name).set_weights(arrays)
    part = keras.Model(model.input, [model.get_layer(layer).output for layer in layers])
    return [part(keras.applications.vgg19.preprocess_input(255 * picture)) for picture in seen]


@pytest.mark.parametrize(("rounding", "padding"), [("down", "valid"), ("up", "same")])
@pytest.mark.parametrize("pooling", POOLS)
def test_a_painting_sees_through_the_pooling_that_is_asked_for(
    pictures, network, objectives, pooling, rounding, padding
):
    """The losses of a grey start, from Keras' own VGG19 with its own poolings."""
    layers = {"content_layers": "relu3_1", "style_layers": "relu2_1 + relu3_1"}
    result = stylize(job(pictures, **PROOF, **layers, pooling=pooling, pool_rounding=rounding), objectives)
    photograph, wave = images.read(pictures["photo"], (35, 26)), images.read(pictures["wave"], (32, 35))
    seen = np.full_like(photograph, 0.5), photograph, wave
    grey, content, style = keras_features(network, pooling, padding, ("block2_conv1", "block3_conv1"), *seen)
    assert result.losses.content == pytest.approx(np.mean((grey[1] - content[1]) ** 2), rel=1e-3)
    for layer, ours, theirs in zip(("relu2_1", "relu3_1"), grey, style, strict=True):
        grams = [np.einsum("bhwi,bhwj->ij", each, each) / (each.shape[1] * each.shape[2]) for each in (ours, theirs)]
        assert result.style_by_layer[layer] == pytest.approx(np.mean((grams[0] - grams[1]) ** 2), rel=1e-3)


def test_layer_ratios_weigh_the_layers_of_their_own_term(pictures, objectives):
    """Each content layer twice, each style layer five times the one before; both are means."""
    layers, ratios = TWO_LAYERS.split(" + "), {"content_layer_ratio": 2, "style_layer_ratio": 5}
    both = stylize(job(pictures, **PROOF, content_layers=TWO_LAYERS, style_layers=TWO_LAYERS, **ratios), objectives)
    alone = {"style_layers": "relu1_1", **ratios}
    content = [
        stylize(job(pictures, **PROOF, content_layers=each, **alone), objectives).losses.content for each in layers
    ]
    style = [both.style_by_layer[layer] for layer in layers]
    assert both.losses.content == pytest.approx((content[0] + 2 * content[1]) / 3, rel=1e-4)
    assert both.losses.style == pytest.approx((style[0] + 5 * style[1]) / 6, rel=1e-4)
    assert content[0] != pytest.approx(content[1], rel=0.1) and style[0] != pytest.approx(style[1], rel=0.1)


class Kept(CheckpointFiles):
    """Keeps the checkpoint of every step in memory."""

    def __init__(self):
        super().__init__()
        self.by_step = {}

    def is_due(self):
        return True

    def save(self, checkpoint, arrays):
        self.by_step[checkpoint.taken] = checkpoint.optimizer


def test_moments_start_anew_at_a_scale_or_are_carried_over_enlarged(pictures, objectives):
    """Before the second scale both runs are one, so that its first gradient is the same."""
    kept = {name: Kept() for name in ("fresh", "carried")}
    given = {**PLAIN, "steps": 6, "coarsest": 16, "beta_1": 0.7, "beta_2": 0.8}
    for name, progress in kept.items():
        stylize(job(pictures, **given, moments=name), objectives, progress=progress)
    fresh, carried = ([progress.by_step[taken] for taken in (3, 4)] for progress in kept.values())
    assert [state.updates for state in fresh] == [3, 1] and [state.updates for state in carried] == [3, 4]
    np.testing.assert_array_equal(fresh[0].pixels, carried[0].pixels)
    for moment, beta, method in (("mean", 0.7, "bicubic"), ("square", 0.8, "bilinear")):
        before, anew, on = (getattr(state, moment) for state in (carried[0], fresh[1], carried[1]))
        enlarged = tf.image.resize(before, anew.shape[1:3], method=method).numpy()
        assert np.abs(enlarged).max() > 0
        np.testing.assert_allclose(on - anew, beta * enlarged, atol=1e-4 * np.abs(on).max())


def test_clamping_at_the_end_lets_pixels_go_beyond_on_their_way(pictures, objectives):
    given = {**PLAIN, "learning_rate": 0.5, "steps": 6}
    first, second = (stylize(job(pictures, **given, clamp=clamp), objectives).picture for clamp in ("steps", "end"))
    assert np.abs(first - second).max() > 0.01
    assert second.min() >= 0 and second.max() <= 1


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ({"size": "own"}, (48, 36)),
        ({"size": 96}, (48, 36)),
        ({"size": 96, "enlarge": "always"}, (96, 72)),
        ({"aspect": "1:2"}, (16, 32)),
        ({"schedule": "16:1 + 32:1"}, (32, 24)),
    ],
    ids=str,
)
def test_the_picture_has_the_size_that_is_asked_for(pictures, objectives, change, size):
    height, width = stylize(job(pictures, **{**PLAIN, "steps": 2, **change}), objectives).picture.shape[1:3]
    assert (width, height) == size


# Precision


@pytest.fixture(scope="module")
def in_both(pictures, objectives):
    """Return a function that paints a preset in float32 and in bfloat16, from noise."""

    @functools.cache
    def paint(preset):
        given = {"preset": preset, "size": 48, "coarsest": 0, "steps": 40, "init": "noise"}
        jobs = {precision: job(pictures, **given, precision=precision) for precision in ("float32", "bfloat16")}
        return {precision: stylize(each, objectives) for precision, each in jobs.items()}, jobs["float32"]

    return paint


PRESETS = pytest.mark.parametrize("preset", ["stylegrid-untrained", "tf-tutorial"])  # of the network that tests have


@PRESETS
def test_a_picture_painted_in_bfloat16_is_about_as_good(in_both, preset):
    painted, _ = in_both(preset)
    totals = {precision: result.losses.total for precision, result in painted.items()}
    assert totals["bfloat16"] == pytest.approx(totals["float32"], rel=0.03)
    assert totals["bfloat16"] < 0.1 * painted["bfloat16"].history[0].losses.total
    assert np.abs(painted["bfloat16"].picture - painted["float32"].picture).max() > 1e-3


@PRESETS
def test_losses_of_a_picture_are_measured_in_float32_whatever_it_was_painted_in(objectives, in_both, preset):
    """The same picture as a start painted in float32 has the same losses, to the digits of float32."""
    painted, plain_job = in_both(preset)
    result, problem = painted["bfloat16"], Problem(plain_job, objectives)
    desired, by_layer = problem.measure(problem.to_pixels(result.picture))
    assert result.losses == pytest.approx(desired, rel=1e-6)
    assert result.style_by_layer == pytest.approx(by_layer, rel=1e-6)
    in_bfloat16 = Problem(plain_job.model_copy(update={"settings": bfloat16(plain_job.settings)}), objectives)
    value_and_gradient = in_bfloat16.descent(problem.longest_side, 1, Callbacks(), tf.bfloat16).value_and_gradient
    terms, _ = value_and_gradient(problem.to_pixels(result.picture))
    assert float(terms[3]) != pytest.approx(desired.total, rel=1e-6)
    assert result.history[-1].losses == result.losses


def bfloat16(settings):
    return settings.model_copy(update={"precision": "bfloat16"})


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_auto_paints_in_the_precision_of_the_machine(pictures, objectives, finished, monkeypatch, precision):
    monkeypatch.setattr("stylegrid.painting.problem.precision_of", {"auto": precision}.get)
    found = stylize(job(pictures, **PLAIN, precision="auto"), objectives).picture
    monkeypatch.undo()
    np.testing.assert_array_equal(found, finished(job(pictures, **PLAIN, precision=precision)).picture)


ROUNDED = {**SHALLOW, "padding": "replicate", "match_colours": "none", "coarsest": 16, "steps": 500, "tv_weight": 0}


@pytest.fixture
def bfloat16_here(monkeypatch):
    """Pretend that this machine computes with bfloat16."""
    found = {"auto": "bfloat16"}
    monkeypatch.setattr("stylegrid.painting.problem.precision_of", lambda setting: found.get(setting, setting))


def test_float32_goes_on_where_rounding_stops_lbfgs(pictures, objectives, bfloat16_here):
    """By itself bfloat16 ends early; auto goes on from where it stood, in one piece, and comes further down."""
    auto, rounded = (
        stylize(job(pictures, **ROUNDED, precision=precision), objectives) for precision in ("auto", "bfloat16")
    )
    assert (rounded.outcome, rounded.precision) == ("converged", "bfloat16")
    assert "in bfloat16; precision auto or float32 goes on" in rounded.message
    assert auto.losses.total < rounded.losses.total
    first, _, step = auto.precision.partition(", float32 from step ")
    assert first == "bfloat16" and 0 < int(step) < auto.steps
    before, after = ([each for each in auto.history if (each.step >= int(step)) == late] for late in (False, True))
    assert tuple(before) == rounded.history[: len(before)]
    assert after[0].losses.total == pytest.approx(before[-1].losses.total, rel=0.05)


def test_a_precision_that_is_named_stays(pictures, objectives):
    assert stylize(job(pictures, **ROUNDED, precision="float32"), objectives).precision == "float32"


# Greys

GREY = {"styles": (("etching", 1.0),), "greys": "kept"}


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "lbfgs"},
        {"optimizer": "adam", "init": "noise"},
        {"optimizer": "adam", "pixels": "network", "learning_rate": 0.05, "clamp": "end", "preprocessing": "imagenet"},
        {"optimizer": "sgd", "learning_rate": 0.01, "match_colours": "none"},
        {"optimizer": "adam", "init": "start", "average": 0.5},
    ],
    ids=["lbfgs", "noise", "network", "sgd", "start"],
)
def test_a_grey_painting_gives_greys_alone(pictures, objectives, changes):
    changes = {**changes, **({"init": "night.png", "start": "night"} if changes.get("init") == "start" else {})}
    result = stylize(job(pictures, **{**FAST, **SHALLOW, **GREY, **changes}), objectives)
    assert result.grey
    np.testing.assert_array_equal(result.picture.max(axis=-1), result.picture.min(axis=-1))
    assert result.losses.total < result.history[0].losses.total


def test_free_a_grey_painting_may_give_colours(pictures, objectives):
    result = stylize(job(pictures, **{**FAST, **SHALLOW, **GREY, "greys": "free", "optimizer": "lbfgs"}), objectives)
    assert not result.grey and np.ptp(result.picture, axis=-1).max() > 2 / 255


@pytest.mark.parametrize("pixels", ["unit", "network"])
def test_losses_of_greys_are_those_of_the_same_picture_in_colours(pictures, objectives, pixels):
    """Nothing but the number of channels that are optimised differs."""
    given = {**SHALLOW, **GREY, "content": "etching", "match_colours": "none", "steps": 0, "pixels": pixels}
    kept, free = (stylize(job(pictures, **{**given, "greys": greys}), objectives) for greys in ("kept", "free"))
    assert kept.losses == pytest.approx(free.losses, rel=1e-4, abs=1e-6)
    np.testing.assert_allclose(kept.picture, free.picture, atol=1e-6)


@pytest.mark.parametrize("pixels", ["unit", "network"])
def test_a_grey_picture_in_tiles_has_the_losses_of_the_whole(pictures, objectives, pixels):
    """Colours that tiles forgot to make grey would show in the content: the photograph is in colours."""
    given = {**SHALLOW, **GREY, "match_colours": "none", "content_layers": "relu2_1", "init": "noise", "steps": 0}
    given |= {"pixels": pixels, "tv_weight": 0.1}
    whole, tiled = (stylize(job(pictures, **given, tile=tile), objectives) for tile in ("none", 16))
    assert whole.grey and tiled.grey and (whole.tile, tiled.tile) == (None, 16)
    assert min(whole.losses) > 0
    assert tiled.losses == pytest.approx(whole.losses, rel=1e-4)
    np.testing.assert_array_equal(tiled.picture, whole.picture)


# Interruptions


class Killed(Exception):
    """Raised in place of the end of the process."""


def killed_after(count: int):
    """Return who is told of steps and ends the run at the one after so many."""
    heard = []

    def report(step):
        heard.append(step)
        if len(heard) > count:
            raise Killed

    return report


def resumed(given: Job, objectives, stem, *counts: int):
    """Return the result of a job that ended after so many steps, went on, ended again, ..."""
    for count in counts:
        with pytest.raises(Killed):
            stylize(given, objectives, killed_after(count), CheckpointFiles(stem, 0))
    return stylize(given, objectives, progress=CheckpointFiles(stem, 0))


ONE = {**ADAM, "steps": 7}
SEVERAL = {**ADAM, "steps": 9, "coarsest": 16}
LBFGS = {**SHALLOW, "coarsest": 0}


@pytest.mark.parametrize("counts", [(1,), (5,), (2, 2, 2)], ids=str)
@pytest.mark.parametrize(
    "changes",
    [
        ONE,
        {**SEVERAL, "moments": "carried"},
        {**SEVERAL, "average": 0.9, "decay": 0.9, "decay_every": 2},
        {**SEVERAL, "optimizer": "sgd", "learning_rate": 0.01},
        {**ONE, "pixels": "network", "learning_rate": 2, "clamp": "end", "init": "noise"},
        {**SEVERAL, "steps": 20, "tolerance": 0.5, "patience": 3},
        {**LBFGS, "steps": 24},
        {**LBFGS, "steps": 24, "coarsest": 16, "corrections": 3},
        {**LBFGS, "steps": 24, "average": 0.9, "clamp": "end"},
        {**LBFGS, "steps": 30, "tolerance": 0.5, "patience": 3},
        {**LBFGS, **GREY, "steps": 24, "coarsest": 16},
    ],
    ids=[
        *("adam", "carried", "average", "sgd", "network", "tolerance"),
        *("lbfgs", "few corrections", "averaged lbfgs", "lbfgs with a tolerance", "greys"),
    ],
)
def test_a_run_that_was_killed_ends_with_the_same_picture(pictures, objectives, finished, tmp_path, changes, counts):
    given = job(pictures, **changes)
    desired = finished(given)
    actual = resumed(given, objectives, tmp_path / "stem", *counts)
    np.testing.assert_array_equal(actual.picture, desired.picture)
    assert actual.history == desired.history
    assert actual[3:6] == desired[3:6] and actual.steps == desired.steps


@pytest.mark.parametrize("counts", [(14,), (14, 5)], ids=str)
def test_lbfgs_goes_on_with_all_that_it_had_learned(pictures, objectives, finished, tmp_path, counts):
    given = job(pictures, **LBFGS, steps=30, corrections=4)  # so that places of old corrections were used again
    desired, actual = finished(given), resumed(given, objectives, tmp_path / "stem", *counts)
    np.testing.assert_array_equal(actual.picture, desired.picture)
    assert actual.history == desired.history


@pytest.mark.parametrize("after", [-3, 1], ids=["before", "after"])
def test_a_run_that_was_killed_about_where_float32_took_over_ends_the_same(
    pictures, objectives, bfloat16_here, tmp_path, after
):
    given = job(pictures, **{**ROUNDED, "steps": 260}, precision="auto")
    desired = stylize(given, objectives)
    step = int(desired.precision.rpartition(" ")[2])
    count = sum(each.step < step for each in desired.history) + after
    actual = resumed(given, objectives, tmp_path / "stem", count)
    np.testing.assert_array_equal(actual.picture, desired.picture)
    assert (actual.history, actual.precision) == (desired.history, desired.precision)


def test_seconds_of_earlier_runs_count(pictures, objectives, tmp_path):
    given = job(pictures, **ONE)
    with pytest.raises(Killed):
        stylize(given, objectives, killed_after(3), CheckpointFiles(tmp_path / "stem", 0))
    progress = CheckpointFiles(tmp_path / "stem")
    earlier = progress.load()
    progress.load = lambda: earlier._replace(seconds=1000.0)
    assert 1000 < stylize(given, objectives, progress=progress).seconds < 1060


def test_a_damaged_checkpoint_means_starting_over(pictures, objectives, tmp_path):
    given, stem = job(pictures, **ONE), tmp_path / "stem"
    with pytest.raises(Killed):
        stylize(given, objectives, killed_after(3), CheckpointFiles(stem, 0))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    heard: list = []
    actual = stylize(given, objectives, heard.append, CheckpointFiles(stem, 0))
    assert [step.step for step in heard] == list(range(8))
    np.testing.assert_array_equal(actual.picture, stylize(given, objectives).picture)


def steps_kept(folder):
    return {int(path.stem): path.read_bytes() for path in sorted((folder / "stem.steps").iterdir())}


@pytest.mark.parametrize("counts", [(), (4,), (5,), (6,)], ids=str)
def test_snapshots_are_of_every_so_many_steps(pictures, objectives, tmp_path, counts):
    painted = resumed(job(pictures, **SEVERAL, snapshots=3), objectives, tmp_path / "stem", *counts)
    kept = steps_kept(tmp_path)
    assert list(kept) == [3, 6, 9]
    assert kept[9] == encode.encode(painted.picture, "png", 100)


def test_snapshots_are_the_pictures_after_so_many_steps(pictures, objectives, tmp_path):
    resumed(job(pictures, **ONE, snapshots=2, average=0.5), objectives, tmp_path / "stem")
    for steps, data in steps_kept(tmp_path).items():
        shorter = stylize(job(pictures, **{**ONE, "steps": steps}, average=0.5), objectives).picture
        assert data == encode.encode(shorter, "png", 100)


def test_snapshots_of_lbfgs_are_no_more_than_one_for_so_many_steps(pictures, objectives, tmp_path):
    resumed(job(pictures, **SHALLOW, coarsest=0, steps=20, snapshots=5), objectives, tmp_path / "stem")
    kept = list(steps_kept(tmp_path))
    assert [number // 5 for number in kept] == sorted({number // 5 for number in kept}) and kept[0] >= 5


def test_without_snapshots_none_are_kept(pictures, objectives, tmp_path):
    stylize(job(pictures, **ONE), objectives, progress=CheckpointFiles(tmp_path / "stem", 1000))
    assert not list(tmp_path.iterdir())
