"""Videos of platforms: told of, looked up, and whether gifts may be given on one."""
