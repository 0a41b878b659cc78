"""Every test gives the same result each time: Hypothesis draws from a fixed seed and no example is timed."""

from hypothesis import settings

settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
settings.load_profile("same every time")
