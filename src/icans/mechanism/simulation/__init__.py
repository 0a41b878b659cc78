"""Virtual patients on their way: start, doses, stretches of time, trajectories."""
