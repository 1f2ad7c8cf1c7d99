"""Coins bought in app stores: proofs of purchase, each transaction once, and answers about how much was used."""
