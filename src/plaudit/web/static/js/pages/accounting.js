// Draws the plot of the accounting page from the table below it, in the colours of the theme.
import uPlot from "../../vendor/uplot/uplot.js";
import { decimals, money, number } from "../format.js";

const HEIGHT_PX = 260;
const POINTS_SHOWN_MAX = 45;
const FRACTION = { closing: 0.16, sold: 0, used: 0 };

const place = document.getElementById("plot");
if (place) draw(place);

/** @param {HTMLElement} place */
function draw(place) {
  const currency = place.dataset.currency ?? "";
  const rows = [...document.querySelectorAll(`#${place.dataset.table} tr[data-day]`)].flatMap((row) => (row instanceof HTMLElement ? [row] : []));
  /** @param {string} name */
  const column = (name) => rows.map((row) => Number(row.dataset[name]));
  const days = rows.map((row) => Date.parse(`${row.dataset.day}T00:00:00Z`) / 1000);
  const reading = document.getElementById("plot-reading");
  const resting = reading?.textContent ?? "";

  /** @param {number} value */
  const amount = (value) => (currency ? money({ amount_minor: Math.round(value), currency }) : number(Math.round(value)));
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, ...(currency ? { style: "currency", currency } : {}) });
  /** @param {number} value */
  const short = (value) => compact.format(currency ? value / 10 ** decimals(currency) : value);
  const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

  /** @param {uPlot} plot */
  const say = (plot) => {
    if (!reading) return;
    const at = plot.cursor.idx;
    reading.textContent = at == null ? resting
      : `${day.format(days[at] * 1000)}: closing ${amount(column("closing")[at])}, ${currency ? "sold" : "given"} ${amount(column("sold")[at])}, used ${amount(column("used")[at])}`;
  };

  /** @type {uPlot | undefined} */
  let plot;
  const paint = () => {
    const style = getComputedStyle(place);
    /** @param {string} name */
    const colour = (name) => style.getPropertyValue(name).trim();
    /** @param {"closing" | "sold" | "used"} name @param {string} variable */
    const series = (name, variable) => ({
      label: name, stroke: resolved(place, colour(variable)), width: 2, points: { show: days.length <= POINTS_SHOWN_MAX, size: 5 },
      ...(FRACTION[name] ? { fill: faded(resolved(place, colour(variable)), FRACTION[name]) } : {}),
    });
    const axis = { stroke: resolved(place, colour("--text-soft")), font: `12px ${style.fontFamily}`, grid: { stroke: resolved(place, colour("--line")), width: 1 }, ticks: { show: false } };
    plot?.destroy();
    plot = new uPlot({
      width: place.clientWidth, height: HEIGHT_PX, legend: { show: false }, cursor: { drag: { x: false, y: false } },
      tzDate: (/** @type {number} */ seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { y: { range: (/** @type {uPlot} */ _, /** @type {number} */ low, /** @type {number} */ high) => [Math.min(0, low), Math.max(1, high) * 1.08] } },
      series: [{}, series("closing", "--accent"), series("sold", "--good"), series("used", "--waiting")],
      axes: [
        { ...axis, size: 32, values: (/** @type {uPlot} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => day.format(tick * 1000)), incrs: [1, 2, 7, 14, 28, 91].map((count) => count * 86_400), space: 64 },
        { ...axis, values: (/** @type {uPlot} */ _, /** @type {number[]} */ ticks) => ticks.map(short), size: 64 },
      ],
      hooks: { setCursor: [say] },
    }, [days, column("closing"), column("sold"), column("used")], place);
  };

  paint();
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

/** A colour as a canvas understands it: variables and mixed ones are worked out by the page. @param {HTMLElement} place @param {string} colour */
function resolved(place, colour) {
  const probe = document.createElement("span");
  probe.style.color = colour;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** @param {string} colour @param {number} share */
function faded(colour, share) {
  return colour.replace(/^rgb\(([^)]*)\)$/, `rgba($1, ${share})`);
}
