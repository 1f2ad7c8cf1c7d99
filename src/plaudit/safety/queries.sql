-- What people give each other, what rules found, cases and steps.

-- columns: case
c.id, c.person_id, c.opened_at, c.opened_by, c.score, c.assigned_to, c.outcome, c.decided_by, c.decided_at, c.reason,
c.notice

-- columns: finding
f.id, f.person_id, f.rule, f.version, f.subject, f.score, f.sentence, f.evidence, f.others, f.found_at, f.case_id

-- columns: step
s.id, s.case_id, s.person_id, s.kind, s.coins_max, s.reason, s.began_at, s.ends_at, s.finding_id, s.taken_by, s.lifted_at,
s.lifted_by, s.lifted_because

-- columns: appeal
a.id, a.person_id, a.text, a.made_at, a.case_id, a.answer, a.answered_by, a.answered_at

-- columns: proposal
p.id, p.person_id, p.other_id, p.kinds, p.proposed_at, p.verdict, p.decided_by, p.decided_at, p.link_id

-- What the rules see.

-- name: add_to_flows
insert into safety_flow as f (shard, creator_id, viewer_id, day, gifts, coins)
select $1, u.creator_id, u.viewer_id, u.day, u.gifts, u.coins
from unnest($2::bigint[], $3::bigint[], $4::date[], $5::bigint[], $6::bigint[]) as u (creator_id, viewer_id, day, gifts, coins)
on conflict (shard, creator_id, viewer_id, day) do update set gifts = f.gifts + excluded.gifts, coins = f.coins + excluded.coins
returning f.creator_id, f.viewer_id, f.coins;

-- name: look_at
select look_at($1::bigint[], $2, $3);

-- name: forget_flows
with old as (
    select shard, creator_id, viewer_id, day from safety_flow where day < $1 limit $2
), gone as (
    delete from safety_flow f using old o
    where (f.shard, f.creator_id, f.viewer_id, f.day) = (o.shard, o.creator_id, o.viewer_id, o.day) returning true
)
select count(*) from gone;

-- name: bounds_in_force
select name, decision_bound_of(name) as value from unnest($1::text[]) name where decision_bound_of(name) is not null;

-- name: given -> Flow
select viewer_id as giver_id, creator_id as receiver_id, sum(gifts)::bigint as gifts, sum(coins)::bigint as coins
from safety_flow where viewer_id = $1 and day >= $2
group by viewer_id, creator_id order by coins desc, creator_id limit $3;

-- name: received -> Flow
select viewer_id as giver_id, creator_id as receiver_id, sum(gifts)::bigint as gifts, sum(coins)::bigint as coins
from safety_flow where shard = shard_of($1) and creator_id = $1 and day >= $2
group by viewer_id, creator_id order by coins desc, viewer_id limit $3;

-- name: incomes -> _Income
select f.creator_id, count(distinct f.viewer_id) as givers, sum(f.coins)::bigint as coins
from unnest($1::bigint[]) id join safety_flow f on f.shard = shard_of(id) and f.creator_id = id
where f.day >= $2 group by f.creator_id;

-- name: near -> Flow
-- Ways with so many coins ($3) from somebody, and from whom they lead to, so many steps ($4).
with recursive reached (id, step) as (
    select $1::bigint, 0
    union
    select w.creator_id, r.step + 1
    from reached r cross join lateral (
        select creator_id from safety_flow where viewer_id = r.id and day >= $2 group by creator_id having sum(coins) >= $3
    ) w
    where r.step < $4
)
select viewer_id as giver_id, creator_id as receiver_id, sum(gifts)::bigint as gifts, sum(coins)::bigint as coins
from safety_flow where viewer_id in (select id from reached) and day >= $2
group by viewer_id, creator_id having sum(coins) >= $3
order by coins desc, viewer_id, creator_id limit $5;

-- name: giving_days -> GivingDay
select day, sum(coins)::bigint as coins, (array_agg(creator_id order by coins desc, creator_id desc))[1] as most_to,
    max(coins) as most_coins
from safety_flow where viewer_id = $1 and day >= $2 group by day order by day;

