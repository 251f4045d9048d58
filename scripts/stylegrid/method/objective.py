"""The objective of paintings: what is compared with what, and the one line where weights meet the terms."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import tensorflow as tf

from stylegrid.method.losses import Aim, compare
from stylegrid.method.style_statistics import Activations, Statistics, distance
from stylegrid.method.total_variation import VARIATIONS
from stylegrid.settings.loss_config import LossConfig
from stylegrid.vgg.features import Extractor, Features
from stylegrid.vgg.preprocessing import Space
from stylegrid.weighted_list import Weighted, WeightedList


class Losses(NamedTuple):
    """The unweighted terms of a picture, and their weighted total; numbers, or tensors (batch,) inside a graph."""

    content: float
    style: float
    tv: float
    total: float


class StyleTarget(NamedTuple):
    """A painting's statistics at one layer, its share of the loss (batch,), and how much each of the picture's
    positions counts. Paintings that blend by their statistics are one target.
    """

    statistics: Statistics
    share: tf.Tensor
    weight: tf.Tensor | None


class Targets(NamedTuple):
    """What paintings aim at, by layer; `visible` (batch, height, width, 1) is how much each pixel counts for the total
    variation. Every tensor begins with the batch.
    """

    content: dict[str, Aim]
    style: dict[str, tuple[StyleTarget, ...]]
    visible: tf.Tensor

    def for_precision(self, precision: tf.DType) -> "Targets":
        """Return the targets with the photographs' activations in the precision that they are compared in."""
        content = {layer: aim._replace(target=tf.cast(aim.target, precision)) for layer, aim in self.content.items()}
        return self._replace(content=content)


class Objective:
    """The losses of a picture (1, height, width, 3) and their gradient, compiled once for pictures of any size.

    Terms: content and style are weighted means or sums over their layers, times the factor that their formula begins
    with; `total` is content_weight * content + style_weight * style + tv_weight * tv, the weights being a tensor
    (1, 3).
    """

    def __init__(self, loss_config: LossConfig, extract: Extractor, space: Space, xla: bool = False):
        self._loss_config, self._extract, self._space, self._xla = loss_config, extract, space, xla
        over = loss_config.over_layers
        self._content_layers = layer_weights(loss_config.content_layers, loss_config.content_layer_ratio, over)
        self._style_layers = layer_weights(loss_config.style_layers, loss_config.style_layer_ratio, over)
        self._compiled: dict[tuple, Callable] = {}

    def losses(self, canvas: tf.Tensor, targets: Targets, weights: tf.Tensor) -> tuple[Losses, dict[str, tf.Tensor]]:
        """Return the terms of canvases, and their style losses by layer."""
        loss_config = self._loss_config
        features = self._extract(self._space.to_network(canvas))
        content = loss_config.content_factor * self._compare_content(features, targets)
        by_layer = {layer: self._compare_style(layer, features, targets) for layer, _ in self._style_layers}
        style = tf.add_n([weight * by_layer[layer] for layer, weight in self._style_layers])
        tv = loss_config.tv_factor * VARIATIONS[loss_config.tv_loss](canvas, targets.visible, loss_config.tv_power)
        total = weights[:, 0] * content + weights[:, 1] * style + weights[:, 2] * tv
        return Losses(content, style, tv, total), by_layer

    def value_and_gradient(
        self, canvas: tf.Tensor, targets: Targets, weights: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The four losses and the sum of the gradient (5,), and the gradient (1, height, width, 3)."""
        with tf.GradientTape() as tape:
            tape.watch(canvas)
            losses, _ = self.losses(canvas, targets, weights)
        gradient = tape.gradient(losses.total, canvas)
        return tf.concat([*losses, tf.reduce_sum(gradient, axis=(1, 2, 3))], axis=0), gradient

    def compiled(self, function: Literal["losses", "value_and_gradient"], targets: Targets) -> Callable:
        """One of the two functions as a graph for pictures of any size, compiled once per structure of targets.

        The structure says which positions have weights, and how many style targets there are.
        """
        specs = tf.nest.map_structure(_any_size, targets)
        key = function, *tf.nest.flatten(specs)
        if key not in self._compiled:
            graph = tf.function(getattr(self, function), jit_compile=self._xla or None)
            pictures, numbers = tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((None, 3))
            self._compiled[key] = graph.get_concrete_function(pictures, specs, numbers)
        return self._compiled[key]

    def _compare_content(self, features: Features, targets: Targets) -> tf.Tensor:
        return tf.add_n(
            [
                weight * compare(self._loss_config.content_loss, features[layer], targets.content[layer])
                for layer, weight in self._content_layers
            ]
        )

    def _compare_style(self, layer: str, features: Features, targets: Targets) -> tf.Tensor:
        pixels = tf.shape(targets.visible)[1] * tf.shape(targets.visible)[2]
        return self._loss_config.style_factor * tf.add_n(
            [
                aim.share
                * distance(Activations(features[layer], aim.weight, pixels), aim.statistics, self._loss_config)
                for aim in targets.style[layer]
            ]
        )


def layer_weights(layers: WeightedList, ratio: float, over: str) -> Weighted:
    """Return layers with their weights, each times `ratio` to the power of its place; of sum 1 if `over` is mean."""
    weighted = [(name, weight * ratio**place) for place, (name, weight) in enumerate(layers.entries)]
    total = sum(weight for _, weight in weighted) if over == "mean" else 1.0
    return tuple((name, weight / total) for name, weight in weighted)


def _any_size(leaf: tf.Tensor | None) -> tf.TensorSpec | None:
    """A tensor's spec with any batch, height and width; channels are the last axis of those that have some."""
    if leaf is None:
        return None
    shape = leaf.shape
    free = {1: (None,), 2: (None, *shape[1:]), 3: (None, *shape[1:]), 4: (None, None, None, *shape[3:])}
    return tf.TensorSpec(free[shape.rank], leaf.dtype)
