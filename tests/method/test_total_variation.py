"""Total variation: values worked out by thought, TensorFlow's own, and gradients by finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.total_variation import VARIATIONS, Rows

PICTURE = np.random.default_rng(2).normal(size=(1, 4, 5, 2))
WEIGHT = np.random.default_rng(3).uniform(0.2, 1, size=(1, 4, 5, 1))
ONES = np.ones_like(WEIGHT)
MEANS = ["mean_absolute", "mean_squared", "padded_mean_squared", "nine_point"]

EVERY = pytest.mark.parametrize("name", VARIATIONS)


def measure(name, picture, weight=None, power=1.25) -> float:
    (found,) = measures(name, picture, weight, power)
    return float(found)


def measures(name, pictures, weight=None, power=1.25) -> np.ndarray:
    weight = np.ones_like(pictures[..., :1]) if weight is None else weight
    return VARIATIONS[name](tf.constant(pictures), tf.constant(weight), power).numpy()


def checkerboard(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return ((x + y) % 2).astype(np.float64)[np.newaxis, :, :, np.newaxis]


def stripes(side: int) -> np.ndarray:
    return (np.mgrid[:side, :side][1] % 2 * 2.0)[np.newaxis, :, :, np.newaxis]


@pytest.mark.parametrize(
    ("name", "board", "lines"),  # 4 x 4: neighbours differ by 1 down and across; by 2 across
    [
        ("sum_absolute", 2 * 12, 2 * 12),
        ("mean_absolute", 2, 2),
        ("sum_squared", 2 * 12, 4 * 12),
        ("mean_squared", 2, 4),
        ("padded_mean_squared", 2 * 12 / 16, 4 * 12 / 16),
        ("sum_power", 9 * 2**1.25, 9 * 4**1.25),  # 3 x 3 pixels have both neighbours
        # Of 5 x 5 diagonals, 8 on a board join a corner or border pixel to its neighbour; on stripes, 15 of 25 cross.
        ("nine_point", 2 * (2 * 12 / 16 / 3 + 2 * 12 / 25 / 12), 2 * (4 * 12 / 16 / 3 + 2 * 4 * 15 / 25 / 12)),
    ],
)
def test_variation_of_a_checkerboard_and_of_stripes(name, board, lines):
    assert measure(name, checkerboard(4)) == pytest.approx(board)
    assert measure(name, stripes(4)) == pytest.approx(lines)


@EVERY
def test_a_flat_picture_has_none(name):
    assert measure(name, np.full((1, 6, 7, 3), 0.3)) == pytest.approx(0, abs=1e-10)


def test_sum_absolute_is_tensorflows_total_variation():
    assert measure("sum_absolute", PICTURE) == pytest.approx(float(tf.image.total_variation(tf.constant(PICTURE))[0]))


def test_power_one_is_the_sum_of_squares_where_both_neighbours_are():
    inside = np.diff(PICTURE, axis=1)[:, :, :-1] ** 2 + np.diff(PICTURE, axis=2)[:, :-1] ** 2
    assert measure("sum_power", PICTURE, power=1) == pytest.approx(inside.sum())


@pytest.mark.parametrize("power", [0.5, 1, 1.25, 4])
def test_a_power_of_a_flat_picture_has_a_gradient(power):
    flat = tf.fill((1, 4, 5, 2), 0.5)
    with tf.GradientTape() as tape:
        tape.watch(flat)
        loss = VARIATIONS["sum_power"](flat, tf.constant(ONES, tf.float32), power)
    np.testing.assert_array_equal(tape.gradient(loss, flat), np.zeros((1, 4, 5, 2)))


@pytest.mark.parametrize("weights", [(ONES, ONES), (WEIGHT, ONES)], ids=["unweighted", "weighted"])
@EVERY
def test_pictures_of_a_batch_are_measured_each_for_itself(name, weights):
    pictures = PICTURE, 3 * PICTURE[:, ::-1] ** 2
    alone = [measure(name, *each) for each in zip(pictures, weights, strict=True)]
    np.testing.assert_allclose(measures(name, np.concatenate(pictures), np.concatenate(weights)), alone, rtol=1e-12)


@EVERY
def test_turning_the_picture_over_changes_nothing(name):
    assert measure(name, PICTURE.swapaxes(1, 2)) == pytest.approx(measure(name, PICTURE))


@EVERY
def test_pixels_that_count_for_nothing_do_not_matter(name):
    weight, other = ONES.copy(), PICTURE.copy()
    weight[:, 1, 2] = 0
    other[:, 1, 2] += 5
    assert measure(name, other, weight) == pytest.approx(measure(name, PICTURE, weight))
    assert measure(name, other) != pytest.approx(measure(name, PICTURE))


@EVERY
def test_where_nothing_counts_there_is_none(name):
    assert measure(name, PICTURE, 0 * ONES) == 0


@EVERY
def test_a_difference_counts_the_product_of_its_pixels(name):
    """Half the weight everywhere makes sums a quarter, and leaves means as they are."""
    factor = 1 if name in MEANS else 0.25 if name != "sum_power" else 1 / 16  # of both differences' weights
    assert measure(name, PICTURE, ONES / 2) == pytest.approx(factor * measure(name, PICTURE))


@pytest.mark.parametrize(
    ("name", "desired"),
    [("sum_absolute", 2 * 1 + 3), ("sum_squared", 2 * 1 + 9), ("mean_absolute", 5 / 3), ("mean_squared", 11 / 3)],
)
def test_a_pixel_of_weight_two_counts_its_differences_twice(name, desired):
    row = np.array([0.0, 1, 4]).reshape(1, 1, 3, 1)
    weight = np.array([2.0, 1, 1]).reshape(1, 1, 3, 1)
    assert measure(name, row, weight) == pytest.approx(desired)


@pytest.mark.parametrize("weight", [ONES, WEIGHT], ids=["unweighted", "weighted"])
@EVERY
def test_gradients_agree_with_finite_differences(name, weight):
    (analytic,), (numeric,) = tf.test.compute_gradient(
        tf.function(lambda x: VARIATIONS[name](x, tf.constant(weight), 1.25)), [tf.constant(PICTURE)], delta=1e-6
    )
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("ends", [(1, 5), (2, 3, 5), (4, 5)])
@EVERY
def test_rows_add_up_to_the_picture_and_their_gradients_to_its_gradient(name, ends):
    variation, x, weight = VARIATIONS[name], PICTURE.swapaxes(1, 2), WEIGHT.swapaxes(1, 2)  # five rows

    def of_all_rows(x):
        parts = [
            Rows(x[:, begin : end + 1], weight[:, begin : end + 1], end - begin, int(begin == 0), int(end == 5))
            for begin, end in zip((0, *ends), ends, strict=False)
        ]
        sums = [variation.sums(rows, 1.25) for rows in parts]
        return variation.combine(tf.nest.map_structure(lambda *each: tf.add_n(each), *sums))

    (found, slope), (desired, whole) = (
        value_and_gradient(function, tf.constant(x))
        for function in (of_all_rows, lambda x: variation(x, tf.constant(weight), 1.25))
    )
    np.testing.assert_allclose(found, desired, rtol=1e-12)
    np.testing.assert_allclose(slope, whole, rtol=1e-12, atol=1e-12)


def value_and_gradient(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value, tape.gradient(value, x)
