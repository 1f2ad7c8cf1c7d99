"""What the terminal says when the demo is up: where to look, who to be, how to pay, how to prove the books."""

from pathlib import Path
from shlex import quote

from plaudit.demo.world import World


def welcome(world: World, *, overlay: str, provider: str, data: Path, approve: bool) -> str:
    """The lines of the terminal."""
    address, cast = world.address, world.cast
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
  Videos          {address}/videos    gifts stay at their moment
  Be somebody     {address}/people    viewer {guest}, creator {creator}, operator {operator}
  Buy coins       {address}/recharge  card 4242 4242 4242 4242
  Creator studio  {address}/studio    as {creator}
  OBS overlay     {overlay}
  Operator        {address}/operator  as {operator}
  API             {address}/docs
  Provider        {provider} takes and pays pretend money
  Mailbox         {provider}/mailbox  what buyers are mailed

  {approval}
  The books are proved by: plaudit audit --data {quote(str(data))}
  Ctrl-C stops everything.
"""
