// A poem drawn with its signs: the one component the studio and the lessons share.

import { button, el, numeral } from "./dom.js";
import { cellLabel, cellsOf, sentencesOf, stopOf } from "./marks.js";

const TONE_CLASS = { 平: "level", 仄: "oblique", 两: "either" };

/**
 * The verse of a poem in `host`. Fires `pick` {cell, node}, `pickline` {line, node}, `lock` {line} and `look`
 * {cell, node} (cell null when the eye leaves). Arrow keys walk the characters; Enter picks.
 */
export class VerseView extends EventTarget {
  constructor(host, { editable = false, label = "诗" } = {}) {
    super();
    this.host = host;
    this.editable = editable;
    this.label = label;
    host.classList.toggle("editing", editable);
    this.cells = [];
    this.at = { line: 1, column: 1 };
    host.addEventListener("keydown", (event) => this.#walk(event));
    host.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#look(event.target));
    host.addEventListener("pointerleave", () => this.#look(null));
    host.addEventListener("focusin", (event) => this.#look(event.target));
    host.addEventListener("focusout", (event) => host.contains(event.relatedTarget) || this.#look(null));
    host.addEventListener("click", (event) => this.#click(event));
  }

  /** Draw a poem ({lines, marks, review, rhyme}); `locked`: line by line; `fresh`: let the ink come up. */
  show(poem, { locked = [], fresh = false } = {}) {
    const had = this.host.contains(document.activeElement) && document.activeElement.closest(".cell");
    this.cells = cellsOf(poem);
    const width = Math.max(5, ...poem.lines.map((line) => [...line].length));
    this.host.replaceChildren(this.#grid(this.cells, width, locked, poem));
    this.host.classList.toggle("fresh", fresh);
    if (had) this.focus(this.at.line, this.at.column);
  }

  /** A poem that is being written: the lines so far, places for the others; `was`: what a line that was written again was. */
  write(lines, count, width, was = []) {
    const rows = Array.from({ length: count }, (_, i) => {
      const text = lines[i];
      const chars = text === undefined ? Array(width).fill("") : [...text];
      const next = text === undefined && (i === 0 || lines[i - 1] !== undefined);
      return el(
        "div",
        { class: `line ${text === undefined ? "waiting" : "arrived"} ${next ? "next" : ""} ${was[i] ? "revised" : ""}` },
        was[i] ? el("del", { class: "was", text: was[i] }) : null,
        el("div", { class: "cells" }, chars.map(blank), el("span", { class: "stop", text: "，" })),
      );
    });
    const grid = el("div", { class: `verse writing w${width} n${count}`, "aria-hidden": "true" }, couplets(rows));
    const old = this.host.querySelector(".verse.writing");
    if (old && old.className === grid.className) this.#keepArrived(old, grid);
    else this.host.replaceChildren(grid);
  }

  // Lines that are there stay as they are, so that their ink does not come up twice.
  #keepArrived(old, fresh) {
    const rows = [...fresh.querySelectorAll(".line")];
    [...old.querySelectorAll(".line")].forEach((row, i) => {
      if (row.className !== rows[i].className || row.textContent !== rows[i].textContent) row.replaceWith(rows[i]);
    });
  }

  clear() {
    this.cells = [];
    this.host.replaceChildren();
  }

  node(line, column) {
    return this.host.querySelector(`.cell[data-line="${line}"][data-column="${column}"]`);
  }

  focus(line, column) {
    const row = this.cells[line - 1];
    if (!row) return;
    this.#move(line, Math.min(column, row.length));
  }

  /** Light up places ([{line, column|null}]); none puts the light out. */
  light(places = []) {
    for (const lit of this.host.querySelectorAll(".lit")) lit.classList.remove("lit");
    for (const { line, column } of places) {
      const select = column ? `[data-line="${line}"][data-column="${column}"]` : `[data-line="${line}"]`;
      for (const node of this.host.querySelectorAll(`.cell${select}`)) node.classList.add("lit");
    }
  }

  #grid(cells, width, locked, { tune, stops, stanzas }) {
    const told = tune ? { stops, stanzas } : {};
    const rows = cells.map((row, i) => this.#line(row, i, Boolean(locked[i]), stopOf(i, told.stops), !tune));
    const role = { role: "grid", "aria-label": this.label };
    const fit = width <= 5 ? "w5" : width <= 7 ? "w7" : "w9";
    return el("div", { class: `verse ${fit} n${cells.length} ${tune ? "tune" : ""}`, ...role }, tune ? stanzasOf(rows, told) : couplets(rows));
  }

  #line(row, i, locked, mark, tools) {
    const line = i + 1;
    const cells = row.map((cell) => this.#cell(cell));
    const stop = el("span", { class: "stop", "aria-hidden": "true", text: mark });
    return el(
      "div",
      { class: `line ${locked ? "locked" : ""}`, role: "row", dataset: { line: String(line) } },
      el("div", { class: "cells", role: "presentation" }, cells, stop),
      this.editable && tools ? this.#tools(line, locked) : null,
    );
  }

  #cell(cell) {
    const classes = ["cell", TONE_CLASS[cell.tone] ?? "unknown"];
    if (cell.foot) classes.push("foot");
    if (cell.rhyme % 2) classes.push("second-rhyme");
    if (cell.severity) classes.push(cell.severity);
    if (cell.cures.length) classes.push("cure");
    if (cell.parallel !== null) classes.push(cell.parallel ? "parallel" : "unlike");
    if (misfit(cell)) classes.push("turned");
    const here = cell.line === this.at.line && cell.column === this.at.column;
    return el(
      "span",
      {
        class: classes.join(" "),
        role: "gridcell",
        tabIndex: here ? 0 : -1,
        "aria-label": cellLabel(cell),
        "aria-haspopup": this.editable ? "dialog" : undefined,
        dataset: { line: String(cell.line), column: String(cell.column) },
      },
      el("span", { class: "char", text: cell.char }),
      el("span", { class: "sign" }),
      el("span", { class: "reading", "aria-hidden": "true", dataset: { said: cell.used ? cell.used.tone + cell.used.group : "" } }),
    );
  }

  #tools(line, locked) {
    const name = `第${numeral(line)}句`;
    return el(
      "div",
      { class: "tools", role: "gridcell" },
      button("", {
        name: locked ? "lock" : "unlock",
        label: `${name}：${locked ? "已锁，点此放开" : "锁住，重写时不动"}`,
        class: `quiet lock`,
        "aria-pressed": String(locked),
        title: locked ? "已锁" : "锁住此句",
        on: () => this.#fire("lock", { line }),
      }),
      button("", {
        name: "swap",
        label: `${name}：换一句，或自己写`,
        class: "quiet other",
        title: "换一句",
        "aria-haspopup": "dialog",
        on: (event) => this.#fire("pickline", { line, node: event.currentTarget }),
      }),
    );
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #cellOf(node) {
    const found = node?.closest?.(".cell[data-line]");
    return found ? { node: found, cell: this.cells[found.dataset.line - 1]?.[found.dataset.column - 1] } : { node: null, cell: null };
  }

  #look(target) {
    const { node, cell } = this.#cellOf(target);
    if (node === this.seen) return;
    this.seen = node;
    for (const lit of this.host.querySelectorAll(".facing")) lit.classList.remove("facing");
    if (cell && cell.parallel !== null) {
      this.node(cell.line % 2 ? cell.line + 1 : cell.line - 1, cell.column)?.classList.add("facing");
    }
    this.#fire("look", { cell: cell ?? null, node });
  }

  #click(event) {
    const { node, cell } = this.#cellOf(event.target);
    if (!cell) return;
    this.#move(cell.line, cell.column);
    this.#fire("pick", { cell, node });
  }

  #walk(event) {
    const { cell, node } = this.#cellOf(event.target);
    if (!cell) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#fire("pick", { cell, node });
      return;
    }
    const vertical = getComputedStyle(this.host).writingMode.startsWith("vertical");
    const [along, across] = steps(event.key, vertical, this.cells[cell.line - 1].length);
    if (!along && !across) return;
    event.preventDefault();
    const line = Math.min(Math.max(1, cell.line + across), this.cells.length);
    this.#move(line, Math.min(Math.max(1, cell.column + along), this.cells[line - 1].length));
  }

  #move(line, column) {
    this.node(this.at.line, this.at.column)?.setAttribute("tabindex", "-1");
    this.at = { line, column };
    const node = this.node(line, column);
    node?.setAttribute("tabindex", "0");
    node?.focus({ preventScroll: false });
  }
}

