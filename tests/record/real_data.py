"""Where the real data lie that some tests read; such a test skips, saying why, where they are absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ICANS_DATA", ROOT.parent / "shared" / "data"))
CASES = DATA.parent / "clinical" / "grading_cases.csv"


def needs(path: Path) -> pytest.MarkDecorator:
    """Skips a test where `path` is not there."""
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} is not here; ICANS_DATA says where the data are")