-- name: shared -> _SharedRow
-- Instruments of these people that others were seen with as well, of few ($2) at most.
select i.kind, encode(substring(i.print from 1 for 4), 'hex') as name, array_agg(distinct o.person_id) as people
from (select distinct kind, print from instrument_in_use where person_id = any ($1::bigint[])) i
join instrument_in_use o on o.kind = i.kind and o.print = i.print
group by i.kind, i.print having count(distinct o.person_id) between 2 and $2
order by i.kind, i.print limit $3;

-- name: seen_orders -> SeenOrder
select o.order_id as id, o.created_at as at, q.coins * o.quantity as coins, o.state = 'declined' as is_declined
from recharge_order o join quote q using (shard, person_id, quote_id)
where o.shard = shard_of($1) and o.person_id = $1 and o.created_at >= $2
order by o.created_at desc, o.order_id desc limit $3;

-- name: seen_reversals -> SeenReversal
select r.reversal_id as id, r.created_at as at, r.kind, coalesce((
    select sum(g.coins) from gift_reversal g
    where g.shard = r.shard and g.reversal_id = r.reversal_id and g.viewer_id = r.person_id and exists (
        select from thank t where t.shard = shard_of(g.creator_id) and t.creator_id = g.creator_id
            and t.viewer_id = g.viewer_id and t.gift_id = g.gift_id and t.thanked_at <= r.created_at)
), 0)::bigint as thanked_coins
from reversal r
where r.shard = shard_of($1) and r.person_id = $1 and r.created_at >= $2 and r.state <> 'undone'
order by r.created_at desc, r.reversal_id desc limit $3;

-- Looking at people.

-- name: look_at_told
select look_at_told($1, $2)

-- name: claim_looks -> DueLook
update safety_due d set due_at = $2, leased_until = $2, tries = tries + 1, is_changed = false
from (select person_id from safety_due where due_at <= $1 order by due_at limit $3 for update skip locked) due
where d.person_id = due.person_id
returning d.person_id, d.tries, d.leased_until

-- name: close_look
-- Who is done with is taken out; of whom more was new meanwhile is looked at again at $4.
with mine as (
    select person_id, is_changed from safety_due where tries = $1 and leased_until = $2 and person_id = $3 for update
), gone as (
    delete from safety_due d using mine m where d.person_id = m.person_id and not m.is_changed returning true
), again as (
    update safety_due d set due_at = $4, tries = 0, leased_until = null, failed_with = null, error = null, is_changed = false
    from mine m where d.person_id = m.person_id and m.is_changed returning true
)
select true from gone union all select true from again

-- name: postpone_look
update safety_due set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and person_id = $6
returning true

-- name: waiting_looks
select since, due_at, tries, leased_until, failed_with from safety_due;

-- name: open_case -> Case
select {case} from safety_case c where c.person_id = $1 and c.outcome is null for no key update;

-- name: said_lately
-- What rules said of somebody since $2, so that they do not say it again.
select rule, subject from safety_finding where person_id = $1 and found_at > $2;

