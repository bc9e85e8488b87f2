// Opens every page of a running service at both widths, in both languages, by day and by night, and says what is wrong.
//   node e2e/pages.mjs BASE_URL [PICTURES_FOLDER] [STRINGS_FILE]
// BASE_URL        for example http://localhost:8080
// PICTURES_FOLDER where screenshots go; default artifacts/pages
// STRINGS_FILE    a JSON array of hostile strings, tried as nicknames; without it a few of our own are
// Prints one JSON object as its last line: {"pages", "strings", "pictures", "problems": [...]}; exit code 1 when there is a problem.
// CHROMIUM names the browser, default /usr/bin/chromium.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base = 'http://localhost:8080', folder = 'artifacts/pages', stringsFile] = process.argv.slice(2);
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const languages = { en: 'en-GB', zh: 'zh-CN' };
const ownStrings = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "'; alert(1); //",
  '{{7*7}}',
  '\u202egnirts',
  'Ｔｅｓｔ 测试 🏬',
  '<svg/onload=confirm(1)>',
  'javascript:alert(1)',
];
const problems = [];
let pictures = 0;
let pages = 0;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

/** A page that reports what it should not do: errors in the console, exceptions, dialogs, requests to elsewhere. */
async function open(context, name, refused) {
  const page = await context.newPage();

  // Patience for a machine that is busy with other things: what never comes is found all the same.
  page.setDefaultTimeout(90_000);
  const wrong = (what) => problems.push(`${name}: ${what}`);
  page.on(
    'console',
    (m) => m.type() === 'error' && !expected(m, refused) && wrong(`console: ${m.text()} ${m.location().url}`),
  );
  page.on('pageerror', (e) => wrong(`exception: ${e.message}`));
  page.on('dialog', (d) => {
    wrong(`a dialog opened: ${d.message()}`);
    void d.dismiss();
  });
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (/^(http|ws)/.test(url.protocol) && url.host !== new URL(base).host) wrong(`asked ${url.origin}`);
  });
  pages += 1;
  return page;
}

// The browser logs an answer of 4xx as an error of its own; the redeem check asks for one on purpose, and so do some stories.
const expected = (m, refused) =>
  (/status of (404|409|410)/.test(m.text()) && m.location().url.includes('/coupons/')) ||
  (refused !== undefined && /status of 400/.test(m.text()) && refused.test(m.location().url));

async function picture(page, name, whole = false) {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: whole });
  pictures += 1;
}

/** No part may be wider than the screen it is on. */
async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) problems.push(`${name}: ${over} px wider than the screen`);
}

async function step(name, what) {
  try {
    await what();
  } catch (error) {
    const where = /pages\.mjs:\d+/.exec(error.stack ?? '')?.[0];
    problems.push(`${name}, ${where}: ${String(error).split('\n')[0]}`);
  }
}

async function operators(context, name) {
  const page = await open(context, name);
  await page.goto(`${base}/operators`);
  await page.locator('.tiles').waitFor();
  await page.locator('.chip.good[role=status]').waitFor();
  await page.waitForTimeout(2500);
  await fits(page, name);
  await picture(page, name, name.includes('phone'));
  const head = page.locator('.decision-head').first();
  if ((await head.count()) > 0) {
    await head.click();
    await page.locator('.reasons').first().waitFor();
    await picture(page, `${name}-why`);
  }
  for (const [i, tab] of ['visits', 'rules', 'loyalty', 'orders', 'gateways'].entries()) {
    await page
      .getByRole('tab')
      .nth(i + 1)
      .click();
    await page.locator(`#${tab}`).waitFor();
    await page.waitForTimeout(600);
    await fits(page, `${name}-${tab}`);
    await picture(page, `${name}-${tab}`);
  }
  await page.close();
}

