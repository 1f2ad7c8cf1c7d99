"""Which examples Hypothesis draws."""

from typing import Any

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


def draw_no_constants_of_ours() -> None:
    """Have examples depend on the test alone.

    Hypothesis also draws constants that it finds in our modules, as far as they are loaded: a worker drew others after
    other tests, and each change of the product drew others everywhere. There is no setting for it.
    """
    none = Constants()
    replaced: Any = providers
    assert hasattr(replaced, "_get_local_constants"), "Hypothesis looks for constants in another way"
    replaced._get_local_constants = lambda: none
