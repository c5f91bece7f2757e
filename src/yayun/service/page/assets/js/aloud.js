// The poem read aloud by the browser's own voice, line by line, and put on paper.

import { announce, toast } from "./dom.js";

const PACE = 0.75; // of the speed of talk
const NEAREST = [/^(zh|cmn)[-_](hans[-_])?cn/i, /^(zh|cmn)([-_](tw|hant|sg))?/i]; // voices of the common speech, best first
const SETTLE = 1500; // milliseconds in which a browser that has voices begins to speak

/**
 * Bind a button that reads `poem()` aloud, and stops; it is there only where the browser can. `onLine(line)` tells the
 * line (from 1) that is being read; null when none is. Returns a function that stops the reading.
 */
export function bindAloud(node, poem, onLine = () => {}) {
  if (!("speechSynthesis" in window)) return () => {};
  const voice = window.speechSynthesis;
  const words = node.querySelector("span");
  let reading = null;
  node.hidden = false;

  function rest() {
    reading = null;
    words.textContent = "朗读";
    node.setAttribute("aria-pressed", "false");
    onLine(null);
  }

  function stop() {
    if (!reading) return;
    rest();
    voice.cancel();
  }

  function fail() {
    stop();
    toast("这个浏览器没有能念中文的声音。");
  }

  function start() {
    const { title, lines } = poem();
    const mine = {};
    reading = mine;
    words.textContent = "停";
    node.setAttribute("aria-pressed", "true");
    const pieces = [...(title ? [[null, title]] : []), ...lines.map((line, i) => [i + 1, line])];
    const silent = setTimeout(() => reading === mine && !voice.speaking && fail(), SETTLE);
    // One line at a time: browsers fall silent in the middle of a long one.
    for (const [line, text] of pieces) {
      const said = new SpeechSynthesisUtterance(text + (line && line % 2 === 0 ? "。" : "，"));
      said.lang = "zh-CN";
      said.rate = PACE;
      said.voice = chosen(voice.getVoices());
      said.onstart = () => {
        clearTimeout(silent);
        if (reading === mine) onLine(line);
      };
      said.onerror = ({ error }) => reading === mine && (["canceled", "interrupted"].includes(error) ? rest() : fail());
      if (line === lines.length) said.onend = () => reading === mine && rest();
      voice.speak(said);
    }
  }

  rest();
  node.addEventListener("click", () => (reading ? stop() : start()));
  addEventListener("pagehide", stop);
  return stop;
}

function chosen(voices) {
  return NEAREST.map((like) => voices.find(({ lang }) => like.test(lang))).find(Boolean) ?? null;
}

/** Print what is on the sheet; `forClass`: with tones, rhymes and findings. */
export function printSheet(forClass) {
  const { classList } = document.body;
  classList.toggle("for-class", forClass);
  addEventListener("afterprint", () => classList.remove("for-class"), { once: true });
  announce(forClass ? "打印讲义" : "打印诗稿");
  print();
}
