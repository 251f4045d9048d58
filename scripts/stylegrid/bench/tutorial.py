"""The step of TensorFlow's tutorial "Neural style transfer", written from its formulas."""

import keras
import numpy as np
import tensorflow as tf

from stylegrid.bench.peer import (
    BETA_1,
    BETA_2,
    CONTENT_LAYER,
    CONTENT_WEIGHT,
    EPSILON,
    LEARNING_RATE,
    STYLE_LAYERS,
    STYLE_WEIGHT,
    VARIATION_WEIGHT,
)
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.layers import Weights


class Tutorial:
    """A style transfer from `content` and `style`, both (1, height, width, 3), float32, RGB in [0, 1].

    Loss: 1e-2/5 times the sum over layers of mean (G - A)^2, plus 1e4 mean (F - P)^2, plus 30 times total variation.
    """

    def __init__(self, content: np.ndarray, style: np.ndarray, weights: Weights):
        self._network = _network(weights)
        self._style_targets, _ = self._extract(tf.constant(style))
        _, self._content_target = self._extract(tf.constant(content))
        self._image = tf.Variable(content)
        self._optimiser = keras.optimizers.Adam(LEARNING_RATE, beta_1=BETA_1, beta_2=BETA_2, epsilon=EPSILON)
        self._train_step = tf.function(self._eager_step)

    def step(self) -> None:
        """Take one step: loss, gradient, Adam, clip."""
        self._train_step()

    def picture(self) -> np.ndarray:
        """Return the current picture."""
        return self._image.numpy().copy()

    def loss(self, picture: np.ndarray) -> float:
        """Return the total loss of a picture."""
        return float(self._loss(tf.constant(picture))[0])

    def _eager_step(self) -> None:
        with tf.GradientTape() as tape:
            loss = self._loss(self._image)
        gradient = tape.gradient(loss, self._image)
        self._optimiser.apply_gradients([(gradient, self._image)])
        self._image.assign(tf.clip_by_value(self._image, 0.0, 1.0))

    def _loss(self, image: tf.Tensor) -> tf.Tensor:
        """Return the total loss, (1,): tf.image.total_variation returns one number a picture."""
        grams, content = self._extract(image)
        pairs = zip(grams, self._style_targets, strict=True)
        style = tf.add_n([tf.reduce_mean((gram - target) ** 2) for gram, target in pairs])
        loss = STYLE_WEIGHT / len(STYLE_LAYERS) * style
        loss += CONTENT_WEIGHT * tf.reduce_mean((content - self._content_target) ** 2)
        return loss + VARIATION_WEIGHT * tf.image.total_variation(image)

    def _extract(self, image: tf.Tensor) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Return the Gram matrices of the style layers, and the activations of the content layer."""
        *styles, content = self._network(keras.applications.vgg19.preprocess_input(image * 255.0))
        return [_gram(features) for features in styles], content


def _network(weights: Weights) -> keras.Model:
    """Return the model from a preprocessed picture to the style layers, then the content layer."""
    vgg = keras.applications.VGG19(include_top=False, weights=None)
    for conv in CONVOLUTIONS:
        vgg.get_layer(conv.keras_name).set_weights(weights[conv.keras_name])
    vgg.trainable = False
    return keras.Model([vgg.input], [vgg.get_layer(name).output for name in (*STYLE_LAYERS, CONTENT_LAYER)])


def _gram(features: tf.Tensor) -> tf.Tensor:
    """Return the Gram matrix over positions, divided by their number: (1, channels, channels)."""
    shape = tf.shape(features)
    return tf.linalg.einsum("bijc,bijd->bcd", features, features) / tf.cast(shape[1] * shape[2], tf.float32)
