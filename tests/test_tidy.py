"""The house style, as far as a program can read it: each rule is one test."""

import ast
import io
import re
import statistics
import subprocess
import tokenize
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SELF = Path("tests/test_tidy.py")  # spells the words it forbids
SOURCE_SUFFIXES = {".py", ".js", ".css", ".html", ".c", ".h"}
BINARY_SUFFIXES = {".png", ".jpg", ".ico", ".gz", ".zst", ".woff2", ".npz", ".db", ".pdf"}

FUNCTION_LINES_MAX = 70
FUNCTION_LINES_MEDIAN_MAX = 8
FUNCTION_LINES_P95_MAX = 35
FILE_LINES_MAX = 400
COLUMNS_MAX = 100

LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# The glossary has one word for each thing, and American spelling.
SYNONYMS = re.compile(
    r"(^|_)(tickets?|jobs?|need_ids?)(_|$)|organis(?!m)|prioritis|colour|neighbour", re.IGNORECASE
)
WAIVER = re.compile(
    r"#\s*(?:type:\s*ignore(?:\[[\w\-, ]+\])?|noqa(?::\s*[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)?)(.*)"
)
# Where it was written and where packages come from is nobody's business after delivery.
FOREIGN = re.compile(
    r"(?<![\w.])/(work|root)/|/opt/wheels|\.library/|pypi\.org|pythonhosted\.org|npmjs"
    r"|registry\.[a-z0-9-]+\.(com|org|net|io|cn)|crates\.io|anaconda\.org"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- what there is to read ------------------------------------------------------------------


@cache
def tracked() -> tuple[Path, ...]:
    """Every file git knows or would add; an unpacked archive has no git and is all ours."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = [Path(name) for name in listed.stdout.split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def texts() -> Iterator[Path]:
    return (p for p in tracked() if p.suffix not in BINARY_SUFFIXES and p != SELF)


def sources() -> Iterator[Path]:
    return (path for path in tracked() if path.suffix in SOURCE_SUFFIXES)


def python() -> Iterator[Path]:
    return (path for path in tracked() if path.suffix == ".py")


def pure() -> Iterator[Path]:
    for path in python():
        if path.parts[0] in {"schemas", "geo", "streams"} and path.parts[1] != "engines":
            yield path


def rules() -> Iterator[Path]:
    return (path for path in pure() if path.parts[0] == "streams")


def functions(paths: Iterable[Path]) -> Iterator[tuple[Path, Function, int]]:
    for path in paths:
        for node in ast.walk(tree(path)):
            if isinstance(node, Function):
                yield path, node, (node.end_lineno or node.lineno) - node.lineno + 1


def columns(line: str) -> int:
    """Chinese characters take two columns, as they do in ruff and in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def matches(paths: Iterable[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {found.group()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if (found := pattern.search(line))
    ]


def nodes(paths: Iterable[Path], wrong: Callable[[ast.AST], bool]) -> list[str]:
    return [
        f"{path}:{node.lineno}: {ast.unparse(node)[:60]}"
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.expr | ast.keyword) and wrong(node)
    ]


def none_of(found: list[str], rule: str) -> None:
    assert not found, f"{rule}:\n" + "\n".join(found)


# --- size -----------------------------------------------------------------------------------


def test_functions_fit_on_a_screen() -> None:
    found = [
        f"{path}:{node.lineno}: {node.name} has {lines} lines"
        for path, node, lines in functions(python())
        if lines > FUNCTION_LINES_MAX
    ]
    none_of(found, f"A function has at most {FUNCTION_LINES_MAX} lines")


def test_files_stay_short() -> None:
    lengths = {path: len(text(path).splitlines()) for path in sources()}
    found = [f"{path}:{lines}" for path, lines in lengths.items() if lines > FILE_LINES_MAX]
    none_of(found, f"A file has at most {FILE_LINES_MAX} lines")


def test_lines_stay_narrow() -> None:
    found = [
        f"{path}:{number}: {columns(line)} columns"
        for path in sources()
        for number, line in enumerate(text(path).splitlines(), 1)
        if columns(line) > COLUMNS_MAX
    ]
    none_of(found, f"A line has at most {COLUMNS_MAX} columns")


def test_functions_are_mostly_short() -> None:
    shipped = [path for path in python() if path.parts[0] != "tests"]
    lengths = sorted(lines for _, _, lines in functions(shipped))
    if not lengths:
        return
    median, p95 = statistics.median(lengths), lengths[int(len(lengths) * 0.95)]
    assert median <= FUNCTION_LINES_MEDIAN_MAX, f"The median function has {median} lines"
    assert p95 <= FUNCTION_LINES_P95_MAX, f"One function in twenty has {p95} lines or more"


# --- one answer on every machine ------------------------------------------------------------


def test_roots_are_exact() -> None:
    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=0.5)):
                return True
        return False

    none_of(nodes(pure(), wrong), "x ** 0.5 differs between machines; math.sqrt or isqrt do not")


def test_no_fast_mathematics() -> None:
    found = matches(pure(), re.compile(r"fastmath"))
    none_of(found, "Fast mathematics reorders sums, so answers differ between machines")


def test_no_float_sums() -> None:
    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="sum" | "einsum"):
                return True
        return False

    none_of(nodes(pure(), wrong), "numpy chooses the order of a sum, so floats differ")


def test_rules_hold_no_sets() -> None:
    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
        return False

    none_of(nodes(rules(), wrong), "A set's order depends on the process; use a dict or sorted")


def test_rules_touch_no_file() -> None:
    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Name(id="open" | "input")):
                return True
            case ast.Attribute(attr="read_text" | "read_bytes" | "write_text" | "write_bytes"):
                return True
        return False

    none_of(nodes(rules(), wrong), "Rules take what they need as arguments")


# --- words ----------------------------------------------------------------------------------


def test_no_leftovers() -> None:
    found = matches((path for path in sources() if path != SELF), LEFTOVERS)
    none_of(found, "Do it or open an issue")


def names(node: ast.AST) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.ClassDef(name=name) | ast.arg(arg=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return None


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_one_word_for_each_thing() -> None:
    found = [
        f"{path}:{getattr(node, 'lineno', 0)}: {name}"
        for path in python()
        for node in ast.walk(tree(path))
        if (name := names(node)) and SYNONYMS.search(snake(name))
    ]
    none_of(found, "The glossary has another word for it")


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_waivers_give_their_reason() -> None:
    found = [
        f"{path}:{number}: {comment}"
        for path in python()
        for number, comment in comments(path)
        if (waiver := WAIVER.search(comment)) and len(waiver.group(1).strip(" #:-—")) < 8
    ]
    none_of(found, "Write the reason after it, as in `# noqa: E501  # a table reads in rows`")


def test_names_no_machine_and_no_registry() -> None:
    none_of(matches(texts(), FOREIGN), "Belongs to the workplace, not to the project")
