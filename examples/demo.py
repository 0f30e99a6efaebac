"""The demo's Python part, run in Pyodide by demo.mjs: autoloads two projects without sys.path, and says what happened."""

import importlib
import sys
import time
from collections import Counter

SHOP = "/home/pyodide/projects/shop"
NETWORKX = "/home/pyodide/unpacked/networkx"


def main():
    from pyautoload_wasm import engine_info

    assert not any(path.startswith("/home/pyodide/") for path in sys.path)
    heading(f"The engine: {engine_info()['door']} door, Python {sys.version.split()[0]}")
    shop()
    return networkx()


def heading(text):
    print(f"\n\033[1m{text}\033[0m")


def shop():
    from pyautoload_wasm import AutoLoader

    heading(f"1. An app of a dozen files: {SHOP}")
    start = time.perf_counter()
    loader = AutoLoader(base_path=SHOP, top_level="shop")
    loader.ignore("tmp").collapse("models/concerns")
    loader.inflect({"html_parser": "HTMLParser"}).acronym("API")
    loader.setup()
    print(f"set up in {milliseconds(start)}; {len(loader.registry)} modules:")
    for record in loader.registry.values():
        print(f"  {record.name:40} {record.attribute or '':18} {record.path[len(SHOP) + 1 :]}")
    print("ways in, each in a fresh start:")
    for statement, expression in [
        ("import shop.models.user", "shop.models.user"),
        ("from shop.models import user", "user"),
        ("import shop", "shop.models.User"),
        ("from shop.models import User", "User"),
        ("import shop.models.User", "sys.modules['shop.models.User'] is sys.modules['shop.models.user']"),
        ("from shop.models.User import User", "User"),
        ("from shop.lib import HTMLParser, RestAPI", "HTMLParser, RestAPI"),
        ("from shop import Reports", "Reports().all()"),
        ("from shop.controllers import UsersController", "UsersController().show('grace')"),
        ("from shop.controllers import OrdersController", "OrdersController().receipt('ada')"),
    ]:
        forget("shop")
        namespace = {"sys": sys}
        start = time.perf_counter()
        exec(statement, namespace)
        value = eval(expression, namespace)
        print(f"  {statement:50} {milliseconds(start):>9}  {expression} = {value!r}")
    assert "shop.tmp.scratch" not in sys.modules
    loader.teardown()
    assert not any(name.partition(".")[0] == "shop" for name in sys.modules)


def networkx():
    from pyautoload_wasm import AutoLoader

    heading(f"2. A real package that nobody here wrote: {NETWORKX}")
    start = time.perf_counter()
    loader = AutoLoader(base_path=NETWORKX, top_level="networkx").setup()
    print(f"set up in {milliseconds(start)}; {len(loader.registry)} modules")
    report = loader.eager_load(on_error="collect", progress=True)
    print(f"eager loading: {len(report.loaded)} loaded, {len(report.failed)} failed, {report.seconds:.2f} s")
    tell(report.failed)
    import networkx

    degree = networkx.degree(networkx.karate_club_graph())[0]
    print(f"networkx is at work: node 0 of the karate club has {degree} friends")
    names = list(loader.registry)
    loader.teardown()
    return names


def stock(names):
    """The same imports in a Pyodide of its own, without us."""
    sys.path.insert(0, NETWORKX.rpartition("/")[0])
    start = time.perf_counter()
    failed = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            failed[name] = error
    seconds = time.perf_counter() - start
    print(f"stock Pyodide, with sys.path: {len(names) - len(failed)} loaded, {len(failed)} failed, {seconds:.2f} s")
    tell(failed)


def tell(failed):
    for reason, count in Counter(f"{type(error).__name__}: {str(error).splitlines()[0]}" for error in failed.values()).items():
        print(f"  {count:4} {reason}")


def forget(package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def milliseconds(start):
    return f"{(time.perf_counter() - start) * 1000:.1f} ms"

