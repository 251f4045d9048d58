"""The published recipes a second time, straight from each source's own formula, in PyTorch float64 on the CPU.

No code of ours is used. Read for each recipe:

gatys2015        arXiv:1508.06576, equations 1 to 7; each Gram matrix over its own number of positions
tf-tutorial      tensorflow/docs site/en/tutorials/generative/style_transfer.ipynb, its second half (total variation)
tf-basic         a common simplified variant of it: raw RGB x 255, no mean subtracted, layers summed
d2l              d2l-ai/d2l-en chapter_computer-vision/neural-style.md, PyTorch tab; but rate 0.1, x 0.8 every 200 steps
d2l-current      the same with the file's own rate: 0.3, x 0.8 every 50 steps
anishathalye     anishathalye/neural-style stylize.py, vgg.py, neural_style.py
jcjohnson        jcjohnson/neural-style neural_style.lua; szagoruyko/loadcaffe loadcaffe.cpp; torch/optim adam.lua
neural-style-pt  ProGamerGov/neural-style-pt neural_style.py, CaffeLoader.py
crowson-gram     crowsonkb/style-transfer-pytorch style_transfer/style_transfer.py as of 2021
crowson          the same at e7e2c71, with sqrtm.py
keras-io         keras-team/keras-io examples/generative/neural_style_transfer.py
cysmith          cysmith/neural-style-tf neural_style.py at a2c374f
gordic           gordicaleksa/pytorch-neural-style-transfer neural_style_transfer.py, utils/utils.py, vgg_nets.py

Pictures are numpy arrays (1, height, width, 3), RGB in [0, 1], already resized. Features are (channels, height, width);
"relu4_2" is a layer after its ReLU, "conv4_2" before it. Crowson's average of the pictures on the way is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

Weights = Mapping[str, tuple[np.ndarray, np.ndarray]]
BLOCK_LENGTHS = (2, 2, 4, 4, 4)
FIVE_RELUS = tuple(f"relu{block}_1" for block in range(1, 6))


def numbers(values) -> Tensor:
    return torch.tensor(np.ascontiguousarray(values), dtype=torch.float64)


@dataclass(frozen=True)
class Space:
    """How a source writes its pixels: (RGB in [0, 1] * scale - mean) / std, perhaps with the channels reversed."""

    scale: float = 1.0
    mean: tuple = (0.0, 0.0, 0.0)
    std: tuple = (1.0, 1.0, 1.0)
    bgr: bool = False

    def enter(self, picture: Tensor) -> Tensor:
        """Return (1, 3, height, width) in this space from (1, height, width, 3) RGB in [0, 1]."""
        pixels = (picture * self.scale - numbers(self.mean)) / numbers(self.std)
        return (pixels.flip(-1) if self.bgr else pixels).permute(0, 3, 1, 2)

    def leave(self, pixels: Tensor) -> Tensor:
        pixels = pixels.permute(0, 2, 3, 1)
        return ((pixels.flip(-1) if self.bgr else pixels) * numbers(self.std) + numbers(self.mean)) / self.scale


UNIT = Space()
RAW_255 = Space(255)
CAFFE = Space(255, (123.68, 116.779, 103.939), bgr=True)
CAFFE_256 = replace(CAFFE, scale=256)  # neural_style.lua, preprocess: img:index(1, perm):mul(256.0)
IMAGENET = Space(1, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
GORDIC = Space(255, (123.675, 116.28, 103.53))


def gram(feature: Tensor) -> Tensor:
    return feature.flatten(1) @ feature.flatten(1).T


class SquareRoot(torch.autograd.Function):
    """Crowson's sqrtm_ns_lyap: 12 Newton-Schulz steps there, 12 steps for the Lyapunov equation back."""

    @staticmethod
    def forward(ctx, matrix):
        one = torch.eye(len(matrix), dtype=matrix.dtype)
        root, inverse = matrix / matrix.norm(), one
        for _ in range(12):
            step = (3 * one - inverse @ root) / 2
            root, inverse = root @ step, step @ inverse
        root = root * matrix.norm().sqrt()
        ctx.save_for_backward(root)
        return root

    @staticmethod
    def backward(ctx, gradient):
        (root,) = ctx.saved_tensors
        a, q = root / root.norm(), gradient / root.norm()
        for _ in range(12):
            rest = 3 * torch.eye(len(root), dtype=root.dtype) - a @ a
            q = (q @ rest - a.T @ (a.T @ q - q @ a)) / 2
            a = a @ rest / 2
        return q / 2


