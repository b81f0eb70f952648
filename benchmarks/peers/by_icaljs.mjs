// A row of a roster -> its calendar, as npm ical.js (Thunderbird's) writes it: a component for each event, by `ICAL.Event` where it has a setter.
//
// Writes all that dosecal writes. The VTIMEZONE is parsed once. An alarm belongs to one event only, so that each is made anew.
import { BEFORE, CALENDAR_NAME, PRODID, REMINDER, VTIMEZONE, events, library, main, version } from './plan.mjs';

const { default: ICAL } = await library('ical.js/dist/ical.js');
const ZONE = new ICAL.Component(ICAL.parse(VTIMEZONE));
const TIMEZONE = new ICAL.Timezone(ZONE);
const STAMP = ICAL.Time.fromString('1970-01-01T00:00:00Z');
const TRIGGER = ICAL.Duration.fromSeconds(-BEFORE);

function alarm() {
  const component = new ICAL.Component('valarm');
  component.addPropertyWithValue('action', 'DISPLAY');
  component.addPropertyWithValue('description', REMINDER);
  component.addPropertyWithValue('trigger', TRIGGER);
  return component;
}

function event({ uid, kind, year, month, day }) {
  const component = new ICAL.Component('vevent'), event = new ICAL.Event(component);
  const start = new ICAL.Time({ year, month: month + 1, day, hour: kind.at[0], minute: kind.at[1], second: 0, isDate: false }, TIMEZONE);
  const end = start.clone();
  end.adjust(0, 0, kind.lasts, 0);
  event.uid = uid;
  event.sequence = 0;
  event.startDate = start;
  event.endDate = end;
  event.summary = kind.title;
  component.addPropertyWithValue('dtstamp', STAMP);
  component.addPropertyWithValue('last-modified', STAMP);
  component.addPropertyWithValue('categories', kind.category);
  component.addPropertyWithValue('status', 'CONFIRMED');
  component.addPropertyWithValue('transp', kind.transp);
  component.addSubcomponent(alarm());
  return component;
}

function calendar(id, day1) {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', PRODID);
  calendar.addPropertyWithValue('name', CALENDAR_NAME);
  calendar.addPropertyWithValue('x-wr-calname', CALENDAR_NAME);
  calendar.addSubcomponent(ZONE);
  for (const planned of events(id, day1)) calendar.addSubcomponent(event(planned));
  return calendar.toString();
}

main(`ical.js ${version('ical.js')}`, calendar);
