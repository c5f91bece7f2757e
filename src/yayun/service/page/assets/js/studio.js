// The studio: the forms, the sheet and the shelf put together.

import { addressOfCheck, addressOfText, addressOfWishes, readAddress } from "./address.js";
import { bindAloud, printSheet } from "./aloud.js";
import { ApiError, check } from "./api.js";
import { openCharacter, openLine } from "./alternatives.js";
import { copy } from "./clipboard.js";
import { announce, debounce, el, toast, typeset } from "./dom.js";
import { Draft } from "./draft.js";
import { checkForm, composeForm } from "./fields.js";
import { glossary } from "./gloss.js";
import * as history from "./history.js";
import { plainText, scriptOf, verdictOf } from "./marks.js";
import { Paper } from "./paper.js";
import { openCard, fileName, save } from "./savecard.js";
import { shelf } from "./shelf.js";
import { forgetSheet, keepSheet, recallSheet } from "./tab.js";
import { tabs } from "./tabs.js";
import { openTitle } from "./title.js";
import { Turns } from "./turns.js";
import { Understood } from "./understood.js";
import { fieldsOf, Writing } from "./writing.js";

const SEEDS = 2 ** 31;
const byId = (id) => document.getElementById(id);
const paper = new Paper();
const draft = new Draft();

// What is on the sheet: the poems of one request or text, which of them, the request (and what was sent for it, which
// differs where lines stay; seeded, what gives the same again), where it is kept, the locks the next poem takes over, and what was there before the writing
// under way.
const desk = { poems: [], at: 0, request: null, kept: null, body: null, seeded: null, source: "compose", locks: [], before: null };

const notes = glossary(byId("gloss"));
const redrawShelf = shelf(byId("shelf"), { count: byId("shelf-count"), onOpen: openKept });
const writing = new Writing(paper, { hasPoem: () => Boolean(draft.poem), onRead: tellApart, onPoem: arrived, onBusy: busy, onStopped: stopped });
const pick = tabs(document.querySelector("[role=tablist]"));

// --- composing -------------------------------------------------------------------------------------------------

const asking = composeForm(byId("compose"), {
  onAsk: () => {
    goToPaper();
    begin(understood.body());
  },
  onSentence: () => understood.forget(),
  onField: (name) => understood.yield(name),
  onInput: () => understood.soon(),
});
const understood = new Understood(byId("read"), { ask: asking.read, onChange: asking.follow });
document.querySelector(".stop").addEventListener("click", () => {
  writing.stop();
  stopped();
});

/** Have poems written; what is on the desk comes back if the pen is put down. */
function begin(body, { request = body, kept = [], locks = [], seed = Math.floor(Math.random() * SEEDS) } = {}) {
  desk.before = { ...desk, before: null };
  quiet();
  notes.show(null);
  leaveChecking();
  put([], "compose");
  const seeded = { ...body, seed };
  Object.assign(desk, { request, body, seeded, locks });
  return writing.start(seeded, { kept });
}

/** Under the request: what it was read as. A poem that is written anew from the sheet says nothing of the form. */
function tellApart(read) {
  if (!read) understood.clear();
  else if (desk.request === desk.body) understood.show(read);
}

function busy(on) {
  const [shown, hidden] = [".stop", ".go"].map((name) => document.querySelector(name))[on ? "slice" : "reverse"]();
  const focused = document.activeElement === hidden;
  shown.hidden = false;
  hidden.hidden = true;
  if (focused) shown.focus();
  byId("paper").setAttribute("aria-busy", String(on));
}

function stopped() {
  Object.assign(desk, desk.before);
  paper.several(desk.poems.length, desk.at, choose, sideBySide);
  if (draft.poem) show(false);
  else paper.state = "empty";
}

function arrived(drafts) {
  const last = drafts.poems.at(-1);
  desk.poems = drafts.poems;
  last.kept = history.keep({ ...last, asked: askedOf(last) });
  redrawShelf();
  if (drafts.count === 1) choose(0, { fresh: true });
  else if (paper.state === "poem") paper.several(desk.poems.length, desk.at, choose, sideBySide);
  else spread(drafts.all());
  const verdict = verdictOf(last);
  announce(`写好了《${last.title}》:${last.lines.join("，")}。${verdict?.sentence ?? ""}`);
}

/** All the poems of the desk, to choose from. */
function sideBySide() {
  if (desk.poems[desk.at]) desk.poems[desk.at] = { ...draft.poem, changed: changed(), kept: desk.kept };
  spread(desk.poems.map((poem) => ({ title: poem.title, lines: poem.lines, poem })));
  byId("board").querySelector("button").focus();
}

function spread(cards) {
  const onChoose = (at) => {
    choose(at, { fresh: true });
    byId("paper").focus({ preventScroll: true });
  };
  paper.board(cards, { script: desk.poems[0].script, onChoose });
  keepDesk();
}

function askedOf({ form, rhyme }) {
  return { form, rhyme };
}

function put(poems, source) {
  Object.assign(desk, { poems, at: 0, source, kept: null, seeded: null });
  paper.several(poems.length, 0, choose, sideBySide);
}

