import type { Language } from './language';

/** What an offer may be about, as people say it; another theme goes by its id. */
export const themeNames: Record<Language, Record<string, string>> = {
  en: {
    coffee: 'Coffee',
    cake: 'Cake',
    lunch: 'Lunch',
    dinner: 'Dinner',
    beauty: 'Beauty',
    cinema: 'Cinema',
    taxi: 'Taxi',
    welcome: 'Welcome gifts',
    fashion: 'Fashion',
    parking: 'Parking',
    kids: 'For children',
    icecream: 'Ice cream',
    comeback: 'Until next time',
    hotel: 'Hotel',
  },
  zh: {
    coffee: '咖啡',
    cake: '蛋糕',
    lunch: '午餐',
    dinner: '晚餐',
    beauty: '美容美甲',
    cinema: '电影',
    taxi: '打车',
    welcome: '入会礼',
    fashion: '时装',
    parking: '停车',
    kids: '亲子',
    icecream: '冰淇淋',
    comeback: '期待再来',
    hotel: '酒店',
  },
};
