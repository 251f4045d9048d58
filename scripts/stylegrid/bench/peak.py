"""Peak memory of painting one picture, each program in a process of its own."""

import sys
import tempfile
from pathlib import Path

from stylegrid.bench.memory import Usage, run_measured
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.setup import CONTENT, MODULES, STYLE, Setup, module, program
from stylegrid.pictures.geometry import Size

AIM = "<= 0.75"
SIZE = (512, 384)
STEPS = 3
PHOTOGRAPH, PAINTING = CONTENT / "coffee.jpg", STYLE / "woodcut.jpg"


def measure_memory(setup: Setup) -> Findings:
    """Measure `stylize.py` with the tutorial's preset, precision auto and float32, beside the tutorial."""
    file = setup.weights_file()
    tutorial = run_measured(module("peak", file, *SIZE, STEPS), MODULES)
    ours = {precision: _ours(SIZE, precision, file) for precision in ("auto", "float32")}
    return memory_findings(SIZE, tutorial, ours)


def memory_findings(size: Size, tutorial: Usage, ours: dict[str, Usage]) -> Findings:
    """Return the peak memory of each program and its ratio to the tutorial's."""
    where = f"{size[0]}x{size[1]}"
    rows = [Row(what=f"peak memory of the tutorial, {where}", figure=tutorial.peak_mb, unit="MiB")]
    for precision, usage in ours.items():
        rows.append(Row(what=f"peak memory of ours, {where}, {precision}", figure=usage.peak_mb, unit="MiB"))
        ratio = usage.peak_mb / tutorial.peak_mb
        rows.append(Row(what=f"peak memory of ours, {precision} / tutorial", figure=ratio, aim=AIM))
    used = {"tutorial": tutorial, **ours}
    return Findings(rows=tuple(rows), timings={f"memory, {name}": (usage.seconds,) for name, usage in used.items()})


def _ours(size: Size, precision: str, file: Path) -> Usage:
    with tempfile.TemporaryDirectory() as folder:
        flags = {
            "content": PHOTOGRAPH,
            "style": PAINTING,
            "output": Path(folder) / "picture.png",
            "weights": file,
            "preset": "tf-tutorial",
            "size": size[0],
            "aspect": f"{size[0]}:{size[1]}",
            "steps": STEPS,
            "precision": precision,
        }
        return run_measured(program("stylize", flags=flags))


def main(file: str, width: str, height: str, steps: str) -> None:
    """Paint the same picture by the tutorial."""
    from stylegrid.bench.tutorial import Tutorial
    from stylegrid.pictures import images
    from stylegrid.pictures.geometry import fit
    from stylegrid.vgg.weights.read import read_weights

    size = int(width), int(height)
    painting = images.read(PAINTING, fit(images.upright_size(PAINTING), max(size)))
    tutorial = Tutorial(images.read(PHOTOGRAPH, size), painting, read_weights(Path(file)))
    for _ in range(int(steps)):
        tutorial.step()
    tutorial.picture()


if __name__ == "__main__":
    main(*sys.argv[1:])
