/** pytest in a Pyodide, for Node and for a page: `/pytest` holds pytest, `/suite` the suite, `/trees` real packages. */

/**
 * Runs pytest and returns its exit status.
 * @param {string[]} options what follows the suite on pytest's command line
 */
export function runPytest(pyodide, options) {
  const scope = pyodide.toPy({ options });
  try {
    return pyodide.runPython(
      `
import os, sys
sys.path.append("/pytest")
os.environ["PYAUTOLOAD_TREES"] = "/trees"
os.chdir("/home/pyodide")
import pytest
int(pytest.main(["/suite", "--color=no", *options]))
`,
      { globals: scope },
    );
  } finally {
    scope.destroy();
  }
}
