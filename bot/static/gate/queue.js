/* What was recorded and is not sent yet, and what is needed without a network. In IndexedDB, so that it outlives all. */
const open = new Promise((resolve, reject) => {
  const asked = indexedDB.open("yima-gate", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("records", { keyPath: "id" });
    asked.result.createObjectStore("kept");
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function run(store, mode, act) {
  const transaction = (await open).transaction(store, mode), asked = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const put = (record) => run("records", "readwrite", (store) => store.put(record));
export const drop = (id) => run("records", "readwrite", (store) => store.delete(id));
export const all = () => run("records", "readonly", (store) => store.getAll());
export const keep = (name, value) => run("kept", "readwrite", (store) => store.put(value, name));
export const kept = (name) => run("kept", "readonly", (store) => store.get(name));
