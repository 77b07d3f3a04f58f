// A Plotly chart that grows: it appends the points that are new and keeps its node, so a viewer's zoom is never lost.
//
// Every message holds `run` (what is drawn) and `points`: for each trace the points from number `from` on. Messages may
// overlap or be lost; the chart takes what it lacks, and where it misses something it asks for everything (`need_full`).
// A message with `spec` holds everything: traces, layout and all points. Where it has no `points`, the traces have them:
// such a chart is drawn whole each time, in the same node all the same.
//
// A spec may have `views`: switches below the chart, each with `choices` that change the axes of the layout.
//
// A message with `stream` names a run's event stream (`live_stream.js`): while that is alive, its ticks bring the points,
// and the server sends no messages.
//
// Receiving and drawing are apart: messages only add to `lines`, and drawing shows what has come in since the last time.

import { hear } from "./live_stream.js";

const charts = new WeakMap();
const libraries = new Map();

// Drawing takes at most this share of the browser's time: on a small machine the training needs the processor more.
const SHARE = 0.1;
// Where drawing is slow the chart may lag behind, but no longer than this.
const LONGEST_REST_MS = 2000;

// A finger that moves over the chart wants to scroll the page; and without hovering, the tool bar would cover the legend.
const TOUCH = matchMedia("(hover: none)").matches;

// A line whose trace has `meta.dots` shows its points as long as they are no more than this: a single one has no line.
const FEW = 20;

const CONFIG = {
  displaylogo: false, showSendToCloud: false, displayModeBar: TOUCH ? false : "hover",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};

const load = (url) => {
  if (!libraries.has(url)) {
    libraries.set(url, new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = () => done(window.Plotly);
      script.onerror = () => failed(new Error(`${url} did not load`));
      document.head.appendChild(script);
    }));
  }
  return libraries.get(url);
};

// Colours come from the app's theme, which the visitor may switch at any moment.
const theme = (element) => getComputedStyle(element).getPropertyValue("--st-text-color");

// A layout for as long as there are no points for its axes to follow.
const isBare = (chart) => Boolean(chart.spec.bare) && !chart.lines[0].x.length;

// What a drawing depends on besides its points: where this changes, all of it is drawn anew.
const look = (chart) => [theme(chart.node), isBare(chart), ...chart.chosen].join(" ");

const views = (chart) => (isBare(chart) ? [] : chart.spec.views ?? []);

const viewed = (chart) => {
  const layout = structuredClone(isBare(chart) ? chart.spec.bare : chart.spec.layout);
  views(chart).forEach(({ choices }, i) => {
    for (const [axis, about] of Object.entries(choices[chart.chosen[i] ?? 0].axes)) {
      layout[axis] = { ...layout[axis], ...about };
    }
  });
  return layout;
};

const themed = (layout, element) => {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const copy = { ...layout };
  copy.dragmode = TOUCH ? false : "zoom";
  copy.font = { ...copy.font, color: colour("--st-text-color"), family: colour("--st-font") };
  // Over a page that shows through, Plotly's own would be white in dark as well.
  copy.hoverlabel = { ...copy.hoverlabel, bgcolor: colour("--st-background-color"), bordercolor: colour("--st-border-color") };
  for (const key of Object.keys(copy).filter((name) => /^[xy]axis/.test(name))) {
    copy[key] = { ...copy[key], gridcolor: colour("--st-border-color"), linecolor: colour("--st-border-color") };
  }
  return copy;
};

const offerViews = (chart) => {
  chart.switches.replaceChildren(...views(chart).map(({ name, choices }, i) => {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    const buttons = choices.map((choice, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = choice.name;
      button.onclick = () => {
        chart.chosen[i] = number;
        press();
        chart.hurry?.();
        draw(chart);
      };
      return button;
    });
    const press = () => buttons.forEach((button, number) => {
      button.setAttribute("aria-pressed", number === (chart.chosen[i] ?? 0));
    });
    press();
    group.append(...buttons);
    return group;
  }));
};

// Adds what it lacks of the points, each part [line, from, x, y]; says whether it misses none before them.
const extend = (chart, parts) => {
  if (parts.some(([i, from]) => from > chart.lines[i].x.length)) return false;
  const wasBare = isBare(chart);
  for (const [i, from, x, y] of parts) {
    const line = chart.lines[i];
    const known = line.x.length - from;
    line.x.push(...x.slice(known));
    line.y.push(...y.slice(known));
  }
  if (wasBare && !isBare(chart)) offerViews(chart);
  return true;
};

const describe = (chart, { alt, news }) => {
  if (alt !== undefined) chart.node.setAttribute("aria-label", alt);
  // Only a text that changes is said; the same again would be said again.
  if (news !== undefined && chart.news.textContent !== news) chart.news.textContent = news;
};

const receive = (chart, data, ask) => {
  if (data.spec) {
    Object.assign(chart, { spec: data.spec, run: data.run, drawn: null });
    chart.lines = data.points.map(({ x, y }) => ({ x: [...x], y: [...y] }));
    offerViews(chart);
  } else if (chart.run !== data.run || !extend(chart, data.points.map(({ from, x, y }, i) => [i, from, x, y]))) {
    ask();
    return;
  }
  chart.url = new URL(data.plotly, document.baseURI).href;
  describe(chart, data);
};

