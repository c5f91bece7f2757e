// The page without the network: all of it is kept when it is installed, and the newest of what was loaded since. The
// service comes first, so that a newer page is never hidden by an older one; its answers are not kept, but for the rhyme
// book and the patterns.

const CACHE = "yayun-page";
const KEPT = ["/api/rhyme", "/api/patterns"];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepWhole());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (/^\/(v1|metrics|health)/.test(pathname) || (pathname.startsWith("/api/") && !KEPT.includes(pathname))) return;
  event.respondWith(fromService(request));
});

async function keepWhole() {
  const [kept, listed] = await Promise.all([caches.open(CACHE), fetch("/files.json")]);
  const files = await listed.json();
  await Promise.all([...files, ...KEPT].map((path) => keep(kept, path)));
}

// A file that can't be had is no reason to do without the others: the rhyme book may ask for a key.
async function keep(kept, path) {
  const answer = await fetch(path, { cache: "no-cache" }).catch(() => null);
  if (answer?.ok) await kept.put(path, answer);
}

async function fromService(request) {
  const kept = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (error) {
    const known = await kept.match(request, { ignoreVary: true });
    if (known) return known;
    throw error;
  }
}
