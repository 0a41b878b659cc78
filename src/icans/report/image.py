"""The chart as PNG or PDF, without a browser. Needs the extra `icans[png]`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from icans.errors import DataError, IcansError


def drawn(path: Path, svg: str) -> str | bytes:
    """The picture in the kind of file that the name asks for. Raises DataError for another ending."""
    kinds = {".svg": str, ".png": as_png, ".pdf": as_pdf}
    if path.suffix.lower() not in kinds:
        raise DataError(f"{path}: a chart is written as .svg, .png or .pdf, by the ending of its name")
    return kinds[path.suffix.lower()](svg)


def as_png(svg: str, scale: float = 2.0) -> bytes:
    """The picture in pixels, `scale` for each user unit: 680 wide at 1, 300 dpi in print at 3.125."""
    return _convert().svg_to_png(svg, scale=scale)


def as_pdf(svg: str) -> bytes:
    """The picture as one PDF page of its own size."""
    return _convert().svg_to_pdf(svg)


def _convert() -> ModuleType:
    try:
        import vl_convert
    except ImportError:
        raise IcansError("PNG and PDF need one more package: pip install 'icans[png]'") from None
    return vl_convert
