"use client";

import { useEffect } from "react";

export default function Page() {
  useEffect(() => {
    import("../example/main.js");
  }, []);
  return <p>pyautoload_wasm</p>;
}
