"""Solving the equations of many patients at once: one step method, one driver, and what they ask of a model."""
