// Chart.js from its CDN, checked by its hash; null where a network blocks it.

const ADDRESS = "https://cdn.jsdelivr.net/npm/chart.js@4.6.1/dist/chart.umd.min.js";
const INTEGRITY = "sha384-Emf5ZVIUiarAdhkgtqK+5/Z5qIvM6QoVrS+qAVtfyZVuD5lIHrac0me485+Antp0";
const PATIENCE_MS = 2_000;
const BLOCKED_KEY = "moodvision-chart-blocked";

/** Chart.js, or null. A network that blocked it once is not asked again in this tab. */
export async function loadChart() {
  if (globalThis.Chart) return globalThis.Chart;
  if (sessionStorage.getItem(BLOCKED_KEY)) return null;
  const isLoaded = await Promise.race([load(), wait(PATIENCE_MS)]);
  if (isLoaded && globalThis.Chart) return globalThis.Chart;
  sessionStorage.setItem(BLOCKED_KEY, "yes");
  return null;
}

function load() {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = ADDRESS;
    script.integrity = INTEGRITY;
    script.crossOrigin = "anonymous";
    script.referrerPolicy = "no-referrer";
    script.addEventListener("load", () => resolve(true));
    script.addEventListener("error", () => resolve(false));
    document.head.append(script);
  });
}

function wait(milliseconds) {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}
