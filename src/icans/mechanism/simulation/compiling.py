"""Telling the user that a model is being compiled, which happens once on a machine and takes a while."""

from __future__ import annotations

from icans.mechanism.compiler.compiled import Compiled


def ready(model: Compiled) -> Compiled:
    """`model`, compiled: at once where its machine code is on disk, else with progress on the error stream."""
    if model.is_compiled:
        model.compile()
        return model
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    screen = Console(stderr=True)
    screen.print("Compiling the model for this machine; this happens once and takes about half a minute.")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("compiling")
        model.compile(lambda part, done, of: bar.update(task, description=part or "done", completed=done, total=of))
    screen.print(f"Compiled; kept in {model.code.parent}.")
    return model