/** Take up one of the poems on the desk. */
function choose(at, { fresh = false } = {}) {
  if (draft.poem && desk.poems[desk.at] && !fresh) desk.poems[desk.at] = { ...draft.poem, changed: changed(), kept: desk.kept };
  desk.at = at;
  paper.several(desk.poems.length, at, choose, sideBySide);
  const poem = desk.poems[at];
  desk.kept = poem.kept ?? null;
  draft.load(poem, poem.asked ?? (desk.source === "compose" ? askedOf(poem) : heldTo()), { locked: desk.locks });
  desk.locks = [];
  if (fresh) show(true);
}

// --- the sheet -------------------------------------------------------------------------------------------------

function show(fresh) {
  paper.draw(draft, { fresh });
  paper.judge(draft);
  notes.show(draft.poem);
  tools();
}

draft.addEventListener("change", () => {
  if (!draft.poem) {
    notes.show(null);
    quiet();
    paper.state = "empty";
    forgetSheet();
    return;
  }
  show(false);
  // At once, and not with the verdict: who leaves before it comes finds the last wording on the shelf.
  if (draft.trial) return;
  if (desk.kept) history.update(desk.kept, draft.poem);
  keepDesk();
});
draft.addEventListener("judged", () => {
  show(false);
  if (draft.trial) return;
  remember();
  announce(verdictOf(draft.poem)?.sentence ?? "");
});
draft.addEventListener("trouble", ({ detail: { error } }) => toast(typeset(error.message)));
paper.view.addEventListener("pick", ({ detail: { cell } }) => openCharacter(draft, paper.view, cell));
paper.view.addEventListener("pickline", ({ detail: { line, node } }) => openLine(draft, line, node));
paper.view.addEventListener("lock", ({ detail: { line } }) => {
  draft.toggleLock(line - 1);
  document.querySelector(`.line[data-line="${line}"] .lock`)?.focus();
});
byId("title").addEventListener("click", ({ currentTarget }) => openTitle(draft, currentTarget));
for (const node of paper.scripts) {
  node.addEventListener("click", () => node.dataset.script === draft.poem.script || draft.turn(node.dataset.script));
}

function tools() {
  const locks = draft.locked.filter(Boolean).length;
  byId("again").querySelector("span").textContent = locks ? "重写其余" : "再写一首";
  byId("again").disabled = locks > 0 && locks === draft.locked.length;
  byId("undo").disabled = !draft.past.length;
  byId("redo").disabled = !draft.future.length;
}

/** Keep the shelf, and the text one is writing, in step with the sheet. */
function remember() {
  if (desk.kept) history.update(desk.kept, draft.poem);
  else if (draft.past.length || desk.source === "check") desk.kept = history.keep({ ...draft.poem, asked: draft.asked });
  redrawShelf();
  keepDesk();
  const { text } = byId("check").elements;
  if (desk.source === "check" && desk.poems.length === 1 && document.activeElement !== text) text.value = plainText({ ...draft.poem, ...draft.poem.own });
}

byId("again").addEventListener("click", () => {
  const locked = draft.locked.some(Boolean);
  if (!locked && desk.request && desk.source === "compose") {
    begin(desk.request);
    return;
  }
  const kept = draft.poem.lines.map((line, i) => (draft.locked[i] ? line : undefined));
  const { effort } = asking.read();
  const body = { ...fieldsOf(draft.poem), effort, ...(locked && { locked: kept.map((line) => line ?? null) }) };
  begin(body, { request: locked ? desk.request : body, kept: locked ? kept : [], locks: draft.locked });
});
byId("walk").addEventListener("click", ({ currentTarget }) => openLine(draft, 1, currentTarget, { walk: true }));
byId("undo").addEventListener("click", () => draft.undo());
byId("redo").addEventListener("click", () => draft.redo());
byId("copy").addEventListener("click", () => copy(plainText(draft.poem), "已复制", "浏览器不许复制：请用「存文」。"));
byId("link").addEventListener("click", () => {
  // A text too long for an address is not in the page's: then it is this poem alone.
  const address = addressNow() || addressOfText({ ...draft.poem.own, ...draft.asked });
  copy(new URL(address, location.href).href, "已复制链接：打开它，还是这首诗。", "浏览器不许复制：请复制地址栏里的地址。");
});
const quiet = bindAloud(
  byId("aloud"),
  () => draft.shown,
  (line) => paper.view.light(line ? [{ line, column: null }] : []),
);
byId("print").addEventListener("click", () => printSheet(false));
byId("lesson").addEventListener("click", () => printSheet(true));
byId("picture").addEventListener("click", () => openCard({ ...draft.poem, lines: draft.lines }));
byId("text").addEventListener("click", () => save(new Blob([`${plainText(draft.poem)}\n`], { type: "text/plain;charset=utf-8" }), `${fileName(draft.poem)}.txt`));
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.closest("input,textarea")) return;
  event.preventDefault();
  if (event.shiftKey) draft.redo();
  else draft.undo();
});

