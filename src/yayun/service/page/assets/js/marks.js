// What the review says of each place, gathered for drawing. Pure functions; nothing here judges a rule.

import { markAfter, numeral } from "./dom.js";

export const SEVERITY = { error: "错误", warning: "可斟酌", note: "说明" };
/** What 廣韻 writes where a character means the same as the one before it, which nobody sees here. */
export const SAME = "上同";
const GRAVEST = ["error", "warning", "note"];

/**
 * The cells of a poem, a list of lists. A cell: {char, tone, expected, foot, parallel, readings, used, severity,
 * findings, cures, partner}. `findings` are those at the place, `cures` those it cures; `partner` is the facing
 * character of its couplet.
 */
export function cellsOf({ lines, marks = [], review = null, rhyme = null }) {
  const findings = review?.findings ?? [];
  return lines.map((line, i) =>
    [...line].map((char, j) => {
      const given = marks[i]?.[j];
      const mark = given?.char === char ? given : {};
      const here = findings.filter((f) => f.line === i + 1 && f.column === j + 1);
      const cures = findings.filter((f) => f.cure && f.cure.line === i + 1 && f.cure.column === j + 1 && !here.includes(f));
      const readings = mark.readings ?? [];
      return {
        char,
        line: i + 1,
        column: j + 1,
        tone: mark.tone ?? "",
        expected: mark.expected ?? "中",
        foot: Boolean(mark.foot),
        rhyme: mark.rhyme ?? null,
        parallel: mark.parallel ?? null,
        readings,
        used: usedReading(readings, mark.tone, mark.foot ? rhyme : null),
        severity: GRAVEST.find((s) => here.some((f) => f.severity === s)) ?? (cures.length ? "note" : null),
        findings: here,
        cures,
        partner: [...(lines[i % 2 ? i - 1 : i + 1] ?? "")][j] ?? null,
      };
    }),
  );
}

/** The reading a place is read with: one in play, of the tone read, and of the rhyme's group at a foot. */
function usedReading(readings, tone, rhyme) {
  const inPlay = readings.filter((r) => r.used);
  const fitting = inPlay.filter((r) => tone === "两" || isLevel(r.tone) === (tone === "平"));
  return fitting.find((r) => r.group === rhyme) ?? fitting[0] ?? inPlay[0] ?? null;
}

/** Is one of the four tones (平上去入) a level one? */
export function isLevel(tone) {
  return tone === "平";
}

/** Words for a tone sign. */
export function toneWord(tone) {
  return { 平: "平声", 仄: "仄声", 两: "平仄两可" }[tone] ?? "平仄未详";
}

/** What a screen reader says of a cell. */
export function cellLabel(cell) {
  const parts = [cell.char, toneWord(cell.tone)];
  if (cell.used) parts.push(`${cell.used.group}韵`);
  if (cell.foot) parts.push("韵脚");
  parts.push(`第${numeral(cell.line)}句第${numeral(cell.column)}字`);
  for (const finding of cell.findings) parts.push(`${SEVERITY[finding.severity]}：${finding.rule}`);
  for (const finding of cell.cures) parts.push(`此字救${finding.rule}`);
  return parts.join("，");
}

/** The findings of a review, gravest first, in reading order within. */
export function sorted(findings) {
  return [...findings].sort(
    (a, b) =>
      GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/** The places a finding speaks of: [{line, column}]; column null for a whole line. */
export function placesOf(finding) {
  const places = [];
  if (finding.line) places.push({ line: finding.line, column: finding.column ?? null });
  for (const line of finding.lines ?? []) if (line !== finding.line) places.push({ line, column: finding.column ?? null });
  if (finding.cure) places.push(finding.cure);
  return places;
}

/** Where a finding is, in words. */
export function whereOf(finding) {
  if (!finding.line) return "全诗";
  const line = `第${numeral(finding.line)}句`;
  return finding.column ? `${line}第${numeral(finding.column)}字` : line;
}

/** The verdict in one short word for the seal, one sentence, and its kind: passed, failed or old. */
export function verdictOf({ form = "", review }) {
  if (!review) return null;
  const errors = review.findings.filter((f) => f.severity === "error").length;
  const warnings = review.findings.filter((f) => f.severity === "warning").length;
  if (/古/.test(form)) return { kind: "old", seal: "古体", sentence: `这是${form}，不以近体的格律论。` };
  if (!review.passed) return { kind: "failed", seal: "未合", sentence: `有${counted(errors)}处不合律。` };
  const sentence = warnings ? `合律，有${counted(warnings)}处可再斟酌。` : "字字合律。";
  return { kind: "passed", seal: "合律", sentence };
}

function counted(n) {
  return n === 2 ? "两" : numeral(Math.min(n, 99));
}

/** Form, pattern and group in a line, e.g. 五言绝句 · 仄起首句不入韵 · 东韵; of a 词 浣溪沙 · 正体 · 词林正韵第三部. */
export function headingOf({ form, pattern, rhyme, tune, variant, book }) {
  if (tune) return [tune, variant, `${book ?? ""}${rhyme ?? ""}`].filter(Boolean).join(" · ");
  return [form, pattern, rhyme ? `${book ?? ""}${rhyme}韵` : null].filter(Boolean).join(" · ");
}

// The commonest characters of Tang and Song verse that only traditional script has: one character in seven of it.
const TRADITIONAL =
  /[風無雲長來時萬爲飛歸馬聲見將樂龍黃開門宮樹還遠漢陽誰復葉樓東煙盡氣臺處紅別鳳遊臨邊禮華靈與頭輕聞關獨塵離斷難綠鳥聖從羅應滿雙國動鳴連肅當蘭歲轉書猶陰終絕發淚節陳裏結車驚舊隨誠薦載橫]/;

/** The script some verse is written in, as the service names it. */
export function scriptOf(lines) {
  return TRADITIONAL.test(lines.join("")) ? "traditional" : "simplified";
}

/** The mark after a line, as the service told it, or as couplets have it. */
export function stopOf(i, stops) {
  return stops?.[i] ?? markAfter(i);
}

/** The lines (from 0) of each sentence, those of each stanza together: a list of stanzas of sentences of lines. */
export function sentencesOf(count, { stops, stanzas } = {}) {
  const found = [];
  for (let i = 0, begins = true; i < count; i++) {
    if (!found.length || stanzas?.includes(i)) found.push([]);
    if (begins || !found.at(-1).length) found.at(-1).push([]);
    found.at(-1).at(-1).push(i);
    begins = !"，、".includes(stopOf(i, stops));
  }
  return found;
}

/** The verse with punctuation, a couplet a row; of a 词, whose `stops` and `stanzas` are told, a sentence, with an empty row
 * between stanzas. */
export function punctuated(lines, told = {}) {
  if (told.stops?.length === lines.length) {
    const row = (sentence) => sentence.map((i) => lines[i] + told.stops[i]).join("");
    return sentencesOf(lines.length, told).flatMap((stanza, i) => [...(i ? [""] : []), ...stanza.map(row)]);
  }
  const rows = [];
  for (let i = 0; i < lines.length; i += 2) {
    rows.push(lines.slice(i, i + 2).map((line, k) => line + markAfter(k)).join(""));
  }
  return rows;
}

/** The poem as plain text: title and couplets. */
export function plainText({ title, lines, author, tune, stops, stanzas }) {
  const name = tune && title !== tune ? [tune, title].filter(Boolean).join("·") : title;
  const head = name ? [`《${name}》${author ? `　${author}` : ""}`] : [];
  return [...head, ...punctuated(lines, tune ? { stops, stanzas } : {})].join("\n");
}
