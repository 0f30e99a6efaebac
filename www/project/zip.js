/** Projects as .zip files. What is uploaded comes from anywhere: nothing of it is taken before all of it has been looked at. */

import { strToU8, Unzip, UnzipInflate, zip } from "fflate";
import { textOrBytes } from "./contents.js";
import { faultOf, folderOf } from "./paths.js";
import { LIMITS } from "./project.js";

/** An archive of more bytes holds more than a project may. */
const MAX_ARCHIVE = LIMITS.bytes;
/** Large enough to be quick, small enough that the page can be drawn in between. */
const CHUNK = 1 << 16;
const FRAME_MS = 12;

/** What archives carry along that is no part of a project. A Mac adds `__MACOSX/`, AppleDouble files (`._user.py`) and icons of folders. */
const NO_PART = /(^|\/)(__MACOSX|__pycache__|\.git|\.DS_Store|Icon\r)(\/|$)|(^|\/)\._[^/]*$|\.pyc$/;
/** The name of a package, as an import can write it. */
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/** Why an archive is not taken, in words for its owner. */
export class ZipRefusal extends Error {}

/**
 * The files of an archive.
 * @param {Blob} archive
 * @param {(done: number, total: number) => void} progress in bytes
 * @returns {Promise<[string, string | Uint8Array][]>}
 * @throws {ZipRefusal} with what is wrong with it
 */
export async function unpack(archive, progress) {
  const announced = await entriesOf(archive);
  if (announced === undefined) {
    throw new ZipRefusal("This is no .zip file, or it is cut short.");
  }
  refuseMany(announced);
  if (archive.size > MAX_ARCHIVE) {
    throw new ZipRefusal(`The archive has ${megabytes(archive.size)}; at most ${megabytes(MAX_ARCHIVE)} are possible.`);
  }
  const reader = new Reader();
  const bytes = new Uint8Array(await archive.arrayBuffer());
  let drawn = performance.now();
  for (let at = 0; at < bytes.length; at += CHUNK) {
    reader.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
    if (performance.now() - drawn > FRAME_MS) {
      progress(at, bytes.length);
      // A turn of the event loop, in which the browser draws. In a tab that is hidden no frame would ever come.
      await new Promise((done) => setTimeout(done));
      drawn = performance.now();
    }
  }
  progress(bytes.length, bytes.length);
  return reader.finish();
}

/** Reads an archive from its start. What a header declares is believed only as far as it is a reason to refuse. */
class Reader {
  /** Of files, as the archive has them. */
  #names = new Set();
  /** @type {string[]} */
  #folders = [];
  #size = 0;
  #entries = 0;
  #open = 0;
  /** @type {[string, string | Uint8Array][]} */
  #files = [];
  #unzip = new Unzip((file) => this.#begin(file));

  constructor() {
    this.#unzip.register(UnzipInflate);
  }

  /** @param {Uint8Array} chunk @param {boolean} isLast */
  push(chunk, isLast) {
    try {
      this.#unzip.push(chunk, isLast);
    } catch (error) {
      throw error instanceof ZipRefusal ? error : new ZipRefusal(`The archive is damaged: ${messageOf(error)}.`);
    }
  }

