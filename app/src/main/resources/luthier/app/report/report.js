/* Fills the page with the data of the run. Text from the data only ever becomes text, never HTML. */

const data = JSON.parse(document.getElementById('data').textContent);

const count = n => n.toLocaleString('en-US');
const digits = p => (p === null ? 'not a number' : p.toFixed(3));
const percent = share => `${(100 * share).toPrecision(3)} %`;

function bytes(n) {
  if (n < 1024) return `${n} B`;
  const unit = Math.min(3, Math.floor(Math.log2(n) / 10));
  return `${(n / 1024 ** unit).toFixed(1)} ${['', 'KiB', 'MiB', 'GiB'][unit]}`;
}

function rate(r) {
  if (r === null) return 'not a number';
  const short = Number(r.toPrecision(3));
  return short === 0 || Math.abs(short) >= 0.01 ? String(short) : short.toExponential();
}

/** A new element holding text and other elements. */
function element(tag, {className = '', ...attributes} = {}, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...content);
  return made;
}

/** A table of texts; the first column holds the rows' names, the others numbers. The last row may be a total. */
function numberTable(caption, heads, rows, totalLast = false) {
  const cell = (text, i) => (i === 0 ? element('th', {scope: 'row'}, text) : element('td', {className: 'number'}, text));
  const tr = row => element('tr', {}, ...row.map(cell));
  const head = heads.map((text, i) => element('th', {scope: 'col', className: i === 0 ? '' : 'number'}, text));
  const body = totalLast ? rows.slice(0, -1) : rows;
  const foot = totalLast ? rows.slice(-1) : [];
  const table = element('table', {},
    element('caption', {}, element('span', {}, caption)),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body.map(tr)));
  if (foot.length) table.append(element('tfoot', {}, ...foot.map(tr)));
  return table;
}

/** Fills a part of the page, or leaves it out if there is nothing to show. */
function part(id, list, fill) {
  const place = document.getElementById(id);
  place.hidden = list.length === 0;
  if (!place.hidden) fill(place, list);
}

function showFacts(section, facts) {
  section.querySelector('dl').append(
    ...facts.map(([name, value]) => element('div', {className: value.length > 24 ? 'long' : ''},
      element('dt', {}, name), element('dd', {}, value))));
}

const ends = list => [list.find(v => v !== null), list.findLast(v => v !== null)];
const stepAxis = losses => ({
  title: 'step', point: 'step', show: count, tick: count, range: {min: losses[0][0], max: losses.at(-1)[0]},
});

function showLoss(figure, losses) {
  const smooth = movingAverage(losses.map(row => row[1]));
  const [first, last] = ends(smooth).map(v => digits(v ?? null));
  const label = `Line chart of the loss over ${count(losses.length)} steps; its moving average goes from ${first} to ${last}.`;
  drawChart('loss', label, colour => lines(colour, stepAxis(losses), {show: digits, range: {beginAtZero: true}}, [
    line('moving average', losses.map(([step], i) => ({x: step, y: smooth[i]})), colour('accent')),
    line('each step', losses.map(([step, loss]) => ({x: step, y: loss})), colour('faint'), {borderWidth: 1}),
  ]));
}

function showRate(figure, losses) {
  const top = losses.reduce((most, row) => Math.max(most, row[2] ?? 0), 0);
  const label = `Line chart of the learning rate over ${count(losses.length)} steps, at most ${rate(top)}.`;
  drawChart('rate', label, colour => lines(colour, stepAxis(losses), {show: rate, tick: rate, range: {min: 0, grace: 0}}, [
    line('learning rate', losses.map(([step, , value]) => ({x: step, y: value})), colour('accent')),
  ]));
}

const splitHeads = () => data.splits.names.map(name => name[0].toUpperCase() + name.slice(1));

function accuracyLabel(rows, axis) {
  const range = i => ends(rows.map(([, values]) => values[i])).map(v => digits(v ?? null)).join(' to ');
  return `Line chart of accuracy ${axis}: ${data.splits.names.map((name, i) => `${name} from ${range(i)}`).join(', ')}.`;
}

function showAccuracy(figure, accuracies) {
  const rows = accuracies.map(([epoch, , values]) => [epoch, values]);
  const x = {title: 'epoch', point: 'epoch', show: count, ticks: {precision: 0}};
  drawChart('accuracy', accuracyLabel(rows, 'after each epoch'), colour =>
    lines(colour, x, {show: digits}, splitLines(colour, data.splits.names, rows)));
  figure.querySelector('.scroll').append(numberTable('Accuracy after each epoch',
    ['Epoch', 'Step', ...splitHeads()],
    accuracies.map(([epoch, step, values]) => [count(epoch), count(step), ...values.map(digits)])));
}

function showInterpolation(section, points) {
  const x = {title: 'α', point: 'α', show: String};
  drawChart('alpha', accuracyLabel(points, 'from the pretrained to the fine-tuned weights'), colour =>
    lines(colour, x, {show: digits}, splitLines(colour, data.splits.names, points)));
  section.querySelector('.scroll').append(numberTable('Accuracy for each α',
    ['α', ...splitHeads()],
    points.map(([alpha, values]) => [String(alpha), ...values.map(digits)])));
}

