"""What a run tells the program that shows it: lines for the user, and its results folder.

    FOLDER/lines      each line as it is said
    FOLDER/results    the results folder, once it is known

Snakemake's own output goes elsewhere then.
"""

from pathlib import Path

FOLDER = "STYLEGRID_CONSOLE"  # variable that names the folder


def write(folder: Path, line: str) -> None:
    """Say a line."""
    with (folder / "lines").open("a", encoding="utf-8") as lines:
        lines.write(f"{line}\n")


def write_results(folder: Path, results: Path) -> None:
    """Say which results folder it is."""
    part = folder / "results.part"
    part.write_text(str(results.resolve()), encoding="utf-8")
    part.replace(folder / "results")


def read_results(folder: Path) -> Path | None:
    """Return the results folder, or None while it is not known."""
    path = folder / "results"
    return Path(path.read_text(encoding="utf-8")) if path.is_file() else None


class LineReader:
    """Reads lines as they are said."""

    def __init__(self, folder: Path):
        self._path, self._read = folder / "lines", 0

    def new(self) -> list[str]:
        """Return the lines that have been said since the last call."""
        if not self._path.is_file():
            return []
        whole, _, _ = self._path.read_text(encoding="utf-8").rpartition("\n")
        lines = whole.split("\n")[self._read :] if whole else []
        self._read += len(lines)
        return lines
