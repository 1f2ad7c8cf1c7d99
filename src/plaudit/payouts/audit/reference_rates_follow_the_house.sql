-- Each payout rate that nobody decided is the house's, as it held then, at the reference rates of the day it names.
select r.version, r.currency, r.numerator, r.denominator, r.source_note, r.effective_at
from payout_rate r where r.source = 'reference' and not payout_rate_follows(r);
