"""The objective: how terms, layers, paintings, masks and transparency combine."""

import keras
import numpy as np
import oracle
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid import presets
from stylegrid.features import extractor
from stylegrid.objective import Objective, layer_weights, make_targets
from stylegrid.optimise import Evaluator, Watch, descend, fresh
from stylegrid.pixels import space_of
from stylegrid.scales import layers_used
from stylegrid.scene import Painting, Scene


def picture(width: int, height: int, seed: int) -> np.ndarray:
    return draw(width, height, seed)[np.newaxis].astype(np.float32) / 255


CONTENT, STYLE, STYLE_2 = picture(53, 37, 0), picture(44, 51, 6), picture(40, 40, 9)
OTHER = np.random.default_rng(1).random(CONTENT.shape, dtype=np.float32)
LEFT = np.zeros((1, 37, 53, 1), np.float32)  # white on its left 20 columns
LEFT[:, :, :20] = 1
SHALLOW = {"content_layers": "relu1_1", "style_layers": "relu1_1"}  # whose receptive field is 3 pixels wide


def painting(picture=STYLE, share=1.0, mask=None, alpha=None) -> Painting:
    return Painting(picture, alpha, share, mask)


def objective(network, *paintings, alpha=None, content_mask=None, preset="tf-tutorial", **changes) -> Objective:
    settings = presets.resolve({"preset": preset}, changes)
    space = space_of(settings.preprocessing, settings.pixels)
    extract = extractor(network, layers_used(settings), settings.pooling, settings.padding, settings.pool_rounding)
    scene = Scene(CONTENT, alpha, content_mask, paintings or (painting(),))
    return Objective(settings, extract, space, make_targets(settings, extract, space, scene))


def measure(aim: Objective, canvas=OTHER):
    losses, _ = aim.losses(tf.constant(canvas))
    return losses._replace(**{name: float(term) for name, term in losses._asdict().items()})


def gradient(aim: Objective, canvas=OTHER) -> np.ndarray:
    return aim.value_and_gradient(tf.constant(canvas))[1].numpy()


@pytest.mark.parametrize("start", [CONTENT, OTHER], ids=["content", "noise"])
def test_tutorial_losses_match_an_independent_computation(network, start):
    actual, _ = objective(network).value_and_gradient(tf.constant(start))
    desired = oracle.losses(start[0], CONTENT[0], STYLE[0], network)
    np.testing.assert_allclose(actual, desired, rtol=1e-4, atol=1e-12)


def test_ten_tutorial_steps_match_an_independent_optimiser(network):
    """Keras' Adam on Keras' VGG19, as the tutorial is written, against our preset."""
    ours = objective(network)
    settings = presets.resolve({"preset": "tf-tutorial", "steps": 10})
    evaluate = Evaluator(ours, settings, 53, 10, 0, Watch(), [])
    pixels = descend(fresh(CONTENT, 0), evaluate, settings, space_of("caffe", "unit").bounds()).canvas.pixels
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
def test_total_is_the_weighted_sum_of_the_terms(network, preset):
    settings = presets.resolve({"preset": preset}, SHALLOW)
    content, style, tv, total = measure(objective(network, preset=preset, **SHALLOW))
    weighted = settings.content_weight * content + settings.style_weight * style + settings.tv_weight * tv
    assert total == pytest.approx(weighted, rel=1e-5)
    assert min(content, style, tv) > 0


def test_weights_do_not_change_the_terms(network):
    light, heavy = (measure(objective(network, style_weight=weight, **SHALLOW)) for weight in (1, 1000))
    assert light[:3] == heavy[:3]


@pytest.mark.parametrize("term", ["content", "style", "tv"])
def test_a_factor_multiplies_its_term_and_no_other(network, term):
    plain = measure(objective(network, **SHALLOW))._asdict()
    changed = measure(objective(network, **{f"{term}_factor": 4}, **SHALLOW))._asdict()
    for name in ("content", "style", "tv"):
        assert changed[name] == pytest.approx((4 if name == term else 1) * plain[name])


