// Draws the charts of a report, in the reader's theme, and light on paper.

const { charts } = JSON.parse(document.getElementById("charts").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const CLEAR = "rgba(0,0,0,0)";

const draw = (isDark) => Promise.all(charts.map(({ id, traces, layout }) => {
  const color = isDark ? "#fafafa" : "#262730";
  const grid = isDark ? "#3a4150" : "#d9dce3", axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid };
  return Plotly.react(id, traces.map((trace) => ({ ...trace, textfont: { color } })), {
    ...layout,
    font: { color },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    xaxis: { ...layout.xaxis, ...axis },
    yaxis: { ...layout.yaxis, ...axis },
  }, { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] });
}));

dark.addEventListener("change", () => draw(dark.matches));
addEventListener("beforeprint", () => draw(false));
addEventListener("afterprint", () => draw(dark.matches));
draw(dark.matches).then(() => { document.documentElement.dataset.drawn = charts.length; });
