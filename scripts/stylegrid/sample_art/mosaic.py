"""A Byzantine mosaic: a fish that leaps over the waves under a rayed sun.

The tiles are the cells of a Voronoi diagram in a square metric turned along the outlines of the drawing (A. Hausner,
"Simulating decorative mosaics", 2001), relaxed until they are almost square and cut where they would cross an outline.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter, maximum_filter, minimum_filter
from scipy.spatial import cKDTree

from stylegrid.sample_art.paint import Array, Mask, grid, ink, look, noise, reduced, scattered

SIZE = (640, 512)
SCALE = 2
TILE = 10.0  # side of a tile, in pixels of the final picture
ROUNDS = 10  # of relaxation
SPLINTER = 0.3 * TILE**2  # area below which a tile is dropped at the end
SUN, FISH, BEND = (176, 150), (424, 296), 134  # middle of the sun, middle and radius of the arc of the fish
RINGS = ("dca83e", "ecc25a", "e2b048", "f3dfa6")
DISCS = ((56, "7c1f1a", 0), (50, "f2c14a", 1), (36, "e8902c", 0.5), (25, "fbe6a0", 1), (12, "d8562a", 0))
WATER = ("f4ecd2", "7fd0c4", "2aa6a4", "147a94", "0f4f7c", "0d2f5c")
DARK, RED, ORANGE, CREAM, GOLD = "5a1a18", "c4481f", "e88a3c", "f6deb0", "f4b44c"

Index = NDArray[np.int64]


class Drawing:
    """The drawing under the tiles: regions with their colours and their share of gold."""

    def __init__(self) -> None:
        """Draw the picture, each part over those before it."""
        self.x, self.y = grid(SIZE)
        self.region = np.zeros(self.x.shape, np.int64)
        self.colour = np.zeros((*self.x.shape, 3), np.float32)
        self.gold = np.zeros(self.x.shape, np.float32)
        for part in (heaven, sun, fish, sea, border):
            part(self)

    def fill(self, where: Mask, name: str, gold: float = 0.0) -> None:
        """Put a new region over what is drawn so far."""
        self.region[where] = self.region.max() + 1
        self.colour[where] = ink(name)
        self.gold[where] = gold


def paint(rng: np.random.Generator) -> Image.Image:
    """Draw the picture, set the tiles and light them."""
    drawing = Drawing()
    angle = along(drawing.region)
    sites = seeded(rng, drawing.region)
    for turn in range(ROUNDS):
        cells = nearest(sites, drawing.region, angle, 1)
        sites = relaxed(sites, cells, SPLINTER if turn > ROUNDS - 3 else 0)
    return lit(rng, nearest(sites, drawing.region, angle, SCALE), sites, drawing)


def heaven(on: Drawing) -> None:
    """Draw rings of gold and cream around the sun."""
    far = np.hypot(on.x - SUN[0], on.y - SUN[1])
    for ring in range(12, 0, -1):
        on.fill(far < 60 + 46 * ring, RINGS[ring % len(RINGS)], 0.9)


def sun(on: Drawing) -> None:
    """Draw a disc with waving rays."""
    far, turn = np.hypot(on.x - SUN[0], on.y - SUN[1]), np.arctan2(on.y - SUN[1], on.x - SUN[0])
    for reach, name, phase in ((118, "a8321f", 0.0), (104, "e88430", 0.314)):
        wave = np.cos(10 * (turn + phase) + 0.9 * np.sin(far / 16))
        on.fill((wave > far / reach - 0.2) & (far < reach), name)
    for radius, name, gold in DISCS:
        on.fill(far < radius, name, gold)


def fish(on: Drawing) -> None:
    """Draw a fish bent like a bow."""
    turn = -np.pi / 2 - np.arctan2(FISH[0] - on.x, FISH[1] - on.y)
    off = np.hypot(on.x - FISH[0], on.y - FISH[1]) - BEND  # above the middle line of the fish
    at = turn / (0.8 * np.pi) + 1.175  # 0 at the root of the tail, 1 at the snout
    half = 50 * np.sin(np.pi * np.clip(at, 0, 1) ** 1.25).clip(0, 1) ** 0.75
    fins(on, at, off, half)
    on.fill((np.abs(off) < half) & (at > 0) & (at < 1), DARK)
    core = (np.abs(off) < half - 7) & (at > 0) & (at < 1)
    for where, name in ((at < 2, ORANGE), (off < -0.3 * half, CREAM), (off > 0.3 * half, RED)):
        on.fill(core & where, name)
    on.fill(core & (np.abs(off) < 0.3 * half) & (np.floor(at * 18) % 2 == 0) & (at < 0.74), GOLD, 0.6)
    on.fill(core & (at > 0.76), "d9642c")
    on.fill(core & (np.abs(at - 0.765) < 0.018), DARK)
    for radius, name in ((12, "fbf0d0"), (6, "1a1420")):
        on.fill(np.hypot((at - 0.86) * 330, off - 8) < radius, name)


def fins(on: Drawing, at: Array, off: Array, half: Array) -> None:
    """Draw the fins on the back and the belly, and the tail."""
    back = 30 * np.sin(np.pi * (at - 0.3) / 0.36).clip(0, 1)
    belly = 26 * np.sin(np.pi * (at - 0.45) / 0.2).clip(0, 1)
    on.fill((off > 0) & (off < half + back) & (np.abs(at - 0.48) < 0.18), "b8401f")
    on.fill((off < 0) & (-off < half + belly) & (np.abs(at - 0.55) < 0.1), "b8401f")
    fork = (np.abs(off) < 28 - 250 * at) & (np.abs(off) > -120 * (at + 0.06))
    on.fill((at > -0.16) & (at < 0.1) & fork, "c8512a")


def sea(on: Drawing) -> None:
    """Draw rows of scalloped waves."""
    for row in range(4):
        phase = (on.x / 104 + 0.5 * row) % 1
        crest = 326 + 50 * row - 28 * np.sin(np.pi * phase) ** 0.8 - 8 * phase
        for step in range(4):
            deeper = (row + 1) // 2 if step else 0
            on.fill(on.y > crest + 12 * step, WATER[min(step + deeper, 5)])


def border(on: Drawing) -> None:
    """Draw a frame of lozenges between two lines."""
    aside = np.minimum(on.x, SIZE[0] - 1 - on.x)
    edge = np.minimum(aside, np.minimum(on.y, SIZE[1] - 1 - on.y))
    run = np.where(aside <= edge, on.y - SIZE[1] / 2, on.x - SIZE[0] / 2)
    lozenge = np.abs(run % 64 - 32) / 32 + np.abs(edge - 22) / 13
    on.fill(edge < 46, "f0e2bc")
    on.fill(edge < 36, "7c1f1a")
    on.fill((lozenge < 1) & (edge < 36), "2aa6a4")
    on.fill((lozenge < 0.5) & (edge < 36), "f2c14a", 1)
    on.fill(edge < 9.5, "123a5c")


def along(region: Index) -> Array:
    """Return the direction of the nearest outline at every pixel."""
    outline = maximum_filter(region, 3) != minimum_filter(region, 3)
    down, right = np.gradient(gaussian_filter(distance_transform_edt(~outline), 1.5))
    double = 2 * np.arctan2(down, right)
    cosine, sine = (gaussian_filter(part, 3) for part in (np.cos(double), np.sin(double)))
    return np.asarray(np.arctan2(sine, cosine) / 2, np.float32)


def seeded(rng: np.random.Generator, region: Index) -> Array:
    """Return the first places of the tiles: as many in every region as it has room for."""
    masks = [region == number for number in np.unique(region)]
    return np.concatenate([scattered(rng, mask, round(mask.sum() / TILE**2) or 1) for mask in masks])


def nearest(sites: Array, region: Index, angle: Array, scale: int) -> Index:
    """Return the tile each pixel belongs to: the nearest in the turned metric, on the same side of every outline."""
    size = (SIZE[0] * scale, SIZE[1] * scale)
    pixels = np.stack(grid(size), axis=-1).reshape(-1, 2) / scale
    _, near = cKDTree(sites).query(pixels, k=7, workers=-1)
    turn = look(angle, sites)[near]
    dx, dy = np.moveaxis(pixels[:, None] - sites[near], -1, 0)
    across = np.abs(dx * np.cos(turn) + dy * np.sin(turn))
    forth = np.abs(dy * np.cos(turn) - dx * np.sin(turn))
    foreign = look(region, sites)[near] != look(region, pixels)[:, None]
    best = np.argmin(np.maximum(across, forth) + 0.15 * (across + forth) + 100 * foreign, axis=1)
    return np.asarray(near[np.arange(len(near)), best].reshape(size[::-1]), np.int64)


def relaxed(sites: Array, cells: Index, splinter: float) -> Array:
    """Return the sites moved to the middle of their cells, without those of cells too small."""
    count = np.bincount(cells.ravel(), minlength=len(sites))
    total = [np.bincount(cells.ravel(), axis.ravel(), len(sites)) for axis in grid(SIZE)]
    kept = count > splinter
    return (np.stack(total, axis=-1)[kept] / count[kept, None]).astype(np.float32)


def lit(rng: np.random.Generator, cells: Index, sites: Array, drawing: Drawing) -> Image.Image:
    """Round the edges of the tiles, light them and fill the joints."""
    joint = maximum_filter(cells, 3) != minimum_filter(cells, 3)
    depth = distance_transform_edt(~joint)
    relief = 3.2 * np.tanh(depth / 2.6) + 0.12 * noise(rng, cells.shape, 1.5)
    down, right = np.gradient(gaussian_filter(relief, 0.8))
    shade = 1 + 0.42 * (down + right) + 0.025 * noise(rng, cells.shape, 2.5)
    tiles = glazed(rng, sites, drawing)[cells] * shade[..., None]
    mortar = ink("3a2a22") * (1 + 0.12 * noise(rng, cells.shape, 1.2))[..., None]
    solid = np.clip((depth - 1.9) / 1.2 + 0.5, 0, 1)[..., None]
    return reduced((tiles * solid + mortar * (1 - solid)).astype(np.float32), SIZE)


def glazed(rng: np.random.Generator, sites: Array, drawing: Drawing) -> Array:
    """Return the colour of every tile; those tilted to the light shine, most of all the gold ones."""
    count = len(sites)
    tone = rng.normal(1, 0.11, (count, 1)) + rng.normal(0, 0.045, (count, 3))
    glint = np.clip(rng.normal(0, 0.7, count), -0.6, 1.3) * (0.05 + 0.2 * look(drawing.gold, sites))
    return (look(drawing.colour, sites) * tone + glint[:, None]).astype(np.float32)
