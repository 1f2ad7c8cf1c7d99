"""What is sealed in the database: with data keys that lie there wrapped, by master keys that never do."""
