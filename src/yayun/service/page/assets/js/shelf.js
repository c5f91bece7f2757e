// The list of poems kept in the browser.

import { button, el, fill, toast } from "./dom.js";
import * as history from "./history.js";
import { save } from "./savecard.js";

const SOME = 8; // poems from which on there is something to look for

/** The shelf in `host`; `onOpen(entry)` when one is taken down. Returns a function that draws it anew. */
export function shelf(host, { count, onOpen }) {
  let sure = false;
  const find = el("input", { type: "search", "aria-label": "在旧作里找", placeholder: "找：题目、诗句、体裁、韵部", autocomplete: "off" });
  find.addEventListener("input", () => draw());
  const file = el("input", { type: "file", accept: ".json,application/json", class: "unseen", tabIndex: -1, "aria-label": "旧作的文件" });
  file.addEventListener("change", bring);
  const list = el("div", {});
  const told = el("p", { class: "unseen", role: "status" });
  const tools = el("div", { class: "row" });
  host.replaceChildren(find, told, list, tools, file);

  function draw() {
    const entries = history.all();
    const found = history.search(find.value);
    count.textContent = entries.length ? String(entries.length) : "";
    find.hidden = entries.length < SOME && !find.value;
    told.textContent = find.value ? `找到 ${found.length} 首` : "";
    if (!entries.length) fill(list, el("p", { class: "faint", text: "写过的诗会留在这里，只存在这个浏览器里。" }));
    else if (!found.length) fill(list, el("p", { class: "faint", text: "没有找到。" }));
    else fill(list, el("ul", { class: "shelf" }, found.map(row)));
    fill(
      tools,
      entries.length ? button("存成文件", { name: "text", class: "small", on: keep }) : null,
      button("从文件取回", { class: "small", on: () => file.click() }),
      entries.length ? button(sure ? "真的清空（留下加星的）" : "清空", { name: "trash", class: "quiet small", on: clear }) : null,
    );
  }

  function keep() {
    save(new Blob([history.toFile()], { type: "application/json" }), "押韵-旧作.json");
  }

  async function bring() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    try {
      const { added, had, left } = history.fromFile(await chosen.text());
      toast(`取回 ${added} 首${had ? `，另有 ${had} 首原来就在` : ""}${left ? `；${left} 首放不下了` : ""}。`);
    } catch (error) {
      toast(error.message);
    }
    draw();
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
    // The list is drawn anew: the focus stays on this tool, of the poem that now stands there.
    const on = ({ currentTarget }) => {
      const rows = [...list.querySelectorAll("li")];
      const at = rows.indexOf(currentTarget.closest("li"));
      act();
      draw();
      const left = list.querySelectorAll(`.${name}`);
      (left[Math.min(at, left.length - 1)] ?? tools.querySelector("button")).focus();
    };
    return button("", { name, label, class: `quiet ${name}`, "aria-pressed": pressed === undefined ? undefined : String(pressed), on });
  }

  function clear() {
    if (sure) history.clear();
    sure = !sure;
    draw();
    if (sure) setTimeout(() => ((sure = false), draw()), 4000);
  }

  history.onElsewhere(draw);
  draw();
  return draw;
}

function when(at) {
  return at ? new Intl.DateTimeFormat("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(at) : "";
}
