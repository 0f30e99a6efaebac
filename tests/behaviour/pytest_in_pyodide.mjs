/** pytest in a Pyodide, for Node and for a page: `/pytest` holds pytest, `/suite` the suite, `/trees` real packages. */

/**
 * Runs pytest. Returns its exit status, the version of Python, and how many tests passed and failed.
 * @param {any} pyodide
 * @param {string[]} options what follows the suite on pytest's command line
 * @returns {{status: number, python: string, passed: number, failed: number}}
 */
export function runPytest(pyodide, options) {
  // pytest's other way to capture asks for the status of a deleted file, which Emscripten refused until Pyodide 0.28.
  const scope = pyodide.toPy({ options: ["/suite", "--color=no", "--capture=sys", ...options] });
  try {
    const result = pyodide.runPython(
      `
import json, os, platform, sys
sys.path.append("/pytest")
os.environ["PYAUTOLOAD_TREES"] = "/trees"
os.chdir("/home/pyodide")
import pytest

class Count:
    def pytest_terminal_summary(self, terminalreporter):
        stats = terminalreporter.stats
        self.passed, self.failed = len(stats.get("passed", ())), len(stats.get("failed", ())) + len(stats.get("error", ()))

count = Count()
status = int(pytest.main(list(options), plugins=[count]))
json.dumps({"python": platform.python_version(), "status": status, "passed": count.passed, "failed": count.failed})
`,
      { globals: scope },
    );
    return JSON.parse(result);
  } finally {
    scope.destroy();
  }
}
