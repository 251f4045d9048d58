"""The network of one process, with compiled objectives and cached targets for each loss config."""

from functools import lru_cache, partial

import tensorflow as tf

from stylegrid.method.objective import Objective
from stylegrid.method.tiled_objective import TiledObjective
from stylegrid.painting.targets import Extract, TargetMaker
from stylegrid.settings.loss_config import LossConfig
from stylegrid.settings.scales import layers_used
from stylegrid.vgg.conventions import CAFFE, FIRST, Convention, for_input
from stylegrid.vgg.features import Extractor, Features, extractor
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.preprocessing import PREPROCESSINGS, space_of

Tensors = dict[str, tuple[tf.Tensor, tf.Tensor]]  # as Weights

CACHED_CONFIGS = 4  # loss configs whose objectives are kept; a chunk seldom has more


class ObjectiveCache:
    """Objectives and targets of one network, made once for each loss config; `xla` compiles objectives with XLA."""

    def __init__(self, weights: Weights, xla: bool = False):
        # Tensors that all extractors share; tf.constant would keep twice the memory.
        own: Tensors = {name: (tf.identity(kernel), tf.identity(bias)) for name, (kernel, bias) in weights.items()}
        self._networks = {CAFFE: own}
        self._xla = xla
        self.objective = lru_cache(2 * CACHED_CONFIGS)(self._objective)  # in two precisions
        self.tiled = lru_cache(2 * CACHED_CONFIGS)(self._tiled)
        self.targets = lru_cache(CACHED_CONFIGS)(self._targets)

    def _objective(self, loss_config: LossConfig, precision: tf.DType, grey: bool = False) -> Objective:
        """Return the objective of a loss config, with activations of this precision, for a picture in greys or not."""
        extract = self._extractor(loss_config, loss_config.layers, precision)
        return Objective(loss_config, extract, space_of(loss_config.preprocessing, loss_config.pixels, grey), self._xla)

    def _tiled(self, loss_config: LossConfig, precision: tf.DType, grey: bool = False) -> TiledObjective:
        """Return the same in tiles."""
        return TiledObjective(self.objective(loss_config, precision, grey))

    def _targets(self, loss_config: LossConfig, precision: tf.DType = tf.float32) -> TargetMaker:
        """Return the target maker of a loss config, whose network computes in this precision."""
        extract = partial(self._extract, loss_config, precision)
        return TargetMaker(
            loss_config,
            extract(layers_used(loss_config.content_layers)),
            extract(layers_used(loss_config.style_layers)),
        )

    def _extract(self, loss_config: LossConfig, precision: tf.DType, layers: tuple[str, ...]) -> Extract:
        """Return the function from pictures to activations, float32 whatever they are computed in."""
        extract = self._extractor(loss_config, layers, precision)
        to_network = PREPROCESSINGS[loss_config.preprocessing].to_network

        def extract_from(picture: tf.Tensor) -> Features:
            return {layer: tf.cast(values, tf.float32) for layer, values in extract(to_network(picture)).items()}

        return tf.function(extract_from, input_signature=[tf.TensorSpec((None, None, None, 3))])

    def _extractor(
        self, loss_config: LossConfig, layers: tuple[str, ...], precision: tf.DType = tf.float32
    ) -> Extractor:
        weights = self._weights(PREPROCESSINGS[loss_config.preprocessing].network)
        return extractor(
            weights, layers, loss_config.pooling, loss_config.padding, loss_config.pool_rounding, precision
        )

    def _weights(self, convention: Convention) -> Tensors:
        """Return the network in a convention of its input; all kernels but the first are shared."""
        if convention not in self._networks:
            own = self._networks[CAFFE]
            converted = for_input(
                {name: (kernel.numpy(), bias.numpy()) for name, (kernel, bias) in own.items()}, convention
            )
            self._networks[convention] = {
                name: (tf.identity(kernel) if name == FIRST else own[name][0], tf.identity(bias))
                for name, (kernel, bias) in converted.items()
            }
        return self._networks[convention]
