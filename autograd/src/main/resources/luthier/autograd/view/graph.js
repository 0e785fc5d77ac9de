/* Steps through a recorded run. Text from the data only ever becomes text, never HTML. */

const {nodes, backward} = JSON.parse(document.getElementById('data').textContent);
const steps = [
  ...nodes.map((node, id) => ({phase: 'forward', id})),
  ...backward.map(id => ({phase: 'backward', id})),
];
const byId = id => document.getElementById(id);
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const PACE = 1400;
let at = 0;
let timer = 0;

/** A new element holding text and other elements. */
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** A tensor as tables, one for each matrix in it; a vector is a row. */
function tensor({type, shape, cells, summary}, kind) {
  const box = element('div', `tensor ${kind}-number`, element('div', 'type', type));
  if (summary) {
    box.append(element('div', '', summary));
    return box;
  }
  if (shape.length > 1) box.tabIndex = 0;
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  for (let start = 0; start < cells.length; start += rows * columns) {
    const table = element('table', '');
    if (shape.length > 2) table.append(element('caption', '', `[${place(start / (rows * columns), shape.slice(0, -2))}]`));
    for (let r = 0; r < rows; r++) {
      const from = start + r * columns;
      table.append(element('tr', '', ...cells.slice(from, from + columns).map(cell => element('td', '', cell))));
    }
    box.append(table);
  }
  if (cells.length === 0) box.append(element('div', '', 'no elements'));
  return box;
}

/** The index of the n-th element of leading axes. */
function place(n, sizes) {
  const index = [];
  for (const size of [...sizes].reverse()) {
    index.unshift(n % size);
    n = Math.floor(n / size);
  }
  return index.join(', ');
}

const formula = text => element('code', 'formula', text);
/** What is said of a tensor: its name and, if they are few, its numbers. */
function brief(name, {type, cells, shape}) {
  if (!cells || cells.length > 8) return `${name} ${type}`;
  return `${name} = ${shape.length === 0 ? cells[0] : `[${cells.join(', ')}]`}`;
}

/** The contributions that a node hands to its operands, in the order of the pass. */
function handed(id) {
  return nodes[id].inputs.filter((input, i, all) => all.indexOf(input) === i).flatMap(input => nodes[input].contributions
    .map((contribution, index) => ({input, index, contribution}))
    .filter(part => part.contribution.from === id && part.input !== id))
    .sort((a, b) => a.contribution.operand - b.contribution.operand);
}

/* Each kind of step says what happens in one sentence and shows it with numbers. */

function showForward(node) {
  const detail = [];
  if (node.kind !== 'result') {
    return [`${node.name} is a ${node.kind}: ${node.kind === 'parameter' ? 'a gradient is wanted for it' : 'no gradient flows to it'}.`,
      [tensor(node.value, 'forward')]];
  }
  if (node.formula) detail.push(formula(`${node.name} = ${node.formula}`));
  if (node.numbers) detail.push(formula(`= ${node.numbers}`));
  detail.push(element('h3', '', `value of ${node.name}`), tensor(node.value, 'forward'));
  const operands = [...new Set(node.inputs)].map(input => nodes[input].name).join(' and ');
  return [`Computed from ${operands}: ${brief(node.name, node.value)}.`, detail];
}

function showPart({input, index, contribution}) {
  const operand = nodes[input];
  const count = operand.contributions.length;
  const part = element('div', 'part',
    element('h3', '', `to ${operand.name} `, element('span', '', count > 1 ? `(${index + 1} of ${count} contributions)` : '')),
    formula(`${operand.gradientName} ${index === 0 ? '=' : '+='} ${contribution.rule}`));
  if (contribution.numbers) part.append(formula(`= ${contribution.numbers}`));
  part.append(tensor(contribution.gradient, 'backward'));
  if (contribution.runningSum) part.append(element('p', 'sum', contribution.runningSum));
  return part;
}

function showBackward(node, id) {
  const parts = handed(id);
  const detail = [element('h3', '', `gradient of ${node.name}, ${node.gradientName}`), tensor(node.gradient, 'backward')];
  if (node.contributions.length > 1) {
    const sums = node.contributions.map((c, i) => c.runningSum ?? `${brief(node.gradientName, c.gradient)}  (1 of ${node.contributions.length})`);
    detail.push(element('ol', 'sums', ...sums.map(sum => element('li', 'sum', sum))));
  }
  detail.push(...parts.map(showPart));
  const whole = `${brief(node.gradientName, node.gradient)} is complete`;
  const sum = node.contributions.length > 1 ? `, the sum of ${node.contributions.length} contributions` : '';
  const names = [...new Set(parts.map(part => nodes[part.input].name))].join(' and ');
  return [`${whole}${sum}${names ? `; its rule hands gradients to ${names}` : ''}.`, detail];
}

function light() {
  const {phase, id} = steps[at];
  const graded = new Set(phase === 'backward' ? backward.slice(0, at - nodes.length + 1) : []);
  const edges = phase === 'forward' ? nodes[id].inputs.map((input, i) => i) : handed(id).map(part => part.contribution.operand);
  const partners = new Set(phase === 'forward' ? nodes[id].inputs : handed(id).map(part => part.input));
  nodes.forEach((node, n) => {
    const {classList} = byId(`n${n}`);
    const computed = phase === 'backward' || n <= id;
    classList.toggle('computed', computed);
    classList.toggle('graded', graded.has(n));
    classList.toggle('now', n === id);
    classList.toggle('partner', n !== id && partners.has(n));
    node.inputs.forEach((input, i) => {
      const edge = byId(`e${n}-${i}`);
      edge.classList.toggle('passed', computed);
      edge.classList.toggle('now', n === id && edges.includes(i));
      // A gradient flows against the arrow of the value.
      const ahead = phase === 'forward' || n !== id || !edges.includes(i);
      edge.toggleAttribute('marker-end', ahead);
      edge.toggleAttribute('marker-start', !ahead);
      edge.setAttribute(ahead ? 'marker-end' : 'marker-start', 'url(#tip)');
    });
  });
}