-- name: add_finding
insert into safety_finding (person_id, rule, version, subject, score, sentence, evidence, others, found_at, case_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning id;

-- name: findings_that_count -> KeptFinding
-- Since $2, of no case or of the open one.
select {finding} from safety_finding f left join safety_case c on c.id = f.case_id
where f.person_id = $1 and f.found_at > $2 and c.outcome is null
order by f.id;

-- name: add_case
insert into safety_case (id, person_id, opened_at, opened_by, score) values ($1, $2, $3, $4, $5)
on conflict do nothing
returning true;

-- name: put_into_case
update safety_finding set case_id = $2 where id = any ($1::bigint[]) and case_id is null;

-- name: score_case
update safety_case set score = $2 where id = $1;

-- name: add_entry
insert into safety_entry (case_id, at, by_id, kind, text) values ($1, $2, $3, $4, $5);

-- name: is_noted
select exists (select from safety_entry where case_id = $1 and by_id = $2 and kind = 'note' and text = $3);

-- name: add_step
insert into safety_step (id, case_id, person_id, kind, coins_max, reason, began_at, ends_at, finding_id, taken_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do nothing;

-- name: step_lasts
-- Whether a step of a kind holds of somebody as long already.
select exists (
    select from safety_step where person_id = $1 and kind = $2 and lifted_at is null and ends_at >= $3
        and (coins_max is null or coins_max <= $4));

-- Cases, as people work on them.

-- name: cases -> Case
-- Newest first: open or decided ones ($1; null: all), of a person, of who is at it, in which a rule found something.
select {case} from safety_case c
where ($1::boolean is null or (c.outcome is null) = $1)
    and ($2::bigint is null or c.person_id = $2)
    and ($3::bigint is null or c.assigned_to = $3)
    and ($4::text is null or exists (select from safety_finding f where f.case_id = c.id and f.rule = $4))
    and (c.opened_at, c.id) < ($5, $6)
order by c.opened_at desc, c.id desc limit $7;

-- name: find_case -> Case
select {case} from safety_case c where c.id = $1;

-- name: lock_case -> Case
select {case} from safety_case c where c.id = $1 for no key update;

-- name: findings_of_cases -> KeptFinding
select {finding} from safety_finding f where f.case_id = any ($1::uuid[]) order by f.id desc limit $2;

-- name: steps_of_case -> Step
select {step} from safety_step s where s.case_id = $1 order by s.began_at desc, s.id desc limit $2;

-- name: entries_of_case -> Entry
select e.id, e.at, e.by_id, e.kind, e.text from safety_entry e where e.case_id = $1 and e.id < $2 order by e.id desc limit $3;

-- name: freezes_of_case
select freeze_id from safety_freeze where case_id = $1 limit $2;

-- name: add_case_freeze
insert into safety_freeze (freeze_id, case_id) values ($1, $2) on conflict do nothing;

-- name: near_accounts -> NearAccount
select n.person_id, n.is_linked, n.kinds from accounts_near($1, $2) n order by n.is_linked desc, n.person_id limit $3;

-- name: assign_case
update safety_case set assigned_to = $2 where id = $1;

-- name: decide_case
update safety_case set outcome = $2, decided_by = $3, decided_at = $4, reason = $5, notice = $6 where id = $1;

-- name: find_step -> Step
select {step} from safety_step s where s.id = $1;

-- name: lift_step
update safety_step set lifted_at = $2, lifted_by = $3, lifted_because = $4 where id = $1;

-- name: steps_to_lift
select id from safety_step where case_id = $1 and lifted_at is null and ends_at > $2;

-- name: freezes_to_lift
select f.freeze_id from safety_freeze f join freeze_record r on r.id = f.freeze_id
where f.case_id = $1 and r.lifted_at is null;

-- Appeals and notices.

-- name: add_appeal
insert into safety_appeal (id, person_id, text, made_at, case_id)
values ($1, $2, $3, $4, (
    select c.id from safety_case c where c.person_id = $2 order by c.outcome is null desc, c.decided_at desc limit 1))
on conflict do nothing
returning case_id;

-- name: find_appeal -> Appeal
select {appeal} from safety_appeal a where a.id = $1;

-- name: appeals -> Appeal
select {appeal} from safety_appeal a
where ($1::boolean is null or (a.answered_at is null) = $1) and ($2::bigint is null or a.person_id = $2)
    and (a.made_at, a.id) < ($3, $4)
order by a.made_at desc, a.id desc limit $5;

-- name: answer_appeal
update safety_appeal set answer = $2, answered_by = $3, answered_at = $4 where id = $1 and answered_at is null
returning true;

-- name: notices -> Notice
select c.id, c.notice as code, c.decided_at as at from safety_case c
where c.person_id = $1 and c.notice is not null order by c.decided_at desc limit $2;

-- Accounts that may be one person's.

-- name: propose_links
-- Of each account near somebody, once for ever.
insert into link_proposal (id, person_id, other_id, kinds, proposed_at)
select u.id, least($1, u.other_id), greatest($1, u.other_id), string_to_array(u.kinds, ' '), $2
from unnest($3::uuid[], $4::bigint[], $5::text[]) as u (id, other_id, kinds)
on conflict on constraint proposal_is_made_once do nothing;

-- name: link_proposals -> LinkProposal
select {proposal} from link_proposal p
where ($1::boolean is null or (p.verdict is null) = $1) and (p.proposed_at, p.id) < ($2, $3)
order by p.proposed_at desc, p.id desc limit $4;

-- name: find_proposal -> LinkProposal
select {proposal} from link_proposal p where p.id = $1 for no key update;

-- name: decide_proposal
update link_proposal set verdict = $2, decided_by = $3, decided_at = $4, link_id = $5 where id = $1;
