"""The objective tile by tile: the same losses and gradient, in memory that depends on the tile, not on the picture.

All terms are functions of sums over positions. A first pass over the tiles adds up these sums; the loss and its
gradient by the sums, the seeds, follow from them. A second pass computes each tile's activations again, and adds to the
picture's gradient that of the tile's crop, seeded. Each tile counts its own activations only, but the gradient of its
whole crop, what lies around the tile included: so the halo need be no wider than what these activations see. Galerne
and others, "Scaling painting style transfer", arXiv:2212.13459, keep the gradient of tiles only, with halos twice as
wide. Total variation is summed over rows in the same way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.method.activations import Activations, Moments, gradient_by_moments, merge, moments
from stylegrid.method.losses import Target, difference_sums, loss_of_sums
from stylegrid.method.objective import Losses, Objective, StyleTarget, any_size
from stylegrid.method.total_variation import VARIATIONS, Rows
from stylegrid.method.total_variation import Sums as VariationSums
from stylegrid.vgg.features import Features
from stylegrid.vgg.tiles import Box, Tile, at_layer


class TiledTargets(NamedTuple):
    """Targets of a picture in tiles: as Targets, but with the photograph's activations one tile at a time.

    `photograph` returns the own activations of the tile of a number; `content` their weights and normalisers.
    """

    tiles: tuple[Tile, ...]
    photograph: Callable[[int], Features]
    content: Mapping[str, tuple[tf.Tensor | None, tf.Tensor]]
    style: Mapping[str, tuple[StyleTarget, ...]]
    visible: tf.Tensor


class TilePart(NamedTuple):
    """What one tile is compared with: its box in the crop, the photograph there, and the weights of style targets."""

    own: Box
    content: dict[str, Target]
    style_weights: dict[str, tuple[tf.Tensor | None, ...]]


class Sums(NamedTuple):
    """Sums over positions, of a tile or of the picture: by layer of content, by layer and target of style."""

    content: dict[str, tuple[tf.Tensor, ...]]
    style: dict[str, tuple[Moments, ...]]


class TiledObjective:
    """An objective, computed in tiles; its graphs are compiled once for tiles of any size, and not by XLA."""

    def __init__(self, objective: Objective):
        self._objective = objective
        self._loss_config = objective.loss_config
        self._up = objective.loss_config.pool_rounding == "up"
        self._variation = VARIATIONS[objective.loss_config.tv_loss]
        self._compiled: dict[tuple, Callable] = {}

    def losses(
        self, pixels: tf.Tensor, targets: TiledTargets, weights: tf.Tensor
    ) -> tuple[Losses, dict[str, tf.Tensor]]:
        """Return what Objective.losses does."""
        return self._losses(self._sums(pixels, targets), self._variations(pixels, targets), targets, weights)

    def value_and_gradient(
        self, pixels: tf.Tensor, targets: TiledTargets, weights: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return what Objective.value_and_gradient does."""
        sums, variations = self._sums(pixels, targets), self._variations(pixels, targets)
        with tf.GradientTape() as tape:
            tape.watch((sums, variations))
            losses, _ = self._losses(sums, variations, targets, weights)
        seeds = tape.gradient(losses.total, (sums, variations), unconnected_gradients="zero")
        gradient = np.zeros(pixels.shape, np.float32)
        self._add_gradients(gradient, pixels, targets, sums, seeds[0])
        self._add_variation_gradients(gradient, pixels, targets, seeds[1])
        slope = tf.convert_to_tensor(gradient)
        return tf.concat([*losses, tf.reduce_sum(slope, axis=(1, 2, 3))], axis=0), slope

    def _losses(
        self, sums: Sums, variations: VariationSums, targets: TiledTargets, weights: tf.Tensor
    ) -> tuple[Losses, dict[str, tf.Tensor]]:
        content = {
            layer: loss_of_sums(self._loss_config.content_loss, sums.content[layer], normaliser)
            for layer, (_, normaliser) in targets.content.items()
        }
        tv = self._variation.combine(variations)
        style = self._objective.style_losses(sums.style, targets.style)
        return self._objective.combine(content, style, tv, weights), style

    def _sums(self, pixels: tf.Tensor, targets: TiledTargets) -> Sums:
        """Return the sums over the whole picture, by the first pass."""
        parts = [self._call(self._tile_sums, tile.crop.of(pixels), part) for tile, part in self._parts(targets)]
        content = {layer: _added([part.content[layer] for part in parts]) for layer in targets.content}
        style = {
            layer: tuple(merge(part.style[layer][place] for part in parts) for place in range(len(group)))
            for layer, group in targets.style.items()
        }
        return Sums(content, style)

    def _add_gradients(
        self, gradient: np.ndarray, pixels: tf.Tensor, targets: TiledTargets, sums: Sums, seeds: Sums
    ) -> None:
        """Add the gradients of the tiles' crops to the picture's, by the second pass."""
        for tile, part in self._parts(targets):
            slope = self._call(self._tile_gradient, tile.crop.of(pixels), part, sums, seeds)
            tile.crop.of(gradient)[...] += slope.numpy()

    def _tile_sums(self, crop: tf.Tensor, part: TilePart) -> Sums:
        own = self._own(crop, part)
        style = self._activations(own, part)
        return Sums(
            self._content_sums(own, part), {layer: tuple(map(moments, group)) for layer, group in style.items()}
        )

    def _tile_gradient(self, crop: tf.Tensor, part: TilePart, whole: Sums, seeds: Sums) -> tf.Tensor:
        """Return the gradient of the picture's loss by the crop, through the tile's own activations."""
        with tf.GradientTape() as tape:
            tape.watch(crop)
            own = self._own(crop, part)
        slopes = self._content_gradients(own, part, seeds)
        for layer, group in self._activations(own, part).items():
            for place, each in enumerate(group):
                slope = gradient_by_moments(each, whole.style[layer][place], seeds.style[layer][place])
                slopes[layer] = slopes[layer] + slope if layer in slopes else slope
        return tape.gradient(own, crop, output_gradients=slopes)

    def _own(self, crop: tf.Tensor, part: TilePart) -> Features:
        """Return the activations of the tile's own positions."""
        seen = self._objective.features(crop)
        return {layer: _cut(features, at_layer(layer, part.own, self._up)) for layer, features in seen.items()}

    def _content_sums(self, own: Features, part: TilePart) -> dict[str, tuple[tf.Tensor, ...]]:
        return {
            layer: difference_sums(self._loss_config.content_loss, own[layer], _cast(target, own[layer].dtype))
            for layer, target in part.content.items()
        }

    def _content_gradients(self, own: Features, part: TilePart, seeds: Sums) -> Features:
        """Return the gradients of the content's loss by the tile's own activations."""
        seen = {layer: own[layer] for layer in part.content}
        with tf.GradientTape() as tape:
            tape.watch(seen)
            sums = self._content_sums(seen, part)
        return tape.gradient(sums, seen, output_gradients=seeds.content)

    def _activations(self, own: Features, part: TilePart) -> dict[str, list[Activations]]:
        """Return the tile's own activations for each style target."""
        box = part.own
        area = (box.bottom - box.top) * (box.right - box.left)
        return {
            layer: [Activations(own[layer], weight, area) for weight in weights]
            for layer, weights in part.style_weights.items()
        }

    def _parts(self, targets: TiledTargets) -> Iterator[tuple[Tile, TilePart]]:
        """Yield the tiles with what each is compared with."""
        for number, tile in enumerate(targets.tiles):
            photograph = targets.photograph(number)
            content = {
                layer: Target(photograph[layer], self._of_layer(layer, tile, weight), normaliser)
                for layer, (weight, normaliser) in targets.content.items()
            }
            style_weights = {
                layer: tuple(self._of_layer(layer, tile, target.weight) for target in group)
                for layer, group in targets.style.items()
            }
            own = Box(*map(tf.constant, tile.own.within(tile.crop)))
            yield tile, TilePart(own, content, style_weights)

    def _of_layer(self, layer: str, tile: Tile, weight: tf.Tensor | None) -> tf.Tensor | None:
        return None if weight is None else at_layer(layer, tile.own, self._up).of(weight)

    def _variations(self, pixels: tf.Tensor, targets: TiledTargets) -> VariationSums:
        """Return the sums of the total variation over the whole picture."""
        sums = [self._call(self._row_sums, rows) for _, rows in self._rows(pixels, targets)]
        return tuple(_added(kind) for kind in zip(*sums, strict=True))

    def _add_variation_gradients(
        self, gradient: np.ndarray, pixels: tf.Tensor, targets: TiledTargets, seeds: VariationSums
    ) -> None:
        for box, rows in self._rows(pixels, targets):
            box.of(gradient)[...] += self._call(self._row_gradient, rows, seeds).numpy()

    def _row_sums(self, rows: Rows) -> VariationSums:
        return self._variation.sums(rows._replace(x=self._objective.to_colours(rows.x)), self._loss_config.tv_power)

    def _row_gradient(self, rows: Rows, seeds: VariationSums) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(rows.x)
            sums = self._row_sums(rows)
            total = tf.add_n([seed[0] * each[0] for seed, each in zip(seeds, sums, strict=True)])
        return tape.gradient(total, rows.x)

    def _rows(self, pixels: tf.Tensor, targets: TiledTargets) -> Iterator[tuple[Box, Rows]]:
        """Yield the rows of a picture, about a tile's pixels at a time, with their box and the row below, if any."""
        height, width = pixels.shape[1:3]
        own = targets.tiles[0].own
        step = max(1, (own.bottom - own.top) * (own.right - own.left) // width)
        for begin in range(0, height, step):
            box = Box(begin, min(begin + step + 1, height), 0, width)
            ends = min(step, height - begin), int(begin == 0), int(begin + step >= height)
            yield box, Rows(box.of(pixels), box.of(targets.visible), *map(tf.constant, ends))

    def _call(self, function: Callable, *given: Any) -> Any:
        """Call a function as a graph, compiled once for tensors of any size."""
        specs = tf.nest.map_structure(any_size, given)
        key = function.__name__, *tf.nest.flatten(specs)
        if key not in self._compiled:
            self._compiled[key] = tf.function(function, autograph=False).get_concrete_function(*specs)
        return self._compiled[key](*given)


def _cut(features: tf.Tensor, box: Box) -> tf.Tensor:
    """Return a box of activations; the gradient of Python's slices takes forty times as long as that of tf.slice."""
    return tf.slice(features, (0, box.top, box.left, 0), (-1, box.bottom - box.top, box.right - box.left, -1))


def _cast(target: Target, precision: tf.DType) -> Target:
    return target._replace(values=tf.cast(target.values, precision))


def _added(parts: Sequence[tuple[tf.Tensor, ...]]) -> tuple[tf.Tensor, ...]:
    """Return the sums of each place over parts, added in float64."""
    columns = zip(*parts, strict=True)
    return tuple(
        tf.cast(tf.add_n([tf.cast(each, tf.float64) for each in column]), column[0].dtype) for column in columns
    )
