/** Lays out the graph beside the page: with two hundred modules it takes half a second, in which somebody types. */

import { laidOut } from "./layout.js";

self.onmessage = ({ data: { key, names, pairs } }) => self.postMessage({ key, layout: laidOut(names, pairs) });
