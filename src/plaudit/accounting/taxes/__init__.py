"""What tax offices are told: tax by period, seller, country and rate, and the papers it is made of."""
