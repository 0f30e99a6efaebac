"""Children that multiprocessing starts anew know the parent's loaders: they can unpickle the project's functions, whatever the main
module that they run does.
"""

import multiprocessing

import pytest

METHODS = [method for method in multiprocessing.get_all_start_methods() if method != "fork"]
WORK = "from shop.models import User\n\ndef double(x):\n    return 2 * x, User.__module__\n"
FILES = {"proj/work.py": WORK, "proj/models/user.py": "class User: pass\n"}

#: A program that sets a loader up where a child does not come by.
MAIN = """
import multiprocessing, sys

def main():
    from pyautoload_wasm import AutoLoader
    loader = AutoLoader("proj", "shop").setup()
    import shop.work
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(pool.map(shop.work.double, range(3)))

if __name__ == "__main__":
    main()
"""
DONE = ["[(0, 'shop.models.user'), (2, 'shop.models.user'), (4, 'shop.models.user')]"]


@pytest.mark.parametrize("method", METHODS)
def test_a_set_up_that_only_the_parent_does(program, method):
    assert program({**FILES, "main.py": MAIN.format(method=method)}) == DONE


def test_multiprocessing_may_be_imported_last(program):
    main = MAIN.format(method="spawn").replace("import multiprocessing, sys\n", "")
    main = main.replace("    import shop.work\n", "    import shop.work\n    import multiprocessing\n")
    assert program({**FILES, "main.py": main}) == DONE


@pytest.mark.parametrize("method", METHODS)
def test_a_main_module_that_sets_the_loader_up_in_the_child_too(program, method):
    main = f"""
        import multiprocessing
        from pyautoload_wasm import AutoLoader
        loader = AutoLoader("proj", "shop").setup()
        import shop.work
        if __name__ == "__main__":
            with multiprocessing.get_context({method!r}).Pool(2) as pool:
                print(pool.map(shop.work.double, range(3)))
        """
    assert program({**FILES, "main.py": main}) == DONE


@pytest.mark.parametrize("of", ["main", "shop.work"])
def test_an_initializer_that_sets_the_loader_up(program, of):
    """Also one whose module had to be found first: the child's own loader takes the place of the one that stood in."""
    initializer = (
        "def initialize():\n    from pyautoload_wasm import AutoLoader\n    AutoLoader('proj', 'shop').setup()\n"
    )
    main = """
        import concurrent.futures, multiprocessing
        {initializer}
        def main():
            from pyautoload_wasm import AutoLoader
            AutoLoader("proj", "shop").setup()
            import shop.work
            context = multiprocessing.get_context("spawn")
            first = {first}
            with concurrent.futures.ProcessPoolExecutor(1, context, first) as pool:
                print(list(pool.map(shop.work.double, range(3))))
                print(pool.submit(shop.work.loaders).result())
        if __name__ == "__main__":
            main()
        """
    mine = initializer.replace("\n", "\n        ") if of == "main" else ""
    main = main.format(initializer=mine, first="initialize" if of == "main" else "shop.work.initialize")
    loaders = "\ndef loaders():\n    from pyautoload_wasm import AutoLoader\n    return len(AutoLoader.loaders())\n"
    assert program({**FILES, "proj/work.py": WORK + loaders + initializer, "main.py": main}) == [*DONE, "1"]


def test_all_that_a_loader_is_told(program):
    main = """
        import multiprocessing

        def main():
            from pyautoload_wasm import AutoLoader
            loader = AutoLoader("proj", "shop", strict=True).push_dir("top")
            loader.ignore("left_out").collapse("parts").inflect({"html_parser": "HTMLParser", "work": "look"}).acronym("API")
            loader.implicit_names().do_not_eager_load("lazy.py").setup()
            import work
            here = work.look()
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                there = pool.apply(work.look)
            print(here == there, *here)

        if __name__ == "__main__":
            main()
        """
    look = """
        from pyautoload_wasm import AutoLoader
        def look():
            [loader] = AutoLoader.loaders()
            return sorted(loader.registry), shop.HTMLParser.__module__, shop.UsersAPI.__module__, loader.eager_load().skipped
        """
    files = {
        "proj/left_out/a.py": "",
        "proj/parts/b.py": "class B: pass\n",
        "proj/html_parser.py": "class HTMLParser: pass\n",
        "proj/users_api.py": "class UsersAPI: pass\n",
        "proj/lazy.py": "class Lazy: pass\n",
        "top/work.py": look,
    }
    modules = ["shop", "shop.b", "shop.html_parser", "shop.lazy", "shop.users_api", "work"]
    assert program({**files, "main.py": main}) == [f"True {modules} shop.html_parser shop.users_api ['shop.lazy']"]


def test_children_of_children(program):
    main = """
        import multiprocessing

        def main():
            from pyautoload_wasm import AutoLoader
            AutoLoader("proj", "shop").setup()
            import shop.work
            process = multiprocessing.get_context("spawn").Process(target=shop.work.start, args=[2])
            process.start()
            process.join()

        if __name__ == "__main__":
            main()
        """
    work = """
        import multiprocessing
        def start(depth):
            print(depth, flush=True)
            if depth:
                process = multiprocessing.get_context("spawn").Process(target=start, args=[depth - 1])
                process.start()
                process.join()
        """
    assert program({"proj/work.py": work, "main.py": main}) == ["2", "1", "0"]


def test_an_inflector_is_sent_where_it_can_be(program):
    main = """
        import multiprocessing

        def shout(stem, path):
            return stem.upper()

        def main():
            from pyautoload_wasm import AutoLoader
            loader = AutoLoader("proj", "shop")
            loader.inflector = {inflector}
            loader.setup()
            import shop.work
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.apply(attempt, [shop.work.__name__]))

        def attempt(name):
            try:
                return __import__(name).USER.__module__
            except ImportError as error:
                return str(error)

        if __name__ == "__main__":
            main()
        """
    files = {"proj/work.py": "", "proj/user.py": "class USER: pass\n"}
    assert program({**files, "main.py": main.format(inflector="shout")}) == ["shop.user"]
    [said] = program({**files, "main.py": main.format(inflector="lambda stem, path: stem.upper()")})
    assert said.startswith("No module named 'shop' in this child process: the parent's loader of ")
    assert "cannot be set up here: its inflector cannot be sent to another process (" in said
    assert said.endswith(
        ". Set it up at the top level of the main module, which the child runs as well, or in the initializer of the pool"
    )


def test_after_a_teardown_children_are_told_nothing(program):
    main = """
        import multiprocessing

        def find(name):
            import importlib.util, sys
            return importlib.util.find_spec(name), "pyautoload_wasm" in sys.modules

        def main():
            from pyautoload_wasm import AutoLoader
            with AutoLoader("proj", "shop"):
                pass
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.apply(find, ["shop"]))

        if __name__ == "__main__":
            main()
        """
    assert program({**FILES, "main.py": main}) == ["(None, False)"]
