"""The engine: the network of one process, and what was compiled and computed for the pictures painted so far."""

from functools import lru_cache

import tensorflow as tf

from stylegrid.method.objective import Objective
from stylegrid.painting.targets import See, TargetMaker
from stylegrid.settings.loss_config import LossConfig
from stylegrid.settings.scales import layers_used
from stylegrid.vgg.conventions import CAFFE, FIRST, Convention, for_input
from stylegrid.vgg.features import Extractor, extractor
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.preprocessing import PREPROCESSINGS, space_of

Tensors = dict[str, tuple[tf.Tensor, tf.Tensor]]  # as Weights

FORMULAS = 4  # that a process remembers what it compiled for; a chunk seldom has more


class ObjectiveCache:
    """Paints any number of pictures with one network; what depends only on their formula is made once.

    `xla` compiles objectives with XLA: on a GPU where that was measured to be faster.
    """

    def __init__(self, weights: Weights, xla: bool = False):
        # As tensors, which all extractors share; tf.constant would leave twice the memory behind.
        own: Tensors = {name: (tf.identity(kernel), tf.identity(bias)) for name, (kernel, bias) in weights.items()}
        self._forms = {CAFFE: own}
        self._xla = xla
        self.objective = lru_cache(2 * FORMULAS)(self._objective)  # in two precisions
        self.targets = lru_cache(FORMULAS)(self._targets)

    def _objective(self, loss_config: LossConfig, precision: tf.DType) -> Objective:
        """Return the compiled objective of a formula whose activations are of this precision."""
        extract = self._extractor(loss_config, loss_config.layers, precision)
        return Objective(loss_config, extract, space_of(loss_config.preprocessing, loss_config.pixels), self._xla)

    def _targets(self, loss_config: LossConfig) -> TargetMaker:
        """Return what makes targets for a formula."""
        content, style = layers_used(loss_config.content_layers), layers_used(loss_config.style_layers)
        return TargetMaker(loss_config, self._see(loss_config, content), self._see(loss_config, style))

    def _see(self, loss_config: LossConfig, layers: tuple[str, ...]) -> See:
        extract, to_network = self._extractor(loss_config, layers), PREPROCESSINGS[loss_config.preprocessing].to_network
        return tf.function(
            lambda picture: extract(to_network(picture)), input_signature=[tf.TensorSpec((None, None, None, 3))]
        )

    def _extractor(
        self, loss_config: LossConfig, layers: tuple[str, ...], precision: tf.DType = tf.float32
    ) -> Extractor:
        weights = self._weights(PREPROCESSINGS[loss_config.preprocessing].network)
        return extractor(
            weights, layers, loss_config.pooling, loss_config.padding, loss_config.pool_rounding, precision
        )

    def _weights(self, convention: Convention) -> Tensors:
        """Return the network as one of a convention, kernels shared but for the first."""
        if convention not in self._forms:
            own = self._forms[CAFFE]
            form = for_input({name: (kernel.numpy(), bias.numpy()) for name, (kernel, bias) in own.items()}, convention)
            self._forms[convention] = {
                name: (tf.identity(kernel) if name == FIRST else own[name][0], tf.identity(bias))
                for name, (kernel, bias) in form.items()
            }
        return self._forms[convention]
