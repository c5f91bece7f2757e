// What this tab has on the sheet, for as long as the tab is there: a reload, or a look at another page, loses nothing.

import { forget, recall, remember, TAB } from "./store.js";

const KEY = "yayun.sheet";

/** What is kept, where it is of the page's address, or the address says nothing. */
export function recallSheet() {
  const kept = recall(KEY, null, TAB);
  return kept && (!location.hash || kept.address === location.hash) ? kept : null;
}

/** Keep what is on the sheet, and put its address in the page's. */
export function keepSheet(sheet) {
  history.replaceState(null, "", sheet.address || location.pathname);
  remember(KEY, { ...sheet, address: location.hash }, TAB);
}

/** Nothing is on the sheet. */
export function forgetSheet() {
  history.replaceState(null, "", location.pathname);
  forget(KEY, TAB);
}
