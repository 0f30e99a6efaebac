/** What Python prints, on its way to the page: gathered, since a message costs more than a line, and cut where it has no end. */

/** A cell that computes gives no timer a turn, so that its first lines are sent one by one. */
const AT_ONCE = 300;
/** The others often enough to look alive. */
const EVERY_MS = 40;
const MOST = 200_000;

export class Output {
  #post;
  #cell = "";
  #room = 0;
  /** @type {{stream: string, text: string}[]} */
  #parts = [];
  #sent = 0;
  #messages = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(message: object) => void} post */
  constructor(post) {
    this.#post = post;
  }

  /** @param {any} pyodide */
  connect(pyodide) {
    pyodide.setStdout(this.#writer("stdout"));
    pyodide.setStderr(this.#writer("stderr"));
  }

  /** What is printed from now on is this cell's. @param {string} cell */
  begin(cell) {
    this.flush();
    this.#cell = cell;
    this.#room = MOST;
    this.#messages = 0;
  }

  /** @param {"stdout" | "stderr"} stream */
  #writer(stream) {
    // A letter can come in two parts.
    const decoder = new TextDecoder();
    return {
      isatty: false,
      write: (/** @type {Uint8Array} */ bytes) => {
        this.#add(stream, decoder.decode(bytes, { stream: true }));
        return bytes.length;
      },
    };
  }

  /** @param {string} stream @param {string} text */
  #add(stream, text) {
    if (this.#room <= 0) {
      return;
    }
    const isCut = text.length > this.#room;
    const last = this.#parts.at(-1);
    const taken = isCut ? `${text.slice(0, this.#room)}\n… the rest of the output is left out\n` : text;
    this.#room -= text.length;
    if (last?.stream === stream) {
      last.text += taken;
    } else {
      this.#parts.push({ stream, text: taken });
    }
    if (this.#messages < AT_ONCE || performance.now() - this.#sent >= EVERY_MS) {
      this.flush();
    } else {
      this.#timer ??= setTimeout(() => this.flush(), EVERY_MS);
    }
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sent = performance.now();
    for (const { stream, text } of this.#parts.splice(0)) {
      this.#messages += 1;
      this.#post({ type: "output", id: this.#cell, stream, text });
    }
  }
}
