// JSON list of .ics texts on standard input -> JSON list of the components and events that ical.js (Thunderbird) reads in each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed elsewhere: their folder is the first argument.
const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")));

const moment = (time) => time && (time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString().slice(0, 19) + "Z");
const ends = (component) => component.getFirstPropertyValue("dtend");

// Every component by its path from the calendar, with the names of its properties.
function within(component, path) {
  const own = path + component.name.toUpperCase();
  const names = component.getAllProperties().map((property) => property.name.toUpperCase());
  return [[own, names], ...component.getAllSubcomponents().flatMap((inner) => within(inner, own + "/"))];
}

const event = (component) => ({
  uid: component.getFirstPropertyValue("uid"),
  start: moment(component.getFirstPropertyValue("dtstart")),
  end: moment(ends(component)),
  summary: component.getFirstPropertyValue("summary"),
  description: component.getFirstPropertyValue("description"),
  categories: component.getFirstProperty("categories").getValues(),
  status: component.getFirstPropertyValue("status"),
  sequence: component.getFirstPropertyValue("sequence"),
  transp: component.getFirstPropertyValue("transp"),
  stamped: moment(component.getFirstPropertyValue("dtstamp")),
});

function read(text) {
  ICAL.TimezoneService.reset();
  const parsed = ICAL.parse(text);
  if (typeof parsed[0] !== "string") throw new Error("several calendars in one file");
  const calendar = new ICAL.Component(parsed);
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  return { components: within(calendar, ""), events: calendar.getAllSubcomponents("vevent").map(event) };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
