// Draws each score chart of the page: with Chart.js where its CDN can be reached, else as our own SVG.

import { drawWithChartJs } from "./chart-drawing.js";
import { drawFallback } from "./chart-fallback.js";
import { loadChart } from "./chart-library.js";

drawAll(document);
document.body.addEventListener("htmx:afterSwap", (event) => drawAll(event.detail.target));

async function drawAll(root) {
  const canvases = [...root.querySelectorAll("canvas[data-score-chart]:not([data-drawn])")];
  if (canvases.length === 0) return;
  for (const canvas of canvases) canvas.dataset.drawn = "waiting";
  const Chart = await loadChart();
  for (const canvas of canvases) {
    const chart = readChart(canvas);
    if (Chart) drawWithChartJs(Chart, canvas, chart);
    else drawFallback(canvas, chart);
    canvas.dataset.drawn = Chart ? "chart.js" : "svg";
  }
}

/** The figures and words of a chart: points from its JSON block, the rest from the canvas's data attributes. */
function readChart(canvas) {
  const { dataset } = canvas;
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const points = JSON.parse(document.getElementById(dataset.scoreChart).textContent);
  return {
    points,
    maximum: Number(dataset.maximum),
    lines: [
      { name: "warning", value: Number(dataset.warningLine), text: dataset.textWarning },
      { name: "intervention", value: Number(dataset.interventionLine), text: dataset.textIntervention },
    ],
    number: (value) => format.format(value),
    describe: (point) => describe(point, dataset, format),
  };
}

function describe(point, dataset, format) {
  const checkIns = dataset.textCheckIns.replace("{n}", point.check_ins);
  if (point.value === null) {
    return [point.band === "no_check_in" ? dataset.textAbsent : dataset.textGap, checkIns];
  }
  const interval = dataset.textInterval
    .replace("{low}", format.format(point.low))
    .replace("{high}", format.format(point.high));
  return [format.format(point.value), interval, checkIns];
}
