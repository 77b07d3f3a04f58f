// Breaks a network on purpose, and shows at once what it then says: in this browser alone, the server knows nothing of it.
//
// The bars and the pen's line become the broken network's own (`networks.js`); a strip above the bars says so, and mends.

import { paint, percent } from "./bars.js";
import { breakable, isWhole, WHOLE } from "./break_network.js";
import { answerOf, breakOnly, load } from "./networks.js";

const parts = new WeakMap();
const MOST_NOISE = 200;

const element = (parent, tag, about = {}) => {
  const made = Object.assign(document.createElement(tag), about);
  parent.append(made);
  return made;
};

const filled = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text);
const pixels = (text) => text && Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// What is broken, in words.
const described = ({ layer, filter, noise, biases }, { parts: words }) => [
  layer && filled(filter ? words.filter : words.layer, { name: layer, k: filter }),
  noise && filled(words.noise, { noise: Math.round(100 * noise) }),
  !biases && words.biases,
].filter(Boolean).join(", ");

// The strip above the bars: what is broken, and a press that mends it.
const warn = (made, chart) => {
  const { data, how } = made, known = chart.querySelector(".bar-broken");
  chart.classList.toggle("is-broken", !isWhole(how));
  if (isWhole(how)) { known?.remove(); return; }
  const strip = known ?? element(chart, "div", { className: "bar-broken" });
  if (!known) {
    element(strip, "span").setAttribute("role", "status");
    element(strip, "button", { type: "button", textContent: data.words.mend, onclick: () => mend(made) });
  }
  chart.prepend(strip);
  strip.firstChild.textContent = filled(data.words.banner, { what: described(how, data.words) });
};

// Both answers to the digit that is looked at, in words.
const compare = (made, image) => {
  const { data, how, which, networks, said } = made, { classes, words } = data;
  const told = (answer) => {
    const best = answer.indexOf(Math.max(...answer));
    return [classes[best], percent(answer[best])];
  };
  const [best, sure] = told(answerOf(networks[which], image)), [before, was] = told([...networks[which].read(image)]);
  said.textContent = isWhole(how) ? "" : filled(words.compare, { best, sure, before, was });
};

const apply = (made) => {
  const { data, how, which, networks } = made;
  if (!networks) return;
  breakOnly(isWhole(how) ? null : networks[which], how);
  const chart = document.querySelector(data.chart), image = pixels(data.image);
  if (image) compare(made, image); else made.said.textContent = "";
  if (!chart) return;
  warn(made, chart);
  if (isWhole(how)) paint(chart, chart.whole);
  else paint(chart, networks.map((one) => (image ? answerOf(one, image) : data.classes.map(() => 0))));
};

// The controls show `made.how`.
const show = (made) => {
  const { data: { words, networks }, how, which, controls } = made, layers = breakable(networks[which].layers);
  const options = (select, texts) => {
    const before = [...select.options].map(({ value, text }) => [value, text]);
    if (JSON.stringify(before) !== JSON.stringify(texts)) select.replaceChildren(...texts.map(([value, text]) => new Option(text, value)));
  };
  options(controls.which, networks.map(({ name }, k) => [String(k), name]));
  controls.which.parentElement.hidden = networks.length < 2;
  options(controls.layer, [["", words.nothing], ...layers.map(({ name, kind, count }) => [name, filled(words[kind], { name, n: count })])]);
  const count = layers.find(({ name }) => name === how.layer)?.count ?? 0;
  Object.assign(controls.filter, { max: count, disabled: !count });
  Object.assign(controls.which, { value: String(which) });
  for (const name of ["layer", "filter"]) controls[name].value = how[name];
  controls.noise.value = 100 * how.noise;
  controls.biases.checked = !how.biases;
  controls.another.disabled = !how.noise;
  controls.mend.disabled = isWhole(how);
  const one = how.filter ? filled(words.one_of, { k: how.filter, n: count }) : words.whole_layer;
  controls.filter.told.textContent = count ? one : "";
  controls.noise.told.textContent = `${Math.round(100 * how.noise)} %`;
  for (const name of ["filter", "noise"]) controls[name].setAttribute("aria-valuetext", controls[name].told.textContent);
};

const change = (made, next) => {
  Object.assign(made.how, next);
  show(made);
  apply(made);
};

const mend = (made) => change(made, WHOLE);

const create = (parent, words) => {
  const box = element(parent, "div", { className: "breaking" }), made = { how: { ...WHOLE }, which: 0, box };
  const named = (text, tag, about) => {
    const label = element(box, "label"), line = element(label, "span", { textContent: `${text} ` });
    const told = element(line, "b");
    return Object.assign(element(label, tag, about), { told });
  };
  const press = (text, onclick) => element(box, "button", { type: "button", textContent: text, onclick });
  const chosen = (name) => ({ target }) => change(made, { [name]: Number(target.value) });
  made.controls = {
    which: named(words.network, "select", {
      onchange: ({ target }) => { made.which = Number(target.value); change(made, { layer: "", filter: 0 }); },
    }),
    layer: named(words.silence, "select", { onchange: ({ target }) => change(made, { layer: target.value, filter: 0 }) }),
    filter: named(words.filter, "input", { type: "range", min: 0, oninput: chosen("filter") }),
    noise: named(words.noise, "input", {
      type: "range", min: 0, max: MOST_NOISE, step: 5, oninput: ({ target }) => change(made, { noise: target.value / 100 }),
    }),
    another: press(words.another, () => change(made, { seed: made.how.seed + 1 })),
    biases: named(words.biases, "input", { type: "checkbox", onchange: ({ target }) => change(made, { biases: !target.checked }) }),
    mend: press(words.mend, () => mend(made)),
  };
  made.said = element(box, "p", { className: "broken-said" });
  made.said.setAttribute("role", "status");
  parts.set(parent, made);
  return made;
};

export function update({ data, parentElement }) {
  const made = parts.get(parentElement) ?? create(parentElement, data.words);
  const names = data.networks.map(({ url }) => url).join(" ");
  made.data = data;
  if (made.which >= data.networks.length) Object.assign(made, { which: 0, how: { ...WHOLE } });
  const layers = breakable(data.networks[made.which].layers);
  if (!layers.some(({ name }) => name === made.how.layer)) Object.assign(made.how, { layer: "", filter: 0 });
  show(made);
  if (names === made.names) { apply(made); return; }
  made.names = names;
  Promise.all(data.networks.map(load)).then((networks) => {
    if (names !== made.names) return;
    made.networks = networks;
    apply(made);
  }, (error) => { made.names = null; console.error(error); });
}

export function remove(parentElement) {
  const made = parts.get(parentElement);
  if (!made) return;
  if (!isWhole(made.how)) mend(made);
  made.box.remove();
  parts.delete(parentElement);
}
