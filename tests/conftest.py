"""What every test may ask for: short or long form, real cases, a browser; and time budgets."""

import os
import shutil
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.servers import broker_and_redis

__all__ = ["broker_and_redis"]  # a fixture for everybody: one broker and one Redis a session

HERE = Path(__file__).parent
BUDGET_FACTOR_MAX = 3.0
BESIDE = ("api", "reach")  # about half of the time: one process runs these, another the rest

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
    config.pluginmanager.register(TimeBudgets(config))
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


class WholeSuites(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Keeps whole suites in one process, so what they start for a session is started once."""

    def _split_scope(self, nodeid: str) -> str:
        suite = suite_of(HERE.parent / nodeid.partition("::")[0])
        return "beside" if suite in BESIDE else "first"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> WholeSuites:
    return WholeSuites(config, log)


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


class TimeBudgets:
    """Sums what each suite took, wherever it ran, and holds it against its budget."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._spent_s: defaultdict[str, float] = defaultdict(float)
        self._reports = not hasattr(config, "workerinput")  # one of two processes only counts

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._spent_s[suite_of(HERE.parent / report.location[0])] += report.duration

    def _over(self, factor: float) -> Iterable[str]:
        for suite, spent_s in self._spent_s.items():
            if spent_s > budget_minutes(self._config, suite) * 60 * factor:
                yield suite

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        failed = self._reports and any(self._over(BUDGET_FACTOR_MAX))
        if failed and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._spent_s:
            return
        late, failed = set(self._over(1)), set(self._over(BUDGET_FACTOR_MAX))
        terminalreporter.section("time of each suite against its budget")
        for suite, spent_s in sorted(self._spent_s.items()):
            verdict = "  FAILED: over three times its budget" if suite in failed else ""
            verdict = verdict or ("  WARNING: over its budget" if suite in late else "")
            budget_s = budget_minutes(self._config, suite) * 60
            terminalreporter.line(f"{suite:<28}{spent_s:8.1f} s of {budget_s:6.0f} s{verdict}")
