"""Write the FHIR R4 Bundle of each example beside its folder: python examples/make_bundles.py"""

from __future__ import annotations

from pathlib import Path

import orjson

import icans
from icans.record.fhir import write_bundle

HERE = Path(__file__).parent


def bundle(folder: Path) -> bytes:
    """The Bundle of the record in a folder, as JSON with one resource a line, so that changes can be read."""
    document = write_bundle(icans.read(folder))
    entries = b",\n".join(orjson.dumps(entry) for entry in document.pop("entry"))
    return orjson.dumps(document)[:-1] + b',"entry":[\n' + entries + b"\n]}\n"


if __name__ == "__main__":
    for folder in sorted(p.parent for p in HERE.glob("*/patient.csv")):
        folder.with_suffix(".json").write_bytes(bundle(folder))
