"""A small room that no list of the house names: what it takes to be one."""
