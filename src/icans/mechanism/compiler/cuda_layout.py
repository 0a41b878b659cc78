"""How the text of the processor's functions is laid out anew for the threads of a graphics card.

What a card calculates stays what is written; what changes is where numbers stand and in which order they are fetched,
because a card waits for its memory much longer than it calculates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

LANES = 32
NEAR = frozenset({"STAGE", "SLOPE"})
NEAR_BYTES = 48 * 1024
"""What a block of threads may have of the memory beside it without asking for more."""
AT_ONCE = 6
"""States that a loop over them handles in one round, so that their numbers are fetched together."""

_MODEL = re.compile(r"^def (?:prepare|rates|linearise|solve|observe)\(", re.MULTILINE)
_LOOP = re.compile(r"^    for q in range\(STATES \* LANES\):\n((?:        .*\n)+)", re.MULTILINE)
_BODY = re.compile(r"^        .*\n(?:        .*\n)*", re.MULTILINE)
_HEADING = re.compile(r'^def .*?:\n(?:    """.*?"""\n)?(?=    )', re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"\b[xvab]\d+_*\b")


def near_blocks(states: int) -> frozenset[str]:
    """The blocks that stand beside the threads: those which every stage writes and reads again, if there is room."""
    return NEAR if len(NEAR) * states * LANES * 8 <= NEAR_BYTES else frozenset()


def for_threads(text: str, near: Set[str], states: int) -> str:
    """A module's text for threads that have one lane each, LANES numbers apart from row to row.

    near  blocks that are in S, the memory beside the threads, instead of W
    """
    text = _LOOP.sub(lambda loop: _in_rounds(loop[1], states), text).replace("range(LANES)", "range(1)")
    text = text.replace("range(STATES * LANES)", "range(0, STATES * LANES, LANES)")
    if near:
        text = re.sub(rf"\bW\[({'|'.join(sorted(near))}) \+", r"S[\1 +", text)
    return "".join(_function(part) for part in re.split(r"(?=^@)", text, flags=re.MULTILINE))


def _in_rounds(body: str, states: int) -> str:
    """A loop over the numbers of all states, AT_ONCE in a round, and the states that are left over after it."""
    left = states % AT_ONCE

    def copies(first: int, count: int, q: str) -> str:
        return "".join(re.sub(r"\bq\b", q.format(first + k * LANES), body) for k in range(count))

    rounds = f"    for q in range(0, {states - left} * LANES, {AT_ONCE} * LANES):\n{copies(0, AT_ONCE, '(q + {})')}"
    rest = copies((states - left) * LANES, left, "{}")
    return (rounds if states > left else "") + re.sub(r"^    ", "", rest, flags=re.MULTILINE)


def _function(text: str) -> str:
    """A function that says where S is, if it uses it; those of the model stay apart and fetch late.

    "Apart" because a card's compiler otherwise copies them into each place that calls them, which makes more code
    than the card can keep at hand.
    """
    first = "    S = cuda.shared.array(0, float64)[cuda.threadIdx.x :]\n" if "S[" in text else ""
    if _MODEL.search(text):
        text = _BODY.sub(lambda body: "".join(_as_needed(body[0].splitlines(keepends=True))), text)
        first += "    apart()\n"
    return _HEADING.sub(lambda heading: heading[0] + first, text, count=1)


def _as_needed(lines: list[str]) -> Iterator[str]:
    """The lines, each just before the first that needs it: fewer numbers are then kept at a time.

    Every name is given a value once, so that the order may change; other lines keep theirs.
    """
    made: dict[str, str] = {}
    for line in lines:
        target = line.partition(" = ")[0].strip()
        if _MADE.fullmatch(target):
            made[target] = line
            continue
        waiting = [line]
        while waiting:
            needed = next((name for name in _MADE.findall(waiting[-1].partition(" = ")[2]) if name in made), None)
            if needed:
                waiting.append(made.pop(needed))
            else:
                yield waiting.pop()
