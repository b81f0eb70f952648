// A row of a roster -> its calendar, as npm ical-generator writes it: `createEvent` with an object for each event.
//
// Writes all that dosecal writes. Times are native dates (Luxon's take a tenth longer): with a `timezone`, it writes their local fields as they
// are. So the process must run in UTC, or in a zone without gaps at these times. The zone is named by the events and not by the calendar, which
// would put DTSTAMP and LAST-MODIFIED in local time, too. Most of its time goes into folding: it encodes each character of a line by itself.
import { BEFORE, CALENDAR_NAME, PRODID, REMINDER, VTIMEZONE, events, library, main, version } from './plan.mjs';

const { default: ical } = await library('ical-generator/dist/index.mjs');
const STAMP = new Date(0);
const ALARMS = [{ type: 'display', trigger: BEFORE, description: REMINDER }];
const TIMEZONE = { name: null, generator: () => VTIMEZONE };

function calendar(id, day1, timezone) {
  const calendar = ical({ prodId: PRODID.slice(1), name: CALENDAR_NAME, timezone: TIMEZONE });
  for (const { uid, kind, year, month, day } of events(id, day1)) {
    calendar.createEvent({
      id: uid,
      stamp: STAMP,
      lastModified: STAMP,
      sequence: 0,
      timezone,
      start: new Date(year, month, day, kind.at[0], kind.at[1]),
      end: new Date(year, month, day, kind.at[0], kind.at[1] + kind.lasts),
      summary: kind.title,
      categories: [{ name: kind.category }],
      status: 'CONFIRMED',
      transparency: kind.transp,
      alarms: ALARMS,
    });
  }
  return calendar.toString();
}

main(`ical-generator ${version('ical-generator')}`, calendar);
