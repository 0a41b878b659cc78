"""What is given: drugs, dose texts, scenarios."""
