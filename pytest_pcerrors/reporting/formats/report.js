"use strict";
// Data is shown with textContent only: a body can be anything, and nothing of it becomes markup.
(() => {
  const FIRST = 25;
  const MORE = 100;
  const byId = (id) => document.getElementById(id);
  const findings = JSON.parse(byId("findings").textContent);
  const fields = ["query", "status", "rule", "severity"].map(byId).filter(Boolean);
  const filter = () => Object.fromEntries(fields.map((field) => [field.id, field.value]));

  function make(name, className, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== undefined));
    return element;
  }

  // Return the start and the end of the value that a JSON Pointer names in a body, which may be cut off; undefined if it is not there.
  function spanOf(text, pointer) {
    const wanted = pointer.replace(/~1/g, "\u0000").replace(/~0/g, "~").split("/").map((part) => part.replace(/\u0000/g, "/"));
    const open = [];
    let found;
    const isWanted = () => open.length === wanted.length - 1 && open.every((each, depth) => String(each.key) === wanted[depth + 1]);
    for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
      const inner = open.at(-1);
      if (token === "}" || token === "]") {
        open.pop();
        if (found && isWanted()) found[1] = index + 1;
      } else if (token === ",") {
        if (inner?.isArray) inner.key += 1;
        else if (inner) inner.key = undefined;
      } else if (token === ":") {
        continue;
      } else if (inner && !inner.isArray && inner.key === undefined) {
        inner.key = keyOf(token);
      } else {
        const opens = token === "{" || token === "[";
        if (isWanted()) found = [index, opens ? text.length : index + token.length];
        if (opens) open.push({ isArray: token === "[", key: token === "[" ? 0 : undefined });
      }
    }
    return found;
  }

  function keyOf(token) {
    try {
      return JSON.parse(token);
    } catch {
      return token;
    }
  }

  function bodyOf(body, pointer) {
    const span = pointer?.startsWith("/") ? spanOf(body, pointer) : undefined;
    const pre = make("pre");
    pre.tabIndex = 0;
    pre.setAttribute("aria-label", "Body");
    pre.setAttribute("role", "group");
    if (span) pre.append(body.slice(0, span[0]), make("mark", "", body.slice(...span)), body.slice(span[1]));
    else pre.append(body);
    return pre;
  }

  function described(pairs) {
    const list = make("dl");
    for (const [label, text] of pairs) {
      if (text !== undefined) list.append(make("dt", "", label), make("dd", "", String(text)));
    }
    return list;
  }

  function detailsOf({ finding, violation }) {
    const box = make("div", "", described([
      ["Severity", violation.severity],
      ["Where", violation.pointer],
      ["Expected", violation.expected],
      ["Received", violation.actual],
      ["Fix", violation.hint],
      ["Request", finding.request],
      ["Test", finding.test],
      ["Contract", finding.contract],
      ["Correlation", finding.correlation],
    ]));
    if (finding.body !== undefined) box.append(bodyOf(finding.body, violation.pointer));
    return box;
  }

  function rowOf(item) {
    const { finding, violation } = item;
    const response = make("span", "response", [finding.response, finding.code].filter(Boolean).join(" · "));
    const row = make("details", "finding", make("summary", "", response, make("span", "", violation.message), make("span", "place", finding.place ?? finding.test)));
    row.addEventListener("toggle", () => row.append(detailsOf(item)), { once: true });
    return make("li", "", row);
  }

  // The rules, each with its violations, of which only the first that match are in the document.
  const rules = new Map();
  for (const element of document.querySelectorAll(".rule")) {
    const rule = { element, items: [], matching: [], list: element.querySelector(".findings"), more: element.querySelector(".more"), label: element.querySelector(".matching"), isStale: true };
    rules.set(element.dataset.rule, rule);
    rule.more.addEventListener("click", () => {
      const next = rule.list.children.length;
      extend(rule, MORE);
      rule.list.children[next].querySelector("summary").focus();
    });
    element.addEventListener("toggle", () => render(rule));
  }
  for (const finding of findings) {
    const own = [finding.response, finding.code, finding.request, finding.place, finding.test, finding.correlation, finding.body];
    const text = own.filter(Boolean).join("\n").toLowerCase();
    for (const violation of finding.violations) {
      const words = `${violation.rule}\n${violation.pointer ?? ""}\n${violation.message ?? ""}`.toLowerCase();
      rules.get(violation.rule)?.items.push({ finding, violation, text, words });
    }
  }

  function extend(rule, count) {
    const next = rule.list.children.length;
    rule.list.append(...rule.matching.slice(next, next + count).map(rowOf));
    const left = rule.matching.length - rule.list.children.length;
    rule.more.hidden = left === 0;
    rule.more.textContent = `Show ${Math.min(left, MORE)} of ${left} more`;
  }

  function render(rule) {
    if (!rule.isStale || !rule.element.open) return;
    rule.isStale = false;
    rule.list.replaceChildren();
    extend(rule, FIRST);
  }

  const cells = [...document.querySelectorAll(".cell")];
  const rowOfCell = (cell) => byId(`error-${cell.dataset.number}`);
  const textOfCell = new Map(cells.map((cell) => [cell, `${cell.title}\n${rowOfCell(cell).textContent}`.toLowerCase()]));

  function apply() {
    const { query, status, rule: name = "", severity = "" } = filter();
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const isFiltered = Boolean(words.length || status || name || severity);
    let shown = 0;
    let total = 0;
    for (const [own, rule] of rules) {
      const isOut = name && own !== name;
      rule.matching = isOut ? [] : rule.items.filter(({ finding, violation, text, words: more }) =>
        (!status || String(finding.status) === status) && (!severity || violation.severity === severity) &&
        words.every((word) => text.includes(word) || more.includes(word)));
      shown += rule.matching.length;
      total += rule.items.length;
      rule.element.hidden = isFiltered && rule.matching.length === 0;
      rule.label.textContent = isFiltered ? `${rule.matching.length} shown` : "";
      rule.isStale = true;
      render(rule);
    }
    let lit = 0;
    for (const cell of cells) {
      const isLit = (!status || cell.dataset.status === status) && words.every((word) => textOfCell.get(cell).includes(word));
      cell.classList.toggle("dim", !isLit);
      lit += isLit;
    }
    const parts = [];
    if (cells.length) parts.push(`${lit} of ${cells.length} documented errors`);
    if (total) parts.push(`${shown} of ${total} violations`);
    byId("shown").textContent = isFiltered ? parts.join(", ") : "";
    if (byId("nothing")) byId("nothing").hidden = !isFiltered || shown > 0 || total === 0;
  }

  function select(cell) {
    document.querySelector(".cell[aria-current]")?.removeAttribute("aria-current");
    cell.setAttribute("aria-current", "true");
    const [status, code, text] = rowOfCell(cell).cells;
    const texts = [...text.children].map((each) => make("p", "", each.textContent));
    const title = make("h3", "", code.textContent);
    const how = make("p", "state", cell.title.slice(`${cell.dataset.status} ${code.textContent}: `.length));
    byId("details").replaceChildren(title, make("p", "", status.textContent), how, ...texts);
  }

  function go(cell) {
    for (const each of cells) each.tabIndex = each === cell ? 0 : -1;
    cell.focus();
  }

  // Return the nearest cell above or below, also in the next group; undefined at the edge.
  function vertical(cell, down) {
    const from = cell.getBoundingClientRect();
    let best;
    let least = Infinity;
    for (const each of cells) {
      const to = each.getBoundingClientRect();
      const away = down ? to.top - from.top : from.top - to.top;
      const distance = away * 10 + Math.abs(to.left - from.left);
      if (away > 1 && distance < least) [best, least] = [each, distance];
    }
    return best;
  }

  function move(event) {
    const cell = event.target.closest(".cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = cells.indexOf(cell);
    const targets = {
      ArrowRight: () => cells[index + 1],
      ArrowLeft: () => cells[index - 1],
      ArrowDown: () => vertical(cell, true),
      ArrowUp: () => vertical(cell, false),
      Home: () => cells[0],
      End: () => cells.at(-1),
      " ": () => cell.click(),
    };
    if (!Object.hasOwn(targets, event.key)) return;
    event.preventDefault();
    const next = targets[event.key]();
    if (next) go(next);
  }

  if (cells.length) {
    byId("details").hidden = false;
    cells.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
    byId("cells").addEventListener("keydown", move);
    byId("cells").addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (!cell) return;
      event.preventDefault();
      go(cell);
      select(cell);
    });
  }
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input, select, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("query").select();
    } else if (event.key === "Escape" && event.target === byId("query")) {
      byId("query").value = "";
      apply();
    }
  });
  for (const field of fields) field.addEventListener("input", apply);
  byId("tools").hidden = !cells.length && !rules.size;
  apply();
})();
