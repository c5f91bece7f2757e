// What this tab has on the sheet, for as long as the tab is there: a reload, or a look at another page, loses nothing.

const KEY = "yayun.sheet";

/** What is kept, where it is of the page's address, or the address says nothing. */
export function recallSheet() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
  return kept && (!location.hash || kept.address === location.hash) ? kept : null;
}

/** Keep what is on the sheet, and put its address in the page's. */
export function keepSheet(sheet) {
  history.replaceState(null, "", sheet.address || location.pathname);
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...sheet, address: location.hash }));
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
  }
}

/** Nothing is on the sheet. */
export function forgetSheet() {
  history.replaceState(null, "", location.pathname);
  sessionStorage.removeItem(KEY);
}
