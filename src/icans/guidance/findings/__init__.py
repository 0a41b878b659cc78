"""Seizures, EEG and MRI as structured findings: published terms and criteria, read from what was stated.

Nothing here looks at a signal or a picture. A person states what is seen; these modules say which criterion it meets,
what is missing, and which ICANS grade it bears on, without changing any grade.
"""

from icans.guidance.findings.eeg import EegReading, eeg
from icans.guidance.findings.mri import MriReading, mri
from icans.guidance.findings.pathway import Pathway, pressure_pathway, seizure_pathway
from icans.guidance.findings.prophylaxis import Prophylaxis, prophylaxis

__all__ = [
    "EegReading",
    "MriReading",
    "Pathway",
    "Prophylaxis",
    "eeg",
    "mri",
    "pressure_pathway",
    "prophylaxis",
    "seizure_pathway",
]
