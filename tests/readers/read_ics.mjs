// JSON list of .ics texts on standard input -> JSON list of what ical.js (Thunderbird) reads in each, on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed elsewhere: their folder is the first argument.
const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")));

const moment = (time) => time && (time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString().slice(0, 19) + "Z");
const ends = (component) => component.getFirstPropertyValue("dtend");

function read(text) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  return calendar.getAllSubcomponents("vevent").map((component) => ({
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
  }));
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
