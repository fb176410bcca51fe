"""Settings of all tests: few examples, no deadlines, and no dependence on the signals of the shell."""

import gc
import os
import signal
import sys
import threading

import httpcore  # noqa: F401 - pytester unloads what a run inside a test loads first; httpx keeps classes of it
import httpx  # noqa: F401
import pytest
from hypothesis import HealthCheck, settings

from pytest_pcerrors import Contract

settings.register_profile(
    "anywhere", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("anywhere")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker the half of the tests, and then the rest of the other: neither waits at the end, and modules stay together."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the garbage collector from what stays to the end: thousands of tests, and the modules of many libraries."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20)  # a collection after each 700 objects takes a tenth of all time
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    """Run a test marked as untraced or covered, its threads and processes without coverage, which takes three times as long."""
    if not (item.get_closest_marker("untraced") or item.get_closest_marker("covered")):
        return (yield)
    tracer, tracer_of_threads = sys.gettrace(), threading.gettrace()
    measuring = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_PROCESS_")}
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        threading.settrace(tracer_of_threads)
        sys.settrace(tracer)
        os.environ.update(measuring)


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_interrupts():
    """Let SIGINT interrupt the processes that tests start, even if the shell ignores it, as ``nohup`` and CI do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True, scope="session")
def _no_job_summary():
    """Do not write to the summary of the job on GitHub that runs these tests."""
    os.environ.pop("GITHUB_STEP_SUMMARY", None)


@pytest.fixture(scope="session")
def programs():
    """Start the process that the programs of pages and scripts run in, and return the folder of those programs."""
    import warm

    with warm.programs() as folder:
        yield folder


UNUSED = """aiobotocore aioitertools azure boto3 botocore bs4 click dask dateutil distributed django elementpath fastapi flask flask_cors
fsspec httpx2 hypothesis importlib_metadata itsdangerous jinja2 jmespath markdown_it moto opentelemetry pre_commit psutil pydantic
pydantic_core pygments pyparsing rich s3fs s3transfer soupsieve sqlparse starlette tlz toolz tornado webob webtest werkzeug xmlschema
zict""".split()


@pytest.fixture(scope="module")
def few_modules(request):
    """Hide what no client of the module uses: each assertion searches all modules for waits, and other tests have loaded thousands."""
    others = [each for each in sys.modules if each.startswith("test_") and each != request.module.__name__]
    with pytest.MonkeyPatch.context() as patch:
        for name in [*others, *(each for each in sys.modules if each.partition(".")[0] in UNUSED)]:
            patch.delitem(sys.modules, name)
        yield


@pytest.fixture
def contract_of():
    """Make a custom contract from its error schema, and from any other keys to change."""

    def make(schema, **others):
        document = {"name": "Orders", "statuses": {400: "Bad Request"}, "members": {"code": ("code",)}, **others}
        return Contract(**{"catalogue": Contract.default().catalogue, **document}, error_schema=schema)

    return make
