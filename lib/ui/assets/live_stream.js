// The event stream of a run (`lib/ui/jobs/live_route.py`), once for all parts of a page that listen to it.
//
// A part listens by `hear(stream, { tick, lost })`. `stream` has the `url` and the place `after` which the page lacks
// the rest. `tick` gets each event; a part that comes later gets the state of the last one, without its points. `lost`
// is told true when the stream is cut and false when it is back: by a proxy that ends it, or that gathers what it should
// pass on, or because the server is gone.
//
// A page in the background holds no stream: for all tabs together, browsers open six connections to a server. What it
// missed comes with the first event after it was fetched back.

const FIRST_MS = 6_000;  // a server may be busy
const SILENT_MS = 15_000;  // an event comes every five seconds (stream.py, BEAT_SECONDS)
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

// This page's place among all that watch, from 0 to 1: what each of them is to do once is spread over a time.
export const turn = Math.random();

const streams = new Map();

class Stream {
  constructor({ url, after }) {
    Object.assign(this, { url, after, parts: new Set(), isLost: false, retry: RETRY_MS });
    this.turnTo = () => (document.hidden ? this.close() : this.open());
    document.addEventListener("visibilitychange", this.turnTo);
    this.turnTo();
  }

  open() {
    this.close();
    if (this.isOver) return;
    const address = new URL(this.url, document.baseURI);
    address.searchParams.set("after", this.after);
    this.source = new EventSource(address);
    this.source.onmessage = (event) => this.receive(event);
    this.source.onerror = () => this.lose();
    this.expect(FIRST_MS);
  }

  close() {
    this.source?.close();
    clearTimeout(this.timer);
  }

  // Without an event within this time it counts as cut.
  expect(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), ms);
  }

  receive({ data, lastEventId }) {
    const tick = JSON.parse(data);
    this.after = lastEventId;
    this.retry = RETRY_MS;
    this.tell(false);
    this.last = { ...tick, points: [] };
    for (const part of [...this.parts]) part.tick(tick);
    this.isOver = Boolean(tick.state.over);
    if (this.isOver) this.close(); else this.expect(SILENT_MS);
  }

  lose() {
    this.close();
    this.tell(true);
    // Not all at once, where a server comes back to many pages.
    this.timer = setTimeout(() => this.open(), this.retry * (0.5 + Math.random()));
    this.retry = Math.min(2 * this.retry, LONGEST_RETRY_MS);
  }

  tell(isLost) {
    if (this.isLost === isLost) return;
    this.isLost = isLost;
    for (const part of [...this.parts]) part.lost?.(isLost);
  }

  end() {
    document.removeEventListener("visibilitychange", this.turnTo);
    this.close();
    if (streams.get(this.url) === this) streams.delete(this.url);
  }
}

export const hear = (about, part) => {
  const stream = streams.get(about.url) ?? new Stream(about);
  streams.set(about.url, stream);
  stream.parts.add(part);
  if (stream.last) part.tick(stream.last);
  part.lost?.(stream.isLost);
  return () => {
    stream.parts.delete(part);
    // A page that is drawn anew takes a part away and puts one in its place.
    setTimeout(() => { if (!stream.parts.size) stream.end(); });
  };
};
