// Tabs as the ARIA practices have them: arrow keys move, one panel shows.

/** Bind a tablist. Returns a function that picks a tab by its panel's name ("panel-" dropped). */
export function tabs(list) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const nameOf = (tab) => tab.getAttribute("aria-controls").replace("panel-", "");

  function pick(tab, { focus = false } = {}) {
    for (const other of all) {
      const on = other === tab;
      other.setAttribute("aria-selected", String(on));
      other.tabIndex = on ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
    }
    if (focus) tab.focus();
  }

  for (const tab of all) tab.addEventListener("click", () => pick(tab));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    pick(all[(all.indexOf(document.activeElement) + step + all.length) % all.length], { focus: true });
  });
  return (name) => pick(all.find((tab) => nameOf(tab) === name));
}
