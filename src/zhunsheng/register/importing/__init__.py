"""Bringing returns in: read, validate, stage, merge, and keep what was rejected."""
