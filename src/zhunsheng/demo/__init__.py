"""A populated world: the twin register and its planted life."""
