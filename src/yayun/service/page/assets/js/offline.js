// The page may be installed, and opens without the network.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").then(async () => {
    // What came before the worker was there is fetched once more, through it.
    const { active } = await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== active) return;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const files = loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/assets/"));
    await Promise.all([location.pathname, ...files.map(({ href }) => href)].map((path) => fetch(path).catch(() => {})));
  }, () => {});
}