function show() {
  const {phase, id} = steps[at];
  const node = nodes[id];
  document.body.classList.toggle('backward', phase === 'backward');
  byId('phase').textContent = phase === 'forward'
    ? `Forward, ${at + 1} of ${nodes.length}` : `Backward, ${at - nodes.length + 1} of ${backward.length}`;
  byId('headline').textContent = node.call ? `${node.name} = ${node.call}` : node.name;
  const [sentence, detail] = phase === 'forward' ? showForward(node) : showBackward(node, id);
  byId('say').textContent = sentence;
  byId('detail').replaceChildren(...detail);
  byId('count').textContent = `${at + 1} / ${steps.length}`;
  byId('slider').value = at;
  byId('slider').setAttribute('aria-valuetext', `step ${at + 1} of ${steps.length}, ${phase}, ${node.name}`);
  byId('first').disabled = byId('previous').disabled = at === 0;
  byId('last').disabled = byId('next').disabled = at === steps.length - 1;
  if (byId('step').scrollTop) byId('step').scrollTop = 0;
  light();
  center(id);
}

function go(step) {
  at = Math.max(0, Math.min(steps.length - 1, step));
  show();
}

function play(on) {
  clearInterval(timer);
  timer = 0;
  document.body.classList.toggle('playing', on);
  byId('play').setAttribute('aria-label', on ? 'Pause' : 'Play');
  if (!on) return;
  if (at === steps.length - 1) go(0);
  timer = setInterval(() => {
    go(at + 1);
    if (at === steps.length - 1) play(false);
  }, PACE);
}

/** A step by hand ends the play. */
function by(change) {
  play(false);
  go(change);
}

/* The picture: zoom, and the node of the step in the middle. */

const view = byId('view');
const picture = view.querySelector('svg');
const natural = {width: picture.width.baseVal.value, height: picture.height.baseVal.value};
let scale = 1;

function zoom(to) {
  scale = Math.max(0.2, Math.min(2.5, to));
  picture.setAttribute('width', natural.width * scale);
  picture.setAttribute('height', natural.height * scale);
  center(steps[at].id);
}

const fitted = () => Math.min(1.25, (view.clientWidth - 8) / natural.width, (view.clientHeight - 8) / natural.height);

function center(id) {
  const box = byId(`n${id}`).getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  view.scrollBy({
    left: box.left + box.width / 2 - frame.left - frame.width / 2,
    top: box.top + box.height / 2 - frame.top - frame.height / 2,
    behavior: calm.matches ? 'auto' : 'smooth',
  });
}

byId('zoom').addEventListener('click', event => {
  const way = Number(event.target.dataset.zoom);
  if (!Number.isNaN(way)) zoom(way === 0 ? fitted() : scale * 1.25 ** way);
});

/* Keys, buttons, touch. */

const moves = {
  ArrowLeft: () => by(at - 1),
  ArrowRight: () => by(at + 1),
  Home: () => by(0),
  End: () => by(steps.length - 1),
  ' ': () => play(!timer),
};

document.addEventListener('keydown', event => {
  const {key, target} = event;
  if (!moves[key] || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  // A focused button or summary is pressed with space; tables and the text below scroll with arrows.
  if (key === ' ' && target.closest('button, summary')) return;
  if (target.closest('pre, .tensor') && key.startsWith('Arrow')) return;
  event.preventDefault();
  moves[key]();
});

byId('first').addEventListener('click', moves.Home);
byId('previous').addEventListener('click', moves.ArrowLeft);
byId('next').addEventListener('click', moves.ArrowRight);
byId('last').addEventListener('click', moves.End);
byId('play').addEventListener('click', moves[' ']);
byId('slider').addEventListener('input', event => by(Number(event.target.value)));

picture.addEventListener('click', event => {
  const group = event.target.closest('.node');
  if (!group) return;
  const id = Number(group.id.slice(1));
  const back = backward.indexOf(id);
  by(steps[at].phase === 'backward' && back >= 0 ? nodes.length + back : id);
});

let touch = null;
byId('step').addEventListener('touchstart', event => {
  const scrolls = event.target.closest('.tensor');
  const free = event.touches.length === 1 && !(scrolls && scrolls.scrollWidth > scrolls.clientWidth);
  touch = free ? {x: event.touches[0].clientX, y: event.touches[0].clientY} : null;
}, {passive: true});
byId('step').addEventListener('touchend', event => {
  if (!touch) return;
  const x = event.changedTouches[0].clientX - touch.x;
  const y = event.changedTouches[0].clientY - touch.y;
  if (Math.abs(x) > 48 && Math.abs(x) > 2 * Math.abs(y)) by(at + (x < 0 ? 1 : -1));
}, {passive: true});

byId('slider').max = steps.length - 1;
byId('step').hidden = byId('controls').hidden = false;
document.body.classList.add('stepping');
// Small graphs are seen whole; of large ones a part that can be read.
zoom(Math.max(fitted(), 0.7));
show();
