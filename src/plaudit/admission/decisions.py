"""What of who may come in one person proposes and another confirms."""

from plaudit.admission.keys import KEY
from plaudit.admission.operators import ROLE
from plaudit.admission.platforms import ISSUER

KINDS = (KEY, ISSUER, ROLE)
