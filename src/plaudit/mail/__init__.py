"""Mails to people: an outbox written with what it tells, the mail server they go through, and what came back."""
