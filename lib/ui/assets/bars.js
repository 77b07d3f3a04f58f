// A few networks' probabilities of ten classes, as bars: one line for each class, in it one bar for each network.
//
// The server gives them (`update`), and `follow_pen.js` gives newer ones while the pen moves (`paint`). Plotly would take
// 16 ms and more to draw bars anew, this takes less than 1.
//
// While a network is broken on purpose (`breaking.js`), the bars are its own: the server's answer, of the whole one, waits.

import { isOneBroken } from "./networks.js";

const shown = new WeakMap();

const element = (parent, className, text = "") => {
  const made = document.createElement("div");
  made.className = className;
  made.textContent = text;
  parent.appendChild(made);
  return made;
};

// Korean writes no space before the sign.
export const percent = (p) => `${(100 * p).toFixed(1)}${document.documentElement.lang === "ko" ? "" : " "}%`;

// The names of several networks, and an empty line for each class.
const build = (chart, { classes, models }) => {
  chart.replaceChildren();
  if (models.length > 1) {
    const legend = element(chart, "bar-legend");
    models.forEach(({ name }, k) => element(legend, `bar-name bar-${k}`, name));
  }
  const grid = element(chart, "bar-grid");
  grid.setAttribute("aria-hidden", "true");  // the chart's label says it in words
  return classes.map((name) => {
    element(grid, "bar-class", name);
    const line = element(grid, "bar-line");
    return models.map((_, k) => {
      const track = element(line, "bar-track");
      return { bar: element(track, `bar bar-${k}`), text: element(track, "bar-text") };
    });
  });
};

// Shows these probabilities, ten for each network, in a chart that is made for as many; says whether it is.
export const paint = (chart, answers) => {
  const lines = shown.get(chart);
  if (lines?.[0].length !== answers.length) return false;
  chart.shown = answers;
  lines.forEach((bars, digit) => bars.forEach(({ bar, text }, k) => {
    bar.style.setProperty("--p", answers[k][digit]);
    text.textContent = answers[k][digit] >= 0.0005 ? percent(answers[k][digit]) : "";
  }));
  return true;
};

const create = (parent) => {
  const chart = element(parent, "bar-chart");
  chart.setAttribute("role", "figure");
  // Heard, not seen.
  const news = element(parent, "bar-news");
  news.setAttribute("role", "status");
  return { chart, news };
};

const parts = new WeakMap();

export function update({ data, parentElement }) {
  if (!parts.has(parentElement)) parts.set(parentElement, create(parentElement));
  const { chart, news } = parts.get(parentElement);
  const names = JSON.stringify([data.classes, data.models.map(({ name }) => name)]);
  if (chart.names !== names) {
    chart.names = names;
    shown.set(chart, build(chart, data));
  }
  chart.whole = data.models.map(({ probabilities }) => probabilities);
  if (!isOneBroken()) paint(chart, chart.whole);
  chart.setAttribute("aria-label", data.alt);
  // Only a text that changes is said; the same again would be said again.
  if (news.textContent !== data.news) news.textContent = data.news;
}

export function remove(parentElement) {
  for (const part of Object.values(parts.get(parentElement) ?? {})) part.remove();
  parts.delete(parentElement);
}
