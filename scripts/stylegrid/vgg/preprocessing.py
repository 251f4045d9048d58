"""Preprocessing between pictures in [0, 1] and the network's input, and the space that is optimised.

A recipe optimises either the picture or the network's input; step sizes, total variation and bounds are in that space.
A picture in greys is optimised as one channel, so that no step can colour it.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.vgg.conventions import CAFFE, LEVELS, MEAN_LEVELS, TORCHVISION, Convention, levels


class Preprocessing(NamedTuple):
    """A recipe's input convention, and the convention of the network in its source, which may differ."""

    input: Convention
    network: Convention

    def to_network(self, picture: tf.Tensor) -> tf.Tensor:
        """Return the network's input for a picture (1, height, width, 3)."""
        rgb = picture * tf.constant(self.input.scale, picture.dtype) - tf.constant(self._offset(), picture.dtype)
        return tf.reverse(rgb, axis=[-1]) if self.input.bgr else rgb

    def to_picture(self, seen: tf.Tensor) -> tf.Tensor:
        """Return the picture of a network's input."""
        rgb = tf.reverse(seen, axis=[-1]) if self.input.bgr else seen
        return (rgb + tf.constant(self._offset(), seen.dtype)) / tf.constant(self.input.scale, seen.dtype)

    def _offset(self) -> np.ndarray:
        return np.asarray(self.input.mean) * np.asarray(self.input.scale)


_CAFFE_256 = Convention("caffe_256", True, (256.0, 256.0, 256.0), levels(MEAN_LEVELS, 256))
_RAW = Convention("raw", False, LEVELS, (0.0, 0.0, 0.0))
_MEAN_RGB = Convention("mean_rgb", False, LEVELS, levels((123.675, 116.28, 103.53)))
PREPROCESSINGS = {
    "caffe": Preprocessing(CAFFE, CAFFE),
    "caffe_256": Preprocessing(_CAFFE_256, CAFFE),
    "imagenet": Preprocessing(TORCHVISION, TORCHVISION),
    "raw": Preprocessing(_RAW, CAFFE),
    "mean_rgb": Preprocessing(_MEAN_RGB, TORCHVISION),
}


class Space(NamedTuple):
    """The space of the optimised pixels (the canvas): pictures in [0, 1], or the network's input.

    The canvas of a `grey` picture is the green channel of these, the middle one in RGB and BGR: one channel, not three.
    """

    preprocessing: Preprocessing
    of_network: bool
    grey: bool = False

    @property
    def channels(self) -> int:
        """The number of channels of a canvas."""
        return 1 if self.grey else 3

    def to_canvas(self, picture: tf.Tensor) -> tf.Tensor:
        """Return a picture, in greys if the space is, as a canvas."""
        canvas = self.preprocessing.to_network(picture) if self.of_network else tf.convert_to_tensor(picture)
        return canvas[..., 1:2] if self.grey else canvas

    def to_picture(self, canvas: tf.Tensor) -> tf.Tensor:
        """Return a canvas as a picture, not yet clipped to [0, 1]."""
        if not self.grey:
            return self.preprocessing.to_picture(canvas) if self.of_network else tf.convert_to_tensor(canvas)
        green = self.preprocessing.to_picture(_three(canvas))[..., 1:2] if self.of_network else canvas
        return _three(green)

    def to_colours(self, canvas: tf.Tensor) -> tf.Tensor:
        """Return a canvas with three channels, as it would be without `grey`."""
        if not self.grey:
            return canvas
        return self.preprocessing.to_network(self.to_picture(canvas)) if self.of_network else _three(canvas)

    def to_network(self, canvas: tf.Tensor) -> tf.Tensor:
        """Return the network's input for a canvas of three channels."""
        return tf.convert_to_tensor(canvas) if self.of_network else self.preprocessing.to_network(canvas)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the values (channels,) of a black and a white pixel of the canvas, its bounds."""
        black, white = (self.to_canvas(tf.fill((1, 1, 1, 3), level)).numpy()[0, 0, 0] for level in (0.0, 1.0))
        return black, white


def space_of(preprocessing: str, pixels: str, grey: bool = False) -> Space:
    """Return the space of the settings `preprocessing` and `pixels`, for a picture in greys or in colours."""
    return Space(PREPROCESSINGS[preprocessing], pixels == "network", grey)


def _three(channel: tf.Tensor) -> tf.Tensor:
    """Return one channel three times."""
    return tf.concat([channel] * 3, axis=-1)
