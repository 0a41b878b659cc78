"""The terminal a command prints to."""

from __future__ import annotations

import shutil
import sys
from functools import cache

from rich.console import Console

_WIDTH_IN_A_PIPE = 120


class _Screen(Console):
    """A console that leaves a reader who has gone (`| head`) to the command."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


@cache
def console() -> Console:
    """One console for the whole command: as wide as the terminal; into a pipe or file, 120 columns."""
    size = shutil.get_terminal_size()
    width = size.columns if sys.stdout.isatty() else _WIDTH_IN_A_PIPE
    # Without a height, rich asks the terminal for its size at every line.
    return _Screen(highlight=False, width=width, height=size.lines)
