"""The formula of an objective: those settings that shape it, and so what is compiled for it."""

from typing import NamedTuple

from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import layers_used
from stylegrid.weighted_list import WeightedList


class LossConfig(NamedTuple):
    """The settings that an objective is compiled from; numbers that it only multiplies by, weights, are none of them.

    Fields are the settings of the same names, each described there.
    """

    content_layers: WeightedList
    style_layers: WeightedList
    content_layer_ratio: float
    style_layer_ratio: float
    over_layers: str
    content_loss: str
    style_loss: str
    content_factor: float
    style_factor: float
    tv_factor: float
    gram: str
    gram_over: str
    tv_loss: str
    tv_power: float
    blend: str
    preprocessing: str
    pixels: str
    padding: str
    pooling: str
    pool_rounding: str

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers that the losses need."""
        return layers_used(self.content_layers, self.style_layers)


def loss_config_of(settings: PaintSettings) -> LossConfig:
    """Return the formula that settings describe."""
    return LossConfig(*(getattr(settings, name) for name in LossConfig._fields))
