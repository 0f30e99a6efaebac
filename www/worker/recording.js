/** A recording of imports: a profile of the autoloader's, of which the page is told. */

export class Recording {
  #post;
  /** @type {import("../../pkg/profile.js").Profile | undefined} */
  #profile;

  /** @param {(message: object) => void} post */
  constructor(post) {
    this.#post = post;
  }

  /** Begins. @param {import("../../pkg/index.js").Autoload} autoload */
  start(autoload) {
    try {
      this.drop();
      this.#profile = autoload.profile();
    } catch (error) {
      this.#post({ type: "notRecorded", message: `The imports are not recorded. ${wordsOf(error)}` });
    }
  }

  /** Ends, and tells what was recorded. */
  stop() {
    try {
      if (!this.#profile) {
        throw new Error("no recording was under way");
      }
      const { modules, speedscope } = this.#profile.stop();
      this.#post({ type: "recorded", modules, speedscope: JSON.stringify(speedscope) });
      this.#profile = undefined;
    } catch (error) {
      this.#post({ type: "notRecorded", message: `The recording could not be read. ${wordsOf(error)}` });
      this.drop();
    }
  }

  /** Ends, and tells nothing. */
  drop() {
    this.#profile?.stop();
    this.#profile = undefined;
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