def test_gradient_descends(network):
    aim = objective(network, **SHALLOW)
    losses, slope = aim.value_and_gradient(tf.constant(OTHER))
    nearer = OTHER - 1e-4 * slope / tf.reduce_max(tf.abs(slope))
    assert measure(aim, nearer).total < float(losses.total)


@pytest.mark.parametrize("pixels", ["unit", "network"])
@pytest.mark.parametrize("preset", ["stylegrid", "keras-io", "crowson"])
def test_the_gradient_of_all_terms_agrees_with_finite_differences(network, preset, pixels):
    """Along one direction, since float32 leaves no more digits; single terms are tested in float64."""
    layers = {**SHALLOW, "content_layers": "conv1_1", "pixels": pixels}
    aim = objective(network, preset=preset, clamp="end", **layers)
    space = space_of(aim._settings.preprocessing, pixels)
    canvas, ahead = (space.to_canvas(tf.constant(each)).numpy() for each in (OTHER, OTHER + 0.005 * (CONTENT - OTHER)))
    behind = 2 * canvas - ahead
    found = np.sum(gradient(aim, canvas).astype(np.float64) * (ahead - behind))
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
    found = layer_weights("relu1_1:3 + relu2_1", ratio, over)
    assert [name for name, _ in found] == ["relu1_1", "relu2_1"]
    assert [weight for _, weight in found] == pytest.approx(desired)


def test_a_ratio_makes_a_geometric_row():
    weights_ = [weight for _, weight in layer_weights("relu1_1 + relu2_1 + relu3_1 + relu4_1", 0.5, "sum")]
    assert weights_ == [1, 0.5, 0.25, 0.125]


@pytest.mark.parametrize(("over", "number"), [("mean", 4), ("sum", 1)])
def test_the_style_loss_is_the_weighted_mean_or_sum_of_its_layers(network, over, number):
    aim = objective(network, content_layers="relu1_1", style_layers="relu1_1:3 + relu2_1", over_layers=over)
    losses, by_layer = aim.losses(tf.constant(OTHER))
    assert float(losses.style) == pytest.approx(float(3 * by_layer["relu1_1"] + by_layer["relu2_1"]) / number, rel=1e-5)


def test_the_content_loss_is_the_mean_of_its_layers(network):
    both, first, second = (
        measure(objective(network, content_layers=layers, style_layers="relu1_1")).content
        for layers in ("relu1_1 + relu1_2", "relu1_1", "relu1_2")
    )
    assert both == pytest.approx((first + second) / 2, rel=1e-5)


# Several paintings


def test_blended_losses_are_the_weighted_mean_of_losses(network):
    both = objective(network, painting(share=0.75), painting(STYLE_2, 0.25), blend="losses", **SHALLOW)
    first, second = (measure(objective(network, painting(each), **SHALLOW)).style for each in (STYLE, STYLE_2))
    assert measure(both).style == pytest.approx(0.75 * first + 0.25 * second, rel=1e-5)


def test_blended_statistics_differ_from_blended_losses_by_what_the_paintings_differ(network):
    """a |g - p|^2 + b |g - q|^2 = |g - (a p + b q)|^2 + a b |p - q|^2, for a + b = 1."""
    paintings = painting(share=0.75), painting(STYLE_2, 0.25)
    statistics, losses = (
        measure(objective(network, *paintings, blend=blend, **SHALLOW)).style for blend in ("statistics", "losses")
    )
    grams = [objective(network, painting(each), **SHALLOW)._targets.style["relu1_1"] for each in (STYLE, STYLE_2)]
    apart = np.mean((grams[0][0].statistics.gram - grams[1][0].statistics.gram) ** 2)
    assert losses - statistics == pytest.approx(0.75 * 0.25 * apart, rel=1e-3)


