// Having poems written: the request under way, its lines as they come, and what to do when it fails.

import { compose, setKey } from "./api.js";
import { Drafts } from "./drafts.js";
import { announce, button, el, numeral, toast, typeset } from "./dom.js";

/** What a poem was asked to be, to have it written again: the fields of a request. */
export function fieldsOf(poem) {
  const { title, form, rhyme, pattern, script, tune, variant, book } = poem;
  if (tune) return { title, tune, variant, rhyme, script };
  const known = /绝句$|律诗$/.test(form ?? "");
  return {
    title,
    form: known ? form : null,
    rhyme,
    book,
    pattern: known ? pattern?.slice(0, 2) : null,
    first_line_rhymes: known && pattern ? !pattern.includes("不入韵") : null,
    script,
  };
}

export class Writing {
  /** `hasPoem()`: is there a poem to go back to? `onStopped()` brings it back. `onRead` is told what a request is read as,
   * null where it is refused; `onPoem` of the drafts whenever a poem is done; `onBusy` of whether one is under way. */
  constructor(paper, { hasPoem, onRead, onPoem, onBusy, onStopped }) {
    this.onRead = onRead;
    this.hasPoem = hasPoem;
    this.paper = paper;
    this.onPoem = onPoem;
    this.onBusy = onBusy;
    this.onStopped = onStopped;
    this.control = null;
  }

  /** Ask for poems. `body` is the request; `kept`: lines that stay, shown from the start. Returns the poems. */
  async start(body, { kept = [] } = {}) {
    this.stop();
    const control = new AbortController();
    this.control = control;
    this.onBusy(true);
    const drafts = new Drafts(body, kept);
    // Another draft comes line by line, but at once: shown line by line, it would look like a line written again.
    let due = 0;
    const show = (line) => {
      clearTimeout(due);
      due = setTimeout(() => this.control === control && this.#show(drafts, line));
    };
    this.paper.write(drafts);
    announce("正在落笔");
    try {
      await compose(body, {
        signal: control.signal,
        onRead: (read) => {
          drafts.read(read.understood ?? {});
          show();
          this.onRead?.(read);
        },
        onPlan: (plan) => {
          drafts.begin(plan);
          show();
        },
        onLine: (line) => {
          drafts.line(line);
          show(line);
        },
        onPoem: (poem) => {
          clearTimeout(due);
          drafts.finish({ ...poem, script: drafts.script });
          this.onPoem(drafts);
        },
      });
    } catch (error) {
      if (this.control === control) this.#failed(error, body, { kept, drafts });
    } finally {
      if (this.control === control) {
        this.control = null;
        this.onBusy(false);
      }
    }
    return drafts.poems;
  }

  #show(drafts, line) {
    // Who has taken one of several up while the others are being written stays with it.
    if (this.paper.state === "poem") return;
    this.paper.write(drafts);
    if (line && drafts.count === 1) announce(`第${numeral(line.index + 1)}句${drafts.at(0).was[line.index] ? "改作" : ""}：${line.text}`);
  }

  /** Give up what is being written; what stands on the sheet is the caller's business. */
  stop() {
    if (!this.control) return;
    this.control.abort();
    this.control = null;
    this.onBusy(false);
  }

  #failed(error, body, { kept, drafts }) {
    if (drafts.poems.length) {
      toast(typeset(error.message));
      return this.onPoem(drafts.cut());
    }
    this.onRead?.(null);
    const again = () => this.start(body, { kept });
    const back = this.hasPoem() ? [button("回到诗稿", { on: this.onStopped })] : [];
    if (error.status === 401) this.paper.trouble("这个服务要口令。", [keyForm(again), ...back]);
    else if (error.retryAfter) this.paper.trouble(error.message, [countdown(error.retryAfter, again), ...back]);
    else this.paper.trouble(error.message, [button("再试一次", { name: "again", class: "primary", on: again }), ...back]);
  }
}

// A button that waits as long as the service asks for.
function countdown(seconds, again) {
  const node = button("", { name: "again", class: "primary", on: again });
  const words = el("span");
  node.append(words);
  const tick = (left) => {
    node.disabled = left > 0;
    words.textContent = left > 0 ? `${left} 秒后可以再试` : "再试一次";
    if (left > 0) setTimeout(() => node.isConnected && tick(left - 1), 1000);
    else if (document.activeElement === document.body) node.focus(); // who has gone on to write is left alone
  };
  setTimeout(() => tick(Math.min(seconds, 300)));
  return node;
}

function keyForm(again) {
  const input = el("input", { type: "password", autocomplete: "off", "aria-label": "口令", required: true });
  const submit = (event) => {
    event.preventDefault();
    setKey(input.value.trim());
    again();
  };
  return el("form", { class: "row", on: { submit } }, input, el("button", { type: "submit", class: "button primary", text: "进门" }));
}
