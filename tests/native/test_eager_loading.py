"""Eager loading beside other tasks of an asyncio loop."""

import asyncio
import sys

import pytest
from pyautoload_wasm import AutoLoader

SLOW = "import time\ntime.sleep(0.01)\n"


@pytest.fixture
def loader(tmp_path):
    (tmp_path / "app").mkdir()
    for name in "abcdef":
        (tmp_path / f"app/{name}.py").write_text(SLOW)
    with AutoLoader(tmp_path / "app", "app") as loader:
        yield loader


def test_other_tasks_go_on(loader):
    async def main():
        seen = set()

        async def serve():
            while True:
                seen.add(sum(name.startswith("app.") for name in sys.modules))
                await asyncio.sleep(0)

        serving = asyncio.create_task(serve())
        report = await loader.eager_load_async()
        serving.cancel()
        return seen, report

    seen, report = asyncio.run(main())
    assert len(report.loaded) == 7
    assert {1, 2, 3, 4, 5} <= seen


def test_a_cancelled_task_ends_it(loader):
    async def main():
        def cancel_after_b(done, total, name):
            if name == "app.b":
                loading.cancel()

        loading = asyncio.create_task(loader.eager_load_async(progress=cancel_after_b))
        with pytest.raises(asyncio.CancelledError):
            await loading

    asyncio.run(main())
    assert ("app.b" in sys.modules, "app.d" in sys.modules) == (True, False)
