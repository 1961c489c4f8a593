// Instants of the sandbox's clock, as a phone in China writes them.

const DAY = 86_400;

export function shanghai(seconds, options) {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options }).format(seconds * 1000);
}

export const clock = (at) => shanghai(at, { hour: "2-digit", minute: "2-digit" });

// "2020-03-02T08:00" in Shanghai, as a date-time field has it.
export function wall(at) {
  const day = shanghai(at, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${day.replaceAll("/", "-")}T${clock(at)}`;
}

// The day of a line: nothing today, then 昨天, the weekday, the date.
export function day(at, now) {
  const ago = (Date.parse(wall(now).slice(0, 10)) - Date.parse(wall(at).slice(0, 10))) / 1000 / DAY;
  if (ago === 0) return "";
  if (ago === 1) return "昨天";
  if (ago > 1 && ago < 7) return shanghai(at, { weekday: "long" });
  return shanghai(at, { month: "long", day: "numeric" });
}

export const stamp = (at, now) => `${day(at, now)} ${clock(at)}`.trim();
