"""The pages of the app, one module a task."""
