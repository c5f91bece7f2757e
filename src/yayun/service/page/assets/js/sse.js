// Server-sent events read from a fetch: EventSource can't POST.

/** The events of a response body, as {event, data} with data parsed from JSON, up to where it ends or breaks off; rejects only
 * with AbortError, when it was given up. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (true) {
      const { value, done } = await reader.read().catch(cutOff);
      if (done) break;
      rest = (rest + value).replace(/\r\n?/g, "\n");
      let end;
      while ((end = rest.indexOf("\n\n")) >= 0) {
        const found = parse(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (found) yield found;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

// A server that goes away in the middle: what has come has come.
function cutOff(error) {
  if (error.name === "AbortError") throw error;
  return { done: true };
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const row of block.split("\n")) {
    if (row.startsWith("event:")) event = row.slice(6).trim();
    else if (row.startsWith("data:")) data.push(row.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
