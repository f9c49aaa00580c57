"""Identifiers, regions, rounding and dates of the trade; the standard library only."""
