"""A great wave and a red sun, cut in wood and printed in four inks on cream paper."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter, maximum_filter

from stylegrid.sample_art.paint import Array, Mask, ink, look, noise, reduced

SIZE = (640, 480)
SCALE = 3
PAPER, PALE, BLUE, LINE, RED = range(5)
INKS = ("f1e4c4", "9fc0bd", "2d6c96", "13243f", "cf3f28")
SUN = (470, 128, 62)  # x, y, radius
PEAK = (512, 228)
# The back and the face of the great wave, both from the foot to the tip
BACK = [(-150, 480), (-70, 300), (10, 172), (100, 88), (196, 50), (284, 60), (340, 104), (364, 168)]
FACE = [(500, 425), (386, 392), (300, 330), (256, 262), (252, 204), (282, 164), (326, 150), (364, 168)]
# y of the crest, its rise, the distance of two peaks, where the first one is; the first row is behind the wave
SWELLS = [(330, 20, 150, 0.2), (392, 30, 210, 0.62), (430, 34, 260, 0.1), (468, 30, 230, 0.45)]
CLAWS = ((50, 0.8, PAPER), (36, 0.4, PALE), (25, 0.1, PAPER), (15, -0.3, PALE))  # size, lift, ink
DROPS = 80

Plate = NDArray[np.int8]


class Block:
    """The plate with the number of an ink at every point, and the points' x and y."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Start with bare paper."""
        self.rng = rng
        self.plate = np.full((SIZE[1] * SCALE, SIZE[0] * SCALE), PAPER, np.int8)
        self.y, self.x = np.mgrid[0 : self.plate.shape[0], 0 : self.plate.shape[1]].astype(np.float32) / SCALE

    def fill(self, where: Mask, colour: int) -> None:
        """Print an area."""
        self.plate[where] = colour

    def hatch(self, where: Mask, phase: Array, share: Array, colour: int) -> None:
        """Print parallel lines where the phase is near a half; the share of the distance is their width."""
        self.plate[where & (np.abs(phase % 1 - 0.5) * 2 < share)] = colour

    def shape(self, outline: Array, colour: int) -> None:
        """Print a polygon."""
        picture = Image.new("1", self.plate.shape[::-1])
        ImageDraw.Draw(picture).polygon([(x, y) for x, y in (outline * SCALE).tolist()], fill=1)
        self.plate[np.asarray(picture)] = colour

    def rough(self, long: float, short: float) -> Array:
        """Return noise drawn out along x, which breaks lines into strokes."""
        field = noise(self.rng, SIZE[::-1], short, long).repeat(SCALE, axis=0).repeat(SCALE, axis=1)
        return np.asarray(gaussian_filter(field, SCALE * 0.6), np.float32)


def paint(rng: np.random.Generator) -> Image.Image:
    """Cut the block from the sky to the foreground and print it."""
    block = Block(rng)
    sky(block)
    mountain(block)
    swell(block, *SWELLS[0])
    wave(block)
    foam(block)
    for row in SWELLS[1:]:
        swell(block, *row)
    return printed(rng, block.plate)


def sky(block: Block) -> None:
    """Cut streaks of wind, dense at the top, that part around the sun."""
    x, y, air = block.x, block.y, block.y < 400
    far = np.hypot(x - SUN[0], y - SUN[1])
    drift = y + 6 * np.sin(x / 70 + y / 60) + 16 * np.exp(-((far / 90) ** 2)) * np.sign(y - SUN[1])
    rough, clear = block.rough(34, 2.2), np.clip((far - SUN[2] - 6) / 26, 0, 1)
    block.hatch(air, drift / 9, (0.6 - y / 700 + 0.2 * rough) * clear, PALE)
    block.hatch(air, drift / 9 + 0.5, (np.maximum(0.56 - y / 200, 0.1) + 0.2 * rough) * clear, BLUE)
    disc = far < SUN[2]
    block.fill(disc, RED)
    block.hatch(disc, drift / 9, 0.55 * (y - SUN[1]) / SUN[2] + 0.16 * rough, PAPER)
    block.fill(np.abs(far - SUN[2]) < 0.9, LINE)


def mountain(block: Block) -> None:
    """Cut a far volcano with snow in its gullies."""
    x, y = block.x - PEAK[0], block.y - PEAK[1]
    depth = y - 8 - 150 * (1 - np.exp(-np.abs(x) / 120)) + 8 * np.exp(-((x / 16) ** 2))
    body, fan = depth > 0, x / (54 + np.clip(y, -14, None))
    snow = body & (depth < 20 + 12 * np.sin(fan * 26) * np.cos(fan * 9) - 0.2 * np.abs(x))
    block.fill(body, BLUE)
    block.hatch(body, fan * 7, 0.2 + depth / 130 + 0.16 * block.rough(2, 12), LINE)
    block.fill(snow, PAPER)
    block.hatch(snow, fan * 6, 0.12 + depth / 90 + 0.1 * block.rough(2, 8), PALE)
    block.fill(np.abs(depth) < 1.1, LINE)


def swell(block: Block, level: float, rise: float, span: float, shift: float) -> None:
    """Cut one row of peaked waves with lines that follow their backs."""
    x = block.x
    turn = (x / span + shift + 0.04 * np.sin(x / 50)) % 1
    slack = np.abs(turn - 0.7) / np.where(turn < 0.7, 0.7, 0.3)  # 0 at a peak, 1 in a trough
    depth = block.y - level + rise * 1.7 * (1 - np.sin(slack * np.pi / 2) ** 0.9)
    inside, rough = depth > 0, block.rough(16, 3)
    lines = depth * (0.75 + 0.5 * slack) / 13
    block.fill(inside, BLUE)
    block.hatch(inside, lines + 0.3, 0.4 - 0.25 * slack + 0.13 * rough, PALE)
    block.hatch(inside, lines + 0.78, 0.16 + depth / 130 + 0.1 * rough, LINE)
    scallop = 5 + 4 * np.abs(np.sin(x / 7 + 2 * np.sin(x / 31))) * (1.4 - slack)
    block.fill(inside & (depth < scallop + 1.4), LINE)
    block.fill(inside & (depth < scallop), PAPER)
    block.fill(np.abs(depth) < 1.2, LINE)


