"""Where the command starts: `icans --version` answers before anything heavy is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from icans import __version__

        print(__version__)
        return
    from icans.cli import main as run

    run()


if __name__ == "__main__":
    main()
