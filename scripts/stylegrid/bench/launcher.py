"""Run a program from a small process and print its resource usage as one line of JSON; its output goes to stderr.

On Linux a process inherits the peak memory of its parent; this one has a few MiB.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss: macOS counts bytes, Linux KiB


def main(command: Sequence[str]) -> int:
    """Run the command and return its exit code: 128 plus the signal's number if one killed it."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    used = {"peak_mb": usage.ru_maxrss * UNIT / 2**20, "cpu_seconds": usage.ru_utime + usage.ru_stime}
    print(json.dumps({"seconds": seconds, **used}))
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
