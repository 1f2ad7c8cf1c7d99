"""What happens, as events in one order that everybody sees: the catalogue of them, and the log they are kept in."""
