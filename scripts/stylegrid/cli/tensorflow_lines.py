"""Keeps what TensorFlow says for its own developers from a user's terminal."""

import logging
import os
import shutil
import subprocess
import sys

# Lines of information and warnings, as absl writes them, and what belongs to them. Errors and fatal ones pass.
OWN_LINES = r"^([IW][0-9]{4} |WARNING: All log messages before absl|To enable the following instructions)"

_filters: list[subprocess.Popen[bytes]] = []  # kept, or Python would warn of a process that is still running


def hide_tensorflow_lines() -> None:
    """Drop TensorFlow's own lines from stderr; to be called before it is imported.

    For programs that are run, not for those that are called: it changes the process. Some of the lines no variable
    switches off. They come from C++, past `sys.stderr`, so that stderr's file descriptor leads through a filter, while
    `sys.stderr` keeps the terminal. The filter is a process of its own: what a crash says last still passes.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # which tells of functions that are traced often
    grep = shutil.which("grep")
    if grep is None or sys.stderr is None:
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    sys.stderr = os.fdopen(terminal, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    command = [grep, "--text", "--line-buffered", "--invert-match", "--extended-regexp", OWN_LINES]
    # In a session of its own, Ctrl-C doesn't end it before the program that writes to it. It ends when its input does.
    filter_process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=terminal, start_new_session=True)
    assert filter_process.stdin is not None
    os.dup2(filter_process.stdin.fileno(), 2)
    filter_process.stdin.close()
    _filters.append(filter_process)
