// Editing by choice or by hand: what else may stand at a place, and a field to write one's own.

import { suggest } from "./api.js";
import { button, el, numeral, typeset } from "./dom.js";
import { endsOf, placeOfWord } from "./ends.js";
import { sorted, verdictOf } from "./marks.js";
import { closePopover, openPopover } from "./popover.js";
import { explain } from "./tip.js";

const CHARACTERS = 12;
const LINES = 6;
const HANZI = /\p{Script=Han}/u;

/** Offer other characters for a cell. */
export function openCharacter(draft, view, cell) {
  const { line, column } = cell;
  const anchor = () => view.node(line, column);
  const live = liveVerdict(draft, () => settle());
  const { body, settle } = openPopover(`第${numeral(line)}句第${numeral(column)}字「${cell.char}」`, anchor, {
    onClose: () => leave(draft, line, live),
  });
  const take = (char) => {
    draft.setChar(line - 1, column - 1, char);
    closePopover();
  };
  const own = ownField({
    label: "自己填一字",
    value: "",
    size: 1,
    onTry: (text) => draft.tryLine(line - 1, text ? replaced(draft.poem.lines[line - 1], column - 1, text) : null),
    onTake: take,
  });
  const list = el("div", { class: "choices characters" });
  body.append(el("div", { class: "about" }, explain(cell)), el("h3", { text: "换一字" }), list, own, live.node, ...(cell.foot ? [endsOf(cell.char, draft.poem.script, { onFill: settle })] : []));
  offer(draft, list, settle, () => request(draft, { line, column, count: CHARACTERS }), (found) => choice(found, () => take(found.text)));
}

/** Offer other lines for a line, and a field to write one's own; `walk`: one line after another, to the last. */
export function openLine(draft, line, node, { walk = false } = {}) {
  const anchor = () => document.querySelector(`.line[data-line="${line}"] .other`) ?? node;
  const live = liveVerdict(draft, () => settle());
  const { body, settle } = openPopover(`第${numeral(line)}句`, anchor, {
    beside: true,
    onClose: () => leave(draft, line, live),
  });
  const last = draft.poem.lines.length;
  const go = (to) => (to >= 1 && to <= last ? openLine(draft, to, node, { walk }) : closePopover());
  const take = (text) => {
    draft.setLine(line - 1, text);
    if (walk) go(line + 1);
    else closePopover();
  };
  const now = draft.poem.lines[line - 1];
  const own = ownField({
    label: `自己写第${numeral(line)}句`,
    value: now,
    size: [...now].length,
    onTry: (text) => draft.tryLine(line - 1, text || null),
    onTake: take,
  });
  const list = el("div", { class: "choices lines" });
  const steps = el(
    "div",
    { class: "row steps" },
    button("上一句", { class: "small", disabled: line === 1, on: () => go(line - 1) }),
    button(line < last ? "就这样，下一句" : "就这样，好了", { class: "small", on: () => go(line + 1) }),
  );
  body.append(...(walk ? [el("h3", { text: `第${numeral(line)}句，共${numeral(last)}句` })] : []), own, live.node, el("h3", { text: "换一句" }), list, ...(walk ? [steps] : [wordsOf(now)]));
  offer(draft, list, settle, () => request(draft, { line, count: LINES }), (found) => choice(found, () => take(found.text)));
}

/** Where one can see who used the words of a line. */
function wordsOf(line) {
  const chars = [...line];
  const starts = [0, ...(chars.length > 6 ? [2] : []), chars.length - 3, chars.length - 2];
  const words = [...new Set(starts.filter((at) => at >= 0).map((at) => chars.slice(at, at + 2).join("")))];
  return el("p", { class: "faint" }, "谁用过：", words.flatMap((word) => [el("a", { href: placeOfWord(word), target: "_blank", rel: "noopener", text: word }), " "]));
}

// What the rules say of the wording being tried.
function liveVerdict(draft, settle) {
  const node = el("p", { class: "live", role: "status", hidden: true });
  const show = () => {
    node.hidden = !draft.trial || !(draft.trial.review || draft.error);
    if (node.hidden) return;
    if (!draft.trial.review) return say("failed", `没有评成：${draft.error.message}`);
    const { kind, sentence } = verdictOf(draft.trial);
    const [gravest] = sorted(draft.trial.review.findings).filter(({ severity }) => severity === "error");
    say(kind, gravest ? `${gravest.rule}：${gravest.message}。` : sentence);
  };
  const say = (kind, words) => {
    node.className = `live ${kind}`;
    node.textContent = typeset(words);
    settle();
  };
  const told = ["judged", "change"];
  told.forEach((type) => draft.addEventListener(type, show));
  return { node, stop: () => told.forEach((type) => draft.removeEventListener(type, show)) };
}

function leave(draft, line, live) {
  live.stop();
  if (draft.trial) draft.tryLine(line - 1, null);
}

function request(draft, where) {
  const { title, form, rhyme, pattern, script, own } = draft.poem;
  return suggest({ title, form, rhyme, pattern, script, lines: own.lines, ...where });
}

function replaced(line, at, text) {
  const chars = [...line];
  chars[at] = text;
  return chars.join("");
}

function choice({ text, note, score }, onTake) {
  const title = [note, typeof score === "number" ? `合度 ${Math.round(score * 100)}` : null].filter(Boolean).join(" · ");
  return el(
    "button",
    { type: "button", class: "choice", title, on: { click: onTake } },
    el("span", { class: "choice-text", text }),
    note ? el("span", { class: "choice-note", text: note }) : null,
  );
}

// There is something to go by only where a form and a rhyme say what fits.
function hasForm({ form, rhyme }) {
  return /绝句$|律诗$/.test(form ?? "") && Boolean(rhyme);
}

async function offer(draft, list, settle, ask, draw) {
  if (!hasForm(draft.poem)) {
    list.replaceChildren(el("p", { class: "faint", text: "绝句、律诗才有合律的字句可荐；可以自己写。" }));
    return settle();
  }
  list.setAttribute("aria-busy", "true");
  list.replaceChildren(el("p", { class: "faint waiting-dots", text: "正在找合律的" }));
  settle();
  try {
    const found = await ask();
    list.replaceChildren(
      ...(found.length ? found.map(draw) : [el("p", { class: "faint", text: "没有找到更合的。试试换旁边的字，或换整句。" })]),
    );
  } catch (error) {
    list.replaceChildren(
      el("p", { class: "said error", role: "alert", text: typeset(error.message) }),
      button("再找", { name: "again", on: () => offer(draft, list, settle, ask, draw) }),
    );
  }
  list.removeAttribute("aria-busy");
  settle();
}

// A field that tries what is typed as it is typed (not while an input method is composing) and takes it on Enter.
function ownField({ label, value, size, onTry, onTake }) {
  const input = el("input", { type: "text", class: "own", value, size: String(Math.max(2, size)), "aria-label": label, autocomplete: "off" });
  const read = () => [...input.value].filter((char) => HANZI.test(char)).slice(0, size === 1 ? 1 : 24).join("");
  const attempt = () => onTry(read());
  input.addEventListener("input", (event) => event.isComposing || attempt());
  input.addEventListener("compositionend", attempt);
  const form = el(
    "form",
    {
      class: "own-form",
      on: {
        submit: (event) => {
          event.preventDefault();
          if (read()) onTake(read());
        },
      },
    },
    el("label", { class: "own-label" }, el("span", { text: label }), input),
    el("button", { type: "submit", class: "button", text: "用它" }),
  );
  return form;
}
