// A small mall for looking at the pages while the real service is not at hand. Never part of what is shipped.
const rectangle = (x, y, w, h) => [
  { x, y },
  { x: x + w, y },
  { x: x + w, y: y + h },
  { x, y: y + h },
];

const zone = (id, floor, en, zh, outline, tags, isStore = true, capacity = 0) => ({
  id,
  floor,
  name: { en, zh },
  outline,
  tags,
  isStore,
  capacity,
});

const gateways = ['gw-f1-west', 'gw-f1-east', 'gw-f2-west', 'gw-f2-east', 'gw-f3'];

export const map = {
  tenant: 'harbour',
  venue: 'riverside',
  name: { en: 'Riverside Mall', zh: '滨江广场' },
  timeZone: 'Asia/Shanghai',
  floors: [
    { id: 'F1', name: { en: 'Ground floor', zh: '一层' }, width: 90, height: 48 },
    { id: 'F2', name: { en: 'First floor', zh: '二层' }, width: 90, height: 48 },
    { id: 'F3', name: { en: 'Second floor', zh: '三层' }, width: 70, height: 48 },
  ],
  zones: [
    zone(
      'atrium',
      'F1',
      'Atrium',
      '中庭',
      [
        { x: 30, y: 14 },
        { x: 60, y: 14 },
        { x: 60, y: 34 },
        { x: 30, y: 34 },
      ],
      ['hall'],
      false,
      300,
    ),
    zone('entrance', 'F1', 'Main entrance', '正门', rectangle(36, 0, 18, 14), ['door'], false),
    zone('coffee-bar', 'F1', 'Harbour Coffee', '海港咖啡', rectangle(60, 14, 14, 20), ['food', 'coffee'], true, 45),
    zone('supermarket', 'F1', 'Fresh Market', '鲜生超市', rectangle(0, 0, 30, 34), ['food'], true, 180),
    zone('cosmetics', 'F1', 'Camellia Beauty', '山茶美妆', rectangle(54, 0, 36, 14), ['beauty'], true, 60),
    zone('watches', 'F1', 'Tick & Co', '时光钟表', rectangle(74, 14, 16, 20), ['luxury'], true, 20),
    zone('passage-n', 'F1', 'North passage', '北走廊', rectangle(0, 34, 90, 14), ['hall'], false),
    zone(
      'fashion-w',
      'F2',
      'Linden Women',
      '菩提女装',
      [
        { x: 0, y: 0 },
        { x: 40, y: 0 },
        { x: 40, y: 16 },
        { x: 18, y: 16 },
        { x: 18, y: 48 },
        { x: 0, y: 48 },
      ],
      ['fashion'],
      true,
      110,
    ),
    zone('fashion-m', 'F2', 'North Thread', '北线男装', rectangle(40, 0, 26, 16), ['fashion'], true, 60),
    zone('toys', 'F2', 'Kite & Kid', '风筝童趣', rectangle(66, 0, 24, 26), ['children'], true, 50),
    zone('books', 'F2', 'Page One Corner', '首页书店', rectangle(66, 26, 24, 22), ['books'], true, 70),
    zone('gallery', 'F2', 'Gallery', '连廊', rectangle(18, 16, 48, 16), ['hall'], false),
    zone('shoes', 'F2', 'Two Steps', '两步鞋履', rectangle(18, 32, 48, 16), ['fashion'], true, 60),
    zone('cinema', 'F3', 'Starlight Cinema', '星光影院', rectangle(0, 0, 34, 48), ['cinema'], true, 400),
    zone('restaurant', 'F3', 'River Table', '江边小馆', rectangle(34, 0, 36, 20), ['food', 'dinner'], true, 90),
    zone('nails', 'F3', 'Petal Nails', '花瓣美甲', rectangle(34, 34, 16, 14), ['beauty'], true, 12),
    zone('foyer', 'F3', 'Foyer', '前厅', rectangle(34, 20, 36, 14), ['hall'], false),
    zone('games', 'F3', 'Arcade', '游戏厅', rectangle(50, 34, 20, 14), ['children'], true, 40),
  ],
  receivers: [
    ['gw-f1-west', 'F1', 16, 20, 'supermarket'],
    ['gw-f1-west', 'F1', 34, 38, 'passage-n'],
    ['gw-f1-east', 'F1', 57, 17, 'atrium'],
    ['gw-f1-east', 'F1', 80, 8, 'cosmetics'],
    ['gw-f2-west', 'F2', 9, 30, 'fashion-w'],
    ['gw-f2-west', 'F2', 42, 19, 'gallery'],
    ['gw-f2-east', 'F2', 80, 30, 'books'],
    ['gw-f3', 'F3', 14, 40, 'cinema'],
    ['gw-f3', 'F3', 60, 24, 'foyer'],
  ].map(([gateway, floor, x, y, z], i) => ({
    gateway,
    number: i,
    floor,
    at: { x, y },
    zone: z,
    kind: i % 3 === 0 ? 'bluetooth' : 'wifi',
  })),
};

