"""Virtual patients: drawn from the model's distributions, simulated in chunks, summed up with their uncertainty."""
