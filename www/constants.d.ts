/** What vite.config.js puts into the page: where the build has Pyodide and the wheel, and how many bytes of Pyodide are fetched. */
declare const __PYODIDE__: string;
declare const __WHEEL__: string;
declare const __PYODIDE_BYTES__: number;
