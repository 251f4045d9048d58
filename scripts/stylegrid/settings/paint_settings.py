"""The settings of one picture, with their ranges and neutral values."""

from typing import Literal

from pydantic import Field

from stylegrid.errors import ConfigError
from stylegrid.models import FrozenModel
from stylegrid.settings.field_types import (
    LARGEST,
    STARTS,
    Aspect,
    Factor,
    Layers,
    LongestSide,
    Masks,
    Ratio,
    Schedule,
    Start,
    TileSide,
    Weight,
)
from stylegrid.weighted_list import WeightedList


class PaintSettings(FrozenModel):
    """All settings that decide a picture, beside its input pictures and the backbone.

    Each field is a key of the config's `stylize` section, a column of the manifest and a flag of stylize.py. Fields
    without a default make a recipe: every preset gives them.
    """

    preset: str = Field(description="recipe that gives every other setting its value: a file in workflow/presets/")
    method: Literal["descent", "fast"] = Field(
        "descent",
        description="painted step by step towards smaller losses (descent), or by a network in one pass (fast)",
    )

    # The picture's size and start.
    size: LongestSide = Field(description="longest side of the picture, in pixels, or own: the photograph's")
    enlarge: Literal["never", "always"] = Field("never", description="whether smaller pictures are enlarged to `size`")
    aspect: Aspect = Field("own", description="own, or the width:height that the photograph is stretched to, e.g. 3:2")
    alpha: Literal["keep", "white"] = Field(
        "keep", description="transparent parts stay so and don't count (keep), or are laid on white"
    )
    init: Start = Field(
        WeightedList("content"),
        description="start picture: content, style, noise, grey, a picture file, or a mix: content + noise:0.2",
    )
    noise: Literal["uniform", "normal"] = Field(
        "uniform", description="noise of the start: uniform over all colours, or normal about ImageNet's mean colour"
    )
    noise_deviation: float = Field(50, gt=0, le=255, description="standard deviation of normal noise, in levels of 255")
    seed: int = Field(0, ge=0, lt=2**32, description="seed of the noise")

    # What is compared: the terms of the loss.
    content_weight: Weight = Field(description="weight of the content loss")
    style_weight: Weight = Field(description="weight of the style loss")
    tv_weight: Weight = Field(description="weight of the total variation loss")
    content_layers: Layers = Field(
        description="layers compared with the photograph: relu4_2, or conv4_2 before the ReLU"
    )
    style_layers: Layers = Field(description="layers compared with the painting, e.g. relu1_1 + relu2_1:0.5")
    content_layer_ratio: Ratio = Field(1, description="each content layer weighs this many times the one before")
    style_layer_ratio: Ratio = Field(1, description="each style layer weighs this many times the one before")
    over_layers: Literal["mean", "sum"] = Field("mean", description="losses of layers are averaged or summed, weighted")
    content_loss: Literal[
        "mean_squared", "sum_squared", "root_squared", "scaled_squared", "relative", "standardised"
    ] = Field(
        description="squared differences of activations: their mean, sum, sum over the root of their number (root_) "
        "or over their absolute sum (scaled_); over the photograph's energy (relative) or variance (standardised)"
    )
    style_loss: Literal["mean_squared", "sum_squared", "scaled_squared", "relative", "wasserstein"] = Field(
        description="the same for differences of Gram matrices; wasserstein: the distance of means and covariances"
    )
    content_factor: Factor = Field(1, description="number that the content loss of a formula begins with")
    style_factor: Factor = Field(1, description="the same for the style loss")
    tv_factor: Factor = Field(1, description="the same for the total variation loss")
    gram: Literal["plain", "shifted"] = Field(
        "plain", description="Gram matrices of activations, or of activations minus the painting's mean (shifted)"
    )
    gram_over: Literal["positions", "values", "pixels", "none"] = Field(
        "positions", description="what Gram matrices are divided by: positions, positions and channels, pixels, nothing"
    )
    tv_loss: Literal[
        "mean_absolute",
        "sum_absolute",
        "mean_squared",
        "sum_squared",
        "padded_mean_squared",
        "sum_power",
        "nine_point",
    ] = Field(
        "mean_absolute",
        description="differences of neighbouring pixels: mean or sum, absolute or squared; mean over all pixels "
        "(padded_); sum of (dx^2 + dy^2)^tv_power; squared over nine points",
    )
    tv_power: float = Field(1.25, ge=0.5, le=4, description="exponent of the total variation loss sum_power")
    smallest_octave: int = Field(
        0,
        ge=0,
        le=LARGEST,
        description="all terms are compared at half of the picture's size too, at a quarter and so on, down to this "
        "longest side in pixels, which gives large pictures large strokes; 0: at its own size alone",
    )
    octave_content: Literal["photograph", "start"] = Field(
        "photograph", description="what the smallest octave keeps the content of: the photograph, or the start picture"
    )

    # Paintings, colours and regions.
    strength: float = Field(
        1, ge=0, le=1, description="fast: 1 is the painting's style, 0 the photograph's own; what is between is mixed"
    )
    blend: Literal["statistics", "losses"] = Field(
        "statistics", description="several paintings: their Gram matrices are averaged, or their losses"
    )
    style_scale: float = Field(1, ge=0.05, le=20, description="longest side of the painting over that of the picture")
    style_shape: Literal["own", "stretched"] = Field(
        "own", description="paintings keep their shape, or are stretched to the picture's"
    )
    style_crop: float = Field(
        0, ge=0, le=0.4, description="share of the painting cut off at each side, against frames and edges of scans"
    )
    match_colours: Literal["none", "content", "style"] = Field(
        "none", description="before painting, gives the photograph the painting's colours (content), or the reverse"
    )
    colour_map: Literal["linear", "histogram"] = Field(
        "linear", description="how colours are matched: mean and covariance, or each channel's histogram"
    )
    original_colours: Literal["none", "ycbcr", "lab"] = Field(
        "none", description="after painting, only the luminance is kept, with the photograph's colours: in YCbCr or Lab"
    )
    greys: Literal["free", "kept"] = Field(
        "free",
        description="where all paintings are grey, the picture may take colours (free), or is painted in greys (kept)",
    )
    content_mask: str = Field(
        "none", min_length=1, description="greyscale picture in content_dir: where the photograph counts (white)"
    )
    style_mask: Masks = Field(
        WeightedList("none"), description="greyscale pictures in content_dir: where each painting paints, a.png + b.png"
    )

    # The backbone.
    preprocessing: Literal["caffe", "caffe_256", "imagenet", "raw", "mean_rgb"] = Field(
        "caffe",
        description="what the network sees: caffe (BGR to 255 minus mean), caffe_256 (to 256), imagenet (RGB over mean "
        "and deviation), raw (RGB to 255), mean_rgb (RGB to 255 minus mean)",
    )
    padding: Literal["zero", "replicate", "replicate_first"] = Field(
        "zero", description="what convolutions, or only the first, see beyond the picture's border"
    )
    pooling: Literal["max", "average", "average_scaled", "l2", "l2_scaled"] = Field(
        description="pooling between the blocks; scaled: times 2 (average) or 0.78 (l2), which keeps activations' size"
    )
    pool_rounding: Literal["down", "up"] = Field("down", description="how poolings round odd sides")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="of activations; auto: bfloat16 where the machine has it and the recipe bears it"
    )
    tile: TileSide = Field(
        "auto",
        description="side of the tiles that the picture is computed in, in pixels: the same picture, but for rounding, "
        "in less memory; none: in one piece; auto: in tiles where it does not fit otherwise",
    )

    # The descent.
    steps: int = Field(ge=0, description="evaluations of loss and gradient, over all scales; 0: the start picture")
    pixels: Literal["unit", "network"] = Field(
        "unit", description="pixels that steps and total variation work with: in [0, 1], or as the network sees them"
    )
    clamp: Literal["steps", "end"] = Field(
        "steps", description="pixels stay within black and white at every step, or only at the end"
    )
    optimizer: Literal["lbfgs", "adam", "sgd"] = Field(description="lbfgs (L-BFGS within bounds), adam or sgd")
    corrections: int = Field(10, ge=1, le=200, description="L-BFGS: corrections kept")
    learning_rate: Factor = Field(0.02, description="Adam, SGD: step size, in `pixels`")
    decay: float = Field(1, gt=0, le=1, description="Adam, SGD: factor of the learning rate every `decay_every` steps")
    decay_every: int = Field(100, ge=1, description="Adam, SGD: steps between two decays")
    decay_form: Literal["stairs", "smooth"] = Field("stairs", description="Adam, SGD: decays come at once or gradually")
    beta_1: float = Field(0.9, ge=0, lt=1, description="Adam: decay of the mean gradient")
    beta_2: float = Field(0.999, ge=0, lt=1, description="Adam: decay of the mean squared gradient")
    epsilon: Factor = Field(1e-8, description="Adam: added to the root of the mean squared gradient")
    adam: Literal["keras", "torch"] = Field(
        "keras", description="Adam: epsilon is added before the bias is corrected (keras) or after (torch)"
    )
    average: float = Field(
        0,
        ge=0,
        lt=1,
        description="decay of a running average of the pictures, which is the result; 0: the last picture is",
    )
    tolerance: float = Field(
        0, ge=0, lt=1, description="a scale ends when `patience` steps improve the total by a smaller share; 0: never"
    )
    patience: int = Field(20, ge=1, description="number of steps over which `tolerance` looks for an improvement")
    coarsest: int = Field(
        0, ge=0, le=LARGEST, description="smallest longest side of the first scale, in pixels; 0: one scale"
    )
    scale_factor: float = Field(2, ge=1.1, le=16, description="each scale is this many times the one before")
    sharing: Literal["falling", "equal", "double_first"] = Field(
        "falling", description="how scales share the steps: n + 1, n, ... 2 parts; equal parts; two parts for the first"
    )
    schedule: Schedule = Field(
        WeightedList("auto"),
        description="scales with their shares of the steps, instead of coarsest: 64:80 + 128:60 + 256:40",
    )
    detail: Literal["none", "photograph"] = Field(
        "none", description="fine detail that an enlarged picture is given at each scale: none, or the photograph's"
    )
    moments: Literal["fresh", "carried"] = Field(
        "fresh", description="Adam: moments start anew at each scale, or are carried over"
    )

    # What is left behind.
    snapshots: int = Field(0, ge=0, description="steps between two pictures that are kept, with a film strip; 0: none")
    format: Literal["png", "jpeg", "webp", "tiff"] = Field(
        "png", description="file format; tiff has 16 bits a channel, and jpeg lays what is transparent on white"
    )
    quality: int = Field(95, ge=1, le=100, description="quality of JPEG and WebP; 100 makes WebP lossless")

    @property
    def planned_steps(self) -> int:
        """Return the steps that painting takes at most: none with the fast method."""
        return 0 if self.method == "fast" else self.steps


def start_file(settings: PaintSettings) -> str | None:
    """Return the picture file in `init`, or None."""
    return next((name for name in settings.init.names if name not in STARTS), None)


def mask_files(settings: PaintSettings, paintings: int) -> tuple[str | None, ...]:
    """Return the mask of each painting, or None, from `style_mask`; () if none has one.

    Raises ConfigError unless there is one entry for each painting.
    """
    if settings.style_mask == "none":
        return ()
    names = settings.style_mask.names
    if len(names) != paintings:
        raise ConfigError(
            f"style_mask: must name a mask, or none, for every painting, {paintings} joined by plus signs; found "
            f"{len(names)}"
        )
    return tuple(None if name == "none" else name for name in names)


def needed() -> tuple[str, ...]:
    """Return the settings that every preset must give."""
    return tuple(name for name, field in PaintSettings.model_fields.items() if field.is_required() and name != "preset")
