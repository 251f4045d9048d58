"""The TensorFlow tutorial's objective a second time, straight from its formulas, in NumPy float64.

tensorflow/docs, style_transfer.ipynb: content block5_conv2, style block1_conv1 ... block5_conv1, Gram matrices over
positions, mean squared differences, total variation as tf.image.total_variation computes it. No code of ours is used.
"""

import numpy as np

MEAN_BGR = np.array([103.939, 116.779, 123.68])
BLOCK_LENGTHS = (2, 2, 4, 4, 4)
CONTENT = "block5_conv2"
STYLE = tuple(f"block{block}_conv1" for block in range(1, 6))


def convolve(x, kernel, bias):
    """Return a 3x3 convolution with zero padding; x is (height, width, channels)."""
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))  # h, w, channels, 3, 3
    return np.einsum("hwcij,ijcd->hwd", windows, kernel, optimize=True) + bias


def pool(x):
    """Return 2x2 maxima, dropping an odd last row or column."""
    height, width = x.shape[0] // 2, x.shape[1] // 2
    return x[: 2 * height, : 2 * width].reshape(height, 2, width, 2, -1).max(axis=(1, 3))


def features(picture, weights):
    """Return the activations of the tutorial's layers; picture is (height, width, 3) in [0, 1]."""
    x = picture.astype(np.float64)[..., ::-1] * 255 - MEAN_BGR
    found = {}
    for block, length in enumerate(BLOCK_LENGTHS, start=1):
        for number in range(1, length + 1):
            name = f"block{block}_conv{number}"
            kernel, bias = weights[name]
            x = np.maximum(convolve(x, kernel.astype(np.float64), bias.astype(np.float64)), 0)
            found[name] = x
            if name == CONTENT:
                return found
        x = pool(x)
    raise AssertionError


def gram(feature):
    """Return the tutorial's Gram matrix: einsum over positions, divided by their number."""
    return np.einsum("ijc,ijd->cd", feature, feature, optimize=True) / (feature.shape[0] * feature.shape[1])


def losses(picture, content, style, weights, content_weight=1e4, style_weight=1e-2, tv_weight=30):
    """Return the tutorial's content, style and total variation terms without weights, and their weighted total."""
    painted, photograph, painting = (features(p, weights) for p in (picture, content, style))
    content_loss = np.mean((painted[CONTENT] - photograph[CONTENT]) ** 2)
    style_loss = np.mean([np.mean((gram(painted[layer]) - gram(painting[layer])) ** 2) for layer in STYLE])
    wide = picture.astype(np.float64)
    tv = np.abs(np.diff(wide, axis=0)).sum() + np.abs(np.diff(wide, axis=1)).sum()
    total = content_weight * content_loss + style_weight * style_loss + tv_weight * tv
    return content_loss, style_loss, tv, total
