"""Organisations, certification bodies, certificates and their timelines: import, search, as-of."""
