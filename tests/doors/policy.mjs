// The wheel in a Pyodide that may evaluate no JavaScript, as in a page whose content security policy has no 'unsafe-eval'.
//
//   node --disallow-code-generation-from-strings tests/doors/policy.mjs

import { addMicropip, builtWheel, installWheel, start } from "./pyodide.mjs";

const VERSION = "314";

const pyodide = await start(VERSION);
addMicropip(pyodide, VERSION);
await installWheel(pyodide, builtWheel(VERSION));
console.log(
  pyodide.runPython(`
import json, pathlib, sys
from pyautoload_wasm import AutoloadError, AutoLoader

user = pathlib.Path("/app/models/user.py")
user.parent.mkdir(parents=True)
user.write_text("class User: name = 'Ada'\\n")
pathlib.Path("/app/order.py").write_text("from app.models.user import User\\n")
loader = AutoLoader("/app", "app").setup()
import app.order
seen = [app.models.User.name, loader.dependents("app.models.user")]
for _ in range(3):
    del sys.modules["app.order"]
    import app.order
try:
    loader.enable_reloading()
except AutoloadError as error:
    seen.append(str(error))
loader.enable_reloading(watch=False, flush="manual")
user.write_text("class User: name = 'Eve'\\n")
seen.append(list(loader.notify(user).flush().reloaded))
seen.append(app.models.User.name)
json.dumps(seen)
`),
);
