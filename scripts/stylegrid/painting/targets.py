"""Targets: the activations of photographs and the style statistics of paintings, cached for other pictures."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cachedmethod

from stylegrid.method.activations import Activations
from stylegrid.method.losses import Target, make_target
from stylegrid.method.objective import StyleTarget, Targets
from stylegrid.method.style_statistics import Statistics, target_statistics
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.settings.loss_config import LossConfig
from stylegrid.settings.scales import layers_used
from stylegrid.vgg.architecture import layer_size
from stylegrid.vgg.features import Features

CACHE_BYTES = 2**28  # of photographs' activations, and again of paintings' statistics

Extract = Callable[[tf.Tensor], Features]  # pictures of [0, 1] -> activations by layer


class TargetMaker:
    """Makes targets for one loss config, in float32.

    Activations and statistics are cached by the pixels they come from: a sweep over weights extracts each picture once,
    and a gallery of many photographs each painting once.
    """

    def __init__(self, loss_config: LossConfig, extract_content: Extract, extract_style: Extract):
        self._loss_config, self._extract_content, self._extract_style = loss_config, extract_content, extract_style
        self._photographs: LRUCache = LRUCache(CACHE_BYTES, _bytes)
        self._styles: LRUCache = LRUCache(CACHE_BYTES, _bytes)

    def make(self, inputs: ScaleInputs) -> Targets:
        """Return the targets of one scale's inputs.

        Several paintings blend by their statistics or by their losses; paintings with masks always by their losses,
        each in its own region. Transparent pixels, of the photograph or a painting, have weight 0.
        """
        visible = np.ones_like(inputs.photograph[..., :1]) if inputs.alpha is None else inputs.alpha
        groups = [(self._statistics(paintings), share, region) for paintings, share, region in self._groups(inputs)]
        style = {
            layer: tuple(
                StyleTarget(statistics[layer], tf.constant([share], tf.float32), self._at_layer(region, layer))
                for statistics, share, region in groups
            )
            for layer in layers_used(self._loss_config.style_layers)
        }
        content = self._content(inputs.photograph, _product(inputs.alpha, inputs.content_mask))
        return Targets(content, style, tf.constant(visible))

    def _groups(self, inputs: ScaleInputs) -> list[tuple[list[Painting], float, Alpha | None]]:
        """Return groups of paintings with common statistics: the paintings, the share of their loss, their region."""
        if self._loss_config.blend == "statistics" and all(painting.mask is None for painting in inputs.paintings):
            return [(list(inputs.paintings), 1.0, inputs.alpha)]
        return [
            ([painting._replace(share=1.0)], painting.share, _product(inputs.alpha, painting.mask))
            for painting in inputs.paintings
        ]

    @cachedmethod(
        lambda self: self._photographs,
        key=lambda self, photograph, weight: (_digest(photograph), _digest(weight)),
    )
    def _content(self, photograph: Picture, weight: Alpha | None) -> dict[str, Target]:
        features = self._extract_content(tf.constant(photograph))
        return {
            layer: make_target(self._loss_config.content_loss, features[layer], self._at_layer(weight, layer))
            for layer in layers_used(self._loss_config.content_layers)
        }

    @cachedmethod(
        lambda self: self._styles,
        key=lambda self, paintings: tuple((_digest(p.picture), _digest(p.alpha), p.share) for p in paintings),
    )
    def _statistics(self, paintings: Sequence[Painting]) -> dict[str, Statistics]:
        """Return the statistics of paintings together, at each layer."""
        extracted = [self._extract_style(tf.constant(painting.picture)) for painting in paintings]
        return {
            layer: target_statistics(
                [
                    (self._activations(painting, features[layer], layer), painting.share)
                    for painting, features in zip(paintings, extracted, strict=True)
                ],
                self._loss_config,
            )
            for layer in layers_used(self._loss_config.style_layers)
        }

    def _activations(self, painting: Painting, features: tf.Tensor, layer: str) -> Activations:
        height, width = painting.picture.shape[1:3]
        return Activations(features, self._at_layer(painting.alpha, layer), height * width)

    def _at_layer(self, weight: Alpha | None, layer: str) -> tf.Tensor | None:
        """Return the weights of a layer's positions: the means over the pixels of each."""
        if weight is None:
            return None
        size = layer_size(layer, weight.shape[1:3], self._loss_config.pool_rounding == "up")
        return tf.image.resize(weight, size, method="area")


def _product(first: Alpha | None, second: Alpha | None) -> Alpha | None:
    return first if second is None else second if first is None else first * second


def _digest(array: np.ndarray | None) -> bytes | None:
    """Return a hash of an array's shape and values; None of None."""
    if array is None:
        return None
    return hashlib.blake2b(repr(array.shape).encode() + array.tobytes(), digest_size=16).digest()


def _bytes(cached: object) -> int:
    """Return the bytes of the tensors in a structure."""
    return sum(leaf.shape.num_elements() * leaf.dtype.size for leaf in tf.nest.flatten(cached) if leaf is not None)
