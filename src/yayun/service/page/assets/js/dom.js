// Elements are built here and nowhere else: text only ever becomes text, never markup.

/**
 * Build an element. `props`: class, text, dataset, on (event -> listener), hidden and the like; all else is an attribute.
 * Children are nodes, strings or null.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "on") for (const [event, listen] of Object.entries(value)) node.addEventListener(event, listen);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...there(children));
  return node;
}

/** Put children, those that are there, in the place of what a node holds. */
export function fill(node, ...children) {
  node.replaceChildren(...there(children));
}

function there(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/** An icon of the sprite in icons.svg, hidden from screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 24 24");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and words; `label` is its name for screen readers where the words are not enough. */
export function button(words, { name, label, on, ...rest } = {}) {
  const { class: extra = "", ...others } = rest;
  return el(
    "button",
    { type: "button", class: `button ${extra}`.trim(), "aria-label": label, title: words ? undefined : label, on: { click: on }, ...others },
    name ? icon(name) : null,
    words ? el("span", { text: words }) : null,
  );
}

/** Call `fn` once things have been quiet for `wait` milliseconds. `.cancel()` forgets a call that is due. */
export function debounce(fn, wait) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/**
 * Put `box` by `anchor`, inside the window: below it, or above where there is no room; with `beside` to its right
 * where there is room.
 */
export function place(box, anchor, { gap = 10, beside = false } = {}) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  if (beside && at.right + gap + width <= innerWidth - 8) {
    box.style.left = `${Math.round(at.right + gap)}px`;
    box.style.top = `${Math.round(Math.max(8, Math.min(at.top - 16, innerHeight - height - 8)))}px`;
    return;
  }
  const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), Math.max(8, innerWidth - width - 8));
  const below = at.bottom + gap + height <= innerHeight - 8 || at.top < height + gap + 8;
  box.style.left = `${Math.round(left)}px`;
  const top = below ? Math.min(at.bottom + gap, innerHeight - height - 8) : at.top - gap - height;
  box.style.top = `${Math.round(Math.max(8, top))}px`;
}

/** Say something to a screen reader without showing it. */
export function announce(words) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = words;
}

/** A short message at the foot of the window, gone after a while. */
export function toast(words) {
  document.querySelector(".toast")?.remove();
  const box = el("div", { class: "toast", role: "status", text: words });
  document.body.append(box);
  setTimeout(() => box.remove(), 2600);
}

const WIDE = { ",": "，", ":": "：", ";": "；", "?": "？", "!": "！" };

/** Chinese text with Chinese punctuation, where it was typed in ASCII. */
export function typeset(text) {
  return text
    .replace(/ ?\(([^()]*\p{Script=Han}[^()]*)\)/gu, "（$1）")
    .replace(/(?<=[\p{Script=Han}」』》”）])[,:;?!]/gu, (mark) => WIDE[mark]);
}

const DIGITS = "零一二三四五六七八九十";

/** Chinese numeral of 1..99. */
export function numeral(n) {
  if (n <= 10) return DIGITS[n];
  const tens = Math.floor(n / 10);
  return `${tens > 1 ? DIGITS[tens] : ""}十${n % 10 ? DIGITS[n % 10] : ""}`;
}

/** The mark after a line (from 0) of verse that is set in couplets. */
export function markAfter(i) {
  return i % 2 ? "。" : "，";
}
