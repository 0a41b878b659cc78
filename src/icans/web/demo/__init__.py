"""A made-up ward of twelve patients for `icans serve --demo`: no real person is behind any of them."""

from __future__ import annotations

from icans.web.demo.ward import DemoPatient, demo_patients

__all__ = ["DemoPatient", "demo_patients"]
