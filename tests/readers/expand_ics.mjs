// JSON list of .ics texts on standard input -> JSON list of the instances that ical.js (Thunderbird) finds in each, on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed elsewhere: their folder is the first argument.
const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")));

const moment = (time) => (time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString().slice(0, 19) + "Z");
const row = (event, start, end) => [moment(start), moment(end), event.summary, event.component.getFirstPropertyValue("status")];

function* instances(event) {
  if (!event.isRecurring()) {
    yield row(event, event.startDate, event.endDate);
    return;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next; next = iterator.next()) {
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    yield row(item, startDate, endDate);
  }
}

function expand(text) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const components = calendar.getAllSubcomponents("vevent");
  const exceptions = components.filter((component) => component.hasProperty("recurrence-id"));
  const uid = (component) => component.getFirstPropertyValue("uid");
  // Left to itself, an event takes every exception of the file for its own; Thunderbird goes by the UID, too.
  const own = (component) => exceptions.filter((exception) => uid(exception) === uid(component));
  const plain = components.filter((component) => !exceptions.includes(component));
  return plain.flatMap((component) => [...instances(new ICAL.Event(component, { exceptions: own(component) }))]);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(expand)));
