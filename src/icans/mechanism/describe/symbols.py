"""From the name of a quantity or parameter to the symbol it has in the rendered equations.

The symbols are those of the paper: the first letter stands in italics and the rest below it, names of substances stand
upright, and Greek letters are spelled out in a name (`rho`, `lamL`).
"""

from __future__ import annotations

import re

_GREEK = {
    "phi": r"\varphi", "Phi": r"\Phi", "rho": r"\rho", "tau": r"\tau", "lam": r"\lambda", "eps": r"\varepsilon",
    "sigma": r"\sigma", "sg": r"\sigma", "th": r"\theta",
}  # fmt: skip
_UPRIGHT = {
    "As", "CART", "CRP", "EA", "EASIX", "Eb", "EEG", "EI", "Et", "Fer", "GM", "Glu", "Hz", "ICE", "ICP", "IFN", "IL1",
    "IL1b", "IL1c", "IL6", "IL6b", "IL6c", "LD", "MAP", "NE", "PLT", "Qalb", "SR", "SpO2", "Temp", "VC", "age", "anac",
    "anad", "anap", "burden", "dex", "drive", "gap", "infl", "ko", "leak", "len1", "lev", "lk", "mp", "pr", "ro", "rob",
    "sil1", "sil2", "toc1", "toc2", "tocb", "weight", "CSF", "CL", "EC", "LpS", "PS", "in", "oedema",
}  # fmt: skip
_OWN = {
    "A2_A1": r"\text{A2:A1}", "E_rho": r"E_{\rho}", "F_a": r"F_{\text{ana}}", "PSa": r"\text{PS}_{\text{a}}",
    "LpSb": r"\text{LpS}_{\text{b}}", "dsg": r"d_{\sigma}", "kpi": r"k_{\pi}",
    "protein_per_albumin": r"r_{\text{protein}}", "time": "t",
}  # fmt: skip
_CONVERSION = "_in_"
"""In the name of a factor that only converts units: it is shown as words in square brackets."""
_GREEK_HEAD = re.compile(rf"({'|'.join(_GREEK)})(?=$|[A-Z_\d]|b|an|ab)(.*)")


def symbol(name: str) -> str:
    """The symbol of a name, in LaTeX: `k_a` is $k_{\\text{a}}$, `IL6_0` is $\\text{IL6}_{0}$."""
    if name in _OWN:
        return _OWN[name]
    if _CONVERSION in name:
        return rf"\left[\text{{{name.replace('_', ' ')}}}\right]"
    head, below = _parted(name)
    return f"{head}_{{{below}}}" if below else head


def _parted(name: str) -> tuple[str, str]:
    """The letter, and what stands below it."""
    if name in _UPRIGHT:
        return rf"\text{{{name}}}", ""
    if found := _GREEK_HEAD.fullmatch(name):
        return _GREEK[found[1]], _below(found[2].strip("_"))
    head, _, rest = name.partition("_")
    if head in _UPRIGHT:
        return rf"\text{{{head}}}", _below(rest)
    if head.rstrip("0") in _UPRIGHT or head.removesuffix("50") in _UPRIGHT:
        base = re.sub("(50|0)$", "", head)
        return rf"\text{{{base}}}", _below("_".join(filter(None, (head.removeprefix(base), rest))))
    if head[:2] == "CL":
        return r"\text{CL}", _below(head[2:])
    return name[0], _below(name[1:].strip("_"))


def _below(words: str) -> str:
    """What stands below: digits as they are, words upright, parts with commas between."""
    return ",".join(part if part.isdigit() else rf"\text{{{part}}}" for part in words.split("_") if part)
