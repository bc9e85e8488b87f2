const en = {
  link: { live: 'Live', connecting: 'Connecting', reconnecting: 'Reconnecting', refused: 'Not allowed' },
  noConnection: 'No connection',
  noConnectionHelp: 'The service cannot be reached right now. What you see may be out of date.',
  didNotWork: 'That did not work',
  tryAgain: 'Try again',
  broken: 'This page cannot be shown',
  brokenHelp: 'Something on it is not as expected. What you have sent is kept; load the page again to go on.',
  loadAgain: 'Load again',
  loading: 'Loading',
  close: 'Close',
  cancel: 'Cancel',
  venue: 'Venue',
  tiers: { bronze: 'Bronze', silver: 'Silver', gold: 'Gold', platinum: 'Platinum', vip: 'VIP' } as Record<
    string,
    string
  >,
};

export const common = {
  en,
  zh: {
    link: { live: '实时', connecting: '连接中', reconnecting: '正在重连', refused: '无权限' },
    noConnection: '没有连接',
    noConnectionHelp: '暂时无法连接服务，页面内容可能不是最新的。',
    didNotWork: '操作没有成功',
    tryAgain: '重试',
    broken: '页面无法显示',
    brokenHelp: '页面内容出现异常。已提交的操作不受影响，重新加载即可继续。',
    loadAgain: '重新加载',
    loading: '正在加载',
    close: '关闭',
    cancel: '取消',
    venue: '商场',
    tiers: { bronze: '铜卡', silver: '银卡', gold: '金卡', platinum: '白金卡', vip: 'VIP' } as Record<string, string>,
  } satisfies typeof en,
};
