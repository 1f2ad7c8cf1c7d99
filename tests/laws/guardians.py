"""What breaks the law of guardians."""

LAW = "guardians_say_it_while_they_answer"
BREAKS = [
    (
        LAW,
        """insert into rule_consent (person_id, given_by, action, given_at)
        select min(id), max(id), 'buy', now() from person""",
    ),
]
