"""Measurements beside peers, side by side in one run."""
