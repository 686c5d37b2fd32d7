// The page of Swagger UI: the key of this tab, checked when it is given, and one section at a time.
"use strict";

const SCHEME = "key"; // the security scheme of /openapi.json
const KEY = "key"; // kept for the tab alone: sessionStorage
const SECTION = "section";
const FORM = /^sn_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}[0-9a-f]{8}$/;

const TEXTS = {
  in: "Вы вошли. Ключ хранится, пока открыта эта вкладка.",
  out: "Вы не вошли: нажмите Authorize и вставьте ключ.",
  empty: "Вставьте ключ, который выдал администратор.",
  form: "Это не ключ: ключ начинается с sn_ и состоит из латинских букв и цифр. Скопируйте его целиком.",
  unknown: "Такого ключа нет, или он больше не действует. Ключи выдаёт администратор.",
  silent: "Сервис не отвечает. Проверьте связь и повторите.",
};

const list = document.getElementById("section");

function say(text) {
  document.getElementById("key").textContent = text;
}

// Why the service does not take a key; null if it does. Every key may read the vocabulary, so the trail
// holds no refusal of whoever comes in; with If-None-Match the answer is 304, without the words.
async function refusalOf(key) {
  if (!key) return TEXTS.empty;
  if (!FORM.test(key)) return TEXTS.form;
  try {
    const headers = { Authorization: `Bearer ${key}`, "If-None-Match": "*" };
    const answer = await fetch("/api/v1/vocabulary", { headers, cache: "no-store" });
    if (answer.ok || answer.status === 304) return null;
    return answer.status === 401 ? TEXTS.unknown : (await answer.json()).detail;
  } catch {
    return TEXTS.silent;
  }
}

async function authorize(original, system, payload) {
  const given = payload[SCHEME] ?? {};
  const key = (given.value ?? "").trim().replace(/^bearer\s+/i, "");
  system.errActions.clear({ authId: SCHEME });
  const message = await refusalOf(key);
  if (message) {
    sessionStorage.removeItem(KEY);
    say(message);
    system.errActions.newAuthErr({ authId: SCHEME, level: "", source: "", message });
    return;
  }
  sessionStorage.setItem(KEY, key);
  say(TEXTS.in);
  original({ [SCHEME]: { ...given, value: key } });
}

function logout(original, names) {
  sessionStorage.removeItem(KEY);
  say(TEXTS.out);
  return original(names);
}

const plugin = {
  fn: { opsFilter: (sections, chosen) => sections.filter((_, name) => name === chosen) },
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (original, system) => (payload) => authorize(original, system, payload),
        logout: (original) => (names) => logout(original, names),
      },
    },
  },
};

function show(section) {
  sessionStorage.setItem(SECTION, section);
  ui.layoutActions.updateFilter(section || false);
  if (section) ui.layoutActions.show(["operations-tag", section], true);
}

// The section that was chosen before, unless the address names another.
function remembered() {
  const chosen = sessionStorage.getItem(SECTION) ?? "";
  const [asked] = decodeURIComponent(location.hash.replace(/^#\//, "")).split("/");
  return asked && asked !== chosen.replaceAll(" ", "%20") ? "" : chosen;
}

function begin() {
  const described = ui.specSelectors.specJson();
  list.append(...described.get("tags").map((tag) => new Option(tag.get("name"), tag.get("name"))));
  list.value = remembered();
  list.addEventListener("change", () => show(list.value));
  if (list.value) show(list.value);
  const value = sessionStorage.getItem(KEY);
  const schema = described.getIn(["components", "securitySchemes", SCHEME]).toJS();
  // Not ui.preauthorizeApiKey: it goes past the plugin, so nobody would ask whether the key still holds.
  if (value) ui.authActions.authorize({ [SCHEME]: { value, schema } });
  else say(TEXTS.out);
}

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  persistAuthorization: false, // it would keep the key in localStorage, for every tab and for ever
  plugins: [plugin],
  onComplete: begin,
});
