"""The store of the ward app: patients, append-only records, accounts and the audit chain, in SQLite or PostgreSQL."""