def wasserstein(f: Tensor, p: Tensor) -> Tensor:
    """Crowson's StyleLossW2, of features."""

    def statistics(feature):
        mean, ridge = feature.mean((1, 2)), 1e-4 * torch.eye(len(feature), dtype=feature.dtype)
        return mean, gram(feature) / feature[0].numel() - torch.outer(mean, mean) + ridge

    (mean_f, cov_f), (mean_p, cov_p) = statistics(f), statistics(p)
    root_p = SquareRoot.apply(cov_p)
    cross = SquareRoot.apply(root_p @ cov_f @ root_p)
    return DISTANCES["mean"](mean_f, mean_p) + torch.diagonal(cov_p + cov_f - 2 * cross).mean()


GRAMS = {  # area is the picture's height * width
    "m": lambda feature, _area: gram(feature) / feature[0].numel(),
    "cm": lambda feature, _area: gram(feature) / feature.numel(),
    "area": lambda feature, area: gram(feature) / area,
    "none": lambda feature, _area: feature,
}
DISTANCES = {
    "mean": lambda a, b: ((a - b) ** 2).mean(),
    "sum": lambda a, b: ((a - b) ** 2).sum(),
    "half": lambda a, b: ((a - b) ** 2).sum() / 2,
    "scaled": lambda a, b: ((a - b) ** 2).sum() / ((a - b).abs().sum() + 1e-8),  # Crowson's ScaledMSELoss
    "gatys": lambda a, b: ((a - b) ** 2).sum() / (4 * len(a) ** 2),
    "keras": lambda a, b: ((a - b) ** 2).sum() / (4 * 3**2),
    "cysmith": lambda a, b: ((a - b) ** 2).sum() / (2 * a.numel() ** 0.5),
    "wasserstein": wasserstein,
}


def squares(x: Tensor) -> Tensor:
    """Return dx^2 + dy^2 where both exist: (height - 1) x (width - 1) positions."""
    return x.diff(dim=3)[:, :, :-1] ** 2 + x.diff(dim=2)[..., :-1] ** 2


def nine_points(x: Tensor) -> Tensor:
    x = functional.pad(x, (1, 1, 1, 1), "replicate")
    straight = (x.diff(dim=3)[..., 1:-1, 1:] ** 2).mean() + (x.diff(dim=2)[..., 1:, 1:-1] ** 2).mean()
    down, up = x[..., 1:, 1:] - x[..., :-1, :-1], x[..., 1:, :-1] - x[..., :-1, 1:]
    return 2 * (straight / 3 + ((down**2).mean() + (up**2).mean()) / 12)


VARIATIONS = {  # in the space the source optimises in; x is (1, 3, height, width)
    "sum abs": lambda x: x.diff(dim=2).abs().sum() + x.diff(dim=3).abs().sum(),
    "half mean abs": lambda x: (x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()) / 2,
    "mean squares": lambda x: (x.diff(dim=2) ** 2).mean() + (x.diff(dim=3) ** 2).mean(),
    "keras": lambda x: (squares(x) ** 1.25).sum(),
    # What TVLoss:updateGradInput adds the gradient of; the source neither computes nor prints the value.
    "jcjohnson": lambda x: squares(x).sum() / 2,
    "padded squares": lambda x: squares(functional.pad(x, (0, 1, 0, 1), "replicate")).mean(),
    "nine points": nine_points,
}


@dataclass(frozen=True)
class Recipe:
    """All that the terms and the steps of one source need."""

    spaces: tuple[Space, Space]  # what is optimised (and where total variation is measured), what the network sees
    content: tuple[str, str, float]  # layer, distance, weight
    style: tuple[str, str, tuple, float]  # Gram matrix, distance, weight of each layer, weight of all
    tv: tuple[str | None, float]  # variation, weight
    rate: float  # Adam's
    style_layers: tuple = FIVE_RELUS
    pooling: str = "max"
    round_up: bool = False  # pooling keeps an odd last row or column
    replicate: bool = False  # how the first convolution is padded
    betas: tuple = (0.9, 0.999)
    epsilon: float = 1e-8
    torch_adam: bool = False  # else as Keras, TensorFlow 1 and Torch7 write it
    decay: tuple = (1.0, 1)  # a factor, every so many steps
    clamp: bool = False  # after each step, else only at the end


