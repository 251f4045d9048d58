"""Functions in a process of their own, which ends where it takes too much."""

import contextlib
import json
import re
import sys

import pytest

from stylegrid import limited_process


def test_what_a_function_writes_is_returned():
    assert limited_process.call(print, "a", "b", memory=1 << 30, seconds=10) == b"a b\n"


def test_an_exception_is_a_break_down():
    with pytest.raises(limited_process.BrokeDownError, match="its reader broke down"):
        limited_process.call(json.loads, "{", memory=1 << 30, seconds=10)


def test_what_takes_long_is_ended():
    """A pattern that takes 2^60 steps."""
    with pytest.raises(limited_process.BrokeDownError, match="it takes more than 1 seconds"):
        limited_process.call(re.match, "(a+)+b", "a" * 60, memory=1 << 30, seconds=1)


@pytest.mark.skipif(sys.platform != "linux", reason="others know no such limit")
@pytest.mark.parametrize(("memory", "ends"), [(300_000_000, True), (1_000_000_000, False)])
def test_what_takes_much_memory_is_ended(memory, ends):
    """A text that is filled up to 500 MB."""
    with pytest.raises(limited_process.BrokeDownError) if ends else contextlib.nullcontext():
        limited_process.call(format, "a", "500000000", memory=memory, seconds=30)
