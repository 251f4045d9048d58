"""A night sky in swirling strokes over dark hills, a village and two cypresses."""

import numpy as np
from PIL import Image

from stylegrid.sample_art.paint import Array, Brush, Canvas, lay, mix, noise, ramp

SIZE = (640, 512)
SKY = "0a1440 122a78 1c46a8 2b6fc4 1f8aa6 5fb4c4 1a3c94 0e1f60"
GLOW = "fffbe0 fff3b0 ffdc58 f4c23a e8cf6a b4d6a8 7cc0c0 4f9cc8"
BARK = "050c16 0a2018 123a22 2c5426 5a6a24 3a2a14 08141c"
WALLS, ROOFS, PANES = "5474ac 7c96b8 5e6ea4", "963f30 5a3a66 b0643a", "ffd858"
# x, y, radius, strength (its sign is the sense of rotation)
EDDIES = [(262, 208, 62, 330), (408, 262, 44, -230), (596, 318, 36, 130), (20, 300, 40, -140)]
# x, y, radius; the first is the moon
STARS = [(538, 94, 40), (54, 92, 20), (196, 70, 16), (330, 92, 20), (424, 46, 12), (482, 204, 15)]
STARS += [(268, 34, 10), (610, 218, 13), (178, 176, 11), (28, 208, 10), (352, 186, 9), (520, 282, 9)]
# y of the crest, its rise, its wave length, its phase, colours: from far to near
RANGES = [
    (385, 26, 95, 0.4, "16245c 24468e 3a63a6 1c3674"),
    (418, 16, 70, 2.3, "0d2440 164f66 2b7a72 3d9478 123a58"),
    (458, 17, 120, 4.0, "071426 0d2e3e 1a5048 39703e 6f8a3a 0a2030"),
]
# x of the left wall, y of the ground, width, height of the wall, height of the roof
HOUSES = [(250, 411, 32, 18, 16), (420, 412, 30, 17, 16), (310, 408, 30, 18, 15), (362, 411, 18, 36, 44)]
HOUSES += [(222, 424, 36, 20, 17), (446, 424, 40, 20, 18), (276, 427, 42, 22, 19), (332, 422, 32, 19, 16)]
HOUSES += [(382, 428, 46, 24, 20), (500, 432, 32, 18, 15)]
# x of the foot, y of the tip, half the width
CYPRESSES = [(66, 268, 27), (112, 150, 40)]


def paint(rng: np.random.Generator) -> Image.Image:
    """Paint the picture, from the sky to the trees in front."""
    canvas = Canvas(SIZE, rng)
    heaven(canvas)
    for level in RANGES[:2]:
        hill(canvas, *level)
    for number in range(len(HOUSES)):
        house(canvas, number)
    hill(canvas, *RANGES[2])
    for tree in CYPRESSES:
        cypress(canvas, *tree)
    return canvas.finish()


def stream(x: Array, y: Array) -> Array:
    """Return a stream function whose level lines the strokes follow."""
    psi = y + 14 * np.sin(x / 62 + y / 90) + 7 * np.sin(x / 29 - y / 50)
    for cx, cy, radius, strength in EDDIES:
        psi = psi + strength * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius**2))
    for cx, cy, radius in STARS:
        psi = psi + 6.5 * radius * np.exp(-((np.hypot(x - cx, y - cy) / (1.5 * radius)) ** 2) / 2)
    return np.asarray(psi, np.float32)


