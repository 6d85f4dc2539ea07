// The score chart drawn with Chart.js. Colours come from the style sheet, so light and dark need no second list.

import { runs } from "./chart-runs.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");

export function drawWithChartJs(Chart, canvas, chart) {
  let drawn = new Chart(canvas, configuration(chart, colours()));
  DARK.addEventListener("change", () => {
    if (!canvas.isConnected) return;
    drawn.destroy();
    drawn = new Chart(canvas, configuration(chart, colours()));
  });
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    score: token("chart-score"),
    interval: token("chart-interval"),
    grid: token("chart-grid"),
    text: token("ink-soft"),
    card: token("card"),
    warning: token("warning"),
    intervention: token("intervention"),
    unknown: token("unknown"),
    gap: token("unknown-tint"),
    font: getComputedStyle(document.body).fontFamily,
  };
}

function configuration(chart, colour) {
  const { points } = chart;
  return {
    type: "line",
    data: {
      labels: points.map((point) => point.short),
      datasets: [scoreLine(points, colour), ...chart.lines.map((line) => ruledLine(line, points, colour))],
    },
    plugins: [marksPlugin(points, colour)],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      font: { family: colour.font },
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { grid: { display: false }, offset: true, ticks: { color: colour.text, maxRotation: 0, autoSkipPadding: 16 } },
        y: {
          min: 0,
          max: chart.maximum,
          grid: { color: colour.grid },
          ticks: { color: colour.text, stepSize: 3 },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          filter: (item) => item.datasetIndex === 0,
          callbacks: {
            title: (items) => (items.length ? points[items[0].dataIndex].label : ""),
            label: (item) => chart.describe(points[item.dataIndex]),
          },
        },
      },
    },
  };
}

function scoreLine(points, colour) {
  const fills = { warning: colour.warning, intervention: colour.intervention };
  return {
    data: points.map((point) => point.value),
    spanGaps: false,
    borderColor: colour.score,
    borderWidth: 2.5,
    pointRadius: 5,
    pointHoverRadius: 7,
    pointBorderWidth: 2.5,
    pointBorderColor: colour.score,
    pointBackgroundColor: points.map((point) => fills[point.band] ?? colour.card),
  };
}

function ruledLine(line, points, colour) {
  return {
    data: points.map(() => line.value),
    borderColor: colour[line.name],
    borderWidth: line.name === "warning" ? 2 : 3,
    borderDash: line.name === "warning" ? [8, 5] : [2, 4],
    pointRadius: 0,
    pointHoverRadius: 0,
  };
}

/** Behind the line: the interval as a band (a stem where a point stands alone) and striped columns for gaps. */
function marksPlugin(points, colour) {
  return {
    id: "marks",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      const x = (index) => scales.x.getPixelForValue(index);
      const width = chartArea.width / points.length;
      ctx.save();
      points.forEach((point, index) => {
        if (point.value === null) stripe(ctx, x(index) - width / 2, chartArea, width, colour);
      });
      for (const run of runs(points)) interval(ctx, run, x, (value) => scales.y.getPixelForValue(value), colour);
      ctx.restore();
    },
  };
}

function interval(ctx, run, x, y, colour) {
  ctx.fillStyle = ctx.strokeStyle = colour.interval;
  ctx.beginPath();
  if (run.length === 1) {
    ctx.lineWidth = 10;
    ctx.lineCap = "round";
    ctx.moveTo(x(run[0].index), y(run[0].low));
    ctx.lineTo(x(run[0].index), y(run[0].high));
    ctx.stroke();
    return;
  }
  for (const point of run) ctx.lineTo(x(point.index), y(point.high));
  for (const point of [...run].reverse()) ctx.lineTo(x(point.index), y(point.low));
  ctx.fill();
}

function stripe(ctx, left, area, width, colour) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, area.top, width, area.height);
  ctx.clip();
  ctx.fillStyle = colour.gap;
  ctx.fillRect(left, area.top, width, area.height);
  ctx.strokeStyle = colour.unknown;
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let start = left - area.height; start < left + width; start += 10) {
    ctx.moveTo(start, area.bottom);
    ctx.lineTo(start + area.height, area.top);
  }
  ctx.stroke();
  ctx.restore();
}
