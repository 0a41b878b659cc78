"""The words of a PDF, read from the file: the glyphs of each page, through the table that a font has for its letters.

It reads what typst writes, not any PDF: objects that stand by themselves, fonts with two bytes a glyph.
"""

from __future__ import annotations

import re
import zlib


def objects(data: bytes) -> dict[int, bytes]:
    return {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj\s(.*?)\sendobj", data, re.DOTALL)}


def stream(held: bytes) -> bytes:
    start = re.search(rb"stream\r?\n", held)
    assert start is not None
    data = held[start.end() : held.rindex(b"\nendstream")]
    return zlib.decompress(data) if b"FlateDecode" in held[: start.start()] else data


def letters(held: dict[int, bytes], font: int) -> dict[int, str]:
    """Glyph -> what it stands for, from the table that the font brings."""
    number = re.search(rb"/ToUnicode (\d+)", held[font])
    assert number is not None
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", stream(held[int(number[1])]).decode("latin-1") + "\n")
    return {int(glyph, 16): bytes.fromhex(words).decode("utf-16-be") for glyph, words in pairs}


ESCAPES: dict[bytes, bytes] = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
TOKEN = re.compile(rb"\\([0-7]{3}|.)|<([0-9A-Fa-f]+)>|(.)", re.DOTALL)


def glyphs(shown: bytes) -> bytes:
    """The strings of one drawing of text, joined: in brackets, which may hold brackets, or in hexadecimal."""
    codes, depth = b"", 0
    for escaped, hexadecimal, plain in TOKEN.findall(shown):
        if depth and escaped:
            codes += bytes([int(escaped, 8)]) if len(escaped) == 3 else ESCAPES.get(escaped) or escaped
        elif not depth and hexadecimal:
            codes += bytes.fromhex(hexadecimal.decode())
        else:
            depth -= plain == b")"
            codes += plain + (b"<" + hexadecimal + b">" if hexadecimal else b"") if depth else b""
            depth += plain == b"("
    return codes


def pages(data: bytes) -> list[str]:
    """The words of each page, in the order in which they are drawn, white space joined."""
    held = objects(data)
    kids = re.search(rb"/Kids\[([\d R]+)\]", held[1])
    assert kids is not None
    return [words(held, held[int(k)]) for k in kids[1].split()[::3]]


def words(held: dict[int, bytes], page: bytes) -> str:
    found = re.search(rb"/Resources (\d+) .*/Contents (\d+)", page)
    assert found is not None
    fonts = {m[1]: letters(held, int(m[2])) for m in re.finditer(rb"/(f\d+) (\d+) 0 R", held[int(found[1])])}
    said = ""
    drawn = re.sub(rb"/ActualText<[0-9A-F]+>", b"", stream(held[int(found[2])]))
    for name, shown in re.findall(rb"/(f\d+) [\d.]+ Tf(.*?)\nET", drawn, re.DOTALL):
        codes = glyphs(shown)
        said += " " + "".join(fonts[name][int.from_bytes(codes[k : k + 2], "big")] for k in range(0, len(codes), 2))
    return re.sub(r"\s+", " ", said)


def all_words(data: bytes) -> str:
    return " ".join(pages(data))


def letters_of(data: bytes) -> str:
    """Without white space: the chart is drawn letter by letter."""
    return all_words(data).replace(" ", "")
