-- What every queue knows of an item: when it is due, how often it was tried, who holds it until when, what failed last.
-- due_at (poll_at and the like in tables that are more than a queue) is when somebody may take it; while somebody has it,
-- that is the end of the lease, which is named in leased_until as well: what a worker settles must still be its own.
-- failed_with is a stable code, and null when the last try did not fail; the words beside it are for people.

alter table recharge_order add leased_until timestamptz, add failed_with text, add poll_error text;
alter table payment_decision add leased_until timestamptz, add failed_with text;
alter table store_finishing add leased_until timestamptz, add failed_with text;
alter table reversal add leased_until timestamptz, add failed_with text;
alter table consumption_request add leased_until timestamptz, add failed_with text;
alter table webhook_event add leased_until timestamptz, add failed_with text;
alter table store_void_poll
    add tries integer not null default 0, add leased_until timestamptz, add failed_with text, add error text;
alter table reconciliation_run add leased_until timestamptz, add failed_with text;
alter table clawback add leased_until timestamptz, add failed_with text;
alter table conversion add maturity_leased_until timestamptz, add maturity_failed_with text;
alter table creator_setting add conversion_leased_until timestamptz, add conversion_failed_with text;
alter table payout add poll_leased_until timestamptz, add poll_failed_with text;
alter table payout_send add leased_until timestamptz, add failed_with text;
alter table webhook_delivery add failed_with text;
alter table payout_provider_event add leased_until timestamptz, add failed_with text;

grant update (leased_until, failed_with, poll_error) on recharge_order to plaudit_app;
grant update (leased_until, failed_with) on payment_decision, store_finishing, reversal, consumption_request, webhook_event,
    reconciliation_run, clawback to plaudit_app;
grant update (tries, leased_until, failed_with, error) on store_void_poll to plaudit_app;
grant update (maturity_leased_until, maturity_failed_with) on conversion to plaudit_app;
grant update (poll_leased_until, poll_failed_with) on payout to plaudit_app;