/** A cell of a poem on its way: with room for what will stand in it, so that nothing jumps. */
function blank(char) {
  return el("span", { class: "cell" }, el("span", { class: "char", text: char || "　" }), el("span", { class: "sign" }));
}

/** Does the tone differ from the pattern where the pattern holds one? */
function misfit(cell) {
  return cell.expected !== "中" && (cell.tone === "平" || cell.tone === "仄") && cell.tone !== cell.expected;
}

// A sentence a group, a gap between stanzas.
function stanzasOf(rows, told) {
  return sentencesOf(rows.length, told).map((stanza) =>
    el("div", { class: "stanza" }, stanza.map((lines) => el("div", { class: "couplet", role: "rowgroup" }, lines.map((i) => rows[i])))),
  );
}

function couplets(rows) {
  const found = [];
  for (let i = 0; i < rows.length; i += 2) found.push(el("div", { class: "couplet", role: "rowgroup" }, rows.slice(i, i + 2)));
  return found;
}

// [along the line, from line to line] for an arrow key, or for one that goes to an end of the line; in vertical setting
// lines run down and go leftwards.
function steps(key, vertical, length) {
  const ends = { Home: [-length, 0], End: [length, 0] };
  if (key in ends) return ends[key];
  const across = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const down = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, 1], ArrowRight: [0, -1] };
  return (vertical ? down : across)[key] ?? [0, 0];
}
