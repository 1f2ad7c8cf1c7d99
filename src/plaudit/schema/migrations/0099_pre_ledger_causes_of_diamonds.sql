-- Who may say what of a payout: its creator asks for it and takes that back, an operator agrees or refuses. What follows is
-- said by its provider, or by an operator who pays by hand.
alter table payout_event add constraint payout_event_is_said_by_who_may check (
    (actor = 'creator') = (to_state in ('requested', 'cancelled'))
    and (actor = 'operator' or to_state not in ('approved', 'refused')));
