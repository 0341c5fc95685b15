"""One server for each module: nothing bad may leave a trace in it, so it can be shared."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.house import House, Person, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house") / "data") as shared:
        yield shared


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(house: House) -> Person:
    return await house.desk()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def incident(house: House, desk: Person) -> str:
    return await house.incident(desk)
