"""Persons, the parties they act for, their roles and what these permit."""
