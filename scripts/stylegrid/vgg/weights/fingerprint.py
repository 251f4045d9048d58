"""Simonyan and Zisserman's VGG19 told by its first numbers, in whatever order a file has them.

The numbers are those that the Visual Geometry Group published (arXiv:1409.1556, CC BY 4.0), as Keras has them. Their
network sees levels, not numbers of [0, 1].
"""

import numpy as np

# The biases of the first four filters, and the first filter, (height, width, channel), blue first.
BIASES = (0.7301776, 0.06493629, 0.03428847, 0.8260386)
FILTER = np.array(
    [
        *([0.34119523, 0.46418372, 0.39416704], [0.33999205, 0.41810837, 0.37740308]),
        *([-0.04484424, -0.04806903, -0.04594866], [0.23215917, 0.30511212, 0.2671299]),
        *([0.08978214, 0.10385381, 0.09986369], [-0.30331427, -0.37314063, -0.34100872]),
        *([-0.07260918, -0.07646758, -0.07573577], [-0.246675, -0.3107071, -0.2803425]),
        [-0.33683276, -0.46453714, -0.41602272],
    ]
).reshape(3, 3, 3)
BIAS_TOLERANCE = 3e-3  # bfloat16 leaves 2e-3 of them, half precision 2e-4
FILTER_TOLERANCE = 0.02  # of its norm; 8-bit codes are off by 0.004, another order by 0.1 and more


def is_oxford(bias: np.ndarray) -> bool:
    """Return whether the first layer's biases are those of the published network."""
    return bool(np.allclose(bias[:4], BIASES, rtol=0, atol=BIAS_TOLERANCE))


def find_order(kernel: np.ndarray) -> tuple[bool, bool] | None:
    """Return whether the published network's first kernel has blue first, and whether height and width are swapped.

    None if its first filter is in none of the four orders.
    """
    for bgr in (True, False):
        for swapped in (False, True):
            found = kernel[:, :, :: 1 if bgr else -1, 0]
            found = found.swapaxes(0, 1) if swapped else found
            if np.linalg.norm(found - FILTER) < FILTER_TOLERANCE * np.linalg.norm(FILTER):
                return bgr, swapped
    return None
