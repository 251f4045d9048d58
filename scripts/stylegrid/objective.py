"""The objective of one painting: what is compared with what, and the one line where weights meet the terms."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.features import Extractor, Features
from stylegrid.images import Alpha
from stylegrid.losses import COMPARISONS
from stylegrid.paint_settings import PaintSettings
from stylegrid.pixels import Space
from stylegrid.scene import Painting, Scene
from stylegrid.style_statistics import Activations, Statistics, distance, target
from stylegrid.variation import VARIATIONS
from stylegrid.weighted import Weighted, parse_weighted


class Losses(NamedTuple):
    """The unweighted terms of one picture, and their weighted total; numbers, or scalar tensors inside a graph."""

    content: float
    style: float
    tv: float
    total: float


class ContentTarget(NamedTuple):
    """The photograph's activations at one layer, and how much each position counts."""

    features: tf.Tensor
    weight: tf.Tensor | None


class StyleTarget(NamedTuple):
    """A painting's statistics at one layer, its share of the loss, and how much each of the picture's positions counts.

    Paintings that blend by their statistics are one target.
    """

    statistics: Statistics
    share: float
    weight: tf.Tensor | None


class Targets(NamedTuple):
    """What a painting aims at, by layer; `visible` is how much each pixel counts for the total variation."""

    content: dict[str, ContentTarget]
    style: dict[str, tuple[StyleTarget, ...]]
    visible: tf.Tensor


class Objective:
    """The loss of a canvas and its gradient, compiled once for each size.

    Terms: content and style are weighted means or sums over their layers, times the factor that their formula begins
    with; `total` is content_weight * content + style_weight * style + tv_weight * tv.
    """

    def __init__(self, settings: PaintSettings, extract: Extractor, space: Space, targets: Targets):
        self._settings = settings
        self._extract = extract
        self._space = space
        self._targets = targets
        over = settings.over_layers
        self._content_layers = layer_weights(settings.content_layers, settings.content_layer_ratio, over)
        self._style_layers = layer_weights(settings.style_layers, settings.style_layer_ratio, over)
        self.value_and_gradient = tf.function(self._value_and_gradient)

    def losses(self, canvas: tf.Tensor) -> tuple[Losses, dict[str, tf.Tensor]]:
        """Return the terms of a canvas, and its style loss by layer."""
        settings = self._settings
        features = self._extract(self._space.to_network(canvas))
        content = settings.content_factor * self._compare_content(features)
        by_layer = {layer: self._compare_style(layer, features) for layer, _ in self._style_layers}
        style = tf.add_n([weight * by_layer[layer] for layer, weight in self._style_layers])
        tv = settings.tv_factor * VARIATIONS[settings.tv_loss](canvas, self._targets.visible, settings.tv_power)
        return Losses(content, style, tv, self._total(content, style, tv)), by_layer

    def _total(self, content: tf.Tensor, style: tf.Tensor, tv: tf.Tensor) -> tf.Tensor:
        weights = self._settings
        return weights.content_weight * content + weights.style_weight * style + weights.tv_weight * tv

    def _compare_content(self, features: Features) -> tf.Tensor:
        compare = COMPARISONS[self._settings.content_loss]
        targets = self._targets.content
        return tf.add_n(
            [
                weight * compare(features[layer], targets[layer].features, targets[layer].weight)
                for layer, weight in self._content_layers
            ]
        )

    def _compare_style(self, layer: str, features: Features) -> tf.Tensor:
        pixels = int(self._targets.visible.shape[1] * self._targets.visible.shape[2])
        return self._settings.style_factor * tf.add_n(
            [
                aim.share * distance(Activations(features[layer], aim.weight, pixels), aim.statistics, self._settings)
                for aim in self._targets.style[layer]
            ]
        )

    def _value_and_gradient(self, canvas: tf.Tensor) -> tuple[Losses, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(canvas)
            losses, _ = self.losses(canvas)
        return losses, tape.gradient(losses.total, canvas)


def make_targets(settings: PaintSettings, extract: Extractor, space: Space, scene: Scene) -> Targets:
    """Return the targets of a scene.

    Several paintings blend by their statistics or by their losses; paintings with masks are always compared each in its
    own region. What is transparent, in the photograph or a painting, counts for nothing.
    """
    photograph = extract(space.preprocessing.to_network(tf.constant(scene.photograph)))
    counts = _combined(scene.alpha, scene.content_mask)
    content = {
        layer: ContentTarget(photograph[layer], _at_layer(counts, photograph[layer]))
        for layer, _ in parse_weighted(settings.content_layers)
    }
    features = [extract(space.preprocessing.to_network(tf.constant(painting.picture))) for painting in scene.paintings]
    style = {
        layer: _style_targets(settings, scene, [f[layer] for f in features], photograph[layer])
        for layer, _ in parse_weighted(settings.style_layers)
    }
    visible = np.ones_like(scene.photograph[..., :1]) if scene.alpha is None else scene.alpha
    return Targets(content, style, tf.constant(visible))


def layer_weights(layers: str, ratio: float, over: str) -> Weighted:
    """Return layers with their weights, each times `ratio` to the power of its place; of sum 1 if `over` is mean."""
    weighted = [(name, weight * ratio**place) for place, (name, weight) in enumerate(parse_weighted(layers))]
    total = sum(weight for _, weight in weighted) if over == "mean" else 1.0
    return tuple((name, weight / total) for name, weight in weighted)


def _style_targets(
    settings: PaintSettings, scene: Scene, features: Sequence[tf.Tensor], like: tf.Tensor
) -> tuple[StyleTarget, ...]:
    """Return the targets of one layer from the paintings' features there; `like` has the shape of the picture's."""
    paintings = [
        (_activations(painting, feature), painting.share)
        for painting, feature in zip(scene.paintings, features, strict=True)
    ]
    if settings.blend == "statistics" and all(painting.mask is None for painting in scene.paintings):
        return (StyleTarget(target(paintings, settings), 1.0, _at_layer(scene.alpha, like)),)
    weights = [_at_layer(_combined(scene.alpha, painting.mask), like) for painting in scene.paintings]
    return tuple(
        StyleTarget(target([(activations, 1.0)], settings), share, weight)
        for (activations, share), weight in zip(paintings, weights, strict=True)
    )


def _activations(painting: Painting, features: tf.Tensor) -> Activations:
    height, width = painting.picture.shape[1:3]
    return Activations(features, _at_layer(painting.alpha, features), height * width)


def _combined(first: Alpha | None, second: Alpha | None) -> Alpha | None:
    return first if second is None else second if first is None else first * second


def _at_layer(weight: Alpha | None, features: tf.Tensor) -> tf.Tensor | None:
    """Return how much the positions of a layer count: the mean of the pixels that they stand for."""
    return None if weight is None else tf.image.resize(weight, features.shape[1:3], method="area")
