"""What was seen of a patient: the catalogue of items, one reader a source, and the states that follow."""
