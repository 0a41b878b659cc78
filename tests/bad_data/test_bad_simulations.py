"""Each way to ask for a simulation wrongly has one command line and the words of its error."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml

from icans.cli import main

CASES = yaml.safe_load((Path(__file__).parent / "simulations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["line"] for case in CASES])
def test_the_error_says_what_is_wrong_and_nothing_is_written(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["icans", *shlex.split(case["line"])])
    with pytest.raises(SystemExit) as end:
        main()
    said = " ".join(capsys.readouterr().err.split())
    assert end.value.code == 1
    for words in case["says"]:
        assert words in said, said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
