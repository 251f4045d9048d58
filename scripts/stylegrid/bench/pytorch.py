"""The tutorial's step as a common PyTorch script: eager, on a GPU where there is one."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from stylegrid.bench.peer import (
    BETA_1,
    BETA_2,
    CONTENT_LAYER,
    CONTENT_WEIGHT,
    EPSILON,
    LEARNING_RATE,
    STYLE_LAYERS,
    STYLE_WEIGHT,
    VARIATION_WEIGHT,
)
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.layers import Weights

_MEAN = (103.939, 116.779, 123.68)  # of blue, green and red in ImageNet, of 255


class PyTorch:
    """A style transfer from `content` and `style`, both (1, height, width, 3), float32, RGB in [0, 1].

    Loss: 1e-2/5 times the sum over layers of mean (G - A)^2, plus 1e4 mean (F - P)^2, plus 30 times total variation.
    `bfloat16` computes the loss under autocast; `channels_last` is the memory order of pictures and kernels.
    """

    def __init__(
        self,
        content: np.ndarray,
        style: np.ndarray,
        weights: Weights,
        bfloat16: bool = False,
        channels_last: bool = False,
    ):
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._bfloat16 = bfloat16
        self._format = torch.channels_last if channels_last else torch.contiguous_format
        self._layers = {name: self._layer(*arrays) for name, arrays in weights.items()}
        self._mean = torch.tensor(_MEAN, device=self._device).view(1, 3, 1, 1)
        with torch.no_grad(), self._autocast():
            self._style_targets, _ = self._extract(self._tensor(style))
            _, self._content_target = self._extract(self._tensor(content))
        self._image = self._tensor(content).requires_grad_()
        self._optimiser = torch.optim.Adam([self._image], LEARNING_RATE, (BETA_1, BETA_2), EPSILON)
        self._steps = 0

    def step(self) -> None:
        """Take one step: loss, gradient, Adam, clip."""
        self._optimiser.zero_grad()
        with self._autocast():
            loss = self._loss(self._image)
        loss.backward()
        self._steps += 1
        self._optimiser.param_groups[0]["eps"] = _torch_epsilon(self._steps)
        self._optimiser.step()
        with torch.no_grad():
            self._image.clamp_(0, 1)

    def picture(self) -> np.ndarray:
        """Return the current picture."""
        return self._image.detach().permute(0, 2, 3, 1).cpu().contiguous().numpy().copy()

    def loss(self, picture: np.ndarray) -> float:
        """Return the total loss of a picture."""
        with torch.no_grad(), self._autocast():
            return float(self._loss(self._tensor(picture)))

    def _loss(self, image: Tensor) -> Tensor:
        grams, content = self._extract(image)
        pairs = zip(grams, self._style_targets, strict=True)
        style = torch.stack([functional.mse_loss(gram, target) for gram, target in pairs]).sum()
        variation = image.diff(dim=2).abs().sum() + image.diff(dim=3).abs().sum()
        compared = CONTENT_WEIGHT * functional.mse_loss(content, self._content_target)
        return STYLE_WEIGHT / len(STYLE_LAYERS) * style + compared + VARIATION_WEIGHT * variation

    def _extract(self, image: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return the Gram matrices of the style layers, and the activations of the content layer."""
        x, grams = image.flip(1) * 255 - self._mean, []
        for conv in CONVOLUTIONS:
            if conv.number == 1 and conv.block > 1:
                x = functional.max_pool2d(x, 2)
            x = functional.relu(functional.conv2d(x, *self._layers[conv.keras_name], padding=1))
            if conv.keras_name in STYLE_LAYERS:
                grams.append(_gram(x))
            if conv.keras_name == CONTENT_LAYER:
                break
        return grams, x

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device, torch.bfloat16, enabled=self._bfloat16)

    def _tensor(self, picture: np.ndarray) -> Tensor:
        """Return (1, 3, height, width) from (1, height, width, 3)."""
        pixels = torch.tensor(picture, device=self._device).permute(0, 3, 1, 2)
        return pixels.contiguous(memory_format=self._format)

    def _layer(self, kernel: np.ndarray, bias: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return a kernel as (out, in, 3, 3) from (3, 3, in, out), and its bias."""
        turned = torch.tensor(kernel, device=self._device).permute(3, 2, 0, 1)
        return turned.contiguous(memory_format=self._format), torch.tensor(bias, device=self._device)


def _gram(features: Tensor) -> Tensor:
    """Return the Gram matrix over positions, divided by their number: (channels, channels)."""
    flat = features.flatten(2)[0]
    return torch.mm(flat, flat.T) / flat.shape[1]


def _torch_epsilon(steps: int) -> float:
    """Return the epsilon that makes PyTorch's Adam equal Keras': epsilon / sqrt(1 - beta_2^steps).

    Keras adds epsilon to the root of the second moment before bias correction, PyTorch after it.
    """
    return EPSILON / (1 - BETA_2**steps) ** 0.5