  finish() {
    if (this.#open) {
      throw new ZipRefusal("The archive is cut short.");
    }
    if (!this.#files.length) {
      throw new ZipRefusal("The archive has no files.");
    }
    const wrapper = wrapperOf(this.#names);
    const inProject = (/** @type {string} */ name) => name.slice(name.startsWith(wrapper) ? wrapper.length : 0);
    // First of all, since it limits how long a name is.
    refuseFaulty([...this.#folders.filter((folder) => folder !== wrapper), ...this.#names].map(inProject));
    refuseFilesAsFolders(this.#names);
    return this.#files.map(
      ([name, contents]) => /** @type {[string, typeof contents]} */ ([inProject(name), contents]),
    );
  }

  /** @param {import("fflate").UnzipFile} file */
  #begin(file) {
    this.#entries += 1;
    refuseMany(this.#entries);
    const name = typedName(file.name);
    if (NO_PART.test(name)) {
      return;
    }
    if (name.endsWith("/")) {
      this.#folders.push(name);
      return;
    }
    if (this.#names.has(name)) {
      throw new ZipRefusal(`The archive has “${name}” twice.`);
    }
    this.#names.add(name);
    this.#count(0, file.originalSize ?? 0);
    this.#read(file, name);
  }

  /** @param {import("fflate").UnzipFile} file @param {string} name */
  #read(file, name) {
    /** @type {Uint8Array[]} */
    const parts = [];
    this.#open += 1;
    file.ondata = (error, data, isLast) => {
      if (error) {
        throw new ZipRefusal(`“${name}” cannot be unpacked: ${messageOf(error)}.`);
      }
      this.#count(data.length, 0);
      // fflate gives a view of a buffer that it goes on using.
      parts.push(data.slice());
      if (isLast) {
        this.#open -= 1;
        this.#files.push([name, textOrBytes(joined(parts))]);
      }
    };
    file.start();
  }

  /** @param {number} actual @param {number} declared */
  #count(actual, declared) {
    this.#size += actual;
    if (this.#size + declared > LIMITS.bytes) {
      throw new ZipRefusal(`Unpacked, the archive has more than ${megabytes(LIMITS.bytes)}, which is too much.`);
    }
  }
}

/**
 * A name as a keyboard writes it, since an import statement has to be able to name the file. A Mac decomposes names (é is e and an accent), and
 * does not mark them as UTF-8, so that they are read as Latin-1.
 * @param {string} name
 */
function typedName(name) {
  const bytes = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
  const isLatin1 = [...name].every((letter) => letter <= "\xff");
  const decoded = isLatin1 ? textOrBytes(bytes) : name;
  return (typeof decoded === "string" ? decoded : name).normalize("NFC");
}

/** @param {number} count */
function refuseMany(count) {
  if (count > LIMITS.files) {
    const most = LIMITS.files.toLocaleString("en");
    throw new ZipRefusal(`The archive has more than ${most} entries, which is too many.`);
  }
}

/** @param {string[]} names as the project would have them; those of folders end in a slash */
function refuseFaulty(names) {
  for (const name of names) {
    const fault = faultOf(name.replace(/\/$/, ""));
    if (fault !== null) {
      throw new ZipRefusal(fault);
    }
  }
}

/** @param {Set<string>} names */
function refuseFilesAsFolders(names) {
  for (const name of names) {
    for (let folder = folderOf(name); folder; folder = folderOf(folder)) {
      if (names.has(folder)) {
        throw new ZipRefusal(`The archive has “${folder}” as a file and as a folder.`);
      }
    }
  }
}

/**
 * How many entries the end of an archive announces; undefined where it has no such end. It costs a few bytes of reading, where
 * counting the entries costs all of them.
 * @param {Blob} archive
 */
async function entriesOf(archive) {
  const tail = new DataView(await archive.slice(-65_557).arrayBuffer());
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === 0x06054b50) {
      // 65,535 stands for "more than can be written here".
      return tail.getUint16(at + 10, true);
    }
  }
  return undefined;
}

/**
 * The folder around a project, with its slash; empty where there is none. Archives of a repository have all files in one folder, as in
 * `shop-main/`, which Python cannot import from.
 * @param {Set<string>} names
 */
function wrapperOf(names) {
  const [first = ""] = names;
  const [folder = ""] = first.split("/");
  const isWrapper = !IDENTIFIER.test(folder) && faultOf(folder) === null;
  return isWrapper && [...names].every((name) => name.startsWith(`${folder}/`)) ? `${folder}/` : "";
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * An archive of the files.
 * @param {Iterable<[string, string | Uint8Array]>} files
 * @returns {Promise<Blob>}
 */
export function pack(files) {
  const entries = [...files].map(([path, contents]) => [
    path,
    typeof contents === "string" ? strToU8(contents) : contents,
  ]);
  return new Promise((resolve, reject) => {
    zip(Object.fromEntries(entries), (error, bytes) =>
      error ? reject(error) : resolve(new Blob([/** @type {BlobPart} */ (bytes)], { type: "application/zip" })),
    );
  });
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
