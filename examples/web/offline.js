// Keeps the page for when there is no network: the newest version where there is one, else the last.

const KEPT = "read-a-digit";
const MODEL = ["model/model.json", "model/group1-shard1of1.bin"];
const FILES = ["./", "style.css", "page.js", "find.js", "glyph.js", "tf.es2017.min.js", ...MODEL];
const [TOLD, WEIGHTS] = MODEL.map(file => new URL(file, self.registration.scope).href);

self.addEventListener("install", event => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then(kept => kept.addAll(FILES)));
});

self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
  if (event.request.method === "GET") event.respondWith(newestOrKept(event.request));
});

async function newestOrKept(request) {
  const kept = await caches.open(KEPT);
  if (request.url === TOLD) await renewed(kept);
  // The weights came with what tells of them: a network that is lost between the two pairs no new name with old weights.
  if (request.url === TOLD || request.url === WEIGHTS) {
    const answer = await kept.match(request.url);
    if (answer) return answer;
  }
  try {
    const answer = await fetch(request);
    if (!answer.ok) throw new Error(answer.statusText);
    await kept.put(request, answer.clone());
    return answer;
  } catch {
    return (await kept.match(request)) ?? Response.error();
  }
}

/** Keep both files of the newest model, or where one of them cannot be had neither. */
async function renewed(kept) {
  try {
    await kept.addAll(MODEL.map(file => new Request(file, { cache: "no-cache" })));
  } catch {
    // The model that is kept stays.
  }
}
