-- It is shown as before: no saved card pays, none is saved, nobody is asked for, and nothing was declined.
select 74::bigint, null::uuid, null::uuid, false, null::text
except select price_minor, card_id, card_consent_id, authenticates, decline from order_with_quote where provider = 'stripe';
