// A stand-in for the service, for looking at the pages: same addresses, same answers, made-up people.
//   npm run build && npm run fake    then http://localhost:8080/operators, /staff, /me
// PORT=0 picks a free port. SCENE=empty has a venue where nothing has happened yet.
import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join as filePath, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import QRCode from 'qrcode';
import { WebSocketServer } from 'ws';
import { gatewayNames, map, offers, rules } from './mall.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const empty = process.env.SCENE === 'empty';
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:";
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

// --- what is the case

const speed = 20;
const startedAt = Date.now();
const dayBegan = Date.parse('2026-11-21T06:10:00Z');
const venueNow = () => dayBegan + (Date.now() - startedAt) * speed;
const iso = (ms) => new Date(ms).toISOString();
let dice = 7;
const roll = () => {
  dice = (dice * 1103515245 + 12345) % 2147483648;
  return dice / 2147483648;
};
const pick = (list) => list[Math.floor(roll() * list.length)];

const base = {
  atrium: 34,
  entrance: 9,
  'coffee-bar': 17,
  supermarket: 41,
  cosmetics: 12,
  watches: 2,
  'passage-n': 14,
  'fashion-w': 23,
  'fashion-m': 8,
  toys: 13,
  books: 11,
  gallery: 19,
  shoes: 6,
  cinema: 58,
  restaurant: 21,
  nails: 4,
  foyer: 7,
  games: 0,
};
const counts = new Map(map.zones.map((z) => [z.id, empty ? 0 : (base[z.id] ?? 0)]));
let sightings = empty ? 0 : 1_284_113;
let visits = empty ? 0 : 2_417;

function floor() {
  const zones = [...counts].map(([zone, now]) => ({ zone, now }));
  const visitors = zones.reduce((sum, z) => sum + z.now, 0);
  return {
    venueTime: iso(venueNow()),
    visitors,
    members: Math.round(visitors * 0.23),
    zones,
    gateways: empty
      ? []
      : gatewayNames.map((gateway, i) => ({
          gateway,
          online: i !== 2,
          lastSeenAt: iso(venueNow() - (i === 2 ? 1_260_000 : 900)),
          clockErrorMs: i === 3 ? -4200 : 12,
          backlog: i === 4 ? 1_823 : 3,
        })),
    sightings,
    visits,
  };
}

const member = () =>
  `m-${Math.floor(roll() * 0xffffff)
    .toString(16)
    .padStart(6, '0')}…`;
const scenes = [
  () => ({
    rule: 'birthday-coffee',
    outcome: 'offered',
    zone: 'entrance',
    offer: offers.coffee.name,
    reasons: [
      { gate: 'when', passed: true, observed: 'happened', threshold: 'enters the venue' },
      { gate: 'birthday', passed: true, observed: 'today', threshold: 'today' },
      { gate: 'time', passed: true, observed: '14:12', threshold: '09:00 to 20:00' },
      {
        gate: 'consent',
        passed: true,
        observed: 'presence, marketing, profiling',
        threshold: 'presence, marketing, profiling',
      },
      { gate: 'cap all', passed: true, observed: '0', threshold: 'at most 2' },
    ],
  }),
  () => ({
    rule: 'fashion-dwell',
    outcome: 'blocked',
    zone: 'fashion-w',
    offer: offers.cinema.name,
    reasons: [
      { gate: 'when', passed: true, observed: 'happened', threshold: 'is in any fashion for 20 min' },
      { gate: 'not issued of cinema in 7 days', passed: true, observed: '0', threshold: 'not at least 1' },
      { gate: 'consent', passed: true, observed: 'presence, marketing, profiling', threshold: 'presence, marketing' },
      { gate: 'quiet hours', passed: true, observed: '14:20', threshold: 'not 22:00 to 08:00' },
      { gate: 'cap all', passed: false, observed: '2', threshold: 'at most 2 a day' },
    ],
  }),
  () => ({
    rule: 'vip-arrives',
    outcome: 'notified',
    zone: 'cosmetics',
    offer: null,
    reasons: [
      { gate: 'when', passed: true, observed: 'happened', threshold: 'enters cosmetics' },
      { gate: 'tier', passed: true, observed: 'gold', threshold: 'gold or platinum' },
      { gate: 'days since the last visit', passed: true, observed: '33 days', threshold: 'at least 14 days' },
    ],
  }),
  () => ({
    rule: 'fashion-dwell',
    outcome: 'blocked',
    zone: 'shoes',
    offer: offers.cinema.name,
    reasons: [
      { gate: 'when', passed: true, observed: 'happened', threshold: 'is in any fashion for 20 min' },
      { gate: 'consent', passed: false, observed: 'presence', threshold: 'presence, marketing' },
    ],
  }),
];
const decisions = [];
let decisionId = 0;
function decide() {
  const d = pick(scenes)();
  const made = {
    id: ++decisionId,
    at: iso(venueNow()),
    ruleName: rules.find((r) => r.id === d.rule).title,
    member: member(),
    ...d,
  };
  decisions.unshift(made);
  return made;
}
if (!empty) for (let i = 0; i < 64; i++) decide();
for (const [i, d] of decisions.entries()) d.at = iso(venueNow() - i * 47_000);

