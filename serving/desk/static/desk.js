// The desk works without this file; it adds keys, words behind an answer, and progress.
"use strict";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
const item = document.querySelector("[data-comment]");
const decision = document.querySelector("[data-decision]");

function send(path, headers = {}) {
  return fetch(path, { method: "POST", headers: { "X-CSRF-Token": csrf, ...headers } });
}

// ---- keys: what has data-key is pressed by that key; "g o" are two keys, one after the other
let first = "";
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input:not([type=radio]), textarea, select");
  if (writing) {
    if (event.key === "Enter" && event.ctrlKey) writing.form?.requestSubmit();
    if (event.key === "Escape") writing.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (first === "g") {
    first = "";
    if (press(`g ${key}`)) event.preventDefault();
    return;
  }
  if (key === "g") { first = "g"; setTimeout(() => { first = ""; }, 1500); return; }
  if (decision && key >= "1" && key <= "5") turn(Number(key) - 1);
  else if (key === "w") nextWords();
  else if (!press(key)) return;
  event.preventDefault();
});

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || target.disabled) return false;
  if (target.matches("input")) target.focus(); else target.click();
  return true;
}

// ---- labels: a number key turns to the next label of its task
function turn(at) {
  const task = decision.querySelectorAll("[data-task]")[at];
  if (!task || task.disabled) return;
  const choices = [...task.querySelectorAll("input[type=radio]")];
  const next = (choices.findIndex((choice) => choice.checked) + 1) % choices.length;
  choices[next].checked = true;
  choices[next].focus();
  changed();
  showWords(task.dataset.task);
}

function changed() {
  let corrected = false;
  for (const task of decision.querySelectorAll("[data-task]")) {
    const chosen = task.querySelector("input:checked")?.value ?? "";
    const differs = chosen !== task.dataset.proposed;
    task.classList.toggle("changed", differs);
    corrected ||= differs;
  }
  const button = decision.querySelector("[data-save]");
  if (!button) return;
  const name = button.querySelector("[data-name]");
  name.dataset.accept ??= name.textContent;
  name.textContent = corrected ? button.dataset.save : name.dataset.accept;
}
if (decision) {
  decision.addEventListener("change", changed);
  decision.addEventListener("focusin", (event) => {
    const task = event.target.closest("[data-task]");
    if (task) showWords(task.dataset.task);
  });
}

// ---- the words behind an answer
function showWords(name) {
  const all = [...document.querySelectorAll("[data-why]")];
  if (!all.some((one) => one.dataset.why === name)) return;
  for (const one of all) one.hidden = one.dataset.why !== name;
}
function nextWords() {
  const all = [...document.querySelectorAll("[data-why]")];
  const at = all.findIndex((one) => !one.hidden);
  if (all.length) showWords(all[(at + 1) % all.length].dataset.why);
}
for (const place of document.querySelectorAll("[data-load]")) {
  fetch(place.dataset.load, { headers: { Accept: "text/html" } })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
    .then((html) => {
      place.innerHTML = html;
      place.dataset.loaded = "yes";
    })
    .catch(() => { place.dataset.loaded = "no"; place.querySelector("p")?.remove(); });
}

// ---- windows
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    if (opener.dataset.open === "keys") listKeys();
    document.getElementById(opener.dataset.open).showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog").close();
});
function listKeys() {
  const list = document.querySelector("[data-keys]");
  list.replaceChildren();
  const add = (key, text) => {
    const [dt, dd, kbd] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
    kbd.textContent = key.toUpperCase();
    dt.append(kbd);
    dd.textContent = text;
    list.append(dt, dd);
  };
  if (decision) {
    decision.querySelectorAll("[data-task] legend").forEach((legend) => {
      add(legend.querySelector("kbd").textContent, legend.querySelector("[data-name]").textContent);
    });
    add("w", document.querySelector("[data-words]").dataset.words);
  }
  for (const one of document.querySelectorAll("[data-key]")) {
    const copy = one.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
    const name = one.title || copy.textContent.trim() || one.labels?.[0]?.textContent || "";
    add(one.dataset.key, name);
  }
}

// ---- a comment stays taken while its page is open, and is free once it is closed
if (item?.dataset.renew) {
  const path = item.dataset.renew;
  setInterval(() => { if (!document.hidden) send(`${path}/renew`); }, 1000 * Number(item.dataset.every));
  let leaving = false;
  document.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='/desk']")) leaving = true;
  });
  addEventListener("pagehide", () => {
    if (!leaving) fetch(`${path}/release`, { method: "POST", headers: { "X-CSRF-Token": csrf }, keepalive: true });
  });
}

// ---- a stroke over many: goes on by itself and shows how far it is
const bulk = document.querySelector("[data-bulk]");
bulk?.querySelector("[data-step]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const progress = bulk.querySelector("progress");
  progress.hidden = false;
  event.submitter.disabled = true;
  bulk.classList.add("busy");
  for (;;) {
    const answer = await send(bulk.dataset.bulk, { Accept: "application/json" });
    if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) break;
    const told = await answer.json();
    progress.value = told.at;
    if (told.state !== "running") break;
  }
  location.reload();
});

// ---- a run that finds topics: shows how far it is, and the topics once it has ended
const run = document.querySelector("[data-run]");
if (run) {
  const looking = setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(run.dataset.run, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    if (answer.status === 204) {
      clearInterval(looking);
      // Whoever is writing loses nothing; the page can be loaded again by hand.
      if (!document.activeElement?.matches("input, textarea, select")) location.replace(location.pathname);
      return;
    }
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    run.querySelector("#run-said").replaceChildren(...now.querySelector("#run-said").childNodes);
    run.querySelector("progress").value = now.querySelector("progress").value;
  }, 2000);
}