EACH, MEAN, FIFTHS_OF_MEAN = (1,) * 5, (1 / 5,) * 5, (1 / 25,) * 5
UNEVEN = tuple(weight / 341 for weight in (256, 64, 16, 4, 1))
MSE_4_2 = ("relu4_2", "mean", 5)
STYLE_CM = ("cm", "mean", EACH, 100)

GATYS = Recipe((CAFFE, CAFFE), ("relu4_2", "half", 1e-3), ("m", "gatys", MEAN, 1), (None, 0), 10, pooling="average")
TUTORIAL = Recipe((UNIT, CAFFE), ("relu5_2", "mean", 1e4), ("m", "mean", MEAN, 1e-2), ("sum abs", 30), 0.02, clamp=True)
BASIC = Recipe((UNIT, RAW_255), ("relu5_2", "mean", 1e-2), ("m", "mean", EACH, 1e4), (None, 0), 0.02, clamp=True)
D2L = Recipe((IMAGENET,) * 2, ("relu4_4", "mean", 1), ("cm", "mean", EACH, 1e4), ("half mean abs", 10), 0.1)
# Torchvision's ReLUs work in place, so every kept convolution but the last has become its ReLU.
D2L = replace(D2L, style_layers=(*FIVE_RELUS[:4], "conv5_1"), torch_adam=True, decay=(0.8, 200))
ANISHATHALYE = Recipe((CAFFE, CAFFE), MSE_4_2, ("cm", "mean", MEAN, 500), ("mean squares", 100), 10, round_up=True)
# loadcaffe.cpp writes the pools as "nn.SpatialMaxPooling(%d, %d, %d, %d, %d, %d):ceil()".
JCJOHNSON = Recipe((CAFFE_256, CAFFE_256), MSE_4_2, STYLE_CM, ("jcjohnson", 1e-3), 10, round_up=True)
NEURAL_STYLE_PT = Recipe((CAFFE, CAFFE), MSE_4_2, STYLE_CM, ("sum abs", 1e-3), 1, torch_adam=True)
W2 = ("none", "wasserstein", UNEVEN, 1)
CROWSON = Recipe((UNIT, IMAGENET), ("relu4_2", "mean", 0.015), W2, ("nine points", 2), 0.02, betas=(0.9, 0.99))
CROWSON = replace(CROWSON, replicate=True, torch_adam=True, clamp=True)
OLD = {"style": ("m", "scaled", UNEVEN, 1), "tv": ("padded squares", 2), "betas": (0.9, 0.999)}
KERAS = Recipe((CAFFE, CAFFE), ("relu5_2", "sum", 2.5e-8), ("area", "keras", MEAN, 1e-6), ("keras", 1e-6), 2)
# It leaves the bias out of conv4_2, which no difference shows; its layer weights of 0.2 are once more divided by 5.
CYSMITH = (("conv4_2", "cysmith", 5), ("m", "gatys", FIFTHS_OF_MEAN, 1e4), ("sum abs", 1e-3))
GORDIC_STYLE = ("cm", "sum", MEAN, 3e4)

RECIPES: dict[str, Recipe] = {
    "gatys2015": GATYS,
    "tf-tutorial": replace(TUTORIAL, betas=(0.99, 0.999), epsilon=0.1),
    "tf-basic": replace(BASIC, epsilon=1e-7),
    "d2l": D2L,
    "d2l-current": replace(D2L, rate=0.3, decay=(0.8, 50)),
    "anishathalye": ANISHATHALYE,
    "jcjohnson": JCJOHNSON,
    "neural-style-pt": NEURAL_STYLE_PT,
    "crowson": CROWSON,
    "crowson-gram": replace(CROWSON, content=("relu4_2", "scaled", 0.015), **OLD),
    "keras-io": replace(KERAS, epsilon=1e-7),
    "cysmith": Recipe((CAFFE, CAFFE), *CYSMITH, 1, pooling="average", round_up=True),
    "gordic": Recipe((GORDIC,) * 2, ("relu4_2", "mean", 1e5), GORDIC_STYLE, ("sum abs", 1), 10, torch_adam=True),
}


