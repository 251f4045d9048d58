"""First-order optimisers: Adam and gradient descent, each one update from one gradient."""

import math

import tensorflow as tf

from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.settings.paint_settings import PaintSettings


def adam(state: OptimizerState, gradient: tf.Tensor, step: int, settings: PaintSettings) -> OptimizerState:
    """Return the state after one step of Adam, Kingma and Ba, arXiv:1412.6980.

    x -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + e), as Keras computes it, the end of the paper's section 2;
    in PyTorch's form, the paper's algorithm 1, e is multiplied by sqrt(1 - b2^t).
    """
    updates = state.updates + 1
    root = math.sqrt(1 - settings.beta_2**updates)
    numbers = [
        1 - settings.beta_1,
        1 - settings.beta_2,
        learning_rate(settings, step) * root / (1 - settings.beta_1**updates),
        settings.epsilon * (root if settings.adam == "torch" else 1),
    ]
    moments = state.pixels, state.mean, state.square
    pixels, mean, square = _adam(*moments, gradient, tf.constant(numbers, tf.float32))
    return state._replace(pixels=pixels, mean=mean, square=square, updates=updates)


_PIXELS = tf.TensorSpec((None, None, None, None))


@tf.function(input_signature=[_PIXELS, _PIXELS, _PIXELS, _PIXELS, tf.TensorSpec((4,))])  # type: ignore[untyped-decorator]
def _adam(
    pixels: tf.Tensor, mean: tf.Tensor, square: tf.Tensor, gradient: tf.Tensor, numbers: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    towards_gradient, towards_square, rate, epsilon = tf.unstack(numbers)
    mean += (gradient - mean) * towards_gradient
    square += (tf.square(gradient) - square) * towards_square
    return pixels - rate * mean / (tf.sqrt(square) + epsilon), mean, square


def sgd(state: OptimizerState, gradient: tf.Tensor, step: int, settings: PaintSettings) -> OptimizerState:
    """Return the state after one step of gradient descent, x -= rate * gradient."""
    return state._replace(pixels=state.pixels - learning_rate(settings, step) * gradient)


def learning_rate(settings: PaintSettings, step: int) -> float:
    """Return the learning rate of a step, counted from 0 over all scales: rate * decay^(step / decay_every)."""
    decays = step / settings.decay_every
    exponent = math.floor(decays) if settings.decay_form == "stairs" else decays
    return settings.learning_rate * settings.decay**exponent
