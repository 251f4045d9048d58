"""Targets: the activations of photographs and the style statistics of paintings, cached for other pictures."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cachedmethod

from stylegrid.method.activations import Activations, Moments, merge, moments
from stylegrid.method.losses import NORMALISERS, Target, make_target
from stylegrid.method.objective import StyleTarget, Targets
from stylegrid.method.style_statistics import Statistics, target_statistics
from stylegrid.method.tiled_objective import TiledTargets
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.painting.scratch import Scratch
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.settings.loss_config import LossConfig
from stylegrid.settings.scales import layers_used
from stylegrid.vgg.architecture import layer_size
from stylegrid.vgg.features import Features
from stylegrid.vgg.tiles import Box, Tile, at_layer, plan_tiles

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
        content = self._content(inputs.photograph, _product(inputs.alpha, inputs.content_mask))
        return Targets(content, self._style(inputs, None), _visible(inputs))

    def make_tiled(self, inputs: ScaleInputs, side: int, scratch: Scratch) -> TiledTargets:
        """Return the same for a picture in tiles of at most `side` pixels; paintings are looked at in tiles too.

        The photograph's activations are kept in `scratch`. Raises RecordError where it has no room.
        """
        tiles = _tiles(inputs.photograph, side, self._loss_config.layers)
        weight = _product(inputs.alpha, inputs.content_mask)
        content_layers = layers_used(self._loss_config.content_layers)
        weights = {layer: self._at_layer(weight, layer) for layer in content_layers}
        parts = []
        for tile in tiles:
            features = self._own(self._extract_content, inputs.photograph, tile)
            scratch.add(features)
            parts.append({layer: self._part(features, weights, layer, tile) for layer in content_layers})
        normaliser = NORMALISERS[self._loss_config.content_loss]
        content = {
            layer: (weights[layer], normaliser(merge(part[layer] for part in parts))) for layer in content_layers
        }
        return TiledTargets(tuple(tiles), scratch.read, content, self._style(inputs, side), _visible(inputs))

    def _style(self, inputs: ScaleInputs, side: int | None) -> dict[str, tuple[StyleTarget, ...]]:
        """Return the targets of style, by paintings in tiles of `side` pixels or, for None, in one piece."""
        groups = [
            (self._statistics(paintings, side), share, region) for paintings, share, region in self._groups(inputs)
        ]
        return {
            layer: tuple(
                StyleTarget(statistics[layer], tf.constant([share], tf.float32), self._at_layer(region, layer))
                for statistics, share, region in groups
            )
            for layer in layers_used(self._loss_config.style_layers)
        }

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
        key=lambda self, paintings, side: (
            side,
            *((_digest(p.picture), _digest(p.alpha), p.share) for p in paintings),
        ),
    )
    def _statistics(self, paintings: Sequence[Painting], side: int | None) -> dict[str, Statistics]:
        """Return the statistics of paintings together, at each layer."""
        seen = [self._whole(painting) if side is None else self._tiled(painting, side) for painting in paintings]
        shares = [painting.share for painting in paintings]
        return {
            layer: target_statistics(
                [(each[layer], share) for each, share in zip(seen, shares, strict=True)], self._loss_config
            )
            for layer in layers_used(self._loss_config.style_layers)
        }

    def _whole(self, painting: Painting) -> dict[str, Activations]:
        height, width = painting.picture.shape[1:3]
        features = self._extract_style(tf.constant(painting.picture))
        return {
            layer: Activations(features[layer], self._at_layer(painting.alpha, layer), height * width)
            for layer in layers_used(self._loss_config.style_layers)
        }

    def _tiled(self, painting: Painting, side: int) -> dict[str, Moments]:
        """Return the moments of a painting's activations, merged from its tiles."""
        layers = layers_used(self._loss_config.style_layers)
        weights = {layer: self._at_layer(painting.alpha, layer) for layer in layers}
        parts = []
        for tile in _tiles(painting.picture, side, layers):
            features = self._own(self._extract_style, painting.picture, tile)
            parts.append({layer: self._part(features, weights, layer, tile) for layer in layers})
        return {layer: merge(part[layer] for part in parts) for layer in layers}

    def _own(self, extract: Extract, picture: Picture, tile: Tile) -> Features:
        """Return the activations of a tile's own positions."""
        own, up = tile.own.within(tile.crop), self._loss_config.pool_rounding == "up"
        features = extract(tf.constant(tile.crop.of(picture)))
        return {layer: at_layer(layer, own, up).of(each) for layer, each in features.items()}

    def _part(self, features: Features, weights: dict[str, tf.Tensor | None], layer: str, tile: Tile) -> Moments:
        weight = weights[layer]
        own = None if weight is None else at_layer(layer, tile.own, self._loss_config.pool_rounding == "up").of(weight)
        return moments(Activations(features[layer], own, _area(tile.own)))

    def _at_layer(self, weight: Alpha | None, layer: str) -> tf.Tensor | None:
        """Return the weights of a layer's positions: the means over the pixels of each."""
        if weight is None:
            return None
        size = layer_size(layer, weight.shape[1:3], self._loss_config.pool_rounding == "up")
        return tf.image.resize(weight, size, method="area")


def _visible(inputs: ScaleInputs) -> tf.Tensor:
    return tf.constant(np.ones_like(inputs.photograph[..., :1]) if inputs.alpha is None else inputs.alpha)


def _tiles(picture: Picture, side: int, layers: tuple[str, ...]) -> list[Tile]:
    height, width = picture.shape[1:3]
    return plan_tiles((width, height), side, layers)


def _area(box: Box) -> int:
    return (box.bottom - box.top) * (box.right - box.left)


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
