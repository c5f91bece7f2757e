// What the page remembers in this browser.

/** The value kept under a key; `otherwise` where there is none, or another program left what is no JSON. */
export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value under a key. */
export function remember(key, value) {
  localStorage.setItem(key, JSON.stringify(value));
}
