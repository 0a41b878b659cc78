"""A large table written bit by bit: parts in a folder beside the target, put together when all are there.

What is half done never carries the target's name. The parts outlive an interruption, so that the same run can go on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from icans.errors import DataError

_NOTE = "run.json"
_PART = "*-*.parquet"
_WHOLE = "whole.parquet.tmp"
_ROWS_A_GROUP = 65_536


class Parts:
    """The parts of one table on their way to `target`, a Parquet file.

    description  what the run is; parts of a run that is described otherwise are never mixed with this one's
    """

    def __init__(self, target: Path, description: Mapping[str, object]) -> None:
        self.target = target
        self.folder = target.with_name(f"{target.name}.parts")
        self.note = json.dumps(description, indent=1, sort_keys=True, default=str)

    def open(self) -> int:
        """Make the folder, or find it; how many patients its parts hold already.

        Raises DataError where nothing can be written there, or where parts of another run lie in the way.
        """
        if self.target.suffix != ".parquet":
            raise DataError(f"{self.target}: a population is written as .parquet, by the ending of its name")
        if self.target.is_dir():
            raise DataError(f"{self.target}: is a folder; name a file in it")
        if not self.target.absolute().parent.is_dir():
            raise DataError(f"{self.target}: cannot be written: there is no folder '{self.target.parent}'")
        with self._told():
            self.folder.mkdir(exist_ok=True)
            note = self.folder / _NOTE
            if not note.exists():
                self._write_note(note)
            elif note.read_text(encoding="utf-8") != self.note:
                raise DataError(
                    f"{self.folder} holds parts of another run, with other patients, model or settings. "
                    "Delete the folder, or name another output"
                )
        return self.done()

    def keep(self, patients: int) -> None:
        """Drop the parts that go beyond the first `patients`."""
        for first, after in self._spans():
            if after > patients:
                self._part(first, after).unlink()

    def _write_note(self, note: Path) -> None:
        if any(self.folder.iterdir()):
            raise DataError(f"{self.folder} is in the way: parts of {self.target.name} would be kept there; move it")
        note.write_text(self.note, encoding="utf-8")

    def done(self) -> int:
        """How many patients, from the first on, have their part."""
        end = 0
        for first, after in self._spans():
            if first != end:
                break
            end = after
        return end

    def _spans(self) -> list[tuple[int, int]]:
        names = [path.stem.split("-") for path in self.folder.glob(_PART)]
        return sorted((int(first), int(after)) for first, after in names)

    def _part(self, first: int, after: int) -> Path:
        return self.folder / f"{first:012d}-{after:012d}.parquet"

    def add(self, first: int, after: int, rows: pl.DataFrame) -> None:
        """Write the rows of the patients `first` to `after - 1`."""
        with self._told():
            written = self.folder / "part.tmp"
            rows.write_parquet(written)
            written.replace(self._part(first, after))

    def assemble(self) -> None:
        """Put the parts together, still beside the target."""
        with self._told():
            parts = pl.scan_parquet(self.folder / _PART)
            parts.sink_parquet(self.folder / _WHOLE, row_group_size=_ROWS_A_GROUP, metadata={"icans": self.note})

    def publish(self) -> None:
        """Give what was put together the target's name, and remove the parts."""
        with self._told():
            os.replace(self.folder / _WHOLE, self.target)
            shutil.rmtree(self.folder)

    def tidy(self) -> None:
        """Remove the folder where it is this run's and no part is done."""
        note = self.folder / _NOTE
        if note.exists() and note.read_text(encoding="utf-8") == self.note and not self._spans():
            shutil.rmtree(self.folder)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DataError(f"{self.target}: cannot be written: {error.strerror or error}") from None