function showParameters(section, rows) {
  const {trainable, frozen} = rows.at(-1);
  const share = trainable + frozen === 0 ? 0 : trainable / (trainable + frozen);
  const caption = `${count(trainable)} of ${count(trainable + frozen)} parameters are trained, ${percent(share)}.`;
  section.querySelector('.scroll').append(numberTable(caption,
    ['Group', 'Trainable', 'Frozen', 'Weights', 'Gradients', 'Optimizer'],
    rows.map(row => [row.group, count(row.trainable), count(row.frozen),
      ...[row.weightBytes, row.gradientBytes, row.optimizerBytes].map(bytes)]),
    true));
}

function heatCell(n, total, description) {
  if (n === 0) return element('td');
  const depth = (n / total) ** 0.7;
  const cell = element('td', {className: `${depth > 0.6 ? 'deep ' : ''}${depth > 0.8 ? 'deepest' : ''}`, title: description}, count(n));
  cell.style.setProperty('--depth', depth.toFixed(3));
  return cell;
}

function describe(actual, predicted, n, total) {
  const verdict = actual === predicted ? 'recognised' : `taken for ${predicted}`;
  return `${actual} ${verdict}: ${count(n)} of ${count(total)} (${percent(n / total)})`;
}

function showConfusion(section, counts) {
  const names = data.classNames;
  const totals = counts.map(row => row.reduce((sum, n) => sum + n, 0));
  const heads = names.map(name => element('th', {scope: 'col'}, element('span', {}, name)));
  const rows = counts.map((row, actual) => element('tr', {},
    element('th', {scope: 'row'}, names[actual]),
    ...row.map((n, predicted) => heatCell(n, totals[actual], describe(names[actual], names[predicted], n, totals[actual])))));
  const table = element('table', {className: 'heat'},
    element('caption', {}, element('span', {}, `${data.splits.confused}: a row for each actual class, `
      + 'a column for each predicted one. The deeper the colour, the larger the share of the row.')),
    element('thead', {}, element('tr', {}, element('td', {'aria-hidden': 'true'}), ...heads)),
    element('tbody', {}, ...rows));
  table.addEventListener('pointerover', event => point(table, event.target.closest('tbody td')));
  section.querySelector('.scroll').append(table);
  showMixed(counts, totals);
}

/** Names the cell under the pointer and its row and column. */
function point(table, cell) {
  table.querySelectorAll('.pointed').forEach(head => head.classList.remove('pointed'));
  if (!cell) return;
  const row = cell.parentElement;
  row.cells[0].classList.add('pointed');
  table.rows[0].cells[cell.cellIndex].classList.add('pointed');
  document.getElementById('cell').textContent =
    cell.title || `${row.cells[0].textContent} was never taken for ${table.rows[0].cells[cell.cellIndex].textContent}.`;
}

function showMixed(counts, totals) {
  const names = data.classNames;
  const pairs = counts.flatMap((row, actual) => row.map((n, predicted) => ({n, actual, predicted})))
    .filter(pair => pair.actual !== pair.predicted && pair.n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 8);
  document.getElementById('mixed').append(...pairs.map(({n, actual, predicted}) => element('li', {},
    element('span', {}, `${names[actual]} → ${names[predicted]}`), `${count(n)} of ${count(totals[actual])}`)));
}

function exampleRow({text, actual, guesses, distribution}) {
  const right = guesses[0][0] === actual;
  const list = guesses.map(([label, probability]) => {
    const item = element('li', {className: label === actual ? 'actual' : ''},
      element('span', {}, label), element('span', {}, digits(probability)));
    item.style.setProperty('--share', probability ?? 0);
    return item;
  });
  return element('tr', {className: right ? 'right' : 'wrong'},
    element('td', {className: 'verdict'}, right ? '✓ right' : '✗ wrong'),
    element('td', {}, text),
    element('td', {}, actual),
    element('td', {}, element('ol', {}, ...list)),
    element('td', {}, distribution));
}

function showExamples(section, examples) {
  const heads = ['Verdict', 'Text', 'Actual class', 'Likeliest classes', data.splits.column];
  const right = examples.filter(({actual, guesses}) => guesses[0][0] === actual).length;
  section.append(element('div', {className: 'scroll examples', tabindex: '0', role: 'region', 'aria-labelledby': 'examples-heading'},
    element('table', {},
      element('caption', {}, `${right} right and ${examples.length - right} wrong ones, picked from ${data.splits.examples}.`),
      element('thead', {}, element('tr', {}, ...heads.map(head => element('th', {scope: 'col'}, head)))),
      element('tbody', {}, ...examples.map(exampleRow)))));
}

document.title = `${data.title} · Luthier report`;
document.getElementById('title').textContent = data.title;
part('summary', data.facts, showFacts);
part('training', [...data.losses, ...data.accuracies], () => {
  part('loss', data.losses, showLoss);
  part('rate', data.losses, showRate);
  part('accuracy', data.accuracies, showAccuracy);
});
part('interpolation', data.interpolation, showInterpolation);
part('parameters', data.parameters, showParameters);
part('confusion', data.confusion, showConfusion);
part('examples', data.examples, showExamples);
