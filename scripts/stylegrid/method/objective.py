"""The objective: content, style and total variation losses, and the one line where weights meet these terms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import tensorflow as tf

from stylegrid.method.activations import Activations, Moments
from stylegrid.method.losses import Target, squared_loss
from stylegrid.method.style_statistics import Statistics, distance
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
    """A painting's statistics at one layer, its share of the loss (batch,), and the weight of the picture's positions.

    Paintings that blend by their statistics are one target.
    """

    statistics: Statistics
    share: tf.Tensor
    weight: tf.Tensor | None


class Targets(NamedTuple):
    """Targets of content and style by layer; `visible` (batch, height, width, 1) weighs pixels in the total variation.

    Every tensor begins with the batch.
    """

    content: dict[str, Target]
    style: dict[str, tuple[StyleTarget, ...]]
    visible: tf.Tensor

    def for_precision(self, precision: tf.DType) -> "Targets":
        """Return the targets with the content's activations cast to the precision they are compared in."""
        content = {layer: each._replace(values=tf.cast(each.values, precision)) for layer, each in self.content.items()}
        return self._replace(content=content)


class Objective:
    """The losses of a picture (1, height, width, 3) and their gradient, compiled once for pictures of any size.

    A picture in greys has one channel, (1, height, width, 1), and so does its gradient.

    Content and style are weighted means or sums over their layers, times the factor of their source's formula; total =
    content_weight * content + style_weight * style + tv_weight * tv, for weights (1, 3).
    """

    def __init__(self, loss_config: LossConfig, extract: Extractor, space: Space, xla: bool = False):
        self.loss_config, self._extract, self._space, self._xla = loss_config, extract, space, xla
        over = loss_config.over_layers
        self._content_layers = layer_weights(loss_config.content_layers, loss_config.content_layer_ratio, over)
        self._style_layers = layer_weights(loss_config.style_layers, loss_config.style_layer_ratio, over)
        self._compiled: dict[tuple, Callable] = {}

    def losses(self, pixels: tf.Tensor, targets: Targets, weights: tf.Tensor) -> tuple[Losses, dict[str, tf.Tensor]]:
        """Return the unweighted terms with their weighted total, and the style losses by layer: each (batch,)."""
        loss_config, features = self.loss_config, self.features(pixels)
        content = {
            layer: squared_loss(loss_config.content_loss, features[layer], target)
            for layer, target in targets.content.items()
        }
        area = tf.shape(targets.visible)[1] * tf.shape(targets.visible)[2]
        seen = {
            layer: [Activations(features[layer], target.weight, area) for target in group]
            for layer, group in targets.style.items()
        }
        style = self.style_losses(seen, targets.style)
        tv = VARIATIONS[loss_config.tv_loss](self.to_colours(pixels), targets.visible, loss_config.tv_power)
        return self.combine(content, style, tv, weights), style

    def features(self, pixels: tf.Tensor) -> Features:
        """Return the activations that the losses need."""
        return self._extract(self._space.to_network(self.to_colours(pixels)))

    def to_colours(self, pixels: tf.Tensor) -> tf.Tensor:
        """Return pixels with three channels; those of a picture in greys have one."""
        return self._space.to_colours(pixels)

    def style_losses(
        self, seen: Mapping[str, Sequence[Activations | Moments]], targets: Mapping[str, Sequence[StyleTarget]]
    ) -> dict[str, tf.Tensor]:
        """Return the style loss of each layer, by what is seen of it for each target."""
        return {layer: self._style_loss(seen[layer], targets[layer]) for layer, _ in self._style_layers}

    def combine(
        self, content: Mapping[str, tf.Tensor], style: Mapping[str, tf.Tensor], tv: tf.Tensor, weights: tf.Tensor
    ) -> Losses:
        """Return the unweighted terms and their weighted total, by the losses of layers and the total variation."""
        content_mean = tf.add_n([weight * content[layer] for layer, weight in self._content_layers])
        content_loss, tv_loss = self.loss_config.content_factor * content_mean, self.loss_config.tv_factor * tv
        style_loss = tf.add_n([weight * style[layer] for layer, weight in self._style_layers])
        total = weights[:, 0] * content_loss + weights[:, 1] * style_loss + weights[:, 2] * tv_loss
        return Losses(content_loss, style_loss, tv_loss, total)

    def value_and_gradient(
        self, pixels: tf.Tensor, targets: Targets, weights: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the four losses and the sum of the gradient (5,), and the gradient (1, height, width, 3)."""
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            losses, _ = self.losses(pixels, targets, weights)
        gradient = tape.gradient(losses.total, pixels)
        return tf.concat([*losses, tf.reduce_sum(gradient, axis=(1, 2, 3))], axis=0), gradient

    def compiled(self, function: Literal["losses", "value_and_gradient"], targets: Targets) -> Callable:
        """Return one of the two functions as a graph for pictures of any size, compiled once per structure of targets.

        The structure says which positions have weights, and how many style targets there are.
        """
        specs = tf.nest.map_structure(any_size, targets)
        key = function, *tf.nest.flatten(specs)
        if key not in self._compiled:
            graph = tf.function(getattr(self, function), jit_compile=self._xla or None)
            pixels, weights = tf.TensorSpec((None, None, None, self._space.channels)), tf.TensorSpec((None, 3))
            self._compiled[key] = graph.get_concrete_function(pixels, specs, weights)
        return self._compiled[key]

    def _style_loss(self, seen: Sequence[Activations | Moments], targets: Sequence[StyleTarget]) -> tf.Tensor:
        return self.loss_config.style_factor * tf.add_n(
            [
                target.share * distance(each, target.statistics, self.loss_config)
                for each, target in zip(seen, targets, strict=True)
            ]
        )


def layer_weights(layers: WeightedList, ratio: float, over: str) -> Weighted:
    """Return layers with their weights times ratio^place, place = 0, 1, …; divided by their sum if `over` is mean."""
    weighted = [(name, weight * ratio**place) for place, (name, weight) in enumerate(layers.entries)]
    total = sum(weight for _, weight in weighted) if over == "mean" else 1.0
    return tuple((name, weight / total) for name, weight in weighted)


def any_size(leaf: tf.Tensor | None) -> tf.TensorSpec | None:
    """Return a tensor's spec with any batch, height and width; channels are the last axis of those that have some."""
    if leaf is None:
        return None
    shape = leaf.shape
    free = {0: (), 1: (None,), 2: (None, *shape[1:]), 3: (None, *shape[1:]), 4: (None, None, None, *shape[3:])}
    return tf.TensorSpec(free[shape.rank], leaf.dtype)
