"""Targets: a scene seen through the network, kept for other pictures that aim at the same."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cachedmethod

from stylegrid.method.losses import Aim, make_aim
from stylegrid.method.objective import StyleTarget, Targets
from stylegrid.method.style_statistics import Activations, Statistics, target
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.settings.loss_config import LossConfig
from stylegrid.settings.scales import layers_used
from stylegrid.vgg.architecture import layer_size
from stylegrid.vgg.features import Features

KEPT = 2**28  # bytes of photographs' activations, and again of paintings' statistics

See = Callable[[tf.Tensor], Features]  # pictures of [0, 1] -> activations


class TargetMaker:
    """Makes the targets of scenes for one formula, in float32.

    What photographs and paintings come to is kept, by their pixels, so that a sweep over weights looks at them once,
    and a gallery of many photographs at the paintings once.
    """

    def __init__(self, loss_config: LossConfig, see_photograph: See, see_painting: See):
        self._loss_config, self._see_photograph, self._see_painting = loss_config, see_photograph, see_painting
        self._photographs: LRUCache = LRUCache(KEPT, _bytes)
        self._styles: LRUCache = LRUCache(KEPT, _bytes)

    def make(self, inputs: ScaleInputs) -> Targets:
        """Return the targets of a scene.

        Several paintings blend by their statistics or by their losses; paintings with masks are always compared each in
        its own region. What is transparent, in the photograph or a painting, counts for nothing.
        """
        visible = np.ones_like(inputs.photograph[..., :1]) if inputs.alpha is None else inputs.alpha
        aims = [(self._statistics(paintings), share, region) for paintings, share, region in self._aims(inputs)]
        style = {
            layer: tuple(
                StyleTarget(statistics[layer], tf.constant([share], tf.float32), self._at_layer(region, layer))
                for statistics, share, region in aims
            )
            for layer in layers_used(self._loss_config.style_layers)
        }
        return Targets(
            self._content(inputs.photograph, _combined(inputs.alpha, inputs.content_mask)), style, tf.constant(visible)
        )

    def _aims(self, inputs: ScaleInputs) -> list[tuple[list[Painting], float, Alpha | None]]:
        """Return what is aimed at together: paintings, the share of their loss, and where they paint."""
        if self._loss_config.blend == "statistics" and all(painting.mask is None for painting in inputs.paintings):
            return [(list(inputs.paintings), 1.0, inputs.alpha)]
        return [
            ([painting._replace(share=1.0)], painting.share, _combined(inputs.alpha, painting.mask))
            for painting in inputs.paintings
        ]

    @cachedmethod(
        lambda self: self._photographs,
        key=lambda self, photograph, counts: (_digest(photograph), _digest(counts)),
    )
    def _content(self, photograph: Picture, counts: Alpha | None) -> dict[str, Aim]:
        features = self._see_photograph(tf.constant(photograph))
        return {
            layer: make_aim(self._loss_config.content_loss, features[layer], self._at_layer(counts, layer))
            for layer in layers_used(self._loss_config.content_layers)
        }

    @cachedmethod(
        lambda self: self._styles,
        key=lambda self, paintings: tuple((_digest(p.picture), _digest(p.alpha), p.share) for p in paintings),
    )
    def _statistics(self, paintings: Sequence[Painting]) -> dict[str, Statistics]:
        """Return the statistics of paintings together, at each layer."""
        seen = [self._see_painting(tf.constant(painting.picture)) for painting in paintings]
        return {
            layer: target(
                [
                    (self._activations(painting, features[layer], layer), painting.share)
                    for painting, features in zip(paintings, seen, strict=True)
                ],
                self._loss_config,
            )
            for layer in layers_used(self._loss_config.style_layers)
        }

    def _activations(self, painting: Painting, features: tf.Tensor, layer: str) -> Activations:
        height, width = painting.picture.shape[1:3]
        return Activations(features, self._at_layer(painting.alpha, layer), height * width)

    def _at_layer(self, counts: Alpha | None, layer: str) -> tf.Tensor | None:
        """Return how much the positions of a layer count: the mean of the pixels that they stand for."""
        if counts is None:
            return None
        size = layer_size(layer, counts.shape[1:3], self._loss_config.pool_rounding == "up")
        return tf.image.resize(counts, size, method="area")


def _combined(first: Alpha | None, second: Alpha | None) -> Alpha | None:
    return first if second is None else second if first is None else first * second


def _digest(array: np.ndarray | None) -> bytes | None:
    """Return what tells an array from others."""
    if array is None:
        return None
    return hashlib.blake2b(repr(array.shape).encode() + array.tobytes(), digest_size=16).digest()


def _bytes(kept: object) -> int:
    """Return how much memory the tensors of a structure take."""
    return sum(leaf.shape.num_elements() * leaf.dtype.size for leaf in tf.nest.flatten(kept) if leaf is not None)