const visitList = empty
  ? []
  : Array.from({ length: 70 }, (_, i) => {
      const since = venueNow() - i * 130_000 - 2_400_000;
      let at = since;
      const stays = Array.from({ length: 1 + Math.floor(roll() * 4) }, () => {
        const since = at;
        at += 60_000 + roll() * 900_000;
        return { zone: pick(map.zones).id, since: iso(since), until: iso(at) };
      });
      return {
        id: 70 - i,
        token: `${Math.floor(roll() * 0xffff)
          .toString(16)
          .padStart(4, '0')}…`,
        member: roll() < 0.25 ? member() : null,
        since: iso(since),
        until: i === 0 ? null : iso(at),
        confidence: Math.round(35 + roll() * 64),
        sources: pick([['wifi'], ['wifi', 'ble'], ['ble']]),
        stays,
      };
    });

const coupons = new Map();
let couponIds = 0;
function issue(offerKey, minutes, why, code) {
  const offer = offers[offerKey];
  const coupon = {
    id: ++couponIds,
    code:
      code ??
      [...randomBytes(4)]
        .map((b) => b.toString(16).padStart(2, '0'))
        .join('')
        .toUpperCase()
        .replace(/(....)(....)/, '$1-$2'),
    offer: { name: offer.name, text: offer.text, theme: offer.theme },
    where: offer.where,
    state: 'issued',
    issuedAt: iso(venueNow()),
    expiresAt: iso(venueNow() + minutes * 60_000),
    redeemedAt: null,
    why,
  };
  coupons.set(coupon.code, coupon);
  return coupon;
}
const because = {
  coffee: {
    en: 'It is your birthday today, and you allowed us to recognise your visits and send you offers.',
    zh: '今天是您的生日；您允许我们识别您的到访并发送优惠。',
  },
  cinema: {
    en: 'You spent more than 20 minutes among the fashion shops this afternoon.',
    zh: '今天下午您在服装区停留超过 20 分钟。',
  },
  lunch: {
    en: 'You have used your birthday coffee; lunch is the next treat of the day.',
    zh: '您已使用生日咖啡，午餐是今天的下一份心意。',
  },
};
issue('coffee', 300, because.coffee, 'TEST-0001');
issue('lunch', 300, because.lunch, 'TEST-0002');
const old = issue('cinema', -30, because.cinema, 'TEST-0003');
old.state = 'expired';

