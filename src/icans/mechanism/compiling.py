"""Telling the user that the model is being compiled, which happens once on a machine."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from icans.mechanism.compiler.compiled import Compiled
from icans.mechanism.model_loading import load


def compiled_model() -> Compiled:
    """The model, compiled; with progress on the error stream where that takes time."""
    model = load()
    if model.is_compiled:
        model.compile()
        return model
    screen = Console(stderr=True)
    screen.print("Compiling the model for this machine; this happens once and takes about half a minute.")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("compiling")
        model.compile(lambda part, done, of: bar.update(task, description=part or "done", completed=done, total=of))
    screen.print(f"Compiled; kept in {model.code.parent}.")
    return model
