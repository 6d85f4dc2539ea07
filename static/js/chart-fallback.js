// The score chart as an SVG of our own: what networks that block CDNs see. Colours and dashes are in chart.css.

import { runs } from "./chart-runs.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const MARGIN = { top: 12, right: 12, bottom: 28, left: 28 };
const LABEL_WIDTH_PX = 72;

export function drawFallback(canvas, chart) {
  const box = canvas.parentElement;
  const svg = create("svg", { role: "img", focusable: "false" });
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    if (canvas.hasAttribute(name)) svg.setAttribute(name, canvas.getAttribute(name));
  }
  canvas.hidden = true;
  box.append(svg);
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width || !box.clientWidth) return;
    width = box.clientWidth;
    draw(svg, chart, width, box.clientHeight, canvas.dataset.scoreChart);
  }).observe(box);
}

function draw(svg, chart, width, height, id) {
  const frame = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const step = (frame.right - frame.left) / chart.points.length;
  const x = (index) => frame.left + (index + 0.5) * step;
  const y = (value) => frame.bottom - (value / chart.maximum) * (frame.bottom - frame.top);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    stripes(`${id}-stripes`),
    ...grid(chart, frame, y),
    ...gaps(chart, frame, x, step, `${id}-stripes`),
    ...runs(chart.points).flatMap((run) => [interval(run, x, y), line(run, x, y)]),
    ...ruledLines(chart, frame, y),
    ...chart.points.map((point, index) => mark(point, x(index), frame, y)),
    ...dates(chart.points, x, step, height),
    ...chart.points.map((point, index) => hover(point, chart, x(index) - step / 2, step, frame)),
  );
}

function stripes(id) {
  const pattern = create("pattern", {
    id,
    width: 8,
    height: 8,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  pattern.append(create("line", { class: "chart-gap-stripe", x1: 0, y1: 0, x2: 0, y2: 8 }));
  const definitions = create("defs");
  definitions.append(pattern);
  return definitions;
}

function grid(chart, frame, y) {
  const values = [0, 3, 6, 9].filter((value) => value <= chart.maximum);
  return values.flatMap((value) => [
    create("line", { class: "chart-grid", x1: frame.left, x2: frame.right, y1: y(value), y2: y(value) }),
    create("text", { class: "chart-text", x: frame.left - 8, y: y(value) + 4, "text-anchor": "end" }, value),
  ]);
}

function gaps(chart, frame, x, step, patternId) {
  return chart.points.flatMap((point, index) => {
    if (point.value !== null) return [];
    const area = { x: x(index) - step / 2, y: frame.top, width: step, height: frame.bottom - frame.top };
    return [
      create("rect", { class: "chart-gap", ...area }),
      create("rect", { fill: `url(#${patternId})`, ...area }),
    ];
  });
}

function interval(run, x, y) {
  if (run.length === 1) {
    const [point] = run;
    const place = { x1: x(point.index), x2: x(point.index), y1: y(point.low), y2: y(point.high) };
    return create("line", { class: "chart-stem", ...place });
  }
  const upper = run.map((point) => `${x(point.index)},${y(point.high)}`);
  const lower = run.map((point) => `${x(point.index)},${y(point.low)}`).reverse();
  return create("polygon", { class: "chart-interval", points: [...upper, ...lower].join(" ") });
}

function line(run, x, y) {
  const points = run.map((point) => `${x(point.index)},${y(point.value)}`).join(" ");
  return create("polyline", { class: "chart-score", points });
}

function ruledLines(chart, frame, y) {
  return chart.lines.flatMap(({ name, value, text }) => [
    create("line", { class: `chart-${name}`, x1: frame.left, x2: frame.right, y1: y(value), y2: y(value) }),
    create("text", { class: `chart-text chart-text--${name}`, x: frame.left + 4, y: y(value) - 6 }, text),
  ]);
}

function mark(point, centre, frame, y) {
  if (point.value === null) {
    const place = { x: centre, y: (frame.top + frame.bottom) / 2, "text-anchor": "middle" };
    return create("text", { class: "chart-text chart-text--unknown", ...place }, point.band === "no_check_in" ? "–" : "?");
  }
  return create("circle", { class: `chart-point chart-point--${point.band}`, cx: centre, cy: y(point.value), r: 4.5 });
}

function dates(points, x, step, height) {
  const every = Math.max(1, Math.ceil(LABEL_WIDTH_PX / step));
  return points.flatMap((point, index) => {
    if ((points.length - 1 - index) % every) return [];
    return [create("text", { class: "chart-text", x: x(index), y: height - 8, "text-anchor": "middle" }, point.short)];
  });
}

function hover(point, chart, left, step, frame) {
  const area = { x: left, y: frame.top, width: step, height: frame.bottom - frame.top, fill: "transparent" };
  const rectangle = create("rect", area);
  rectangle.append(create("title", {}, [point.label, ...chart.describe(point)].join("\n")));
  return rectangle;
}

function create(name, attributes = {}, text = null) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  return element;
}
