// The list of poems kept in the browser.

import { button, el } from "./dom.js";
import * as history from "./history.js";

/** The shelf in `host`; `onOpen(entry)` when one is taken down. Returns a function that draws it anew. */
export function shelf(host, { count, onOpen }) {
  let sure = false;

  function draw() {
    const entries = history.all();
    count.textContent = entries.length ? String(entries.length) : "";
    if (!entries.length) {
      host.replaceChildren(el("p", { class: "faint", text: "写过的诗会留在这里，只存在这个浏览器里。" }));
      return;
    }
    host.replaceChildren(
      el("ul", { class: "shelf" }, entries.map(row)),
      button(sure ? "真的清空（留下加星的）" : "清空", { name: "trash", class: "quiet small", on: clear }),
    );
  }

  function row(entry) {
    const title = entry.title || "无题";
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "shelf-open", on: { click: () => onOpen(entry) } },
        el("span", { class: "shelf-title", text: title }),
        el("span", { class: "shelf-line", text: entry.lines[0] ?? "" }),
        el("span", { class: "shelf-when", text: `${entry.form ?? ""} ${when(entry.at)}` }),
      ),
      tool("star", entry.star ? `《${title}》不再加星` : `给《${title}》加星`, () => history.star(entry.id), Boolean(entry.star)),
      tool("trash", `删去《${title}》`, () => history.remove(entry.id)),
    );
  }

  function tool(name, label, act, pressed) {
    const on = () => {
      act();
      draw();
      host.querySelector(".shelf-open")?.focus();
    };
    return button("", { name, label, class: "quiet", "aria-pressed": pressed === undefined ? undefined : String(pressed), on });
  }

  function clear() {
    if (sure) history.clear();
    sure = !sure;
    draw();
    if (sure) setTimeout(() => ((sure = false), draw()), 4000);
  }

  draw();
  return draw;
}

function when(at) {
  return at ? new Intl.DateTimeFormat("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(at) : "";
}
