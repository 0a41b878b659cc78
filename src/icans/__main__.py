"""Where the command starts: `icans --version` answers before anything heavy is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from icans import __version__

        print(__version__)
        return
    import gc

    # Loading makes many objects that stay: looking through them for garbage again and again takes a twentieth of a run.
    gc.set_threshold(100_000, 20, 100)
    from icans.cli import main as run

    run()


if __name__ == "__main__":
    main()
