"""What every test may ask for: short or long form, real cases, a browser; and time budgets."""

import os
import shutil
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import broker_and_redis

__all__ = ["broker_and_redis"]  # a fixture for everybody: one broker and one Redis a session

HERE = Path(__file__).parent
BUDGET_FACTOR_MAX = 3.0

SPENT_S = pytest.StashKey[dict[str, float]]()

# A short run must give the same answer twice; a long run is there to search.
settings.register_profile("test", deadline=None, derandomize=True, max_examples=100)
settings.register_profile(
    "prove", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow]
)


def proving(config: pytest.Config) -> bool:
    return bool(config.getoption("--prove")) or os.environ.get("SHOUWANG_PROVE") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="run long forms (or SHOUWANG_PROVE=1)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SPENT_S] = defaultdict(float)
    settings.load_profile("prove" if proving(config) else "test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what has both forms; leave out, in a short run, what has only the long one."""
    long_only = []
    for item in items:
        if "prove" in getattr(item, "fixturenames", ()) or searches(item):
            item.add_marker("prove")
        elif item.get_closest_marker("prove") and not proving(config):
            long_only.append(item)
    if long_only:
        config.hook.pytest_deselected(items=long_only)
        items[:] = [item for item in items if item not in long_only]


def searches(item: pytest.Item) -> bool:
    """Whether it is a property, which a long run tries on many more inputs."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


@pytest.fixture(scope="session")
def prove(pytestconfig: pytest.Config) -> bool:
    """Whether to run the long form."""
    return proving(pytestconfig)


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of real cases, which is never shipped."""
    folder = os.environ.get("SHOUWANG_CASES")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SHOUWANG_CASES names no folder: real cases are not tested")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's chromium, for playwright's `executable_path`."""
    found = os.environ.get("SHOUWANG_CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.skip("no chromium: see deploy/install-chromium.sh")
    return found


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder for files that are laid out by the thousand: in memory where that can be."""
    shared = Path("/dev/shm")  # a folder of this process alone, removed behind it
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as made:
        yield Path(made)


# --- time budgets ---------------------------------------------------------------------------


def suite_of(path: Path) -> str:
    """`tests/engines/test_contract.py` -> `engines`, `tests/test_tidy.py` -> `test_tidy`."""
    return Path(path.relative_to(HERE).parts[0]).stem


def budget_minutes(config: pytest.Config, suite: str) -> float:
    tables = tomllib.loads((HERE / "budgets.toml").read_text(encoding="utf-8"))
    table = tables["prove" if proving(config) else "test"]
    return float(table.get(suite, table["default"]))


def over(config: pytest.Config, factor: float) -> Iterable[str]:
    for suite, spent_s in config.stash[SPENT_S].items():
        if spent_s > budget_minutes(config, suite) * 60 * factor:
            yield suite


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    item.config.stash[SPENT_S][suite_of(item.path)] += call.duration
    return (yield)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and any(over(session.config, BUDGET_FACTOR_MAX)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    spent = config.stash[SPENT_S]
    if not spent:
        return
    late, failed = set(over(config, 1)), set(over(config, BUDGET_FACTOR_MAX))
    terminalreporter.section("time of each suite against its budget")
    for suite, spent_s in sorted(spent.items()):
        verdict = "  FAILED: over three times its budget" if suite in failed else ""
        verdict = verdict or ("  WARNING: over its budget" if suite in late else "")
        budget_s = budget_minutes(config, suite) * 60
        terminalreporter.line(f"{suite:<28}{spent_s:8.1f} s of {budget_s:6.0f} s{verdict}")