// What the stream says. Of another drawing it says nothing here: then the page is made anew.
const listen = (chart, stream, ask) => {
  if (chart.stream === stream?.url) {
    chart.drawing = stream?.drawing;
    return;
  }
  chart.leave?.();
  Object.assign(chart, { stream: stream?.url, drawing: stream?.drawing, leave: stream && hear(stream, {
    tick: (tick) => {
      if (!chart.spec || tick.state.drawing !== chart.drawing) return;
      if (!extend(chart, tick.points)) ask();
      describe(chart, tick);
      draw(chart);
    },
  }) });
};

const isDotted = (trace, count) => Boolean(trace.meta?.dots) && count <= FEW;

// Whether a line has got so many points since it was drawn that they are no longer to be shown.
const outgrown = (chart) => chart.lines.some(({ x }, i) => (
  isDotted(chart.spec.traces[i], chart.drawn[i]) && !isDotted(chart.spec.traces[i], x.length)
));

const drawAll = async (Plotly, chart) => {
  chart.look = look(chart);
  const traces = chart.spec.traces.map((trace, i) => {
    const line = chart.lines[i];
    if (!line) return trace;
    const mode = isDotted(trace, line.x.length) ? "lines+markers" : trace.mode;
    return { ...trace, mode, x: [...line.x], y: [...line.y] };
  });
  await Plotly.react(chart.node, traces, { ...themed(viewed(chart), chart.node), uirevision: `${chart.run} ${isBare(chart)} ${chart.chosen}` }, CONFIG);
};

const drawNew = async (Plotly, chart) => {
  const grown = chart.lines.map((_, i) => i).filter((i) => chart.lines[i].x.length > chart.drawn[i]);
  if (!grown.length) return;
  const fresh = (axis) => grown.map((i) => chart.lines[i][axis].slice(chart.drawn[i]));
  await Plotly.extendTraces(chart.node, { x: fresh("x"), y: fresh("y") }, grown);
};

// One drawing at a time, none in a hidden tab, and a rest after each.
const draw = async (chart) => {
  if (chart.busy || document.hidden || !chart.spec) return;
  chart.busy = true;
  try {
    const Plotly = await load(chart.url);
    const started = performance.now();
    const { lines } = chart;
    const counts = lines.map((line) => line.x.length);
    const goesOn = chart.drawn && chart.look === look(chart) && !outgrown(chart);
    await (goesOn ? drawNew : drawAll)(Plotly, chart);
    // Where everything was replaced meanwhile, all of it is still to be drawn.
    chart.drawn = lines === chart.lines ? counts : null;
    chart.node.dataset.points = counts.reduce((sum, count) => sum + count, 0);
    const rest = Math.min(LONGEST_REST_MS, (performance.now() - started) * (1 / SHARE - 1));
    await new Promise((done) => {
      chart.hurry = done;
      setTimeout(done, rest);
    });
  } catch (error) {
    console.error(error);
    chart.node.textContent = error.message;
    return;
  } finally {
    chart.busy = false;
  }
  if (!chart.drawn || chart.look !== look(chart) || chart.lines.some((line, i) => line.x.length > chart.drawn[i])) draw(chart);
};

const create = (parent) => {
  const node = document.createElement("div");
  node.className = "growing-chart";
  // A figure, not a picture: the buttons inside it are to be reached.
  node.setAttribute("role", "figure");
  parent.appendChild(node);
  // Heard, not seen: one line an epoch.
  const news = document.createElement("div");
  news.setAttribute("role", "status");
  news.setAttribute("aria-live", "polite");
  news.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  parent.appendChild(news);
  const switches = document.createElement("div");
  switches.className = "chart-views";
  parent.appendChild(switches);
  const chart = { node, news, switches, chosen: [], busy: false };
  chart.wake = () => draw(chart);
  document.addEventListener("visibilitychange", chart.wake);
  // As wide as its column, whatever made that wider: the window, or a part of the page beside it.
  chart.sized = new ResizeObserver(() => { if (chart.drawn && node.offsetWidth) window.Plotly.Plots.resize(node); });
  chart.sized.observe(node);
  charts.set(parent, chart);
  return chart;
};

export function update({ data, parentElement, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? create(parentElement);
  if (data.height) chart.node.style.minHeight = `${data.height}px`;
  const ask = () => setTriggerValue("need_full", Date.now());
  receive(chart, data, ask);
  listen(chart, data.stream, ask);
  draw(chart);
}

export function remove(parentElement) {
  const chart = charts.get(parentElement);
  if (!chart) return;
  chart.leave?.();
  document.removeEventListener("visibilitychange", chart.wake);
  chart.sized.disconnect();
  window.Plotly?.purge(chart.node);
  chart.node.remove();
  chart.news.remove();
  chart.switches.remove();
  charts.delete(parentElement);
}