const arrivals = empty
  ? []
  : [
      {
        id: 3,
        ago: 40_000,
        nickname: 'Ms Zhao',
        tier: 'Gold',
        text: {
          en: 'Her birthday is today. Wish her well and mention the coffee she has waiting.',
          zh: '今天是她的生日。请祝她生日快乐，并提醒还有一杯咖啡等着她。',
        },
        last: 33,
        open: ['TEST-0001'],
      },
      {
        id: 2,
        ago: 540_000,
        nickname: '小林',
        tier: null,
        text: { en: 'First time in the store since the autumn sale.', zh: '秋季促销后第一次到店。' },
        last: 61,
        open: [],
      },
      {
        id: 1,
        ago: 2_400_000,
        nickname: 'Tom',
        tier: 'Platinum',
        text: { en: 'Comes every Saturday. He usually looks for watches first.', zh: '每周六都来，通常先看手表。' },
        last: 7,
        open: ['TEST-0002'],
        by: 'Mei',
      },
    ].map((a) => ({
      id: a.id,
      at: iso(venueNow() - a.ago),
      member: member(),
      nickname: a.nickname,
      tier: a.tier,
      text: a.text,
      lastVisitAt: iso(venueNow() - a.last * 86_400_000),
      openCoupons: a.open.map((code) => ({ name: coupons.get(code).offer.name, code })),
      acknowledgedBy: a.by ?? null,
      acknowledgedAt: a.by ? iso(venueNow() - a.ago + 90_000) : null,
    }));

const members = new Map();
const replies = new Map();
const texts = {
  version: '2026-11',
  presence: {
    en: 'Notice when my phone or tag is in the mall, and keep when and where I was for 13 months.',
    zh: '识别我的手机或标签是否在商场内，并保存我的到访时间和地点，保存 13 个月。',
  },
  marketing: {
    en: 'Send me coupons and news of the mall, at most two a day and never at night.',
    zh: '给我发送商场的优惠券和消息，每天最多两条，夜间不发送。',
  },
  profiling: {
    en: 'Choose offers by where I have been and what I used before. Without this I get what everybody gets.',
    zh: '根据我去过的地方和用过的优惠为我挑选。不同意时，我收到的与所有人相同。',
  },
};

function deliver(m, fields) {
  const message = { cursor: m.inbox.length + 1, id: randomUUID(), at: iso(venueNow()), ...fields };
  m.inbox.push(message);
  for (const socket of sockets) if (socket.member === m) socket.tell('message', message);
}

function join(body) {
  const secret = randomBytes(16).toString('hex');
  const m = {
    memberId: randomUUID(),
    nickname: body.nickname,
    birthday: body.birthday ?? null,
    language: body.language,
    purposes: body.purposes,
    bindings: [],
    inbox: [],
    coupons: [],
    links: new Map(),
  };
  members.set(secret, m);
  if (m.purposes.includes('marketing')) {
    setTimeout(
      () => deliver(m, { kind: 'text', text: { en: 'Welcome! Nice to have you here.', zh: '欢迎！很高兴您来。' } }),
      400,
    );
    for (const [i, key] of ['coffee', 'cinema'].entries())
      setTimeout(
        () => {
          const coupon = issue(key, i === 0 ? 240 : 900, because[key]);
          m.coupons.push(coupon);
          deliver(m, { kind: 'coupon', coupon });
        },
        1200 + i * 1500,
      );
    const used = issue('lunch', 60, because.lunch);
    Object.assign(used, {
      state: 'redeemed',
      redeemedAt: iso(venueNow() - 5_400_000),
      issuedAt: iso(venueNow() - 9_000_000),
    });
    m.coupons.push(used);
  }
  return { memberId: m.memberId, secret };
}

// --- how it answers

const problem = (status, type, title, detail) => ({
  status,
  problem: { type: `https://presence.example/problems/${type}`, title, status, detail },
});

