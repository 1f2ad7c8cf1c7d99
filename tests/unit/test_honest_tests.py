"""No test may hold for nothing: the forms of that which can be told from the text alone."""

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ANY_ERROR = {"Exception", "BaseException", "ExceptionGroup", "BaseExceptionGroup"}
EXPECTS = {"raises", "fail", "warns"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def called(node: ast.AST) -> set[str]:
    """The last names of what is called, or handed to somebody who may call it."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def expecting(trees: list[ast.Module]) -> set[str]:
    """Names of functions that expect something, themselves or through another."""
    calls = {function.name: called(function) for tree in trees for function in functions(tree)}
    found = {f.name for tree in trees for f in functions(tree) if any(isinstance(n, ast.Assert) for n in ast.walk(f))}
    found |= EXPECTS
    while more := {name for name, names in calls.items() if name not in found and names & found}:
        found |= more
    return found


def is_filled(iterable: ast.expr, others: list[str]) -> bool:
    """Whether there is something to go through: written out, a constant, or another assertion speaks of it."""
    if isinstance(iterable, ast.Call) and iterable.args:
        return all(is_filled(argument, others) for argument in iterable.args)
    if isinstance(iterable, ast.List | ast.Tuple | ast.Set):
        return bool(iterable.elts)
    text = ast.unparse(iterable)
    return isinstance(iterable, ast.Constant) or text.isupper() or any(text in other for other in others)


def quantified(test: ast.expr) -> ast.expr | None:
    """What `all(… for … in it)` or `not any(… for … in it)` goes through."""
    word = "all"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, word = test.operand, "any"
    if isinstance(test, ast.Call) and ast.unparse(test.func) == word:
        argument = test.args[0]
        return argument.generators[0].iter if isinstance(argument, ast.GeneratorExp | ast.ListComp) else argument
    return None


def is_any_error(named: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id in ANY_ERROR for part in ast.walk(named))


def catches_all(node: ast.AST) -> bool:
    """A handler of every error that raises nothing, or an expectation of any error at all."""
    if isinstance(node, ast.ExceptHandler) and (node.type is None or is_any_error(node.type)):
        return not any(isinstance(part, ast.Raise) for part in ast.walk(node))
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"raises", "suppress"}:
        return any(map(is_any_error, node.args)) and not any(keyword.arg == "match" for keyword in node.keywords)
    return False


def hollow(function: Function) -> Iterator[str]:
    """Assertions about each of something that may be nothing, and nets for errors of every kind."""
    assertions = [node for node in ast.walk(function) if isinstance(node, ast.Assert)]
    for node in assertions:
        others = [ast.unparse(other) for other in assertions if other is not node]
        if (iterable := quantified(node.test)) and not is_filled(iterable, others):
            yield f"{node.lineno}: may hold for nothing: {ast.unparse(node)}"
    for net in filter(catches_all, ast.walk(function)):
        yield f"{getattr(net, 'lineno', 0)}: takes any error"


def faults(trees: dict[str, ast.Module]) -> list[str]:
    found, known = [], expecting(list(trees.values()))
    for name, tree in trees.items():
        for function in functions(tree):
            found += [f"{name}:{fault}" for fault in hollow(function)]
            if function.name.startswith("test_") and function.name not in known:
                found.append(f"{name}:{function.lineno}: {function.name} expects nothing")
    return found


def test_no_test_holds_for_nothing() -> None:
    files = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]
    assert TESTS / "integration" / "test_gifts.py" in files
    assert faults({str(path.relative_to(TESTS)): ast.parse(path.read_text("utf-8")) for path in files}) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("assert all(row for row in rows)", "2: may hold for nothing: assert all((row for row in rows))"),
        ("assert not any(row for row in ask())", "2: may hold for nothing: assert not any((row for row in ask()))"),
        ("assert rows; assert all(row for row in rows)", None),
        ("assert all(n for n in (1, 2))", None),
        ("with pytest.raises(Exception): ask()", "2: takes any error"),
        ("with pytest.raises(Exception, match='no'): ask()", None),
        ("with pytest.raises((KeyError, BaseException)): ask()", "2: takes any error"),
        ("with pytest.raises(KeyError): ask()", None),
        ("with suppress(Exception): assert ask()", "2: takes any error"),
        ("try: assert ask()\nexcept: pass", "3: takes any error"),
        ("try: assert ask()\nexcept (KeyError, Exception): pass", "3: takes any error"),
        ("try: assert ask()\nexcept KeyError: pass", None),
        ("ask()", "1: test_it expects nothing"),
        ("helper(1)", None),
        ("seen.remove(helped)", "1: test_it expects nothing"),
    ],
)
def test_the_hollow_are_told_from_the_others(body: str, fault: str | None) -> None:
    module = ast.parse(f"def test_it():\n{textwrap.indent(body, ' ')}\ndef helper(x):\n assert x\n")
    assert faults({"it": module}) == ([f"it:{fault}"] if fault else [])
