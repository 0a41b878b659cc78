"""A fault of ours, as a log may hold it: what kind and where, never a value of a patient."""

from __future__ import annotations


def told(error: BaseException) -> str:
    """`KeyError at views.py line 12 in show`: the traceback's last place; what the error says may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return f"{type(error).__name__} at {code.co_filename.rpartition('/')[2]} line {trace.tb_lineno} in {code.co_name}"
