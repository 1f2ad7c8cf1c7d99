"""Ages: what is known of somebody's, for themselves, and proofs of age that their wallet presents."""
