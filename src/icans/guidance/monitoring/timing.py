"""When toxicity comes after each product: the published numbers of `products.yaml`, and what a rule is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icans.errors import DataError
from icans.guidance.cited import read_cited
from icans.guidance.document import sources_of
from icans.guidance.monitoring.answer import Figure, Timing
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import nearest, products
from icans.record.names import find_product
from icans.rules.document import LINE, Mistakes, Reader, documents

OF = ("crs", "icans", "late")
WHAT = ("any", "severe", "onset", "lasts")
_FITS = ("product", "target", "costimulation")


@dataclass(frozen=True)
class Fit:
    """The products something is for: by short name, target or costimulation; None: any."""

    product: str | None = None
    target: str | None = None
    costimulation: str | None = None

    def holds(self, product: str | None) -> bool | None:
        """Whether a product, by its short name, is one of them; None where the product is not known."""
        asked = {name: value for name in _FITS if (value := getattr(self, name)) is not None}
        if not asked:
            return True
        if product is None or not (known := of_product(product)):
            return None
        return all(getattr(known[0], name) == value for name, value in asked.items())


EVERY_PRODUCT = Fit()


def text_of(name: str) -> str:
    """A data file of this room."""
    return files("icans.guidance.monitoring").joinpath(name).read_text("utf-8")


def opened(text: str, file: str) -> tuple[dict[str, Any], Reader]:
    """The one document of a data file, and the reader for its entries."""
    mistakes = Mistakes(file)
    raw = documents(text, file)[0]
    return raw, Reader(dict(vocabulary()), {}, sources_of(raw, mistakes), mistakes)


def section(raw: Mapping[str, Any], key: str, reader: Reader) -> dict[str, Any]:
    """The 'name: value' lines under a key of a file; an empty one, and a mistake noted, where there are none."""
    given = raw.get(key)
    if not isinstance(given, dict):
        reader.mistakes.add(f"'{key}' needs 'name: value' lines", raw, key)
        return {}
    return given


def read_fit(entry: Mapping[str, Any], reader: Reader, name: str, key: str = "for") -> Fit:
    """What products an entry is for, under `key`; every one where it does not say."""
    given = entry.get(key) or {}
    if not isinstance(given, Mapping) or not set(given) - {LINE} <= set(_FITS):
        reader.mistakes.add(f"'{key}' names one or more of: {', '.join(_FITS)}", entry, name)
        return EVERY_PRODUCT
    if "product" in given and given["product"] not in products():
        hint = nearest(str(given["product"]), products())
        reader.mistakes.add(f"'{key}' names a product that is not in the catalogue.{hint}", entry, name)
    return Fit(**{k: str(v) for k, v in given.items() if k != LINE})


def pair(value: object) -> tuple[float, float] | None:
    """A number, or [lowest, highest], as two numbers; None where it is neither."""
    given: list[Any] = value if isinstance(value, list) else [value, value]
    ends = [float(e) for e in given if isinstance(e, int | float) and not isinstance(e, bool)]
    if len(given) != 2 or len(ends) != 2 or ends[0] > ends[1]:
        return None
    return ends[0], ends[1]


def read_timing(text: str, file: str) -> tuple[Timing, ...]:
    """The entries of a file like `products.yaml`. Raises RuleError listing all its mistakes."""
    raw, reader = opened(text, file)
    reader.only(raw, ("sources", "timing", "unsure"), file)
    found = [_read_entry(entry, reader) for entry in reader.entries(raw, "timing", file)]
    reader.mistakes.check()
    return tuple(found)


def _read_entry(entry: dict[str, Any], reader: Reader) -> Timing:
    name = f"{entry.get('product', 'an entry without a product')}, {entry.get('population', 'no population')}"
    reader.only(entry, ("product", "population", "target", "costimulation", "figures"), name)
    for key in ("product", "population", "target", "costimulation"):
        if key not in entry:
            reader.mistakes.add(f"has no '{key}'", entry, name)
    if entry.get("product") not in products():
        reader.mistakes.add(
            f"is no product of the catalogue.{nearest(str(entry.get('product')), products())}", entry, name
        )
    figures = [_read_figure(figure, reader, name) for figure in reader.entries(entry, "figures", name)]
    product, population, target, costimulation = (
        str(entry.get(key, "")) for key in ("product", "population", "target", "costimulation")
    )
    return Timing(product, population, target, costimulation, tuple(f for f in figures if f is not None))


def _read_figure(entry: dict[str, Any], reader: Reader, name: str) -> Figure | None:
    reader.only(entry, ("of", "what", "value", "range", "source", "mark"), name)
    cited = read_cited(entry, reader, name)
    value, far = pair(entry.get("value")), pair(entry["range"]) if "range" in entry else None
    if entry.get("of") not in OF or entry.get("what") not in WHAT:
        reader.mistakes.add(f"'of' is one of {', '.join(OF)}; 'what' one of {', '.join(WHAT)}", entry, name)
    elif value is None or ("range" in entry and far is None):
        reader.mistakes.add("'value' and 'range' are a number or [lowest, highest]", entry, name)
    elif entry["what"] in ("any", "severe") and not 0 <= value[0] <= value[1] <= 100:
        reader.mistakes.add("a percentage lies between 0 and 100", entry, name)
    elif far is not None and not far[0] <= value[0] <= value[1] <= far[1]:
        reader.mistakes.add("the value lies outside its range", entry, name)
    else:
        return Figure(entry["of"], entry["what"], *value, far, cited)
    return None


@cache
def timings() -> tuple[Timing, ...]:
    """Every entry of `products.yaml`."""
    return read_timing(text_of("products.yaml"), "products.yaml")


def of_product(product: str) -> Sequence[Timing]:
    """The entries of one product, by its short name; none where nothing is known of it."""
    return tuple(t for t in timings() if t.product == product)


def product_named(words: str) -> str:
    """The short name of a product as a user writes it. Raises DataError for one that is not known."""
    found = find_product(words)
    if found is None:
        raise DataError(
            f"there is no product '{words}'.{nearest(words, products())} Known are: {', '.join(products())}"
        )
    return found
