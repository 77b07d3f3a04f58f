// Has a part of the page made anew where a run's event stream says something else than that part was made with, and as
// often as it was before there were streams while the stream is cut.
//
// A part of somebody else's run that is out of sight, further than a screen or behind another tab, waits until one comes
// near it. Where many watch, their pages are not all made at the same moment: each viewer adds EACH_MS to the time over
// which they are spread. Whoever controls the run waits for nobody.

import { hear, turn } from "./live_stream.js";

const EACH_MS = 250;
// Asked for once, it takes the server a moment; what got lost is asked for again.
const PATIENCE_MS = 5_000;

// Streamlit takes what several fragments ask for within one turn of the browser's loop for one fragment's.
const APART_MS = 20;

const followers = new WeakMap();

// Once the run is over, the part that waits for that has the whole page made anew.
const differs = ({ drawn }, { state }) => (!state.over || "over" in drawn)
  && Object.entries(drawn).some(([name, value]) => state[name] !== value);

const isNear = (place) => {
  const [box] = place.getClientRects();
  return Boolean(box) && box.top < 2 * innerHeight && box.bottom > -innerHeight;
};

const isDue = ({ data, place }) => data.own || "over" in data.drawn || isNear(place);

let asking = Promise.resolve();

// After its last tick a stream says nothing more that would have the part asked for again.
const goOn = (follower) => {
  if (follower.leave && follower.last?.state.over) consider(follower, follower.last);
};

const ask = (follower) => {
  follower.asked = performance.now();
  clearTimeout(follower.later);
  follower.later = setTimeout(() => goOn(follower), PATIENCE_MS + APART_MS);
  asking = asking.then(() => {
    if (follower.leave) follower.again(Date.now());
    return new Promise((done) => setTimeout(done, APART_MS));
  });
};

const consider = (follower, tick) => {
  follower.last = tick;
  if (!differs(follower.data, tick)) {
    clearTimeout(follower.waiting);
    follower.waiting = null;
  } else if (!follower.waiting && isDue(follower) && performance.now() - follower.asked > PATIENCE_MS) {
    const rest = follower.data.own ? 0 : turn * EACH_MS * tick.viewers;
    follower.waiting = setTimeout(() => { follower.waiting = null; ask(follower); }, rest);
  }
};

const poll = (follower, isLost) => {
  clearInterval(follower.polling);
  if (isLost) follower.polling = setInterval(() => { if (!document.hidden) ask(follower); }, follower.data.poll);
};

export function update({ data, parentElement, setTriggerValue }) {
  const follower = followers.get(parentElement) ?? {};
  followers.set(parentElement, follower);
  Object.assign(follower, { data, place: parentElement, asked: -Infinity, again: (value) => setTriggerValue("again", value) });
  if (follower.stream === data.stream.url) {
    goOn(follower);  // it may have been made with what was read before the last tick
    return;
  }
  follower.leave?.();
  follower.stream = data.stream.url;
  follower.leave = hear(data.stream, {
    tick: (tick) => consider(follower, tick),
    lost: (isLost) => poll(follower, isLost),
  });
}

export function remove(parentElement) {
  const follower = followers.get(parentElement);
  if (!follower) return;
  follower.leave();
  follower.leave = null;
  clearTimeout(follower.waiting);
  clearTimeout(follower.later);
  clearInterval(follower.polling);
  followers.delete(parentElement);
}
