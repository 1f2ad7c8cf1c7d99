"""What the terminal says when the demo is up: where to look, who to be, how to pay, how to prove the books."""

from plaudit.demo.world import World


def welcome(address: str, overlay: str, world: World, *, approve: bool) -> str:
    """The lines of the terminal."""
    cast = world.cast
    guest, creator, operator = cast.guests[0].name, cast.yours.name, cast.operator.name
    limit = f"{world.behaviour.operator.approve_diamonds_max:,}"
    approval = (
        f"{creator}'s payouts, and others up to {limit} diamonds, are approved within seconds;\n"
        f"  the rest wait for {operator}: be her, and decide."
        if approve
        else f"Payouts wait until {operator} approves them."
    )
    return f"""
Plaudit is up.

  Live rooms      {address}/
  Be somebody     {address}/people    viewer {guest}, creator {creator}, operator {operator}
  Buy coins       {address}/recharge  card 4242 4242 4242 4242
  Creator studio  {address}/studio    as {creator}
  OBS overlay     {overlay}
  Operator        {address}/operator  as {operator}
  API             {address}/docs

  {approval}
  Ctrl-C stops everything.
"""
