// What this device keeps, so that a reload, the back button or a lost line loses nothing.
//
// IndexedDB and not localStorage, because it keeps a private key as WebCrypto holds it: usable, but not readable,
// neither by a page that lies later nor by whoever copies the files of the phone as text. The tablet of a hall keeps
// nothing: there it is all in the memory of the page, and gone with the voter.

const NAME = "folkmoot-booth";
const KEPT = "sittings";

/** Open the store of this device; of a tablet, or where the browser keeps nothing, one that lasts as long as the page. */
export async function openStore({ isTablet }) {
  if (isTablet) return inMemory(true);
  try {
    const database = await done(opening());
    return { isLasting: true, ...onDisk(database) };
  } catch {
    return inMemory(false);
  }
}

function opening() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(KEPT, { keyPath: "id" });
  return request;
}

function onDisk(database) {
  const kept = (mode) => database.transaction(KEPT, mode, { durability: "strict" }).objectStore(KEPT);
  return {
    all: () => done(kept("readonly").getAll()),
    put: (sitting) => finished(kept("readwrite"), (rows) => rows.put(sitting)),
    drop: (id) => finished(kept("readwrite"), (rows) => rows.delete(id)),
  };
}

function inMemory(isMeant) {
  const sittings = new Map();
  return {
    isLasting: isMeant,
    all: async () => [...sittings.values()],
    put: async (sitting) => void sittings.set(sitting.id, sitting),
    drop: async (id) => void sittings.delete(id),
  };
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

/** A ballot is sent only after its transaction is over. */
function finished(rows, change) {
  change(rows);
  return new Promise((resolve, reject) => {
    rows.transaction.oncomplete = () => resolve();
    rows.transaction.onerror = rows.transaction.onabort = () => reject(rows.transaction.error);
  });
}
