// The form a poem is asked for with: reading it, and the rhyme group's characters on view.

import { rhymeCharacters, rhymeGroups } from "./api.js";
import { button, el, numeral, typeset } from "./dom.js";
import { tunePicker } from "./tunes.js";
import { wishing } from "./wishes.js";

const EXAMPLES = [
  "以“春风”为题写一首五言绝句，押东韵",
  "写一首七律，咏秋日登高，押灰韵",
  "边塞七绝，要有胡笳和明月",
  "藏头诗：春夏秋冬",
  "送友人的五律，押庚韵，平起首句入韵",
];
const FEET = 72;
const VOLUMES = { 上平: "上平声", 下平: "下平声", 上: "上声（仄韵）", 去: "去声（仄韵）", 入: "入声（仄韵）" };

/**
 * Bind the compose form. `onAsk()` when it is sent, `onSentence()` when its sentence becomes another, `onField(name)`
 * when one of its fields is set by hand, `onInput()` on both. Returns {read, fill, follow}: what it says, a function that
 * has it say a request, and one that sets a field which was set to begin with to another value.
 */
export function composeForm(form, { onAsk, onSentence, onField, onInput }) {
  const examples = form.querySelector(".examples");
  examples.append(
    ...EXAMPLES.map((words) =>
      button(words, {
        class: "example",
        on: () => {
          form.elements.request.value = words;
          onSentence();
          form.requestSubmit();
        },
      }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onAsk();
  });
  form.elements.request.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("input", ({ target }) => {
    summarise(form);
    if (["request", "wish", "wished"].includes(target.name)) onSentence();
    else if (!target.name) return;
    else onField(target.name === "first" ? "first_line_rhymes" : target.name);
    onInput();
  });
  fillGroups(form.elements.rhyme, { none: "随意" }).then(() => summarise(form));
  const showTune = tunePicker(form);
  summarise(form);
  return { read: () => read(form), fill: (body) => (fillForm(form, body), showTune()), follow: (name, value) => follow(form, name, value) };
}

const BLANK = { count: "1", effort: "normal" };
const FIELDS = ["request", "tune", "title", "form", "rhyme", "imagery", "pattern", "first_line_rhymes", "acrostic", "script", "effort", "count"];

function fillForm(form, body) {
  form.elements.wish.value = form.elements.wished.value = "";
  for (const name of FIELDS) set(form, name, body.without?.includes(name) ? null : (body[name] ?? null));
  summarise(form);
}

function follow(form, name, value) {
  const field = fieldOf(form, name);
  if (!field || field.value === (BLANK[name] ?? "")) return;
  set(form, name, value);
  summarise(form);
}

function fieldOf(form, name) {
  return form.elements[name === "first_line_rhymes" ? "first" : name];
}

function set(form, name, value) {
  const field = fieldOf(form, name);
  const text = typeof value === "boolean" ? (value ? "yes" : "no") : value === null ? (BLANK[name] ?? "") : [value].flat().join(" ");
  // A list of radio buttons does not take an empty value; the groups of the rhyme book may be still to come.
  if (field instanceof RadioNodeList) for (const radio of field) radio.checked = radio.value === text;
  else field.value = text;
  if (field instanceof HTMLSelectElement) field.dataset.wanted = text;
}

/** What the form says, as the body of a request. */
function read(form) {
  const { elements } = form;
  const first = elements.first.value;
  return {
    request: wishing(elements.request.value.trim(), elements.wish.value, elements.wished.value.trim()),
    tune: elements.tune.value.trim(),
    title: elements.title.value.trim(),
    form: elements.form.value,
    rhyme: elements.rhyme.value,
    imagery: elements.imagery.value.split(/[\s,，、;；]+/).filter(Boolean),
    pattern: elements.pattern.value,
    first_line_rhymes: first === "" ? null : first === "yes",
    acrostic: elements.acrostic.value.trim(),
    script: elements.script.value,
    effort: elements.effort.value,
    count: Number(elements.count.value) > 1 ? Number(elements.count.value) : null,
  };
}

// The folded fields say in their heading what is set in them.
function summarise(form) {
  const { tune, title, form: shape, rhyme, imagery, pattern, acrostic, script, effort, count, first_line_rhymes: first } = read(form);
  const said = [
    shape,
    tune,
    rhyme && `${rhyme}韵`,
    title && `《${title}》`,
    ...imagery,
    pattern,
    first === null ? null : first ? "首句入韵" : "首句不入韵",
    acrostic && `藏「${acrostic}」`,
    script && { simplified: "简体", traditional: "繁體" }[script],
    { quick: "快", careful: "细" }[effort],
    count && `${numeral(count)}首`,
  ].filter(Boolean);
  form.querySelector(".more-said").textContent = said.join(" · ");
  showFeet(form.elements.rhyme, form.querySelector(".feet"));
}

/** Fill a select with the rhyme groups, volume by volume. */
export async function fillGroups(select, { none }) {
  select.replaceChildren(el("option", { value: "", text: none }));
  const groups = await rhymeGroups().catch(() => []);
  // The service may be back, or the key be given, by the time somebody wants a group.
  const again = () => select.options.length > 1 || fillGroups(select, { none });
  if (!groups.length) for (const [who, type] of [[window, "yayun-key"], [select, "focus"]]) who.addEventListener(type, again, { once: true });
  for (const [volume, words] of Object.entries(VOLUMES)) {
    const held = groups.filter(({ label }) => volumeOf(label) === volume);
    if (!held.length) continue;
    const options = held.map(({ name, label }) => el("option", { value: name, text: label.slice(volume.length) }));
    select.append(el("optgroup", { label: words }, options));
  }
  if (groups.length && select.dataset.wanted) select.value = select.dataset.wanted;
}

/** The volume a group's label begins with. */
export function volumeOf(label) {
  return /^[上下]平/.test(label) ? label.slice(0, 2) : label[0];
}

// The characters of the group that is chosen, whoever chose it.
async function showFeet(select, host) {
  const name = select.value;
  if (name === (host.dataset.group ?? "")) return;
  host.dataset.group = name;
  host.hidden = !name;
  if (!name) return;
  host.replaceChildren(el("span", { class: "faint", text: "正在翻韵书…" }));
  const found = await rhymeCharacters(name).catch((error) => error);
  if (host.dataset.group !== name) return;
  if (found instanceof Error) {
    delete host.dataset.group;
    host.replaceChildren(el("span", { class: "said error", text: typeset(found.message) }));
    return;
  }
  host.replaceChildren(
    el("a", { class: "feet-all", href: `/assets/rhymes.html#${encodeURIComponent(name)}`, text: `全部 ${found.length} 字` }),
    el("span", { class: "feet-chars", text: found.slice(0, FEET).join("") }),
  );
}

/** Bind the form for one's own poem. `onCheck(body)` when the text or what it is held to changes. Returns {read, fill}. */
export function checkForm(form, { onCheck }) {
  const { elements } = form;
  fillGroups(elements.rhyme, { none: "由诗自己看" });
  const read = () => ({ text: elements.text.value, form: elements.form.value, rhyme: elements.rhyme.value });
  const send = () => onCheck(read());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  elements.text.addEventListener("input", (event) => event.isComposing || send());
  elements.text.addEventListener("compositionend", send);
  elements.form.addEventListener("change", send);
  elements.rhyme.addEventListener("change", send);
  const fill = ({ text = "", ...held }) => {
    elements.text.value = text;
    for (const name of ["form", "rhyme"]) set(form, name, held[name] || null);
  };
  return { read, fill };
}
