// A Plotly chart that grows: it appends the points that are new and keeps its node, so a viewer's zoom is never lost.
//
// Every message holds `run` (what is drawn) and `points`: for each trace the points from number `from` on. Messages may
// overlap or be lost; the chart drops what it has, and where it misses something it asks for everything (`need_full`).
// A message with `spec` holds everything: traces, layout and all points.

const charts = new WeakMap();
const libraries = new Map();

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

const CONFIG = {
  responsive: true, displaylogo: false, showSendToCloud: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};

// Colours come from the app's theme, which the visitor may switch at any moment.
const themed = (layout, element) => {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const copy = structuredClone(layout);
  copy.font = { ...copy.font, color: colour("--st-text-color"), family: colour("--st-font") };
  for (const key of Object.keys(copy).filter((name) => /^[xy]axis/.test(name))) {
    copy[key] = { ...copy[key], gridcolor: colour("--st-border-color"), linecolor: colour("--st-border-color") };
  }
  return copy;
};

const theme = (element) => getComputedStyle(element).getPropertyValue("--st-text-color");

const paint = async (chart, traces) => {
  const layout = { ...themed(chart.spec.layout, chart.node), uirevision: chart.run };
  await chart.Plotly.react(chart.node, traces, layout, CONFIG);
  chart.theme = theme(chart.node);
};

const drawAll = async (chart, data) => {
  chart.spec = data.spec;
  chart.run = data.run;
  await paint(chart, data.spec.traces.map((trace, i) => ({ ...trace, x: data.points[i].x, y: data.points[i].y })));
  chart.sizes = data.points.map((part) => part.x.length);
};

const append = async (chart, data, ask) => {
  if (chart.run !== data.run || data.points.some((part, i) => part.from > chart.sizes[i])) {
    ask();
    return;
  }
  const fresh = data.points.map((part, i) => part.x.map((x, j) => [x, part.y[j]]).slice(chart.sizes[i] - part.from));
  const grown = fresh.map((_, i) => i).filter((i) => fresh[i].length);
  if (!grown.length) return;
  await chart.Plotly.extendTraces(chart.node, {
    x: grown.map((i) => fresh[i].map(([x]) => x)),
    y: grown.map((i) => fresh[i].map(([, y]) => y)),
  }, grown);
  grown.forEach((i) => { chart.sizes[i] += fresh[i].length; });
};

const show = async (chart, data, ask) => {
  chart.Plotly ??= await load(new URL(data.plotly, document.baseURI).href);
  chart.node.setAttribute("aria-label", data.alt);
  if (data.spec) await drawAll(chart, data);
  else if (chart.spec) await append(chart, data, ask);
  else ask();
  if (chart.spec && chart.theme !== theme(chart.node)) await paint(chart, chart.node.data);
  chart.node.dataset.points = chart.sizes ? chart.sizes.reduce((sum, size) => sum + size, 0) : 0;
};

// In a hidden tab nothing is drawn: the messages wait, and the newest full one makes those before it needless.
const work = (chart) => {
  if (document.hidden) return;
  chart.queue = chart.queue.then(async () => {
    while (chart.waiting.length) {
      const { data, ask } = chart.waiting.shift();
      await show(chart, data, ask);
    }
  }).catch((error) => { console.error(error); chart.node.textContent = String(error.message); });
};

export function draw({ data, parentElement, setTriggerValue }) {
  let chart = charts.get(parentElement);
  if (!chart) {
    const node = document.createElement("div");
    node.className = "growing-chart";
    node.setAttribute("role", "img");
    node.style.minHeight = `${data.height}px`;
    parentElement.appendChild(node);
    chart = { node, waiting: [], queue: Promise.resolve() };
    chart.wake = () => work(chart);
    document.addEventListener("visibilitychange", chart.wake);
    charts.set(parentElement, chart);
  }
  const ask = () => setTriggerValue("need_full", Date.now());
  if (data.spec) chart.waiting.length = 0;
  chart.waiting.push({ data, ask });
  work(chart);
}

export function remove(parentElement) {
  const chart = charts.get(parentElement);
  if (!chart) return;
  document.removeEventListener("visibilitychange", chart.wake);
  chart.Plotly?.purge(chart.node);
  chart.node.remove();
  charts.delete(parentElement);
}
