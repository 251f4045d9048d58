"""What every program here shares: a user's fault becomes one line and exit code 1, never a traceback."""

import functools
import sys
from collections.abc import Callable, Sequence

from stylegrid.errors import StylegridError

Main = Callable[[Sequence[str] | None], None]


def door(main: Main) -> Callable[[Sequence[str] | None], int]:
    """Return a program's main function that returns its exit code: 0, or 1 after `error: ...` for each fault."""

    @functools.wraps(main)
    def guarded(argv: Sequence[str] | None = None) -> int:
        try:
            main(argv)
        except StylegridError as error:
            for fault in str(error).splitlines():
                print(f"error: {fault}", file=sys.stderr)
            return 1
        return 0

    return guarded
