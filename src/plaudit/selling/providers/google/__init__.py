"""Google Play."""
