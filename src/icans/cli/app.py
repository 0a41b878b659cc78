"""The command `icans` itself; its parts add their commands to it."""

from __future__ import annotations

from cyclopts import App

from icans import __version__

app = App(
    name="icans",
    version=__version__,
    help="""Neurotoxicity (ICANS) and cytokine release syndrome (CRS) after CAR-T cells: graded from real records,
    with reasons and with what is unknown, and simulated from the cells to the bedside. Decision support and research
    software, no medical device.""",
)