function answer(method, path, query, body, headers) {
  const parts = path.split('/').slice(3).map(decodeURIComponent);
  const [a, v, b, c, d] = parts;
  const m = members.get((headers.authorization ?? '').replace('Bearer ', ''));
  const page = (list) =>
    list
      .filter((x) => !query.get('before') || x.id < Number(query.get('before')))
      .slice(0, Number(query.get('take') ?? 50));
  if (a === 'texts') return { body: texts };
  if (a === 'venues' && v === undefined)
    return { body: [map].map(({ tenant, venue, name, timeZone }) => ({ tenant, venue, name, timeZone })) };
  if (a === 'venues' && v !== map.venue)
    return problem(404, 'unknown-venue', 'Unknown venue', `There is no venue ${v}.`);
  if (a === 'venues') {
    if (b === 'map') return { body: map };
    if (b === 'floor') return { body: floor() };
    if (b === 'decisions') return { body: page(decisions) };
    if (b === 'visits') return { body: page(visitList) };
    if (b === 'rules') return { body: empty ? [] : rules };
    if (b === 'staff' && d === 'arrivals') return { body: arrivals };
    if (b === 'staff' && c === 'arrivals' && method === 'POST') {
      const found = arrivals.find((x) => String(x.id) === d);
      if (!found) return problem(404, 'unknown-arrival', 'Unknown arrival', 'This arrival is no longer on the board.');
      found.acknowledgedBy ??= body.by;
      found.acknowledgedAt ??= iso(venueNow());
      for (const socket of sockets) if (socket.zone) socket.tell('arrival', found);
      return { body: found };
    }
    if (b === 'coupons') {
      const coupon = coupons.get(c);
      if (!coupon) return problem(404, 'unknown-coupon', 'Unknown coupon', 'No coupon has this code.');
      const reason = {
        redeemed: { en: 'It was used already.', zh: '已经用过。' },
        expired: { en: `It ended at ${coupon.expiresAt.slice(11, 16)} UTC.`, zh: '已过有效期。' },
      }[coupon.state];
      if (d === undefined)
        return {
          body: {
            code: coupon.code,
            state: coupon.state,
            offer: coupon.offer,
            expiresAt: coupon.expiresAt,
            redeemable: coupon.state === 'issued',
            reason: reason ?? null,
          },
        };
      const key = headers['idempotency-key'];
      if (!key) return problem(400, 'no-key', 'Idempotency-Key is missing', 'Send a key with each redemption.');
      if (replies.has(key)) return replies.get(key);
      const reply =
        coupon.state === 'redeemed'
          ? problem(
              409,
              'already-redeemed',
              'Already redeemed',
              `Redeemed at ${coupon.redeemedAt.slice(11, 16)} UTC in ${coupon.redeemedIn} by ${coupon.redeemedBy}.`,
            )
          : coupon.state !== 'issued'
            ? problem(410, 'expired', 'Expired', 'This coupon has expired.')
            : { body: { outcome: 'redeemed', code: coupon.code, at: iso(venueNow()), offer: coupon.offer } };
      if (reply.body)
        Object.assign(coupon, {
          state: 'redeemed',
          redeemedAt: reply.body.at,
          redeemedIn: body.zone,
          redeemedBy: body.by,
        });
      replies.set(key, reply);
      return reply;
    }
    if (b === 'members' && method === 'POST') return { status: 201, body: join(body) };
  }
  if (a === 'me') {
    if (!m) return problem(401, 'unknown-member', 'Not known', 'This membership does not exist.');
    if (v === undefined && method === 'DELETE') {
      for (const [secret, x] of members) if (x === m) members.delete(secret);
      return { status: 204 };
    }
    if (v === undefined)
      return {
        body: {
          member: `m-${m.memberId.slice(0, 6)}…`,
          venue: map.venue,
          nickname: m.nickname,
          birthday: m.birthday,
          language: m.language,
          purposes: m.purposes,
          bindings: m.bindings,
          present: m.bindings.length > 0 || m.coupons.length > 0,
          zone: 'atrium',
        },
      };
    if (v === 'consent') {
      m.purposes = body.purposes;
      return { body: { purposes: m.purposes } };
    }
    if (v === 'link') {
      const code = randomBytes(6).toString('hex');
      setTimeout(() => m.bindings.push({ at: iso(venueNow()), how: 'link' }), 6000);
      return { body: { code, url: `/healthz?link=${code}`, expiresAt: iso(venueNow() + 600_000) } };
    }
    if (v === 'coupons' && b === undefined) return { body: m.coupons };
    if (v === 'coupons' && c === 'qr.svg') return { svg: m.coupons.find((x) => String(x.id) === b)?.code };
    if (v === 'inbox') return { body: m.inbox.filter((x) => x.cursor > Number(query.get('after') ?? 0)) };
    if (v === 'export') return { body: { nickname: m.nickname, purposes: m.purposes, coupons: m.coupons } };
  }
  return problem(404, 'not-found', 'Not found', `There is nothing at ${path}.`);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (url.pathname === '/healthz') return response.end('ok');
  if (url.pathname.endsWith('/negotiate')) {
    const id = randomUUID();
    response.setHeader('Content-Type', 'application/json');
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (url.pathname.includes('consumers') && !members.has(token)) {
      response.statusCode = 401;
      return response.end();
    }
    return response.end(
      JSON.stringify({
        negotiateVersion: 1,
        connectionId: id,
        connectionToken: id,
        availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text'] }],
      }),
    );
  }
  if (url.pathname.startsWith('/api/v1/')) {
    const said = answer(
      request.method,
      url.pathname,
      url.searchParams,
      text === '' ? {} : JSON.parse(text),
      request.headers,
    );
    response.statusCode = said.status ?? 200;
    if (said.svg) {
      response.setHeader('Content-Type', 'image/svg+xml');
      return response.end(await QRCode.toString(said.svg, { type: 'svg', margin: 1 }));
    }
    response.setHeader('Content-Type', said.problem ? 'application/problem+json' : 'application/json');
    return response.end(response.statusCode === 204 ? undefined : JSON.stringify(said.problem ?? said.body));
  }
  const page = /^\/(operators|staff|me)\/?$/.exec(url.pathname)?.[1];
  const file = filePath(dist, normalize(page === undefined ? url.pathname : `/${page}.html`));
  if (!existsSync(file) || extname(file) === '') {
    response.statusCode = 404;
    return response.end('not found');
  }
  response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
});

