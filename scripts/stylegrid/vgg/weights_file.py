"""A file of VGG19's weights, in any of the formats that people have."""

from stylegrid.vgg.keras_file import Weights, read_weights

__all__ = ["Weights", "read_weights"]
