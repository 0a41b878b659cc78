"""What to watch after CAR-T cells, when and how often: the plan before, and what is due now."""