def features(x: Tensor, recipe: Recipe, weights: Weights) -> dict[str, Tensor]:
    """Return the activations of the recipe's layers, and others; x is (1, 3, height, width), as optimised."""
    optimised, seen = recipe.spaces
    x, found = seen.enter(optimised.leave(x)), {}
    for block, length in enumerate(BLOCK_LENGTHS, start=1):
        for number in range(1, length + 1):
            kernel, bias = (numbers(values) for values in weights[f"block{block}_conv{number}"])
            edge = "replicate" if recipe.replicate and block == number == 1 else "constant"
            convolved = functional.conv2d(functional.pad(x, (1, 1, 1, 1), edge), kernel.permute(3, 2, 0, 1), bias)
            x = functional.relu(convolved)
            found |= {f"conv{block}_{number}": convolved[0], f"relu{block}_{number}": x[0]}
            if {recipe.content[0], *recipe.style_layers} <= found.keys():
                return found
        pool = functional.max_pool2d if recipe.pooling == "max" else functional.avg_pool2d
        x = pool(x, 2, ceil_mode=recipe.round_up)  # positions beyond the edge count for nothing
    raise AssertionError


def objective(recipe: Recipe, content: np.ndarray, style: np.ndarray, weights: Weights) -> Callable:
    """Return the function from pixels, as optimised, to the three terms and their weighted total."""
    layer, content_distance, content_weight = recipe.content
    statistic, style_distance, layer_weights, style_weight = recipe.style
    statistic, style_distance = GRAMS[statistic], DISTANCES[style_distance]
    variation, tv_weight = recipe.tv
    area = content.shape[1] * content.shape[2]
    with torch.no_grad():
        photograph = features(recipe.spaces[0].enter(numbers(content)), recipe, weights)[layer]
        painting = features(recipe.spaces[0].enter(numbers(style)), recipe, weights)
        targets = [statistic(painting[name], area) for name in recipe.style_layers]

    def measure(x: Tensor) -> tuple:
        painted = features(x, recipe, weights)
        content_term = DISTANCES[content_distance](painted[layer], photograph)
        layers = zip(recipe.style_layers, targets, layer_weights, strict=True)
        style_term = sum(w * style_distance(statistic(painted[name], area), target) for name, target, w in layers)
        total = content_weight * content_term + style_weight * style_term
        if variation is None:
            return content_term, style_term, None, total
        tv_term = VARIATIONS[variation](x)
        return content_term, style_term, tv_term, total + tv_weight * tv_term

    return measure


def terms(name: str, picture: np.ndarray, content: np.ndarray, style: np.ndarray, weights: Weights) -> dict:
    """Return the content, style and total variation (or None) terms without weights, and their weighted total."""
    recipe = RECIPES[name]
    with torch.no_grad():
        found = objective(recipe, content, style, weights)(recipe.spaces[0].enter(numbers(picture)))
    values = (None if value is None else value.item() for value in found)
    return dict(zip(("content", "style", "tv", "total"), values, strict=True))


def descend(recipe, start, content, style, weights, count, move) -> np.ndarray:
    """Return the picture in [0, 1] after so many steps, each less by move(gradient, steps before)."""
    measure = objective(recipe, content, style, weights)
    x = recipe.spaces[0].enter(numbers(start))
    for step in range(count):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(measure(x)[-1], x)
        x = x.detach() - move(gradient, step)
        x = x.clamp(0, 1) if recipe.clamp else x
    return recipe.spaces[0].leave(x).clamp(0, 1).numpy()


def adam_steps(name, start, content, style, weights, count, learning_rate=None) -> np.ndarray:
    """Return the picture in [0, 1] after so many steps of Adam as the source's framework computes it."""
    recipe = RECIPES[name]
    (beta1, beta2), (factor, every) = recipe.betas, recipe.decay
    m = v = numbers(0)

    def move(gradient: Tensor, step: int) -> Tensor:
        nonlocal m, v
        rate = (recipe.rate if learning_rate is None else learning_rate) * factor ** (step // every)
        m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
        bias1, bias2 = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
        if recipe.torch_adam:
            return rate * (m / bias1) / ((v / bias2).sqrt() + recipe.epsilon)
        return rate * bias2**0.5 / bias1 * m / (v.sqrt() + recipe.epsilon)

    return descend(recipe, start, content, style, weights, count, move)


def sgd_steps(name, start, content, style, weights, count, learning_rate=100.0) -> np.ndarray:
    """Return the picture in [0, 1] after so many steps of keras-io's own descent, its rate decaying smoothly."""

    def move(gradient: Tensor, step: int) -> Tensor:
        return learning_rate * 0.96 ** (step / 100) * gradient

    return descend(RECIPES[name], start, content, style, weights, count, move)
