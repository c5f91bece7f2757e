// A small dialog beside what it is about; a sheet at the foot of the window on a phone.

import { button, el, place } from "./dom.js";

const NARROW = "(max-width: 40rem)";
let open = null;

/** Close the popover that is open, if any; the focus goes back to where it was opened from. */
export function closePopover({ refocus = true } = {}) {
  if (!open) return;
  const { box, anchor, onClose, stop } = open;
  open = null;
  stop.abort();
  box.remove();
  onClose?.();
  const back = anchor();
  if (refocus) back?.focus();
}

/**
 * Open a popover named `label` beside what `anchor()` returns (the node may be drawn anew meanwhile). Returns
 * {body, settle}: the element to fill, and a function to call when its size has changed.
 */
export function openPopover(label, anchor, { onClose, beside = false } = {}) {
  closePopover({ refocus: false });
  const body = el("div", { class: "popover-body" });
  const close = button("", { name: "close", label: "收起", class: "quiet close", on: () => closePopover() });
  const box = el("div", { class: "popover", role: "dialog", "aria-label": label, tabIndex: -1 }, close, body);
  document.body.append(box);
  const settle = () => {
    const node = anchor();
    if (!node || !box.isConnected) return; // what is settled may be closed by now
    if (!matchMedia(NARROW).matches) return place(box, node, { beside });
    const covered = node.getBoundingClientRect().bottom + 16 - box.getBoundingClientRect().top;
    if (covered > 0) scrollBy({ top: covered, behavior: "smooth" });
  };
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener("pointerdown", (event) => box.contains(event.target) || closePopover({ refocus: false }), { signal, capture: true });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closePopover();
  });
  // Who has tabbed on to the page is done with it.
  box.addEventListener("focusout", ({ relatedTarget: to }) => to && !box.contains(to) && closePopover({ refocus: false }), { signal });
  addEventListener("resize", settle, { signal });
  open = { box, anchor, onClose, stop };
  settle();
  box.focus();
  return { body, settle };
}
