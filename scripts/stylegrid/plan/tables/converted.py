"""What spreadsheet programs make of what people write: dates, times and errors, as text."""

import re

ERRORS = frozenset(
    ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#ERROR!")
)

_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[^\W\d]{0,6}\.?"
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ].*)?"  # 2026-05-01 12:00:00
    r"|(?:\d+ days?, )?\d+:\d\d:\d\d(?:\.\d+)?"  # 03:02:00
    r"|\d+([./-])\d+\1\d+"  # 01.05.2026, 5/1/26
    rf"|\d+\.?[-/ ]{_MONTH}(?:[-/ ]\d+)?"  # 1-May, 1. Mai 2026
    rf"|{_MONTH}[-/ ]\d+",  # May-05
    re.IGNORECASE,
)


def is_date(text: str) -> bool:
    """Return whether text is a date or a time of day with seconds, as programs write the cells they made of text.

    >>> [text for text in ("1.5", "3:2", "03:02:00", "1-May", "2026-05-01") if is_date(text)]
    ['03:02:00', '1-May', '2026-05-01']
    """
    return _DATE.fullmatch(text) is not None