// --- how it speaks live: SignalR's JSON protocol, as much of it as the pages use

const sockets = new Set();
const live = new WebSocketServer({ server });
live.on('connection', (socket, request) => {
  const url = new URL(request.url, 'http://localhost');
  const send = (message) => socket.readyState === 1 && socket.send(`${JSON.stringify(message)}\u001e`);
  const one = {
    member: members.get(url.searchParams.get('access_token') ?? ''),
    tell: (target, argument) => send({ type: 1, target, arguments: [argument] }),
  };
  socket.on('message', (data) => {
    for (const part of data.toString().split('\u001e').filter(Boolean)) {
      const message = JSON.parse(part);
      if (message.protocol) {
        send({});
        continue;
      }
      if (message.type !== 1) continue;
      if (message.target === 'Watch' && url.pathname.includes('operators')) one.venue = message.arguments[0];
      if (message.target === 'Watch' && url.pathname.includes('staff')) one.zone = message.arguments[1];
      sockets.add(one);
      send({ type: 3, invocationId: message.invocationId, result: null });
      if (message.target === 'Resume')
        for (const m of one.member?.inbox ?? []) if (m.cursor > message.arguments[0]) one.tell('message', m);
    }
  });
  const ping = setInterval(() => send({ type: 6 }), 10_000);
  socket.on('close', () => {
    clearInterval(ping);
    sockets.delete(one);
  });
});

if (!empty) {
  setInterval(() => {
    for (const [zone, now] of counts)
      if (roll() < 0.3) counts.set(zone, Math.max(0, now + Math.round((roll() - 0.5) * 3)));
    sightings += 9_000 + Math.round(roll() * 900);
    visits += roll() < 0.4 ? 1 : 0;
    for (const socket of sockets) if (socket.venue) socket.tell('floor', floor());
  }, 500);
  setInterval(() => {
    const made = decide();
    for (const socket of sockets) if (socket.venue) socket.tell('decision', made);
  }, 4000);
}

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () =>
  console.log(`listening on http://localhost:${server.address().port}`),
);
