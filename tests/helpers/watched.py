"""What becomes of files of strangers, in a process that may die of them: what it takes is measured."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

MOST_MEMORY = 1000  # MB, of a process that reads tiny pictures
WORKER = Path(__file__).with_name("fuzz_worker.py")


class Look(NamedTuple):
    """What became of a file; `fault` is empty if that is allowed."""

    outcome: str
    seconds: float
    memory: float
    fault: str


class Worker:
    """A process that looks at files, and another one when it has died."""

    def __init__(self, kind: str, folder: Path):
        self._command = [sys.executable, str(WORKER), kind, str(folder)]
        self._process: subprocess.Popen[str] | None = None

    def look(self, path: Path) -> Look:
        """Return what became of a file."""
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True)
        process = self._process
        print(path, file=process.stdin, flush=True)
        answer = process.stdout.readline()
        if not answer:
            self.end()
            return Look("died", 0, 0, f"exit code {process.returncode}")
        outcome, seconds, memory = json.loads(answer)
        fault = "" if outcome in ("read", "refused") else outcome
        if memory > MOST_MEMORY:
            self.end()  # a process remembers its peak
            fault = f"{memory:.0f} MB; {fault}"
        return Look(outcome, seconds, memory, fault)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.stdin.close()
            process.stdout.close()
            process.wait()
