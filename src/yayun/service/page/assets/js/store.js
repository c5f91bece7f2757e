// What the page remembers: in this browser, or in this tab alone. Where the browser lets it keep nothing, it remembers
// until it is closed.

const unkept = new Map();

/** Where to remember: from visit to visit, or as long as the tab is open. */
export const BROWSER = "localStorage";
export const TAB = "sessionStorage";

/** The value kept under a key; `otherwise` where there is none, or another program left what is no JSON. */
export function recall(key, otherwise, place = BROWSER) {
  try {
    return JSON.parse(unkept.get(key) ?? window[place].getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value under a key. False where there is no more room: then what was kept before stays. */
export function remember(key, value, place = BROWSER) {
  const text = JSON.stringify(value);
  try {
    window[place].setItem(key, text);
  } catch (error) {
    if (error.name === "QuotaExceededError") return false;
    unkept.set(key, text);
  }
  return true;
}

/** Forget what is kept under a key. */
export function forget(key, place = BROWSER) {
  unkept.delete(key);
  try {
    window[place].removeItem(key);
  } catch {
    // nothing can be kept there, so nothing is
  }
}
