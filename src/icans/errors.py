"""The exceptions a user may meet.

IcansError
├── DataError   an input file or table is not what it should be
└── RuleError   a rule, scale or catalogue file is wrong

Each message names the file and the row, column, rule or item, says what was expected and what to do.
It never repeats a patient's value.
"""


class IcansError(Exception):
    """Something went wrong that the user can mend; the text says how."""


class _Listed(IcansError):
    """An error made of one or more problems, all reported together."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class DataError(_Listed):
    """What was read does not fit: a missing file or column, a bad unit, time or value."""


class RuleError(_Listed):
    """A file of rules, scales or items does not say something that can be evaluated."""
