"""The ward app: pages, services and the bedside tests, over the store."""
