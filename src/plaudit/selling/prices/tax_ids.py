"""Tax ids of sellers: whether one can be right, by the form and check digits of the country it names."""

import re
from collections.abc import Callable

from stdnum.ch import vat as swiss
from stdnum.eu import vat as european
from stdnum.gb import vat as british
from stdnum.jp import cn as japanese
from stdnum.no import mva as norwegian

_BETWEEN = re.compile(r"[\s.\-/]")
_ELSEWHERE: dict[str, Callable[[str], bool]] = {
    "GB": british.is_valid,
    "CHE": swiss.is_valid,
    "NO": norwegian.is_valid,
    "T": lambda number: japanese.is_valid(number[1:]),  # of Japan's qualified invoices
}
_EUROPEAN = frozenset(state.upper() for state in european.MEMBER_STATES) | {"EL"}
_NAMES_COUNTRY = re.compile(r"(CHE|NO|GB|T(?=\d{13}$(?!\n)))(?=\d)|([A-Z]{2})(?=[A-Z0-9]*\d)")


def cannot_be_right(tax_id: str) -> bool:
    """Whether a tax id names its country (DE123456788, GB…, CHE…, NO…, Japan's T…) and is none of that country.

    One that names none is not judged.
    """
    number = _BETWEEN.sub("", tax_id).upper()
    named = _NAMES_COUNTRY.match(number)
    if named is None:
        return False
    if named[1]:
        return not _ELSEWHERE[named[1]](number)
    return named[2] in _EUROPEAN and not european.is_valid(number)
