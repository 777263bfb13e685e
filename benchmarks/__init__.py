"""Measurements side by side with peers, one command a module: python -m benchmarks.server."""
