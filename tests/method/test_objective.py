"""The objective: how terms, layers, paintings, masks and transparency combine."""

from typing import NamedTuple

import keras
import numpy as np
import oracle
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid.method.evaluation import Descent, DescentState
from stylegrid.method.lbfgs import Bounds
from stylegrid.method.objective import Losses, Objective, Targets, layer_weights
from stylegrid.method.optimise import descend
from stylegrid.method.optimizer_state import initial_state
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.vgg.preprocessing import space_of
from stylegrid.weighted_list import WeightedList


def picture(width: int, height: int, seed: int) -> np.ndarray:
    return draw(width, height, seed)[np.newaxis].astype(np.float32) / 255


CONTENT, STYLE, STYLE_2 = picture(53, 37, 0), picture(44, 51, 6), picture(40, 40, 9)
OTHER = np.random.default_rng(1).random(CONTENT.shape, dtype=np.float32)
LEFT = np.zeros((1, 37, 53, 1), np.float32)  # white on its left 20 columns
LEFT[:, :, :20] = 1
SHALLOW = {"content_layers": "relu1_1", "style_layers": "relu1_1"}  # whose receptive field is 3 pixels wide


class Aimed(NamedTuple):
    """An objective with what it is aimed at."""

    objective: Objective
    targets: Targets
    weights: tf.Tensor

    def evaluate(self, pixels):
        """Return the terms and the gradient; compiled."""
        function = self.objective.compiled("value_and_gradient", self.targets)
        return function(pixels, self.targets, self.weights)

    def losses(self, pixels):
        return self.objective.losses(tf.constant(pixels), self.targets, self.weights)


@pytest.fixture(scope="session")
def objective(objectives):
    """Return a function that aims the objective of a preset, with changes, at paintings."""

    def aim(*paintings, alpha=None, content_mask=None, photograph=CONTENT, preset="tf-tutorial", **changes) -> Aimed:
        settings = presets.resolve({"preset": preset}, changes)
        inputs = ScaleInputs(photograph, alpha, content_mask, paintings or (painting(),))
        weights = [[settings.content_weight, settings.style_weight, settings.tv_weight]]
        loss_config = loss_config_of(settings)
        targets = objectives.targets(loss_config).make(inputs)
        return Aimed(objectives.objective(loss_config, tf.float32), targets, tf.constant(weights, tf.float32))

    return aim


def painting(picture=STYLE, share=1.0, mask=None, alpha=None) -> Painting:
    return Painting(picture, alpha, share, mask)


def measure(aim: Aimed, pixels=OTHER) -> Losses:
    losses, _ = aim.losses(pixels)
    return Losses(*(float(term[0]) for term in losses))


def gradient(aim: Aimed, pixels=OTHER) -> np.ndarray:
    return aim.evaluate(tf.constant(pixels))[1].numpy()


@pytest.mark.parametrize("start", [CONTENT, OTHER], ids=["content", "noise"])
def test_tutorial_losses_match_an_independent_computation(objective, network, start):
    (*actual, _), _ = objective().evaluate(tf.constant(start))
    desired = oracle.losses(start[0], CONTENT[0], STYLE[0], network)
    np.testing.assert_allclose(actual, desired, rtol=1e-4, atol=1e-12)


def test_ten_tutorial_steps_match_an_independent_optimiser(objective, network):
    """Keras' Adam on Keras' VGG19, as the tutorial is written, against our preset."""
    ours = objective()
    settings = presets.resolve({"preset": "tf-tutorial", "steps": 10})
    descent = Descent(ours.evaluate, settings, Bounds(*space_of("caffe", "unit").bounds()), 53, 10)
    pixels = descend(descent, DescentState(initial_state(CONTENT, 0))).optimizer.pixels
    desired, total = tutorial_steps(network, 10)
    assert np.abs(pixels - desired).mean() <= 2 / 255
    assert measure(ours, pixels).total == pytest.approx(total, rel=0.02)


