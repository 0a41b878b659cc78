"""CRS or bacterial sepsis: what the record says for either, with published numbers, and what no number may change."""
