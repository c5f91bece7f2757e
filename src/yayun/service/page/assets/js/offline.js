// The page may be installed, and opens without the network.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {}); // a page that can't be installed is a page all the same
}