def tutorial_steps(network, count: int) -> tuple[np.ndarray, float]:
    """Return the picture after the tutorial's training steps and its total loss, with Keras and tf.image only."""
    model = keras.applications.VGG19(include_top=False, weights=None)
    for name, arrays in network.items():
        model.get_layer(name).set_weights(arrays)
    names = [*oracle.STYLE, oracle.CONTENT]
    vgg = keras.Model(model.input, [model.get_layer(name).output for name in names])

    def extract(image):
        *styles, content = vgg(keras.applications.vgg19.preprocess_input(image * 255.0))
        areas = [tf.cast(tf.shape(s)[1] * tf.shape(s)[2], tf.float32) for s in styles]
        grams = [tf.einsum("bijc,bijd->bcd", s, s) / area for s, area in zip(styles, areas, strict=True)]
        return grams, content

    style_targets, _ = extract(tf.constant(STYLE))
    _, content_target = extract(tf.constant(CONTENT))

    def total_loss(image):
        grams, content = extract(image)
        style = tf.add_n([tf.reduce_mean((g - t) ** 2) for g, t in zip(grams, style_targets, strict=True)])
        loss = 1e-2 * style / 5 + 1e4 * tf.reduce_mean((content - content_target) ** 2)
        return loss + 30 * tf.reduce_sum(tf.image.total_variation(image))

    image = tf.Variable(CONTENT)
    optimizer = keras.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)
    for _ in range(count):
        with tf.GradientTape() as tape:
            loss = total_loss(image)
        optimizer.apply_gradients([(tape.gradient(loss, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
    return image.numpy(), float(total_loss(image))


@pytest.mark.parametrize("preset", presets.preset_names())
def test_total_is_the_weighted_sum_of_the_terms(objective, preset):
    settings = presets.resolve({"preset": preset}, SHALLOW)
    content, style, tv, total = measure(objective(preset=preset, **SHALLOW))
    weighted = settings.content_weight * content + settings.style_weight * style + settings.tv_weight * tv
    assert total == pytest.approx(weighted, rel=1e-5)
    assert min(content, style, tv) > 0


def test_weights_do_not_change_the_terms(objective):
    light, heavy = (measure(objective(style_weight=weight, **SHALLOW)) for weight in (1, 1000))
    assert light[:3] == heavy[:3]
    assert light.total != heavy.total


@pytest.mark.parametrize("term", ["content", "style", "tv"])
def test_a_factor_multiplies_its_term_and_no_other(objective, term):
    plain = measure(objective(**SHALLOW))._asdict()
    changed = measure(objective(**{f"{term}_factor": 4}, **SHALLOW))._asdict()
    for name in ("content", "style", "tv"):
        assert changed[name] == pytest.approx((4 if name == term else 1) * plain[name])


def test_compiled_terms_are_those_of_the_losses_and_the_gradients_sum(objective):
    aim = objective(painting(mask=LEFT), painting(STYLE_2, mask=1 - LEFT), content_mask=LEFT, **SHALLOW)
    terms, slope = aim.evaluate(tf.constant(OTHER))
    np.testing.assert_allclose(terms[:4], measure(aim), rtol=1e-5)
    assert float(terms[4]) == pytest.approx(np.sum(slope, dtype=np.float64), abs=1e-5 * float(np.abs(slope).sum()))


def test_gradient_descends(objective):
    aim = objective(**SHALLOW)
    terms, slope = aim.evaluate(tf.constant(OTHER))
    nearer = OTHER - 1e-4 * slope / tf.reduce_max(tf.abs(slope))
    assert measure(aim, nearer).total < float(terms[3])


@pytest.mark.parametrize("pixels", ["unit", "network"])
@pytest.mark.parametrize("preset", ["stylegrid", "keras-io", "crowson"])
def test_the_gradient_of_all_terms_agrees_with_finite_differences(objective, preset, pixels):
    """Along one direction, since float32 leaves no more digits; single terms are tested in float64."""
    layers = {**SHALLOW, "content_layers": "conv1_1", "pixels": pixels}
    aim = objective(preset=preset, clamp="end", **layers)
    space = space_of(presets.resolve({"preset": preset}).preprocessing, pixels)
    pixels, ahead = (space.to_canvas(tf.constant(each)).numpy() for each in (OTHER, OTHER + 0.005 * (CONTENT - OTHER)))
    behind = 2 * pixels - ahead
    found = np.sum(gradient(aim, pixels).astype(np.float64) * (ahead - behind))
    assert found == pytest.approx(measure(aim, ahead).total - measure(aim, behind).total, rel=0.02)


# Layers


@pytest.mark.parametrize(
    ("ratio", "over", "desired"),
    [
        (1, "mean", (0.75, 0.25)),
        (1, "sum", (3, 1)),
        (2, "mean", (0.6, 0.4)),
        (2, "sum", (3, 2)),
    ],
)
def test_layers_weigh_as_given_times_the_ratio_to_their_place(ratio, over, desired):
    found = layer_weights(WeightedList("relu1_1:3 + relu2_1"), ratio, over)
    assert [name for name, _ in found] == ["relu1_1", "relu2_1"]
    assert [weight for _, weight in found] == pytest.approx(desired)


def test_a_ratio_makes_a_geometric_row():
    layers = WeightedList("relu1_1 + relu2_1 + relu3_1 + relu4_1")
    assert [weight for _, weight in layer_weights(layers, 0.5, "sum")] == [1, 0.5, 0.25, 0.125]


@pytest.mark.parametrize(("over", "number"), [("mean", 4), ("sum", 1)])
def test_the_style_loss_is_the_weighted_mean_or_sum_of_its_layers(objective, over, number):
    aim = objective(content_layers="relu1_1", style_layers="relu1_1:3 + relu2_1", over_layers=over)
    losses, by_layer = aim.losses(OTHER)
    np.testing.assert_allclose(losses.style, (3 * by_layer["relu1_1"] + by_layer["relu2_1"]) / number, rtol=1e-5)


def test_the_content_loss_is_the_mean_of_its_layers(objective):
    both, first, second = (
        measure(objective(content_layers=layers, style_layers="relu1_1")).content
        for layers in ("relu1_1 + relu1_2", "relu1_1", "relu1_2")
    )
    assert both == pytest.approx((first + second) / 2, rel=1e-5)


# Several paintings


def test_blended_losses_are_the_weighted_mean_of_losses(objective):
    both = objective(painting(share=0.75), painting(STYLE_2, 0.25), blend="losses", **SHALLOW)
    first, second = (measure(objective(painting(each), **SHALLOW)).style for each in (STYLE, STYLE_2))
    assert measure(both).style == pytest.approx(0.75 * first + 0.25 * second, rel=1e-5)


def test_blended_statistics_differ_from_blended_losses_by_what_the_paintings_differ(objective):
    """a |g - p|^2 + b |g - q|^2 = |g - (a p + b q)|^2 + a b |p - q|^2, for a + b = 1."""
    paintings = painting(share=0.75), painting(STYLE_2, 0.25)
    statistics, losses = (
        measure(objective(*paintings, blend=blend, **SHALLOW)).style for blend in ("statistics", "losses")
    )
    targets = [objective(painting(each), **SHALLOW).targets.style["relu1_1"] for each in (STYLE, STYLE_2)]
    first, second = (target.statistics.gram.values for (target,) in targets)
    apart = np.mean((first - second) ** 2)
    assert losses - statistics == pytest.approx(0.75 * 0.25 * apart, rel=1e-3)


@pytest.mark.parametrize("style_loss", ["mean_squared", "wasserstein"])
@pytest.mark.parametrize("blend", ["statistics", "losses"])
def test_a_painting_blended_with_itself_is_that_painting(objective, blend, style_loss):
    changes = {**SHALLOW, "style_loss": style_loss}
    both = objective(painting(share=0.5), painting(share=0.5), blend=blend, **changes)
    assert measure(both).style == pytest.approx(measure(objective(**changes)).style, rel=1e-4)


# Masks and transparency


def seen_beyond(columns: int) -> np.ndarray:
    """Return OTHER with different pixels from this column on."""
    return np.concatenate([OTHER[:, :, :columns], 1 - OTHER[:, :, columns:]], axis=2)


TERMS = {
    "content": {"style_weight": 0, "tv_weight": 0},
    "style": {"content_weight": 0, "tv_weight": 0},
    "tv": {"content_weight": 0, "style_weight": 0},
}


@pytest.mark.parametrize("style_loss", ["mean_squared", "relative", "wasserstein"])
def test_a_masked_style_does_not_see_the_picture_beyond_its_region(objective, style_loss):
    aim = objective(painting(mask=LEFT), style_loss=style_loss, **TERMS["style"], **SHALLOW)
    assert measure(aim, seen_beyond(21)).style == pytest.approx(measure(aim).style, rel=1e-6)
    assert measure(aim, seen_beyond(20)).style != pytest.approx(measure(aim).style, rel=1e-6)
    slope = gradient(aim)
    assert not slope[:, :, 21:].any()
    assert slope[:, :, :21].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("content_loss", ["mean_squared", "relative", "standardised"])
def test_content_counts_only_under_its_mask(objective, content_loss):
    aim = objective(content_mask=LEFT, content_loss=content_loss, **TERMS["content"], **SHALLOW)
    assert measure(aim, seen_beyond(21)).content == pytest.approx(measure(aim).content, rel=1e-6)
    slope = gradient(aim)
    assert not slope[:, :, 21:].any()
    assert slope[:, :, :21].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("tv_loss", ["sum_absolute", "mean_squared", "sum_power", "nine_point"])
@pytest.mark.parametrize("term", TERMS)
def test_transparent_pixels_have_no_gradient(objective, term, tv_loss):
    reach = 20 if term == "tv" else 21
    slope = gradient(objective(alpha=LEFT, tv_loss=tv_loss, **TERMS[term], **SHALLOW))
    assert not slope[:, :, reach:].any()
    assert slope[:, :, :reach].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("what", ["alpha", "content_mask"])
def test_weights_of_one_change_nothing(objective, what):
    plain, white = (measure(objective(**{what: each}, **SHALLOW)) for each in (None, np.ones_like(LEFT)))
    np.testing.assert_allclose(plain, white, rtol=1e-5)


def test_a_white_mask_changes_nothing(objective):
    plain, white = (measure(objective(painting(mask=m), **SHALLOW)) for m in (None, np.ones_like(LEFT)))
    np.testing.assert_allclose(plain, white, rtol=1e-5)


def test_paintings_with_masks_are_compared_each_in_its_own_region(objective):
    both = objective(painting(mask=LEFT, share=0.5), painting(STYLE_2, 0.5, 1 - LEFT), **SHALLOW)
    first = measure(objective(painting(mask=LEFT), **SHALLOW)).style
    second = measure(objective(painting(STYLE_2, mask=1 - LEFT), **SHALLOW)).style
    assert measure(both).style == pytest.approx((first + second) / 2, rel=1e-5)


def test_what_is_transparent_in_a_painting_does_not_count(objective):
    """Beyond the column that the first convolution still sees."""
    alpha = np.zeros_like(STYLE[..., :1])
    alpha[:, :, :20] = 1
    hidden = STYLE.copy()
    hidden[:, :, 21:] = 0
    first, second = (measure(objective(painting(each, alpha=alpha), **SHALLOW)) for each in (STYLE, hidden))
    assert first.style == pytest.approx(second.style)
    assert first.style != pytest.approx(measure(objective(**SHALLOW)).style)


@pytest.mark.parametrize("preset", ["stylegrid", "tf-tutorial", "crowson", "keras-io"])
def test_black_masks_leave_the_losses_finite(objective, preset):
    aim = objective(painting(mask=0 * LEFT), content_mask=0 * LEFT, preset=preset, **SHALLOW)
    terms, slope = aim.evaluate(tf.constant(OTHER))
    assert float(terms[0]) == 0
    assert np.isfinite(terms).all() and np.isfinite(slope).all()


# Compiled once


def test_sizes_and_weights_of_pictures_are_compiled_but_once(objective, monkeypatch):
    """A formula that no other test has, so that nothing is compiled for it yet."""
    given = {**SHALLOW, "tv_factor": 1.5}
    aim = objective(**given)
    traced, losses = [], aim.objective.losses
    monkeypatch.setattr(aim.objective, "losses", lambda *given: traced.append(1) or losses(*given))
    gradient(aim)
    gradient(objective(painting(STYLE_2), content_weight=7, style_weight=0, **given))
    smaller = objective(photograph=CONTENT[:, :20, :31], **given)
    gradient(smaller, OTHER[:, :20, :31])
    assert smaller.objective is aim.objective
    assert len(traced) == 1
    gradient(objective(painting(mask=LEFT), **given))
    assert len(traced) == 2


# Precision


@pytest.mark.parametrize("preset", ["stylegrid", "tf-tutorial"])
def test_terms_in_bfloat16_are_about_those_in_float32(objectives, objective, preset):
    aim = objective(preset=preset)
    rounded = aim._replace(
        objective=objectives.objective(loss_config_of(presets.resolve({"preset": preset})), tf.bfloat16),
        targets=aim.targets.for_precision(tf.bfloat16),
    )
    (desired, slope), (found, about) = (each.evaluate(tf.constant(OTHER)) for each in (aim, rounded))
    assert found.dtype == about.dtype == tf.float32
    np.testing.assert_allclose(found[:4], desired[:4], rtol=0.03)
    assert 0 < np.linalg.norm(about - slope) < 0.3 * np.linalg.norm(slope)
