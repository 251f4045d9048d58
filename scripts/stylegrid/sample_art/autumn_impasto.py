"""An avenue of autumn trees towards a low sun, in thick dabs of the palette knife."""

import numpy as np
from PIL import Image

from stylegrid.sample_art.paint import Brush, Canvas, lay, noise, ramp

SIZE = (640, 480)
SUN = (330, 262)
SKY = "fffbe2 fff0b4 ffd978 f9b65c ee8f60 c07a92 8672ae 5f64a4"
FAR = "f2b46a d98a72 a9709a 76609c 5a4f90"
LEAVES = "ffe070 ffc42e f99a1c f07018 d84416 ae1f2c 781c4c 44205e"
LITTER = "ffcf4a f48a20 d6481c 9c2038 5c2060 3a2458"
PATH = "fff6cc ffdf84 f7ac52 d8785c 94609a 5a509a 3c3a7c"
BARK = "d87438 8c3c38 4a2450 2e1c4c 1c163c"
# x and y of the foot, height, half the width of the crown
TREES = [(268, 284, 96, 34), (396, 284, 100, 36), (226, 296, 160, 56), (440, 298, 168, 58)]
TREES += [(168, 318, 250, 84), (500, 322, 262, 88), (78, 364, 330, 128), (590, 372, 344, 130)]


def paint(rng: np.random.Generator) -> Image.Image:
    """Paint the picture, from the sky to the trees in front."""
    canvas = Canvas(SIZE, rng)
    sky(canvas)
    ground(canvas)
    for foot, base, height, width in TREES:
        trunk(canvas, foot, base, height)
        crown(canvas, foot, base - 0.7 * height, height, width)
    return canvas.finish(light=0.55, gloss=0.3)


def knife(length: float, width: float, wobble: float = 0.35) -> Brush:
    """Return a palette knife: a flat dab with a ridge at its sides."""
    return Brush(length, width, 0.04, dry=0.12, ridge=0.9, bristle=0.22, blend=0.07, spread=0.07, wobble=wobble)


def sky(canvas: Canvas) -> None:
    """Paint the glow around the sun and the woods far away."""
    x, y, rng = canvas.x - SUN[0], canvas.y - SUN[1], canvas.rng
    colour = ramp(SKY, np.hypot(x, 1.15 * y) / 400 + 0.05 * noise(rng, y.shape, 14))
    angle = np.arctan2(y, x) + 1.9
    canvas.wash(colour)
    lay(canvas, colour, angle, knife(34, 17), 4)
    lay(canvas, colour, angle, knife(22, 10), 1.5)
    crest = -26 - 10 * np.sin(canvas.x / 37) - 6 * np.sin(canvas.x / 14 + 1) - 0.0006 * x**2
    woods = ramp(FAR, np.abs(x) / 260 + 0.15 * noise(rng, y.shape, 8))
    lay(canvas, woods, np.full(y.shape, -1.4, np.float32), knife(14, 8), 4, (y > crest) & (y < 28))


def ground(canvas: Canvas) -> None:
    """Paint the fallen leaves and the wet path with its reflections."""
    x, level = canvas.x - SUN[0], np.zeros_like(canvas.x)
    depth = np.clip((canvas.y - SUN[1] - 8) / 200, 0, 1.2)
    bars = np.sin(40 / (depth + 0.22)) * 0.14 + 0.1 * noise(canvas.rng, x.shape, 4, 22)
    side = np.abs(x + 14 * np.sin(depth * 4)) / (14 + 165 * depth)
    litter = ramp(LITTER, 0.1 + 0.28 * side + bars)
    wet = ramp(PATH, 0.75 * side**1.3 + 0.12 * depth + 1.2 * bars)
    canvas.wash(litter, depth > 0)
    lay(canvas, litter, 0.35 * np.sign(x), knife(22, 10), 4, depth > 0)
    lay(canvas, wet, level, knife(30, 9, 0.1), 4, (depth > 0) & (side < 1))
    lay(canvas, wet * 1.08, level, knife(18, 5, 0.1), 1, (depth > 0) & (side < 0.9))


def trunk(canvas: Canvas, foot: float, base: float, height: float) -> None:
    """Paint a trunk with a rim of light on the side of the sun."""
    up = (base - canvas.y) / height
    girth = 0.044 * height * (1 - 0.5 * up) + 0.012 * height * np.exp(-np.clip(up, 0, 1) * 18)
    side = (canvas.x - foot - 0.04 * height * np.sin(up * 4)) / girth * np.sign(SUN[0] - foot)
    inside = (np.abs(side) < 1) & (up > 0) & (up < 0.7)
    colour = ramp(BARK, 0.9 - 0.9 * np.clip(side, 0, 1))
    dab = knife(0.1 * height + 8, 0.02 * height + 3, 0.1)
    lay(canvas, colour, np.full(up.shape, np.pi / 2, np.float32), dab, 5, inside)


def crown(canvas: Canvas, foot: float, middle: float, height: float, width: float) -> None:
    """Paint the leaves: shadow first, then lighter and smaller dabs in clumps."""
    x, y = (canvas.x - foot) / width, (canvas.y - middle) / height
    clumps = noise(canvas.rng, y.shape, 0.16 * width)
    glow = np.hypot(canvas.x - SUN[0], canvas.y - SUN[1]) / 420
    away = np.sign(foot - SUN[0])
    tone = 0.2 + 0.5 * glow + 0.2 * x * away - 0.17 * clumps + 0.1 * y
    size = 7 + 0.07 * width
    for step, (darker, cover) in enumerate(((0.25, 2.5), (0.05, 1.6), (-0.1, 0.9))):
        inside = np.hypot(x, y / 0.4) - 0.28 * clumps < 0.95 - 0.12 * step
        inside &= clumps > (-9, -0.2, 0.5)[step]
        dab = knife((1.9 - 0.3 * step) * size, (1 - 0.15 * step) * size, 0.6)
        lay(canvas, ramp(LEAVES, tone + darker), 0.8 * clumps + 0.9 * away, dab, cover, inside)
