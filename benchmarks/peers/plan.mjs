// The interferon plan as a plain loop, for the peers that run in node, and their command line:
//
//     node PEER.mjs (time|write) ROSTER
//
// `write` gives the calendars on standard output, `time` what they took as one line of JSON. Left out of the time: imports, reading the roster,
// and the first participant once before. Days are UTC midnights of civil days.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const DAY = 86400000;
const MONTHS = 24;
const DOSE = { name: 'dose', title: 'Injection', category: 'Treatment', transp: 'TRANSPARENT', at: [20, 0], lasts: 15 };
const LAB = { name: 'lab', title: 'Blood test', category: 'Test', transp: 'OPAQUE', at: [9, 0], lasts: 30 };
const VISIT = { name: 'visit', title: 'Assessment', category: 'Visit', transp: 'OPAQUE', at: [9, 30], lasts: 180 };

export const PRODID = '-//peers//interferon//EN';
export const CALENDAR_NAME = 'Visits and treatment';
export const REMINDER = 'Reminder: please look at your calendar';
export const BEFORE = 1800; // seconds
export const VTIMEZONE = readFileSync(new URL('vtimezone.txt', import.meta.url), 'ascii').trim().replaceAll('\n', '\r\n');

// A library out of the peers' own folder: its modern build, not the one for `require`.
export const library = file => import(pathToFileURL(`${process.env.DOSECAL_PEERS_HOME}/node_modules/${file}`));

// That many calendar months after Day 1, or the last day of the month that has no such day.
function month(day1, number) {
  const date = new Date(day1), months = date.getUTCMonth() + number;
  const last = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), months, Math.min(date.getUTCDate(), last));
}

// Injections on Mon, Wed and Fri up to the day before Month 24, blood tests each month, assessments every 3 months.
export function* events(id, day1) {
  const planned = (kind, number, day) => {
    const date = new Date(day);
    const uid = `${id}-${kind.name}-${String(number).padStart(3, '0')}@trial.example`;
    return { uid, kind, year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
  };
  const end = month(day1, MONTHS);
  let number = 0;
  for (let day = day1; day < end; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 1 || weekday === 3 || weekday === 5) yield planned(DOSE, ++number, day);
  }
  for (let number = 1; number <= MONTHS; number++) yield planned(LAB, number, month(day1, number));
  for (let number = 3; number <= MONTHS; number += 3) yield planned(VISIT, number, month(day1, number));
}

export function main(by, calendar) {
  const [mode, roster] = process.argv.slice(2);
  const rows = readFileSync(roster, 'utf8').trim().split('\n').slice(1).map(line => line.split(','));
  const make = ([id, , day1, zone]) => Buffer.from(calendar(id, Date.parse(day1), zone), 'utf8');
  if (mode === 'write') {
    for (const row of rows) process.stdout.write(Buffer.concat([make(row), Buffer.from('\r\n')])); // some end without a line break
    return;
  }
  make(rows[0]);
  const begun = process.hrtime.bigint(), begunCpu = process.cpuUsage();
  let bytes = 0;
  for (const row of rows) bytes += make(row).length;
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9, { user, system } = process.cpuUsage(begunCpu);
  console.log(JSON.stringify({ participants: rows.length, bytes, seconds, cpu: (user + system) / 1e6, by: `${by}, node ${process.versions.node}` }));
}

export const version = name => JSON.parse(readFileSync(`${process.env.DOSECAL_PEERS_HOME}/node_modules/${name}/package.json`)).version;
