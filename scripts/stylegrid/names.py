"""Names on disk: readable, unique, and safe on every file system and in URLs."""

import hashlib
import re
from collections.abc import Callable

from slugify import slugify

LONGEST_NAME = 80  # keeps a picture's file name below the limit of 255 bytes

LONGEST_READABLE = 60  # letters of up to 4 bytes

LONG = 60  # characters of a variant, beyond which all its settings have codes

# Short names of settings; the others are spelled out, but for their `CODES` in long variants.
_SHORT = {
    "style_weight": "sw",
    "content_weight": "cw",
    "tv_weight": "tv",
    "size": "px",
    "learning_rate": "lr",
    "steps": "steps",
    "seed": "seed",
    "method": "",
    "optimizer": "",
    "preset": "",
}
LAYER_CODES = {"content_layers": "cl", "style_layers": "sl"}
CODES = {
    "average": "avg",
    "colour_map": "cmap",
    "content_factor": "cf",
    "content_layer_ratio": "clr",
    "content_loss": "closs",
    "content_mask": "cmask",
    "corrections": "corr",
    "decay_every": "every",
    "decay_form": "dform",
    "epsilon": "eps",
    "gram_over": "gover",
    "match_colours": "mc",
    "noise_deviation": "nd",
    "original_colours": "oc",
    "over_layers": "over",
    "padding": "pad",
    "patience": "pat",
    "pool_rounding": "round",
    "pooling": "pool",
    "precision": "prec",
    "preprocessing": "pre",
    "scale_factor": "factor",
    "schedule": "sched",
    "sharing": "share",
    "snapshots": "snap",
    "style_crop": "crop",
    "style_factor": "sf",
    "style_layer_ratio": "slr",
    "style_loss": "sloss",
    "style_mask": "smask",
    "style_scale": "scale",
    "style_shape": "shape",
    "tolerance": "tol",
    "tv_factor": "tvf",
    "tv_loss": "tvloss",
    "tv_power": "tvp",
}
_PLAIN_LIST = re.compile(r"\w+(:[\d.e-]+)?( \+ \w+(:[\d.e-]+)?)*", re.ASCII)  # a weighted list of plain names
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)  # no names of files or folders on Windows
_FIRST = ("style_weight", "size", "content_weight", "tv_weight", "preset")


def spell_number(value: float) -> str:
    """Return the canonical spelling of a number: the shorter of plain and exponent form, plain if equally short.

    >>> [spell_number(value) for value in (100.0, 10000, 0.1, 0.001)]
    ['100', '1e4', '0.1', '1e-3']
    """
    value = value + 0.0 if value == 0 else value  # no -0
    plain = f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    mantissa, exponent = f"{value:.15e}".split("e")
    scientific = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    exact = [text for text in (plain, scientific, repr(value)) if float(text) == value]
    return min(exact, key=len)


def safe_name(text: str) -> str:
    """Return text as a name of ASCII letters, digits, `_` and `-`, with a hash if it changes or is a name of a device.

    >>> safe_name("night"), safe_name("con")
    ('night', 'con-1143da')
    """
    slug = slugify(text, lowercase=False, regex_pattern=r"[^-A-Za-z0-9_]+").strip("-")[:LONGEST_NAME]
    if slug and slug == text and not _DEVICE.fullmatch(slug):
        return slug
    return "-".join(filter(None, (slug, _hash(text))))


def readable_name(text: str) -> str:
    """Return the letters and digits of any script in a text, other characters as `-`; "" if it has none.

    It is part of a file's name on any system; beside something else, since it may be a name of a device.

    >>> readable_name("Our summer: Köln, 2026?"), readable_name("???")
    ('Our-summer-Köln-2026', '')
    """
    return slugify(text, lowercase=False, allow_unicode=True, max_length=LONGEST_READABLE)


def variant_name(varied: dict[str, object]) -> str:
    """Return the name of a combination's variant, from the settings in its row, e.g. `sw100-px512-seed2`.

    `default` if the row sets none. A variant that would be LONG has codes: `oc=lab` for original_colours=lab.
    """
    name = _join(varied, lambda key: f"{key}=")
    if len(name) > LONG:
        name = _join(varied, lambda key: f"{CODES.get(key, key)}=")
    name = _shorten(name, 2 * LONGEST_NAME) or "default"
    return f"{name}-{_hash(name)}" if _DEVICE.fullmatch(name) else name


def earlier_variant_name(varied: dict[str, object]) -> str:
    """Return the name that versions up to 0.5 gave to a variant."""
    parts = (f"{_SHORT.get(key, f'{key}=')}{_spell_earlier(varied[key])}" for key in _order(varied))
    return _shorten("-".join(parts), 2 * LONGEST_NAME) or "default"


def _join(varied: dict[str, object], code: Callable[[str], str]) -> str:
    """Return the parts of a variant, each setting without a short name under its code."""
    return "-".join(_variant_part(key, varied[key], code) for key in _order(varied))


def _order(varied: dict[str, object]) -> list[str]:
    return [key for key in _FIRST if key in varied] + sorted(key for key in varied if key not in _FIRST)


def _variant_part(key: str, value: object, code: Callable[[str], str]) -> str:
    """Return one setting's part of the name: `sw100` with a short name, `cl4_2` of layers, else `beta_1=0.8`."""
    if key in LAYER_CODES:
        return f"{LAYER_CODES[key]}{_spell_layers(str(value))}"
    return f"{_SHORT.get(key) if key in _SHORT else code(key)}{_spell(value)}"


def _spell_layers(layers: str) -> str:
    """Return the code of a weighted list of layers: `4_2` for relu4_2, `c4_2` for conv4_2, `1_1x0.5-2_1` with weights.

    `1-4` for the first layers of neighbouring blocks, relu1_1 + relu2_1 + relu3_1 + relu4_1; `c1-4` for those of conv.
    """
    blocks = [int(block) for block in re.findall(r"(?:relu|conv)(\d)_1", layers)]
    for kind, sign in (("relu", ""), ("conv", "c")):
        run = range(blocks[0], blocks[-1] + 1) if blocks else range(0)
        if len(run) > 1 and layers == " + ".join(f"{kind}{block}_1" for block in run):
            return f"{sign}{run[0]}-{run[-1]}"
    return _spell(layers.replace("relu", "").replace("conv", "c"))


def _shorten(name: str, longest: int) -> str:
    """Return a name, cut to the longest with a hash of the whole if it is longer."""
    return name if len(name) <= longest else f"{name[: longest - 7]}-{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _spell(value: object) -> str:
    """Return a value as part of a name: `64x80-128` for the list 64:80 + 128; other text that changes gets a hash."""
    text = str(value)
    plain = not isinstance(value, float) and _PLAIN_LIST.fullmatch(text)
    return text.replace(" + ", "-").replace(":", "x") if plain else _spell_earlier(value)


def _spell_earlier(value: object) -> str:
    if isinstance(value, float):
        return spell_number(value)
    text = str(value)
    return text.replace(":", "x") if re.fullmatch(r"\d+:\d+", text) else safe_name(text)
