// The rhyme book: groups, their characters, the readings of a character. The address says what is open:
// #东 a group, #字=看 a character, #词=断肠 a word.

import { rhymeCharacters, rhymeGroups, rhymeReadings, whoUsed } from "./api.js";
import { button, el, fill, typeset } from "./dom.js";
import { endsOf } from "./ends.js";
import { volumeOf } from "./fields.js";
import { SAME } from "./marks.js";
import { Turns } from "./turns.js";

const VOLUMES = { 上平: "上平声", 下平: "下平声", 上: "上声", 去: "去声", 入: "入声" };
const FIRST = 180;
const leaf = document.getElementById("leaf");
const entry = document.getElementById("entry");
const list = document.getElementById("groups");

function trouble(host, error, again) {
  fill(host, el("p", { class: "said error", role: "alert", text: typeset(error.message) }), again ? button("再试一次", { name: "again", on: again }) : null);
}

async function drawGroups() {
  let groups;
  try {
    groups = await rhymeGroups();
  } catch (error) {
    trouble(list, error, start);
    return [];
  }
  list.replaceChildren(
    ...Object.entries(VOLUMES).map(([volume, words]) =>
      el(
        "section",
        {},
        el("h2", { text: words }),
        el(
          "ul",
          {},
          groups
            .filter(({ label }) => volumeOf(label) === volume)
            .map(({ name, label }) => el("li", {}, el("a", { href: `#${name}`, dataset: { group: name }, text: name, title: label }))),
        ),
      ),
    ),
  );
  return groups;
}

const turns = new Map([leaf, entry].map((host) => [host, new Turns()]));

/** What was asked for last stands in its place, whichever answer comes first. False where something was asked for since. */
async function drawIn(host, load, draw, again) {
  const last = turns.get(host).take();
  host.setAttribute("aria-busy", "true");
  try {
    const found = await load();
    if (!last()) return false;
    draw(found);
  } catch (error) {
    if (!last()) return false;
    trouble(host, error, again);
  }
  host.removeAttribute("aria-busy");
  return true;
}

function openGroup(group) {
  const { name, label, tone } = group;
  for (const link of list.querySelectorAll("a")) {
    if (link.dataset.group === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const draw = (characters) => {
    const grid = el("div", { class: "characters", lang: "zh-Hant" });
    const more = button("", { class: "small", on: () => show(characters) });
    const show = (shown) => {
      grid.replaceChildren(...shown.map((char) => el("a", { href: `#字=${char}`, text: char })));
      more.hidden = shown.length === characters.length;
      more.replaceChildren(el("span", { text: `其余 ${characters.length - shown.length} 字` }));
    };
    show(characters.filter(inMostFonts).slice(0, FIRST));
    leaf.replaceChildren(
      el("h1", { text: `${label}韵` }),
      el("p", { class: "faint", text: `${tone}声，${characters.length} 字，诗里常用的在前。点一个字，看它的读音。` }),
      grid,
      more,
    );
  };
  return drawIn(leaf, () => rhymeCharacters(name), draw, () => openGroup(group));
}

/** Rare characters of the later planes are missing from many fonts: they wait until asked for. */
function inMostFonts(char) {
  return char.length === 1 && char >= "\u4e00";
}

function openCharacter(char) {
  for (const link of leaf.querySelectorAll(".characters a")) {
    if (link.textContent === char) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const draw = (readings) =>
    fill(
      entry,
      button("", { name: "close", label: "收起", class: "quiet close", on: () => entry.replaceChildren() }),
      el("p", { class: "entry-char", lang: "zh-Hant", text: char }),
      el("ul", {}, readings.map((found) => reading(char, found))),
      readings.length > 1 ? el("p", { class: "faint", text: "不止一读：校诗时由词语和意义来定。" }) : null,
      endsOf(char, "traditional", { heading: "h2" }),
    );
  return drawIn(entry, () => rhymeReadings(char), draw, () => openCharacter(char));
}

function reading(char, { group, label, tone, sense, gloss, rare }) {
  return el(
    "li",
    {},
    el("a", { href: `#${group}`, class: "entry-group", text: `${label ?? group}韵` }),
    el("span", { class: `word ${tone === "平" ? "level" : "oblique"}`, text: tone === "平" ? "平" : `仄（${tone}声）` }),
    rare ? el("span", { class: "chip warning", text: "罕用" }) : null,
    sense && sense !== char ? el("p", { text: typeset(sense) }) : null,
    gloss && gloss !== SAME ? el("p", { class: "faint gloss", lang: "zh-Hant", text: gloss }) : null,
  );
}

/** Who used a word, and in which lines. */
async function openWord(word) {
  fill(leaf, el("h1", { text: `「${word}」` }), el("p", { class: "faint waiting-dots", text: "正在翻语料，头一次要几秒" }));
  const draw = ({ lines, poems, authors, uses }) => {
    fill(
      leaf,
      el("h1", { text: `「${word}」` }),
      el("p", { class: "faint", text: lines ? `本机的语料里 ${poems} 首、${lines} 句用过。名篇名家在前，一人先列一句。` : "本机的语料里没有人用过。" }),
      authors.length ? el("p", {}, el("b", { text: "用得最多：" }), authors.map(({ author, dynasty, count }) => `${dynasty} ${author} ${count} 句`).join("，")) : null,
      el("ul", { class: "uses" }, uses.map(useOf)),
    );
  };
  if (await drawIn(leaf, () => whoUsed(word), draw, () => openWord(word))) leaf.focus({ preventScroll: true });
}

function useOf({ line, author, dynasty, title }) {
  return el("li", {}, el("span", { class: "use-line", text: line }), el("span", { class: "faint", text: `${dynasty} ${author}《${title}》` }));
}

let groups = [];

async function start() {
  groups = await drawGroups();
  if (groups.length) follow();
}

/** What an address asks for; nothing where it is no address of ours. */
function saidIn(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}

function follow() {
  const asked = saidIn(location.hash);
  const char = asked.startsWith("字=") ? asked.slice(2) : null;
  if (char) openCharacter(char);
  if (asked.startsWith("词=")) return openWord(asked.slice(2));
  const group = groups.find(({ name }) => name === asked);
  if (group) openGroup(group);
  else if (!leaf.hasChildNodes()) openGroup(groups[0]);
}

document.getElementById("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  const chars = [...event.target.elements.char.value.trim()];
  if (!chars.length) return;
  const wanted = `${chars.length > 1 ? "词" : "字"}=${chars.join("")}`;
  if (wanted === saidIn(location.hash)) follow(); // asked again: it may have failed
  else location.hash = wanted;
});
addEventListener("hashchange", follow);
start();