def heaven(canvas: Canvas) -> None:
    """Paint the sky along the level lines of the stream function, then the stars."""
    psi = stream(canvas.x, canvas.y)
    down, right = np.gradient(psi)
    angle = np.arctan2(-right, down).astype(np.float32)
    bands = 0.48 + 0.36 * np.sin(psi / 15) + 0.15 * noise(canvas.rng, psi.shape, 18) - 0.1 * (canvas.y / 512)
    far = np.array([np.hypot(canvas.x - x, canvas.y - y) / radius for x, y, radius in STARS])
    near = far.min(axis=0) < 1.9
    sky = ramp(SKY, bands)
    for one in far:
        sky = mix(sky, ramp(GLOW, one / 2.4 + 0.05 * np.sin(one * 9)), 1.4 * np.exp(-((one / 1.75) ** 4)))
    canvas.wash(sky)
    lay(canvas, sky, angle, Brush(50, 15), 3)
    lay(canvas, sky, angle, Brush(38, 8, spread=0.08), 1.7, ~near)
    lay(canvas, sky * 1.12, angle, Brush(26, 5.5, spread=0.1), 0.5, ~near)
    lay(canvas, sky, angle, Brush(15, 6.5, spread=0.04), 2.5, near)
    for one, (_, _, radius) in zip(far, STARS, strict=True):
        lay(canvas, sky, angle, Brush(0.6 * radius, 0.25 * radius + 1, dry=0.1), 3, one < 0.45)


def hill(canvas: Canvas, top: float, rise: float, wave: float, phase: float, colours: str) -> None:
    """Paint one range of hills with strokes along its slopes."""
    x, y = canvas.x, canvas.y
    crest = top - rise * (np.sin(x / wave + phase) + 0.35 * np.sin(x / wave * 2.7 + phase * 2))
    depth = y - crest
    slope = np.arctan(np.gradient(crest, axis=1)) * np.exp(-np.clip(depth, 0, None) / 60)
    angle = slope + 0.35 * np.sin(depth / 14 + x / 80)
    tone = 0.5 + 0.3 * np.sin(depth / 7 + x / 50) + 0.2 * noise(canvas.rng, y.shape, 8, 20)
    colour, inside = ramp(colours, tone), depth > 5
    canvas.wash(colour, inside)
    lay(canvas, colour, angle, Brush(36, 10), 3, inside)
    lay(canvas, colour * 1.1, angle, Brush(24, 5.5, spread=0.1), 1.2, inside)


def house(canvas: Canvas, number: int) -> None:
    """Paint the walls of one house, then the two slopes of its roof and its lit windows."""
    left, ground, width, height, rise = HOUSES[number]
    up, side = ground - height - canvas.y, (canvas.x - left) / width * 2 - 1
    wall = (np.abs(side) < 0.97) & (up < 0) & (canvas.y < ground)
    roof = (up > -2) & (up / rise < 1 - np.abs(side) / 1.05)
    pane = wall & ((canvas.x - left) % 10 > 7) & (np.abs(up + 0.45 * height) < 3)
    shade = 1.12 - 0.38 * (side > 0.1)[..., None]
    which, upright = np.full(up.shape, number % 3 / 2, np.float32), np.full(up.shape, np.pi / 2, np.float32)
    broad, fine = (Brush(8, thick, taper=0.15, dry=0.05, wobble=0.06) for thick in (4.5, 3))
    lay(canvas, ramp(WALLS, which) * shade, upright, broad, 6, wall)
    lay(canvas, ramp(ROOFS, which) * shade, np.arctan2(rise, width / 2) * np.sign(side), broad, 6, roof)
    lay(canvas, ramp(PANES, which), upright, fine, 6, pane)


def cypress(canvas: Canvas, foot: float, tip: float, girth: float) -> None:
    """Paint one tree as a flame of rising strokes."""
    up = (SIZE[1] - canvas.y) / (SIZE[1] - tip)
    half = girth * np.clip(1 - up, 0, 1) ** 0.75 * (1 + 0.16 * np.sin(up * 21))
    side = (canvas.x - foot - 9 * np.sin(up * 5.5) * up) / np.maximum(half, 1)
    inside = (np.abs(side) < 1) & (up < 0.98)
    angle = 0.38 * np.sin(canvas.y / 24 + side) - 0.3 * np.clip(side, -1, 1) - np.pi / 2
    colour = ramp(BARK, 0.38 - 0.2 * side + 0.3 * noise(canvas.rng, up.shape, 9, 3))
    lay(canvas, colour * 0.6, angle, Brush(40, 9), 3, inside)
    lay(canvas, colour, angle, Brush(30, 5.5, spread=0.1), 2.5, inside)
