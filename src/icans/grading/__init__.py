"""Scales as data, and what they say of a state: intervals with reasons, scores, and the course over time."""
