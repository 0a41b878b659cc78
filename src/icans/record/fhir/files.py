"""The resources of a path: a Bundle, a single resource, NDJSON, gzipped or not, or a folder of them.

NDJSON is read line by line, so that memory does not grow with the file.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from icans.errors import DataError
from icans.record.fhir.bundles import Json, Placed, entries, is_resource
from icans.record.fhir.log import Log, Place

_ENDINGS = (".json", ".ndjson", ".jsonl")
_BOM = b"\xef\xbb\xbf"


def is_fhir_name(path: Path) -> bool:
    """True where the name ends as FHIR files do: .json, .ndjson, .jsonl, each also with .gz."""
    return path.name.lower().removesuffix(".gz").endswith(_ENDINGS)


def fhir_files(path: Path) -> list[Path]:
    """The files to read, in the order of their names. Raises DataError where there is none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"{path} does not exist.")
    found = sorted(p for p in path.rglob("*") if p.is_file() and is_fhir_name(p) and p.name[0] != ".")
    if not found:
        raise DataError(f"{path} holds no FHIR file (.json, .ndjson or .jsonl, each also with .gz).")
    return found


def resources(path: Path, log: Log) -> Iterator[Placed]:
    """Each resource of `path` with its place and, in a Bundle, its fullUrl.

    A line or a file of a folder that cannot be read is a problem of the log and the others are kept.
    Raises DataError where a single file cannot be read at all.
    """
    alone = path.is_file()
    for file in fhir_files(path):
        name = file.name if alone else file.relative_to(path).as_posix()
        try:
            yield from _lines(file, name, log) if _is_ndjson(file) else _document(file, name, log, alone)
        except DataError as error:
            if alone:
                raise
            for problem in error.problems:
                log.problem(Place(name), problem.removeprefix(f"{name}: "))


def _is_ndjson(file: Path) -> bool:
    return file.name.lower().removesuffix(".gz").endswith((".ndjson", ".jsonl"))


def _open(file: Path) -> BinaryIO:
    """The file's bytes, unpacked if its name ends in .gz."""
    if file.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(file, "rb"))
    return file.open("rb")


def _gzip_error(name: str) -> DataError:
    return DataError(f"{name}: not gzip data, or cut off. Pack it again, or drop the .gz of its name.")


def _lines(file: Path, name: str, log: Log) -> Iterator[tuple[Place, Json, None]]:
    """The resources of an NDJSON file."""
    seen = 0
    try:
        with _open(file) as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                seen += 1
                place = Place(name, "line", number)
                resource = _line(line, place, log)
                if resource is not None:
                    yield place, resource, None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise _gzip_error(name) from None
    if not seen:
        log.notice(f"{name} is empty")


def _line(line: bytes, place: Place, log: Log) -> Json | None:
    try:
        resource = orjson.loads(line.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        log.problem(place, f"not valid JSON at column {error.colno}; this line is left out.")
        return None
    if is_resource(resource):
        return resource
    log.problem(place, "JSON, but not a FHIR resource: it has no resourceType; this line is left out.")
    return None


def _document(file: Path, name: str, log: Log, alone: bool) -> Iterator[Placed]:
    """The resources of a JSON file: a Bundle's entries, or the one resource it is."""
    try:
        with _open(file) as stream:
            text = stream.read().removeprefix(_BOM)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise _gzip_error(name) from None
    document = _parsed(text, name)
    if not is_resource(document):
        if alone:
            raise DataError(f"{name}: JSON, but not FHIR: it has no resourceType.")
        log.skipped["File that is not FHIR"] += 1
    elif document["resourceType"] == "Bundle":
        if not isinstance(document.get("entry"), list) or not document["entry"]:
            raise DataError(f"{name}: the Bundle has no entry, so there is nothing to read.")
        yield Place(name), {**document, "entry": []}, None
        yield from entries(document, name, log)
    else:
        yield Place(name), document, None


def _parsed(text: bytes, name: str) -> Any:
    if not text.strip():
        raise DataError(f"{name}: the file is empty.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        cut = error.pos >= len(error.doc) - 1 or "unexpected end" in error.msg
        cause = "the file ends in the middle: was it cut off?" if cut else "is it JSON?"
        where = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"{name}: not valid JSON at {where}; {cause}") from None