/** From a copy of a shipped rule to one in force and out of it again, with mistakes on the way. */
async function ruleStory(context, name) {
  const page = await open(context, name);
  const id = `story-${name}-${Date.now().toString(36)}`.toLowerCase();
  const title = `<img src=x onerror=alert(1)> ${name}`;
  const tab = (n) => page.locator('.split-one [role=tab]').nth(n).click();
  const head = (n) => page.locator('.split-one header .button').nth(n);
  await page.goto(`${base}/operators#rules/+fashion-browse`);
  await page.locator('#rule-id').fill(id);
  await page.locator('.fields .input').nth(0).fill(title);
  await page.locator('.fields .input').nth(1).fill(title);
  await page.locator('.fields .input').nth(2).fill('25');
  await page.locator('.editor > .field .input').last().fill('Mei <b>Lin</b>');
  await page.locator('.good-words svg, .notice.warn').first().waitFor();
  await picture(page, `${name}-new`, true);
  await page.locator('.editor .button').first().click();
  await page.locator('.split-one .chip.lake').waitFor();
  if (!(await page.locator('#rule').textContent())?.includes(title))
    problems.push(`${name}: the title is not what was typed`);
  if ((await page.locator('main img').count()) > 0) problems.push(`${name}: a title became markup`);

  await tab(1);
  await page.locator('[role=tabpanel][data-state=active] .row.ends .button').click();
  await page.locator('.trial, .notice').first().waitFor();
  await page.waitForTimeout(800);
  await fits(page, `${name}-trial`);
  await picture(page, `${name}-trial`, true);
  await tab(2);
  await page.locator('[role=tabpanel][data-state=active] .blank').first().waitFor();

  await tab(4);
  await page.locator('.editor .pills button').nth(1).click();
  const text = await page.locator('#rule-text').inputValue();
  await page.locator('#rule-text').fill(text.slice(0, -3));
  await page.locator('.editor .notice.bad').waitFor();
  await page.locator('#rule-text').fill(text.replace('"25 min"', '"25 fortnights"'));
  await page.locator('.mistakes .link').click();
  const marked = await page.locator('#rule-text').evaluate((t) => t.value.slice(t.selectionStart, t.selectionEnd));
  if (marked !== '"25 fortnights"') problems.push(`${name}: a mistake leads to ${marked}`);
  await fits(page, `${name}-mistakes`);
  await picture(page, `${name}-mistakes`);
  await page.locator('.editor .button.plain').click();

  await head(0).click();
  await page.locator('.sheet .two .button').last().click();
  await page.locator('.split-one header .chip.good').waitFor();
  await tab(3);
  await page.locator('.changes li').first().waitFor();
  if ((await page.locator('.versions > li').count()) !== 2) problems.push(`${name}: not every version is shown`);
  await picture(page, `${name}-versions`);
  await head(1).click();
  await page.locator('.sheet .two .button').last().click();
  await page.locator('.split-one header .button').nth(1).waitFor({ state: 'detached' });
  await page.close();
}

/** A code is on the screen until it is put away, and nowhere afterwards. */
async function gatewayStory(context, name) {
  const page = await open(context, name);
  await page.goto(`${base}/operators#gateways`);
  await page.locator('.picks button').first().waitFor();
  const gateway = await page.locator('.picks strong').first().textContent();
  await page.goto(`${base}/operators#gateways/${gateway}`);
  await page.locator('.split-one header .button').first().click();
  await page.locator('.sheet .button.wide').first().click();
  const code = await page.locator('.big-code').textContent();
  if (!/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/.test(code ?? '')) problems.push(`${name}: ${code} is no code`);
  await fits(page, `${name}-code`);
  await picture(page, `${name}-code`);
  await page.keyboard.press('Escape');
  await page.locator('.sheet').waitFor({ state: 'detached' });
  if ((await page.content()).includes(code ?? '')) problems.push(`${name}: the code stays on the page`);
  await page.locator('.split-one header .button').nth(1).click();
  await page.locator('.sheet .input').first().fill('99999999');
  await page.locator('.sheet .wrong').first().waitFor();
  await page.locator('.sheet .input').first().fill('500');
  await page.locator('.sheet .two .button').last().click();
  await page.locator('.sheet').waitFor({ state: 'detached' });
  await page.close();
}

