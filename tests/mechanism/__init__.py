"""Tests of the mechanism. A package, so that `mechanism` means these and not benchmarks/mechanism.py."""
