"""Books for accountants: deferred revenue day by day, and what is unspent at a moment."""
