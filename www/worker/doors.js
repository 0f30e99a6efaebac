/**
 * Closes what leads out of a worker, but for its messages. Python reaches all of JavaScript through `js`, and a worker has the storage,
 * the channels and the network of its page. Called when Python is loaded, before anybody's code runs.
 */

const OF_THE_WORKER = [
  // Storage of the page's origin.
  "indexedDB",
  "caches",
  "cookieStore",
  // Other tabs, and workers that would have all this again.
  "BroadcastChannel",
  "Worker",
  "SharedWorker",
  "webkitRequestFileSystem",
  "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL",
  // The network.
  "fetch",
  "fetchLater",
  "importScripts",
  "EventSource",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "XMLHttpRequest",
  "Notification",
  "RTCPeerConnection",
];

const OF_THE_NAVIGATOR = [
  "storage",
  "storageBuckets",
  "locks",
  "serviceWorker",
  "serial",
  "usb",
  "hid",
  "gpu",
  "permissions",
  "setAppBadge",
  "sendBeacon",
];

export function closeDoors() {
  close(self, OF_THE_WORKER);
  close(self.navigator, OF_THE_NAVIGATOR);
}

/**
 * Takes properties from an object and from all that it inherits, so that no prototype has them left.
 * @param {object} object
 * @param {string[]} names
 */
function close(object, names) {
  for (const name of names) {
    for (let owner = object; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      Reflect.deleteProperty(owner, name);
    }
    Object.defineProperty(object, name, { value: undefined, writable: false, configurable: false });
  }
}
