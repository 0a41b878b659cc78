"""`python -m icans.mechanism.describe equations`, or `parameters`: a page of the manual to the standard output."""

from __future__ import annotations

import sys

from icans.mechanism.describe import equations, parameters

PAGES = {"equations": equations.markdown, "parameters": parameters.markdown}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PAGES:
        sys.exit(f"python -m icans.mechanism.describe {' | '.join(PAGES)}")
    sys.stdout.write(PAGES[sys.argv[1]]())
