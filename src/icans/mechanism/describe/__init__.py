"""The model as pages of the manual: its equations, and the table of its parameters."""
