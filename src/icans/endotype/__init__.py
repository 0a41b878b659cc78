"""What drives a patient's toxicity, read from biomarkers: cytokines, the vessel wall, both, or not enough known.

The endotypes of the mechanism are virtual patients made to differ in this way; here a real record is read.
"""

from icans.endotype.answer import Endotype, Hypothesis, Level, Marker, Side
from icans.endotype.reading import endotype

__all__ = ["Endotype", "Hypothesis", "Level", "Marker", "Side", "endotype"]
