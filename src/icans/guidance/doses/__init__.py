"""Doses as data: how much of a drug, how often, for whom, with its arithmetic, its source and its cautions.

    form       what a file of doses says
    reading    from YAML to that, with every mistake in words
    library    every drug held, by any of its names
    amount     the amount over a table, as a Polars expression
    calculate  the dose of one patient, with its arithmetic in words
    strength   steroid regimens as mg of dexamethasone a day
    caution    contraindications and interactions, for a state and the drugs that are running
    describe   the manual page, written from the files

Every number of medicine stands in the YAML files (`drugs/`, `strength.yaml`, `cautions.yaml`), none in the code.
"""

from icans.guidance.doses.amount import amount
from icans.guidance.doses.calculate import Dose, dose, dose_in
from icans.guidance.doses.caution import Caution, cautions
from icans.guidance.doses.strength import dex_equivalent

__all__ = ["Caution", "Dose", "amount", "cautions", "dex_equivalent", "dose", "dose_in"]
