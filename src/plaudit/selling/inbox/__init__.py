"""Messages of payment providers: kept as they came, once, and applied once, in whatever order."""
