/** Unbroken stretches of scored points, each point with its place. */
export function runs(points) {
  const found = [];
  let run = [];
  points.forEach((point, index) => {
    if (point.value === null) {
      if (run.length) found.push(run);
      run = [];
    } else run.push({ ...point, index });
  });
  if (run.length) found.push(run);
  return found;
}
