"""The command `icans`: parse, call one function of the library, show. Nothing is decided here."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from icans.cli import grading, guidance, mechanism, serving
from icans.cli.app import app
from icans.errors import IcansError

__all__ = ["app", "grading", "guidance", "main", "mechanism", "serving"]


def main() -> None:
    """Run the command; an error a user can mend is told in words and exits with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(sys.argv[1:])
    except IcansError as error:
        print(f"icans: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader has gone; nothing is left to say, and Python must not try again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(
            f"icans: {error.filename or 'output'}: {error.strerror}; check the path and the free space", file=sys.stderr
        )
        sys.exit(1)
    except KeyboardInterrupt:
        print("icans: interrupted; no file is left half-written", file=sys.stderr)
        sys.exit(130)
