// Keeps the page for when there is no network: the newest version where there is one, else the last.

const KEPT = "read-a-digit";
const FILES = [
  "./", "style.css", "page.js", "find.js", "glyph.js", "tf.es2017.min.js",
  "model/model.json", "model/group1-shard1of1.bin",
];

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
  try {
    const answer = await fetch(request);
    if (!answer.ok) throw new Error(answer.statusText);
    await kept.put(request, answer.clone());
    return answer;
  } catch {
    return (await kept.match(request)) ?? Response.error();
  }
}