def curve(points: list[tuple[int, int]], at: Array) -> Array:
    """Return points on a smooth curve through those given: the first at 0, the last at 1."""
    return np.asarray(CubicSpline(np.linspace(0, 1, len(points)), points)(at), np.float32)


def wave(block: Block) -> None:
    """Cut the body of the great wave, with stripes that run from its foot to its crest."""
    aside, up = swept(block)
    body = aside >= 0
    rough = look(noise(block.rng, (900, 900), 9, 110), 899 * np.stack([up, aside], axis=-1))
    stripe = 12 * (aside + 0.012 * np.sin(up * 9))
    block.fill(body, BLUE)
    block.hatch(body, stripe, 0.38 - 0.16 * up + 0.09 * rough, PAPER)
    block.hatch(body, stripe + 0.5, 0.34 - 0.1 * up + 0.12 * rough, LINE)
    block.hatch(body, 2 * stripe + 0.25, 0.13 + 0.08 * rough, PALE)
    for side in (FACE, BACK):
        edge = curve(side, np.linspace(0, 1, 300, dtype=np.float32))
        block.shape(np.concatenate([edge, edge[::-1] + 2.4]), LINE)


def swept(block: Block) -> tuple[Array, Array]:
    """Return how far each point is from the face to the back (-1 outside the wave) and from the foot to the tip."""
    steps = np.linspace(0, 1, 2600, dtype=np.float32)
    face, back = curve(FACE, steps), curve(BACK, steps)
    rows, columns = block.plate.shape
    aside, up = np.full((rows, columns), -1, np.float32), np.zeros((rows, columns), np.float32)
    for share in steps:
        column, row = np.rint((face * (1 - share) + back * share) * SCALE).astype(np.int32).T
        seen = (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
        aside[row[seen], column[seen]], up[row[seen], column[seen]] = share, steps[seen]
    hole = aside < 0
    return np.where(hole, maximum_filter(aside, 3), aside), np.where(hole, maximum_filter(up, 3), up)


def foam(block: Block) -> None:
    """Cut claws of foam along the crest, the large ones first, and the spray they throw."""
    top, under = curve(BACK, np.linspace(0.36, 1, 30)), curve(FACE, np.linspace(1, 0.68, 14))
    lip = np.concatenate([top, under])
    right, down = np.gradient(lip, axis=0).T
    growing = np.clip(np.arange(len(lip)) / 9 + 0.4, 0, 1)
    for layer, (size, lift, colour) in enumerate(CLAWS):
        spots = lip + block.rng.normal(0, 3 + 2 * layer, lip.shape)
        turns = np.arctan2(down, right) - lift + block.rng.normal(0, 0.3, len(lip))
        sizes = size * growing * block.rng.uniform(0.7, 1.2, len(lip))
        for margin, tone in ((1.3, LINE), (0.0, colour)):
            for spot, turn, length in zip(spots, turns, sizes, strict=True):
                block.shape(claw(spot, turn, length, margin), tone)
    spray(block, lip)


def claw(at: Array, heading: float, size: float, margin: float) -> Array:
    """Return the outline of a hook of foam: a tapered arc."""
    step = np.linspace(0, 1, 24)
    angle = heading + 2.4 * step**1.3
    ahead = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    spine = at + np.cumsum(ahead * size / 24, axis=0)
    half = 0.26 * size * (1 - step) ** 0.7 * (0.75 + 0.5 * np.sin(np.pi * step)) + margin
    side = ahead[:, ::-1] * (-1, 1) * half[:, None]
    return np.concatenate([spine + side, (spine - side)[::-1]]).astype(np.float32)


def spray(block: Block, lip: Array) -> None:
    """Cut drops around the tip of the wave, but none before the sun."""
    rng, turn = block.rng, np.linspace(0, 2 * np.pi, 20)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    drops = lip[rng.integers(16, len(lip), DROPS)] + rng.normal(0, 1, (DROPS, 2)) * (28, 24) + (26, 10)
    radii = 1.1 + 1.6 * rng.random(DROPS) ** 2
    for drop, radius in zip(drops, radii, strict=True):
        if np.hypot(*(drop - SUN[:2])) > SUN[2] + 5:
            block.shape(drop + ring * (radius + 1.1), LINE)
            block.shape(drop + ring * radius, PAPER)


def printed(rng: np.random.Generator, plate: Plate) -> Image.Image:
    """Press the inks on paper, with the grain of the block and of the paper."""
    inks = np.array([ink(name) for name in INKS])
    wood, speck = noise(rng, plate.shape, 2.7, 180), noise(rng, plate.shape, 1.1)
    fibre = noise(rng, plate.shape, 1, 6) + noise(rng, plate.shape, 6, 1)
    bare = np.where(plate == PAPER, 0, np.clip(0.1 + 0.07 * wood + 0.09 * speck, 0, 0.6))[..., None]
    picture = (inks[plate] * (1 - bare) + inks[PAPER] * bare) * (1 + 0.014 * fibre[..., None])
    return reduced(picture.astype(np.float32), SIZE)
