"""The database as a whole: migrations in their order, what its role may do, the laws that must hold."""
