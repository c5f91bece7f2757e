// A poem as a picture. One layout gives a list of strokes; they are drawn as SVG or on a canvas.

import { stopOf } from "./marks.js";

const SPACE = "http://www.w3.org/2000/svg";
const FONTS = {
  "zh-Hans": "'Noto Serif CJK SC','Source Han Serif SC','Noto Serif SC','Songti SC',STSong,SimSun,serif",
  "zh-Hant": "'Noto Serif CJK TC','Source Han Serif TC','Noto Serif TC','Songti TC',STSong,PMingLiU,serif",
};

/** Papers to write on. */
export const PAPERS = {
  xuan: { name: "宣纸", ground: "#f7f1e3", frame: "#cbbd9f", ink: "#26221b", faint: "#8a7f6b", seal: "#a63a28", sealInk: "#f7f1e3" },
  celadon: { name: "青瓷", ground: "#dfe8df", frame: "#a9bfae", ink: "#1f2c28", faint: "#5f7a6f", seal: "#9c3d2c", sealInk: "#eef3ec" },
  night: { name: "夜墨", ground: "#1d1f24", frame: "#45484f", ink: "#ebe4d4", faint: "#9a958a", seal: "#b8452f", sealInk: "#f3ead9" },
  vermilion: { name: "朱笺", ground: "#8f2f22", frame: "#c9785f", ink: "#fbeedc", faint: "#e6b9a4", seal: "#f6e6cf", sealInk: "#8f2f22" },
};

/**
 * Lay a poem out. `poem`: {title, lines, author, script}; `options`: {paper, vertical, signature}. Returns {width,
 * height, strokes, font, ground}; a stroke is {kind: "rect"|"frame"|"char", ...} in pixels of the picture.
 */
export function layout(poem, { paper = "xuan", vertical = true, signature = "" } = {}) {
  const colours = PAPERS[paper];
  const lines = poem.lines.flatMap((line, i) => [...(poem.tune && i && poem.stanzas?.includes(i) ? [[]] : []), [...line]]);
  const plan = vertical ? upright(poem, lines, signature, colours) : level(poem, lines, signature, colours);
  const { width, height } = plan;
  const frame = { kind: "frame", x: 28, y: 28, width: width - 56, height: height - 56, fill: colours.frame };
  const font = FONTS[poem.script === "traditional" ? "zh-Hant" : "zh-Hans"];
  return { width, height, font, strokes: [{ kind: "rect", x: 0, y: 0, width, height, fill: colours.ground }, frame, ...plan.strokes] };
}

function titleOf({ tune, title }) {
  return tune && title !== tune ? [tune, title].filter(Boolean).join("·") : title;
}

// Columns from right to left: title, the lines, the signature with its seal.
function upright(poem, lines, signature, colours) {
  const size = lines.length > 4 ? 58 : 72;
  const step = size * 1.28;
  const column = size * (lines.length > 4 ? 1.7 : 1.65);
  const longest = Math.max(...lines.map((line) => line.length), 5);
  const small = Math.round(size * 0.52);
  const titleStep = small * 1.3;
  const titles = broken(titleOf(poem), Math.floor((longest * step + 60) / titleStep));
  const titleColumn = small * (1 + titles.length * 1.4);
  const width = Math.max(760, Math.round(200 + titleColumn + lines.length * column + small * 2.6));
  const least = lines.length > 4 ? width * 0.68 : 1080;
  const height = Math.round(Math.max(least, longest * step + 340));
  const top = (height - longest * step + step - size) / 2;
  const block = titleColumn + lines.length * column + small * 2.6;
  let x = width / 2 + block / 2 - small * 1.2;
  const strokes = titles.flatMap((chars, k) => chars.map((char, i) => glyph(char, x - k * small * 1.4, top + small / 2 + i * titleStep, small, colours.faint)));
  x -= titleColumn - small * 1.2 + column / 2;
  for (const line of lines) {
    line.forEach((char, i) => strokes.push(glyph(char, x, top + size / 2 + i * step, size, colours.ink)));
    x -= column;
  }
  x -= small * 0.8 - column / 2;
  strokes.push(...signed(signature, colours, small * 0.8, { x, bottom: top + longest * step - size * 0.28 }));
  return { width, height, strokes };
}

