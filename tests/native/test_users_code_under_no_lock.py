"""What users wrote runs under no lock of ours and not under the interpreter's import lock: so it may import what another thread is
importing, and that may need us.
"""

import pytest

#: Two threads: one imports `helper`, which imports a module of ours; the other calls users' code of ours, which imports `helper`.
MAIN = """
    import faulthandler, os, sys, threading, types
    from pyautoload_wasm import AutoLoader

    faulthandler.dump_traceback_later(20, exit=True)
    sync = sys.modules["sync"] = types.ModuleType("sync")
    sync.in_helper, sync.called = threading.Event(), threading.Event()
    armed = []

    def users_code():
        if armed and threading.current_thread().name == "second":
            sync.called.set()
            import helper

    def inflect(stem, path):
        users_code()
        return stem.title()

    loader = AutoLoader("proj", "shop").enable_reloading(watch=False)
    {configure}
    loader.setup()
    import shop
    armed.append(True)

    def first():
        import helper

    def second():
        sync.in_helper.wait(10)
        {call}

    threads = [threading.Thread(target=first), threading.Thread(target=second, name="second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sync.called.is_set(), sorted(name for name in sys.modules if name.startswith("shop.")))
"""
HELPER = "import sync\nsync.in_helper.set()\nsync.called.wait(10)\nimport shop.models.user\n"
FOUND_LATE = "open('proj/new.py', 'w').close(); import shop.new"


@pytest.mark.parametrize("call", [FOUND_LATE, "loader.reload()", "AutoLoader('proj2', 'more').setup()"])
def test_an_inflector_may_import_what_another_thread_is_importing(program, call):
    configure = "loader.inflector = inflect"
    if "proj2" in call:
        call = "other = AutoLoader('proj2', 'more'); other.inflector = inflect; other.setup()"
    files = {"proj/models/user.py": "", "proj2/a.py": "", "helper.py": HELPER}
    lines = program({**files, "main.py": MAIN.format(configure=configure, call=call)})
    new = "'shop.new'" in lines[0]
    assert lines == [f"True {['shop.models', 'shop.models.user', *(['shop.new'] if new else [])]}"]
    assert new == (call == FOUND_LATE)


@pytest.mark.parametrize("call", [FOUND_LATE, "loader.reload()", "loader.eager_load()"])
def test_the_destination_of_a_log_may_import_what_another_thread_is_importing(program, call):
    files = {"proj/models/user.py": "", "helper.py": HELPER}
    main = MAIN.format(configure="loader.log(lambda line: users_code())", call=call)
    assert program({**files, "main.py": main})[0].startswith("True ['shop.models', 'shop.models.user'")


def test_an_inflector_may_import_a_library_that_another_thread_is_setting_up(program):
    library = """
        import sync
        from pyautoload_wasm import AutoLoader
        sync.in_helper.set()
        sync.called.wait(10)
        AutoLoader.for_package(__file__).setup()
        """
    main = MAIN.format(
        configure="", call="other = AutoLoader('proj2', 'more'); other.inflector = inflect; other.setup()"
    )
    lines = program(
        {"proj/models/user.py": "", "proj2/a.py": "", "helper/__init__.py": library, "helper/b.py": "", "main.py": main}
    )
    assert lines == ["True []"]
