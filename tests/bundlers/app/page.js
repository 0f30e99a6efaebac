/** The example in the page alone: a script that is no module cannot tell where its worker lies. */

import { example } from "./example.js";

example(new URLSearchParams(location.search).get("pyodide")).then(
  (page) => {
    globalThis.result = { page };
  },
  (error) => {
    globalThis.result = { page: `${error.stack ?? error}` };
  },
);