/** A programme is changed with a mistake on the way; a reward is ordered, packed and sent, another called off. */
async function rewardStory(context, name) {
  const page = await open(context, name, /\/loyalty\?by=/);
  const street = `7 Lantern Lane <b>${name}</b>`;
  const mug = `Mug <i>${Date.now().toString(36)}</i>`;
  const api = `${base}/api/v1`;
  const ask = async (path, body, headers = {}, method = 'POST') => {
    const reply = await fetch(`${api}/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return reply.status === 204 ? undefined : reply.json();
  };
  const [{ venue }] = await ask('venues', undefined, {}, 'GET');

  await page.goto(`${base}/operators#loyalty`);
  const sheet = page.locator('.sheet');
  const save = sheet.locator('.two .button').last();
  const named = sheet.locator('input[autocomplete=name]');
  await page.locator('section[aria-labelledby=points-policy] .button').click();
  await sheet.locator('.input').first().fill('0');
  await named.fill('Mei <b>Lin</b>');
  await save.click();
  await sheet.locator('.input[aria-invalid=true]').first().waitFor();
  await fits(page, `${name}-wrong`);
  await picture(page, `${name}-wrong`);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await page.waitForTimeout(100);
  const focused = await page.evaluate(() =>
    document.activeElement?.closest('section')?.getAttribute('aria-labelledby'),
  );
  if (focused !== 'points-policy') problems.push(`${name}: the keyboard is lost when a sheet is closed`);

  await page.locator('section[aria-labelledby=catalogue] .button').first().click();
  await sheet.locator('.input').nth(0).fill(mug);
  await sheet.locator('.fields .input').nth(0).fill('1');
  await sheet.locator('.switch').click();
  await sheet.locator('.preview li').first().waitFor();
  await picture(page, `${name}-reward`);
  await save.click();
  await sheet.waitFor({ state: 'detached' });
  await page.locator('.catalogue b', { hasText: mug }).waitFor();

  // A guest who has points orders it twice.
  const { version } = await ask('texts/consent', undefined, {}, 'GET');
  const guest = await ask(`venues/${venue}/members`, {
    nickname: 'Anna',
    language: 'en',
    purposes: ['presence', 'marketing', 'profiling'],
    textVersion: version,
  });
  const secret = { Authorization: `Bearer ${guest.secret}` };
  const points = async () => (await ask('me/points', undefined, secret, 'GET')).spendable;
  const reward = (await ask(`venues/${venue}/rewards`, undefined, {}, 'GET')).find((r) => r.title.en === mug);
  const had = await points();
  for (const n of [1, 2])
    await ask(
      'me/rewards',
      { reward: reward.id, address: { name: 'Anna', lines: street } },
      { ...secret, 'Idempotency-Key': `${name}-${n}-${Date.now()}` },
    );

  await page.goto(`${base}/operators#orders`);
  const mine = page.locator('.order-list li', { hasText: mug });
  await mine.nth(1).waitFor();
  await fits(page, `${name}-orders`);
  await picture(page, `${name}-orders`);
  if ((await page.content()).includes('7 Lantern Lane')) problems.push(`${name}: an address stands in the list`);
  await mine.first().locator('.button').click();
  await page.locator('.address').waitFor();
  if (!(await page.locator('.address').textContent())?.includes(street)) problems.push(`${name}: not her address`);
  await fits(page, `${name}-pack`);
  await picture(page, `${name}-pack`);
  await save.click();
  await sheet.waitFor({ state: 'detached' });
  // The list is asked for anew: until then the one that was sent is still in it.
  await mine.nth(1).waitFor({ state: 'detached' });
  await mine.first().locator('.button').click();
  await page.locator('.address').waitFor();
  await sheet.locator('.two .button').first().click();
  await sheet.locator('.input').first().fill('broken');
  await sheet.locator('.two .button').last().click();
  await sheet.waitFor({ state: 'detached' });
  await mine.first().waitFor({ state: 'detached' });
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.innerHTML]),
  );
  if (kept.includes('7 Lantern Lane')) problems.push(`${name}: an address is kept on the page`);
  if (had - (await points()) !== 1) problems.push(`${name}: the points of a cancelled order did not come back`);
  await page.close();
}

async function staff(context, name) {
  const page = await open(context, name);
  await page.goto(`${base}/staff`);
  const store = page.locator('#store');
  await store.waitFor();
  await picture(page, `${name}-sign-on`);
  await store.selectOption({ index: 1 });
  await page.locator('#by').fill('Mei <b>Lin</b>');
  await page.locator('button[type=submit]').click();
  await page.locator('.chip.good[role=status]').waitFor();
  await page.waitForTimeout(800);
  await fits(page, name);
  await picture(page, name);
  if (!(await page.locator('#code').isVisible())) await page.getByRole('tab').nth(1).click();
  await page.locator('#code').fill('NO-SUCH-COUPON');
  await page.locator('.redeem button[type=submit]').click();
  await page.locator('.redeem .notice.bad').waitFor();
  await fits(page, `${name}-redeem`);
  await picture(page, `${name}-redeem`);
  await page.close();
}

async function join_(page, nickname, purposes) {
  await page.goto(`${base}/me?join`);
  await page.locator('input[name=nickname]').waitFor();
  if ((await page.locator('.check[data-state=checked]').count()) > 0) problems.push('a consent was ticked beforehand');
  await page.locator('input[name=nickname]').fill(nickname);
  for (const purpose of purposes)
    await page.locator(`.consents .check`).nth(['presence', 'marketing', 'profiling'].indexOf(purpose)).click();
  await page.locator('button[type=submit]').click();
  await page.locator('.whereabouts').waitFor();
}

