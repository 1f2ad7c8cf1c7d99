-- What was kept of a mail before addresses were shortened in it: they are not kept beyond their removal.
update mail set
    reason = regexp_replace(reason, '([^\s<>(),:;\[\]@])[^\s<>(),:;\[\]@]*(@|%40)', '\1…@', 'g'),
    error = regexp_replace(error, '([^\s<>(),:;\[\]@])[^\s<>(),:;\[\]@]*(@|%40)', '\1…@', 'g')
where reason ~ '@|%40' or error ~ '@|%40';
update person_email set bounce = regexp_replace(bounce, '([^\s<>(),:;\[\]@])[^\s<>(),:;\[\]@]*(@|%40)', '\1…@', 'g')
where bounce ~ '@|%40';