function goToPaper() {
  if (matchMedia("(max-width: 60rem)").matches) byId("paper").scrollIntoView({ block: "start" });
}

// --- checking one's own ------------------------------------------------------------------------------------------

const LONGEST = 20_000; // characters the service reads at a time
const hint = byId("check-hint");
const checks = new Turns();
const checkSoon = debounce(checkText, 400);
const checking = checkForm(byId("check"), {
  onCheck: (body) => {
    checks.drop();
    checkSoon(body);
  },
});

/** Something else comes on the sheet: what is being checked is not wanted any more. */
function leaveChecking() {
  checkSoon.cancel();
  checks.drop();
}

function heldTo() {
  const { form, rhyme } = checking.read();
  return { form, rhyme };
}

async function checkText(body) {
  const last = checks.take();
  if (!body.text.trim()) {
    hint.textContent = "边写边看，不必按什么。";
    if (desk.source === "check") draft.clear();
    return;
  }
  try {
    if (body.text.length > LONGEST) throw new ApiError(`太长了：有 ${body.text.length} 字，一次最多看 ${LONGEST} 字。`, { status: 413 });
    const found = await check(body);
    if (!last()) return;
    writing.stop();
    const goesOn = desk.source === "check" && continues(found);
    const kept = goesOn ? desk.kept : null;
    const turned = goesOn && draft.poem.script !== draft.poem.own.script && draft.poem.script;
    put(found.map((review) => ({ ...review, review, script: scriptOf(review.lines) })), "check");
    desk.kept = kept;
    const [poem] = desk.poems;
    paper.several(found.length, 0, choose, sideBySide);
    draft.load(poem, { form: body.form, rhyme: body.rhyme });
    if (turned && turned !== poem.script) draft.turn(turned);
    hint.textContent = found.length > 1 ? `有 ${found.length} 首。` : (verdictOf(poem)?.sentence ?? "");
  } catch (error) {
    if (!last()) return;
    hint.textContent = typeset(error.message);
    // What was said of other words says nothing of these.
    if ([413, 422].includes(error.status) && desk.source === "check") draft.clear();
  }
}

/** Is this the poem on the sheet, written on, and not another one pasted over it? */
function continues(found) {
  return found.length === 1 && found[0].lines.some((line) => draft.poem?.own.lines.includes(line));
}

// --- the shelf, poems sent here by a link, and what the tab had on the sheet ----------------------------------------

function openKept(entry) {
  quiet();
  writing.stop();
  leaveChecking();
  put([entry], "compose");
  desk.request = null;
  desk.kept = entry.id;
  draft.load({ ...entry, marks: [], review: null }, entry.asked ?? {});
  goToPaper();
}

function openLinked() {
  const found = readAddress(location.hash);
  if (!found) return;
  writing.stop();
  leaveChecking();
  pick(found.check ? "check" : "compose");
  if (found.check) {
    checking.fill(found.check);
    checkText(found.check);
  } else if (found.poem) {
    const { form, rhyme, ...words } = found.poem;
    put([words], "compose");
    desk.request = null;
    draft.load({ ...words, script: scriptOf(words.lines) }, { form, rhyme });
  } else {
    const { seed, ...body } = found.body;
    takeUp(body);
    begin(body, { seed }).then((poems) => found.at && poems[found.at] && choose(found.at));
  }
}

/** Have the form say what was asked for. */
function takeUp(body) {
  asking.fill(body);
  understood.take(body);
}

/** Is the poem on the sheet another than the one that was written? */
function changed() {
  return draft.past.length > 0 || Boolean(desk.poems[desk.at]?.changed);
}

function addressNow() {
  if (desk.source === "check") return addressOfCheck(checking.read());
  if (desk.seeded && !changed()) return addressOfWishes(desk.seeded, desk.at);
  return addressOfText({ ...draft.poem.own, ...draft.asked });
}

function keepDesk() {
  if (!desk.poems.length) return;
  if (paper.state === "board") {
    const address = desk.seeded ? addressOfWishes(desk.seeded) : addressNow();
    return keepSheet({ address, desk: { ...desk, before: null }, board: true });
  }
  if (!draft.poem) return;
  const { asked, locked, poem } = draft;
  const own = checking.read();
  keepSheet({ address: addressNow(), desk: { ...desk, before: null }, poem: { ...poem, changed: changed() }, asked, locked, own });
}

function restore({ desk: had, poem, asked, locked, own, board }) {
  Object.assign(desk, had);
  if (poem) desk.poems[desk.at] = poem;
  if (desk.source === "check") {
    pick("check");
    checking.fill(own);
  } else if (desk.seeded) {
    takeUp(desk.seeded);
    understood.soon();
  }
  if (board) return spread(desk.poems.map((one) => ({ title: one.title, lines: one.lines, poem: one })));
  paper.several(desk.poems.length, desk.at, choose, sideBySide);
  draft.load(poem, asked, { locked });
}

addEventListener("hashchange", openLinked);
const had = recallSheet();
if (had) restore(had);
else openLinked();