async function me(context, name) {
  const page = await open(context, name);
  await page.goto(`${base}/me?join`);
  await page.locator('input[name=nickname]').waitFor();
  await fits(page, `${name}-join`);
  await picture(page, `${name}-join`, true);
  await join_(page, 'Lin', ['presence', 'marketing', 'profiling']);
  await page.waitForTimeout(3500);
  await fits(page, name);
  await picture(page, name, true);
  const show = page.locator('.ticket-show').first();
  if ((await show.count()) > 0) {
    await show.click();
    await page.locator('.code img').waitFor();
    await picture(page, `${name}-code`);
    await page.keyboard.press('Escape');
  }
  for (const [i, tab] of ['points', 'messages', 'you'].entries()) {
    await page
      .locator('.foot button')
      .nth(i + 1)
      .click();
    await page.waitForTimeout(500);
    await fits(page, `${name}-${tab}`);
    await picture(page, `${name}-${tab}`, true);
  }
  await wishStory(page, name);
  // Taking a consent back is one tap, and it is kept.
  const last = page.locator('.consents .switch').nth(2);
  await last.click();
  await page.locator('.consents .switch[data-state=unchecked]').first().waitFor();
  await page.reload();
  await page.locator('.foot button').nth(3).click();
  await page.locator('.consents .switch').nth(2).waitFor();
  if ((await page.locator('.consents .switch').nth(2).getAttribute('data-state')) !== 'unchecked')
    problems.push(`${name}: a withdrawn consent came back`);
  await leave(page);
  await page.close();
}

/** What is wished stays wished when the page is opened again. */
async function wishStory(page, name) {
  const saved = () => page.waitForResponse((r) => r.url().endsWith('/me/wishes') && r.request().method() === 'PUT');
  await page.locator('.themes').waitFor();
  await Promise.all([saved(), page.locator('#quiet').click()]);
  await page.locator('.quiet-hours').waitFor();
  const theme = page.locator('.themes .pills').first().locator('button').nth(2);
  await Promise.all([saved(), theme.click()]);
  await page.reload();
  await page.locator('.foot button').nth(3).click();
  await page.locator('.quiet-hours').waitFor();
  if ((await theme.getAttribute('data-state')) !== 'on') problems.push(`${name}: a theme that is not wanted came back`);
}

async function leave(page) {
  await page.locator('.button.danger').first().click();
  await page.locator('.sheet .button.danger').click();
  await page.locator('.blank').waitFor();
}

/** Every string must come back as the text it is. */
async function hostile(context) {
  const all =
    stringsFile !== undefined && existsSync(stringsFile) ? JSON.parse(readFileSync(stringsFile, 'utf8')) : ownStrings;
  // Those that could do something come first; the service allows 40 characters.
  const strings = [
    ...new Set(
      [...ownStrings, ...all.filter((s) => /[<>"'&{}$`]|script|\p{Cf}|\p{Mn}/iu.test(s))].map((s) =>
        s.slice(0, 40).trim(),
      ),
    ),
  ].filter(Boolean);
  const tried = strings.slice(0, Number(process.env.STRINGS ?? 60));
  const page = await open(context, 'hostile');
  for (const string of tried)
    await step(`nickname ${JSON.stringify(string)}`, async () => {
      await page.goto(`${base}/me?join`);
      await page.evaluate(() => localStorage.clear());
      await join_(page, string, []);
      const shown = await page.locator('h1').first().textContent();
      const seen = await page.locator('input[name=nickname]').count();
      if (seen > 0) return problems.push(`nickname ${JSON.stringify(string)} was refused`);
      // The service may tidy white space and controls; markup must still be there as text.
      const plain = (s) => s.normalize('NFKC').replace(/[\s\p{C}]+/gu, '');
      if (!plain(shown ?? '').includes(plain(string)))
        problems.push(`nickname ${JSON.stringify(string)} is shown as ${JSON.stringify(shown)}`);
      if ((await page.locator('h1 *').count()) > 0) problems.push(`nickname ${JSON.stringify(string)} became markup`);
    });
  await picture(page, 'hostile');
  await page.close();
  return tried.length;
}

for (const [width, viewport] of Object.entries(widths))
  for (const [language, locale] of Object.entries(languages))
    for (const colorScheme of process.env.NIGHT === '0' ? ['light'] : ['light', 'dark']) {
      // Night differs in colour only: one language shows it.
      if (colorScheme === 'dark' && language !== 'en') continue;
      const suffix = `${width}-${language}${colorScheme === 'dark' ? '-dark' : ''}`;
      const context = await browser.newContext({
        viewport,
        locale,
        colorScheme,
        deviceScaleFactor: width === 'phone' ? 2 : 1,
      });
      // The stories are the same in any language and width; two of the four tell them.
      const stories = suffix === 'phone-zh' || suffix === 'desktop-en' ? { ruleStory, gatewayStory, rewardStory } : {};
      for (const [page, visit] of Object.entries({ operators, staff, me, ...stories })) {
        const name = `${page}-${suffix}`;
        await step(name, () => visit(context, name));
      }
      await context.close();
    }

const context = await browser.newContext({ viewport: widths.phone, locale: 'en-GB' });
const strings = await hostile(context);
await context.close();
await browser.close();
for (const problem of problems) console.error(problem);
console.log(JSON.stringify({ pages, strings, pictures, problems }));
process.exit(problems.length > 0 ? 1 : 0);
