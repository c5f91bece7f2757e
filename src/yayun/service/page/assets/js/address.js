// The page's address says what is on the sheet: the wishes and the seed of a poem that was written here, the words of
// one that was changed or brought along, the text of one that is being checked. A link gives the same again.

const LISTS = ["imagery", "without"];
const BOOLEANS = ["first_line_rhymes"];
const NUMBERS = ["seed", "count"];
const WISHES = [
  "request", "title", "form", "rhyme", "theme", "imagery", "pattern", "first_line_rhymes", "acrostic", "script", "effort",
  "count", "locked", "without", "seed",
];
const LONGEST = 2000; // characters of a text that an address holds
const GAP = "/";

/** The address of poem `at` (from 0) of those that a request with a seed gives. */
export function addressOfWishes(body, at = 0) {
  const said = new URLSearchParams();
  for (const name of WISHES) {
    const value = body[name];
    if (value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length)) continue;
    said.set(name, name === "locked" ? value.map((line) => line ?? "").join(GAP) : [value].flat().join(" "));
  }
  if (at) said.set("at", String(at + 1));
  return `#${said}`;
}

/** The address of a poem by its words. */
export function addressOfText({ title, author, lines, form, rhyme }) {
  const said = new URLSearchParams({ lines: lines.join(GAP) });
  for (const [name, value] of Object.entries({ title, author, form, rhyme })) if (value) said.set(name, value);
  return `#${said}`;
}

/** The address of a text to check, and what it is held to; none where it is too long for one. */
export function addressOfCheck({ text, form, rhyme }) {
  if (text.length > LONGEST) return "";
  const said = new URLSearchParams({ check: text });
  for (const [name, value] of Object.entries({ form, rhyme })) if (value) said.set(name, value);
  return `#${said}`;
}

/** What an address asks for: {check: {text, form, rhyme}}, {body, at}, {poem}, or null. */
export function readAddress(hash) {
  const said = new URLSearchParams(hash.slice(1));
  const [form, rhyme] = [said.get("form") ?? "", said.get("rhyme") ?? ""];
  if (said.get("check")) return { check: { text: said.get("check"), form, rhyme } };
  if (said.get("lines")) {
    const { title = "", author = "", lines } = Object.fromEntries(said);
    return { poem: { title, author, form, rhyme, lines: lines.split(GAP).filter(Boolean) } };
  }
  if (!said.has("seed")) return null;
  const body = {};
  for (const name of WISHES) {
    const value = said.get(name);
    if (value === null) continue;
    if (name === "locked") body[name] = value.split(GAP).map((line) => line || null);
    else if (LISTS.includes(name)) body[name] = value.split(" ");
    else if (BOOLEANS.includes(name)) body[name] = value === "true";
    else body[name] = NUMBERS.includes(name) ? Number(value) : value;
  }
  return Number.isSafeInteger(body.seed) && body.seed >= 0 ? { body, at: Math.max(0, (Number(said.get("at")) || 1) - 1) } : null;
}