export const gatewayNames = gateways;

export const offers = {
  coffee: {
    name: { en: 'A coffee on us', zh: '请您喝杯咖啡' },
    text: { en: 'One filter coffee or tea of your choice at Harbour Coffee.', zh: '海港咖啡任选一杯滴滤咖啡或茶。' },
    theme: 'coffee',
    where: { en: 'Harbour Coffee, ground floor', zh: '海港咖啡，一层' },
  },
  lunch: {
    name: { en: 'Lunch for two, one pays', zh: '双人午餐，一人买单' },
    text: { en: 'The lunch menu at River Table from 11:30 to 14:00.', zh: '江边小馆午市套餐，11:30 至 14:00。' },
    theme: 'lunch',
    where: { en: 'River Table, second floor', zh: '江边小馆，三层' },
  },
  cinema: {
    name: { en: 'Cinema ticket, 30% off', zh: '电影票七折' },
    text: { en: 'Any film today at Starlight Cinema.', zh: '星光影院今日任一场次。' },
    theme: 'cinema',
    where: { en: 'Starlight Cinema, second floor', zh: '星光影院，三层' },
  },
  taxi: {
    name: { en: 'Taxi home, ¥15 off', zh: '打车回家立减 15 元' },
    text: { en: 'For a ride that starts at the mall before midnight.', zh: '今晚零点前从商场出发的行程。' },
    theme: 'taxi',
    where: null,
  },
};

export const rules = [
  {
    id: 'birthday-coffee',
    version: 3,
    state: 'published',
    author: 'lin',
    title: { en: 'Birthday coffee', zh: '生日咖啡' },
    reason: {
      en: 'It is your birthday today, and you allowed us to recognise your visits.',
      zh: '今天是您的生日，并且您允许我们识别您的到访。',
    },
    when: { enters: 'venue' },
    if: [{ birthday: { daysBefore: 0, daysAfter: 0 } }, { time: { from: '09:00', to: '20:00' } }],
    then: [{ offer: 'coffee' }],
    limits: { once: 'year', priority: 80 },
  },
  {
    id: 'fashion-dwell',
    version: 1,
    state: 'published',
    author: 'lin',
    title: { en: 'Long look at fashion', zh: '久逛服装' },
    when: { dwells: { in: { tag: 'fashion' }, atLeast: '20 min' } },
    if: [
      { not: { offers: { were: 'issued', theme: 'cinema', days: 7, atLeast: 1 } } },
      { any: [{ weekday: ['saturday', 'sunday'] }, { time: { from: '17:00', to: '21:00' } }] },
    ],
    then: [{ offer: 'cinema' }],
    limits: { once: 'week', holdout: 10, caps: [{ most: 2, of: 'all', per: 'day' }], budget: 500, budgetPer: 'day' },
  },
  {
    id: 'vip-arrives',
    version: 2,
    state: 'published',
    author: 'chen',
    title: { en: 'Greet our gold members', zh: '迎接金卡会员' },
    when: { enters: { zone: 'cosmetics' } },
    if: [{ tier: ['gold', 'platinum'] }, { lastVisit: { atLeastDays: 14 } }],
    then: [{ notifyStaff: { text: { en: 'Welcome back after a while.', zh: '久违了，欢迎回来。' } } }],
    limits: { once: 'visit' },
  },
  {
    id: 'coffee-not-taken',
    version: 1,
    state: 'paused',
    author: 'lin',
    title: { en: 'Coffee still waiting', zh: '咖啡还没喝' },
    when: { notRedeemed: { offer: 'coffee', after: '90 min' } },
    if: [{ isIn: 'venue' }],
    then: [
      { offer: 'lunch' },
      { message: { text: { en: 'Your coffee is still waiting.', zh: '您的咖啡还在等您。' }, theme: 'coffee' } },
    ],
    limits: { once: 'day', onBlock: 'postpone', postponeFor: '1 h' },
  },
];