@pytest.mark.parametrize("style_loss", ["mean_squared", "wasserstein"])
@pytest.mark.parametrize("blend", ["statistics", "losses"])
def test_a_painting_blended_with_itself_is_that_painting(network, blend, style_loss):
    changes = {**SHALLOW, "style_loss": style_loss}
    both = objective(network, painting(share=0.5), painting(share=0.5), blend=blend, **changes)
    assert measure(both).style == pytest.approx(measure(objective(network, **changes)).style, rel=1e-4)


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
def test_a_masked_style_does_not_see_the_picture_beyond_its_region(network, style_loss):
    aim = objective(network, painting(mask=LEFT), style_loss=style_loss, **TERMS["style"], **SHALLOW)
    assert measure(aim, seen_beyond(21)).style == pytest.approx(measure(aim).style, rel=1e-6)
    assert measure(aim, seen_beyond(20)).style != pytest.approx(measure(aim).style, rel=1e-6)
    slope = gradient(aim)
    assert not slope[:, :, 21:].any()
    assert slope[:, :, :21].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("content_loss", ["mean_squared", "relative", "standardised"])
def test_content_counts_only_under_its_mask(network, content_loss):
    aim = objective(network, content_mask=LEFT, content_loss=content_loss, **TERMS["content"], **SHALLOW)
    assert measure(aim, seen_beyond(21)).content == pytest.approx(measure(aim).content, rel=1e-6)
    slope = gradient(aim)
    assert not slope[:, :, 21:].any()
    assert slope[:, :, :21].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("tv_loss", ["sum_absolute", "mean_squared", "sum_power", "nine_point"])
@pytest.mark.parametrize("term", TERMS)
def test_transparent_pixels_have_no_gradient(network, term, tv_loss):
    reach = 20 if term == "tv" else 21
    slope = gradient(objective(network, alpha=LEFT, tv_loss=tv_loss, **TERMS[term], **SHALLOW))
    assert not slope[:, :, reach:].any()
    assert slope[:, :, :reach].any(axis=(0, 1, 3)).all()


@pytest.mark.parametrize("what", ["alpha", "content_mask"])
def test_weights_of_one_change_nothing(network, what):
    plain, white = (measure(objective(network, **{what: each}, **SHALLOW)) for each in (None, np.ones_like(LEFT)))
    np.testing.assert_allclose(plain, white, rtol=1e-5)


def test_a_white_mask_changes_nothing(network):
    plain, white = (measure(objective(network, painting(mask=m), **SHALLOW)) for m in (None, np.ones_like(LEFT)))
    np.testing.assert_allclose(plain, white, rtol=1e-5)


def test_masks_reach_deeper_layers_at_their_size(network):
    aim = objective(network, content_mask=LEFT, content_layers="relu3_1", style_layers="relu1_1")
    assert aim._targets.content["relu3_1"].weight.shape == (1, 9, 13, 1)
    assert aim._targets.content["relu3_1"].weight.numpy().mean() == pytest.approx(20 / 53, rel=1e-5)


def test_paintings_with_masks_are_compared_each_in_its_own_region(network):
    both = objective(network, painting(mask=LEFT, share=0.5), painting(STYLE_2, 0.5, 1 - LEFT), **SHALLOW)
    first = measure(objective(network, painting(mask=LEFT), **SHALLOW)).style
    second = measure(objective(network, painting(STYLE_2, mask=1 - LEFT), **SHALLOW)).style
    assert measure(both).style == pytest.approx((first + second) / 2, rel=1e-5)


def test_what_is_transparent_in_a_painting_does_not_count(network):
    """Beyond the column that the first convolution still sees."""
    alpha = np.zeros_like(STYLE[..., :1])
    alpha[:, :, :20] = 1
    hidden = STYLE.copy()
    hidden[:, :, 21:] = 0
    first, second = (measure(objective(network, painting(each, alpha=alpha), **SHALLOW)) for each in (STYLE, hidden))
    assert first.style == pytest.approx(second.style)
    assert first.style != pytest.approx(measure(objective(network, **SHALLOW)).style)


@pytest.mark.parametrize("preset", ["stylegrid", "tf-tutorial", "crowson", "keras-io"])
def test_black_masks_leave_the_losses_finite(network, preset):
    aim = objective(network, painting(mask=0 * LEFT), content_mask=0 * LEFT, preset=preset, **SHALLOW)
    losses, slope = aim.value_and_gradient(tf.constant(OTHER))
    assert float(losses.content) == 0
    assert np.isfinite(losses).all() and np.isfinite(slope).all()
