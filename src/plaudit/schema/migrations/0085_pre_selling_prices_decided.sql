-- What is published of prices and decided of taxes names its decision. What operators did before this stays as it is.

-- A book that is proposed, whole, under the hash of what it says, which its decision names.
create table price_book_proposal (
    sha256 bytea primary key,
    book text not null check (jsonb_typeof(book::jsonb) = 'object'),
    constraint price_book_proposal_is_hashed check (sha256 = sha256(convert_to(book, 'UTF8')))
);
comment on column price_book_proposal.book is 'JSON: all prices, packages, sellers and rates';
grant select, insert on price_book_proposal to plaudit_app;

alter table price_book add column decision_id uuid unique references decision (id);
alter table tax_rate add column decision_id uuid unique references decision (id);
alter table subdivision_tax_rate add column decision_id uuid unique references decision (id);

insert into decision_bound (name, version, value, recorded_at) values
    ('price_book_lead_s', 1, 3600, now()),
    ('price_book_change_bps', 1, 5000, now()),
    ('price_book_fee_bps', 1, 1500, now()),
    ('tax_rate_change_bps', 1, 500, now());
