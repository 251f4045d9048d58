"""The objective of one painting: what is compared with what, and the one line where weights meet the terms."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.features import Extractor, Features
from stylegrid.losses import COMPARISONS, TOTAL_VARIATIONS, gram_matrix
from stylegrid.settings import PaintSettings
from stylegrid.weighted import Weighted, parse_weighted


class Losses(NamedTuple):
    """The unweighted terms of one picture, and their weighted total; numbers, or scalar tensors inside a graph."""

    content: float
    style: float
    tv: float
    total: float


class StyleTarget(NamedTuple):
    """A painting's Gram matrix (channels, channels) at one layer, and what was subtracted from activations before."""

    gram: tf.Tensor
    shift: tf.Tensor | None


class Targets(NamedTuple):
    """What a painting aims at, by layer: the photograph's activations and the painting's Gram matrices."""

    content: Features
    style: dict[str, StyleTarget]


class Objective:
    """The loss of a picture and its gradient, compiled once for each size.

    Terms: content and style are means over their layers, weighted by layer; `total` is
    content_weight * content + style_weight * style + tv_weight * tv.
    """

    def __init__(self, settings: PaintSettings, extract: Extractor, targets: Targets):
        self._settings = settings
        self._extract = extract
        self._targets = targets
        self._content_layers = _normalised(parse_weighted(settings.content_layers))
        self._style_layers = _normalised(parse_weighted(settings.style_layers))
        self.value_and_gradient = tf.function(self._value_and_gradient)

    def losses(self, picture: tf.Tensor) -> tuple[Losses, dict[str, tf.Tensor]]:
        """Return the terms of a picture, and its style loss by layer."""
        features = self._extract(picture)
        content = self._compare_content(features)
        style_by_layer = self._compare_style(features)
        style = tf.add_n([weight * style_by_layer[layer] for layer, weight in self._style_layers])
        tv = TOTAL_VARIATIONS[self._settings.tv_loss](picture)
        return Losses(content, style, tv, self._total(content, style, tv)), style_by_layer

    def _total(self, content: tf.Tensor, style: tf.Tensor, tv: tf.Tensor) -> tf.Tensor:
        weights = self._settings
        return weights.content_weight * content + weights.style_weight * style + weights.tv_weight * tv

    def _compare_content(self, features: Features) -> tf.Tensor:
        compare = COMPARISONS[self._settings.content_loss]
        return tf.add_n(
            [weight * compare(features[layer], self._targets.content[layer]) for layer, weight in self._content_layers]
        )

    def _compare_style(self, features: Features) -> dict[str, tf.Tensor]:
        compare = COMPARISONS[self._settings.style_loss]
        targets = {layer: self._targets.style[layer] for layer, _ in self._style_layers}
        return {
            layer: compare(gram_matrix(features[layer], target.shift), target.gram) for layer, target in targets.items()
        }

    def _value_and_gradient(self, picture: tf.Tensor) -> tuple[Losses, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(picture)
            losses, _ = self.losses(picture)
        return losses, tape.gradient(losses.total, picture)


def make_targets(
    settings: PaintSettings, extract: Extractor, content: np.ndarray, styles: Sequence[tuple[np.ndarray, float]]
) -> Targets:
    """Return the targets of a photograph and of one or several paintings with their weights.

    Several paintings blend by the weighted mean of their Gram matrices. With the setting `gram` at `shifted`, the
    paintings' mean activation is subtracted first, so that the Gram matrices compare covariance and mean, instead of
    mostly the mean.
    """
    total = sum(weight for _, weight in styles)
    paintings = [(extract(tf.constant(picture)), weight / total) for picture, weight in styles]
    photograph = extract(tf.constant(content))
    return Targets(
        {layer: photograph[layer] for layer, _ in parse_weighted(settings.content_layers)},
        {
            layer: _blend([(features[layer], share) for features, share in paintings], settings.gram == "shifted")
            for layer, _ in parse_weighted(settings.style_layers)
        },
    )


def _blend(paintings: Sequence[tuple[tf.Tensor, float]], shifted: bool) -> StyleTarget:
    """Return the target of paintings' activations at one layer, each with its share."""
    means = [share * tf.reduce_mean(features, axis=(0, 1, 2)) for features, share in paintings]
    shift = tf.add_n(means) if shifted else None
    return StyleTarget(tf.add_n([share * gram_matrix(features, shift) for features, share in paintings]), shift)


def _normalised(entries: Weighted) -> Weighted:
    """Return layers with weights that sum to 1, so that a term is a mean over its layers."""
    total = sum(weight for _, weight in entries)
    return tuple((name, weight / total) for name, weight in entries)