// Title, then the lines in rows, centred; a couplet of five-character lines shares a row.
function level(poem, lines, signature, colours) {
  const shared = !poem.tune && lines.every((line) => line.length <= 5);
  const rows = [];
  for (let i = 0, n = 0; i < lines.length; i += shared ? 2 : 1) {
    rows.push(lines.slice(i, i + (shared ? 2 : 1)).flatMap((line) => (line.length ? [...line, stopOf(n++, poem.tune ? poem.stops : null)] : [])));
  }
  const size = 62;
  const step = size * 1.12;
  const longest = Math.max(...rows.map((row) => row.length));
  const width = Math.max(900, Math.round(longest * step + 240));
  const titles = broken(titleOf(poem), Math.floor((width - 200) / 46));
  const strokes = titles.flatMap((chars, k) =>
    chars.map((char, i) => glyph(char, width / 2 + (i - (chars.length - 1) / 2) * 46, 150 + k * 58, 38, colours.faint)),
  );
  const first = 212 + titles.length * 58;
  rows.forEach((row, r) => {
    const start = width / 2 - ((row.length - 1) * step) / 2 + step * 0.2;
    row.forEach((char, i) => strokes.push(glyph(char, start + i * step, first + r * size * 1.85, size, colours.ink)));
  });
  const end = first + (rows.length - 1) * size * 1.85 + size / 2;
  const height = Math.round(end + 260);
  const names = [...signature].slice(0, 8);
  const at = width - 150;
  strokes.push(...names.map((char, i) => glyph(char, at - 62 - (names.length - i) * 34 + 17, end + 96, 28, colours.faint)));
  strokes.push(...seal(at - 26, end + 96, 52, colours));
  return { width, height, strokes };
}

// A title in as many rows of about the same length as it takes, none longer than `most`.
function broken(title, most) {
  const chars = [...(title || "无题")];
  const rows = Math.ceil(chars.length / most);
  const each = Math.ceil(chars.length / rows);
  return Array.from({ length: rows }, (_, i) => chars.slice(i * each, (i + 1) * each));
}

function signed(signature, colours, size, { x, bottom }) {
  const names = [...signature].slice(0, 8);
  const mark = size * 1.75;
  const first = bottom - mark - size * 0.6 - names.length * size * 1.3;
  return [
    ...names.map((char, i) => glyph(char, x, first + i * size * 1.3 + size / 2, size, colours.faint)),
    ...seal(x, bottom - mark / 2, mark, colours),
  ];
}

function seal(x, y, size, colours) {
  return [
    { kind: "rect", x: x - size / 2, y: y - size / 2, width: size, height: size, fill: colours.seal, round: size * 0.12 },
    glyph("押", x, y - size * 0.215, size * 0.4, colours.sealInk),
    glyph("韵", x, y + size * 0.215, size * 0.4, colours.sealInk),
  ];
}

function glyph(char, x, y, size, fill) {
  return { kind: "char", char, x, y, size, fill };
}

const WIDEST = 8000; // pixels a side

// How far below the middle of a full-width character its baseline is, over its size.
const BASELINE = 0.36;

/** The picture as an SVG element. */
export function toSvg({ width, height, strokes, font }) {
  const svg = node("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "font-family": font });
  for (const s of strokes) {
    if (s.kind === "rect") svg.append(node("rect", { x: s.x, y: s.y, width: s.width, height: s.height, fill: s.fill, rx: s.round ?? 0 }));
    else if (s.kind === "frame") {
      svg.append(node("rect", { x: s.x, y: s.y, width: s.width, height: s.height, fill: "none", stroke: s.fill, "stroke-width": 1.5 }));
    } else {
      const text = node("text", { x: round(s.x), y: round(s.y + s.size * BASELINE), "font-size": round(s.size), "text-anchor": "middle", fill: s.fill });
      text.textContent = s.char;
      svg.append(text);
    }
  }
  return svg;
}

/** The picture as an SVG document. */
export function toSvgText(plan) {
  return new XMLSerializer().serializeToString(toSvg(plan));
}

/** The picture as a PNG blob, `scale` pixels a pixel; fewer where it is larger than browsers draw. */
export function toPng({ width, height, strokes, font }, most = 2) {
  const scale = Math.min(most, WIDEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const ink = canvas.getContext("2d");
  ink.scale(scale, scale);
  ink.textAlign = "center";
  for (const s of strokes) {
    ink.fillStyle = s.fill;
    if (s.kind === "char") {
      ink.font = `${s.size}px ${font}`;
      ink.fillText(s.char, s.x, s.y + s.size * BASELINE);
    } else if (s.kind === "frame") {
      ink.strokeStyle = s.fill;
      ink.lineWidth = 1.5;
      ink.strokeRect(s.x, s.y, s.width, s.height);
    } else {
      ink.beginPath();
      ink.roundRect(s.x, s.y, s.width, s.height, s.round ?? 0);
      ink.fill();
    }
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function node(tag, attributes) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function round(x) {
  return Math.round(x * 100) / 100;
}
