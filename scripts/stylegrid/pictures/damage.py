"""Errors of readers on damaged files, as one sentence."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stylegrid.errors import ImageError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Context manager: turn a reader's errors on damaged data into ImageError; silences its warnings."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{path}: needs more memory than is free; make a smaller copy") from error
    except Exception as error:  # Pillow and tifffile raise errors of many kinds
        reason = " ".join(str(error).split())
        raise ImageError(f"{path}: is damaged or cut short ({reason}); export or copy it again") from error
