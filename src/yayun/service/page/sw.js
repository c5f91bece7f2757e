// The page without the network: what was loaded once is there again. The service comes first, so that a newer page is
// never hidden by an older one; its answers are not kept, but for the rhyme book.

const CACHE = "yayun-page";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (/^\/(v1|metrics|health)/.test(pathname) || (pathname.startsWith("/api/") && pathname !== "/api/rhyme")) return;
  event.respondWith(fromService(request));
});

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
