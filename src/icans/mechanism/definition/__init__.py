"""The model as it is defined: its text and tables put together, products, checks, exchange formats."""
