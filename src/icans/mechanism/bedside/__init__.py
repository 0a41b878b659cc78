"""From states of the model to what a ward sees and charts: observation models, signs, records."""
