"""The same as JSON, for programs; `/docs` describes it."""
