// Draws the charts of report.html with Chart.js. Each figure holds its canvas and, as JSON, what it shows
// (report/chart.h says what); colours are the page's own, so that light, dark and print need nothing more.
"use strict";
(() => {
  const colour = (role) => getComputedStyle(document.documentElement).getPropertyValue("--" + role).trim();
  const dark = matchMedia("screen and (prefers-color-scheme: dark)");

  // "#rrggbb" with an opacity from 0 to 1.
  const faded = (hex, opacity) => hex + Math.round(opacity * 255).toString(16).padStart(2, "0");

  const digits = (value, n) => value.toLocaleString("en", {maximumSignificantDigits: n});
  const reading = (value, unit) => {
    if (value === null || !Number.isFinite(value)) return "–";
    if (unit === "fraction") return digits(100 * value, 3) + " %";
    if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1);
    return digits(value, 4);
  };

  // Members of a crowd (experts) get shades from amber to blue, all else the colour of its role.
  const base = (series, index, count) => {
    if (series.role !== "shade") return colour(series.role);
    const t = count > 1 ? 2 * index / (count - 1) - 1 : 0;  // −1 to 1: amber over pale to blue
    const light = dark.matches ? 28 + 30 * Math.abs(t) : 84 - 40 * Math.abs(t);
    return `hsl(${t < 0 ? 34 : 200}, ${30 + 38 * Math.abs(t)}%, ${light}%)`;
  };

  const dataset = (chart, series, index, count) => {
    const full = base(series, index, count);
    const line = series.soft ? faded(full, 0.55) : full;
    const common = {label: series.name, borderColor: line, backgroundColor: line, data: series.points, clip: 6};
    if (chart.kind === "bars") return {...common, borderWidth: 0, borderRadius: 3, maxBarThickness: 30};
    const isArea = chart.kind === "area";
    if (isArea) common.borderColor = colour("card");  // a seam between the bands
    const few = series.points.length <= 24 && !series.dashed && !isArea;
    return {
      ...common,
      borderWidth: isArea ? 1 : series.soft ? 1.5 : 2.25,
      borderDash: series.dashed ? [6, 5] : [],
      pointRadius: isArea ? 0 : series.points.length === 1 ? 4 : few ? 2.5 : 0,
      pointHoverRadius: isArea ? 0 : 4,
      fill: isArea,
      spanGaps: true,
    };
  };

  const options = (chart) => {
    const ink = colour("quiet"), rule = colour("rule");
    const isBars = chart.kind === "bars", isArea = chart.kind === "area";
    const all = chart.series.flatMap((s) => s.points);
    const isWhole = chart.unit === "fraction" && Math.max(...all.map((p) => p?.y ?? p)) > 0.85;  // up to 100 %
    const xs = isBars ? [] : all.map((p) => p.x);
    const first = Math.min(...xs), last = Math.max(...xs);
    const values = {
      title: {display: chart.y !== "", text: chart.y, color: ink},
      ticks: {color: ink, maxTicksLimit: 7, callback: (v) => reading(v, chart.unit)},
      grid: {color: rule, drawBorder: false},
      stacked: isArea,
      min: chart.min ?? undefined,
      max: chart.max ?? (isWhole ? 1 : undefined),
      beginAtZero: isBars,
      grace: chart.max === null && !isArea && !isWhole ? "4%" : 0,
    };
    const places = {
      type: isBars ? "category" : "linear",
      title: {display: chart.x !== "", text: chart.x, color: ink},
      ticks: {color: ink, autoSkip: !chart.sideways, autoSkipPadding: 8, maxRotation: 0, precision: 0},
      grid: {display: false, borderColor: rule},
      bounds: "data",
      min: isBars ? undefined : first === last ? Math.max(0, first - 1) : first <= 0.05 * last ? 0 : first,
      max: isBars ? undefined : first === last ? last + 1 : last,  // a single place has room on both sides
    };
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: chart.sideways ? "y" : "x",
      interaction: {mode: isBars ? "index" : "nearest", axis: chart.sideways ? "y" : "x", intersect: false},
      scales: chart.sideways ? {x: values, y: places} : {x: places, y: values},
      plugins: {
        legend: {
          display: chart.series.length > 1 && chart.series.length <= 10,
          position: "bottom",
          labels: {color: colour("ink"), usePointStyle: true, pointStyle: isBars || isArea ? "rectRounded" : "line", pointStyleWidth: isBars || isArea ? 14 : 24, padding: 14, font: {size: 12}},
        },
        tooltip: {
          backgroundColor: colour("ink"), titleColor: colour("paper"), bodyColor: colour("paper"),
          callbacks: {
            title: (items) => items.length ? [chart.x, items[0].label].filter((t) => t !== "").join(" ") : "",
            label: (item) => ` ${item.dataset.label}: ${reading(chart.sideways ? item.parsed.x : item.parsed.y, chart.unit)}`,
          },
        },
      },
    };
  };

  const data = (chart) => ({
    labels: chart.labels ?? undefined,
    datasets: chart.series.map((s, i) => dataset(chart, s, i, chart.series.length)),
  });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const drawn = [...document.querySelectorAll("figure[data-chart]")].map((figure) => {
    const chart = JSON.parse(figure.querySelector("script").textContent);
    const type = chart.kind === "bars" ? "bar" : "line";
    return [chart, new Chart(figure.querySelector("canvas"), {type, data: data(chart), options: options(chart)})];
  });

  // Colours and sizes anew: after a change between light and dark, and around printing.
  const redraw = () => {
    for (const [chart, on] of drawn) {
      on.data = data(chart);
      on.options = options(chart);
      on.resize();
      on.update("none");
    }
  };
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", redraw);
  addEventListener("afterprint", redraw);
})();
