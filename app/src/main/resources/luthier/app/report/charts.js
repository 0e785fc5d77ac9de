/* The charts of the report, drawn by Chart.js in the colours of the page. */

const scheme = matchMedia('(prefers-color-scheme: dark)');
const drawings = [];
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

/** Draws a chart now and again whenever the page turns light or dark; options(colour) gives its Chart.js configuration. */
function drawChart(figureId, label, options) {
  const canvas = document.querySelector(`#${figureId} canvas`);
  canvas.setAttribute('aria-label', label);
  const draw = () => {
    Chart.getChart(canvas)?.destroy();
    const style = getComputedStyle(document.documentElement);
    new Chart(canvas, options(name => style.getPropertyValue(`--${name}`).trim()));
  };
  drawings.push(draw);
  draw();
}

scheme.addEventListener('change', () => drawings.forEach(draw => draw()));

/** A chart of lines over numbers; x and y say how to title, show and tick their axes. */
function lines(colour, x, y, datasets) {
  const axis = ({title, tick, ticks}) => ({
    type: 'linear',
    title: {display: Boolean(title), text: title, color: colour('soft')},
    ticks: {color: colour('soft'), maxRotation: 0, autoSkipPadding: 16, ...(tick && {callback: tick}), ...ticks},
    grid: {color: colour('line'), tickColor: 'transparent'},
    border: {display: false},
  });
  return {
    type: 'line',
    data: {datasets},
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      interaction: {mode: 'index', intersect: false},
      scales: {x: {...axis(x), ...x.range, grid: {display: false}}, y: {grace: '5%', ...axis(y), ...y.range}},
      plugins: {
        legend: {
          display: datasets.length > 1,
          align: 'start',
          labels: {
            color: colour('ink'), usePointStyle: true, boxHeight: 7,
            ...(datasets[0].pointStyle === 'line' && {pointStyleWidth: 24}),
          },
        },
        tooltip: tooltip(colour, x, y),
      },
    },
  };
}

/** The box that names the points under the pointer. */
function tooltip(colour, x, y) {
  return {
    backgroundColor: colour('ink'),
    titleColor: colour('page'),
    bodyColor: colour('page'),
    usePointStyle: true,
    callbacks: {
      title: items => `${x.point} ${x.show(items[0].parsed.x)}`,
      label: item => `${item.dataset.label}  ${y.show(item.parsed.y)}`,
    },
  };
}

/** One line of a chart. */
function line(label, points, color, extra = {}) {
  return {label, data: points, borderColor: color, backgroundColor: color, borderWidth: 2, pointRadius: 0, pointStyle: 'line', ...extra};
}

/** A line for each split of one or two; rows are [x, [y of each split]]. */
function splitLines(colour, names, rows) {
  const looks = [['accent', 'circle', []], ['other', 'rectRot', [6, 4]]];
  return names.map((label, i) => {
    const [name, pointStyle, borderDash] = looks[i];
    return line(label, rows.map(([x, values]) => ({x, y: values[i]})), colour(name), {borderDash, pointStyle, pointRadius: 4});
  });
}

/** An exponential moving average over about a thirtieth of the values, corrected for its start; gaps stay gaps. */
function movingAverage(values) {
  const keep = 1 - 2 / (Math.max(4, values.length / 30) + 1);
  let sum = 0;
  let weight = 0;
  return values.map(value => {
    if (value === null) return null;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}
