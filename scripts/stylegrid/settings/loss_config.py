"""The settings that shape a loss, for which an objective is compiled."""

from typing import NamedTuple

from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import layers_used
from stylegrid.weighted_list import WeightedList


class LossConfig(NamedTuple):
    """The settings that an objective is compiled for; loss weights aren't among them, as they are its arguments.

    Fields have the names, and the meaning, of the settings.
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
        """The layers that the losses need, each once."""
        return layers_used(self.content_layers, self.style_layers)


def loss_config_of(settings: PaintSettings) -> LossConfig:
    """Return the loss configuration of settings."""
    return LossConfig(*(getattr(settings, name) for name in LossConfig._fields))
