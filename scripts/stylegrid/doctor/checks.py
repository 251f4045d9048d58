"""What make doctor finds: one line for each thing that it looks at."""

from typing import Literal, NamedTuple

Level = Literal["ok", "slow", "warning", "fault"]


class Check(NamedTuple):
    """What was looked at, what was found, and what to do about it; with a fault nothing can be painted."""

    level: Level
    topic: str
    text: str
    remedy: str = ""
