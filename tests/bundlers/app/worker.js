import { example } from "./example.js";

self.onmessage = ({ data }) =>
  example(data).then(
    (name) => postMessage(name),
    (error) => postMessage(`${error.stack ?? error}`),
  );
