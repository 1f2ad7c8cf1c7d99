"""Reference rates of currencies by the days they were published for."""
