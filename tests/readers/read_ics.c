/* Paths of .ics files as arguments -> a line of JSON for each: the components and the events that libical (Evolution, GNOME) reads in it.
   A component is its path from the calendar and the names of its properties, in the order of the file; those within it follow it. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = calloc((size_t)size + 1, 1);
  if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) exit(2);
  fclose(file);
  return text;
}

static void put_text(const char *text) {
  if (!text) {
    fputs("null", stdout);
    return;
  }
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
    if (*at == '"' || *at == '\\') putchar('\\');
    if (*at < 0x20) printf("\\u%04x", *at);
    else putchar(*at);
  }
  putchar('"');
}

static void put_time(struct icaltimetype time) {
  if (icaltime_is_null_time(time)) {
    fputs("null", stdout);
    return;
  }
  if (!time.is_date && !time.zone) exit(5); /* a floating time */
  if (!time.is_date) time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
  printf("\"%04d-%02d-%02d", time.year, time.month, time.day);
  if (!time.is_date) printf("T%02d:%02d:%02dZ", time.hour, time.minute, time.second);
  putchar('"');
}

static icalproperty *property(icalcomponent *event, icalproperty_kind kind) { return icalcomponent_get_first_property(event, kind); }

static struct icaltimetype end_of(icalcomponent *event) {
  /* icalcomponent_get_dtend would make one up where there is none. */
  icalproperty *end = property(event, ICAL_DTEND_PROPERTY);
  return end ? icalproperty_get_datetime_with_component(end, event) : icaltime_null_time();
}

static void put_event(icalcomponent *event, const char *before) {
  icalproperty *transp = property(event, ICAL_TRANSP_PROPERTY), *each = property(event, ICAL_CATEGORIES_PROPERTY);
  printf("%s{\"uid\": ", before), put_text(icalcomponent_get_uid(event));
  fputs(", \"start\": ", stdout), put_time(icalcomponent_get_dtstart(event));
  fputs(", \"end\": ", stdout), put_time(end_of(event));
  fputs(", \"summary\": ", stdout), put_text(icalcomponent_get_summary(event));
  fputs(", \"description\": ", stdout), put_text(icalcomponent_get_description(event));
  fputs(", \"categories\": [", stdout);
  for (const char *comma = ""; each; each = icalcomponent_get_next_property(event, ICAL_CATEGORIES_PROPERTY), comma = ", ")
    fputs(comma, stdout), put_text(icalproperty_get_categories(each));
  fputs("], \"status\": ", stdout), put_text(icalproperty_status_to_string(icalcomponent_get_status(event)));
  printf(", \"sequence\": %d, \"transp\": ", icalcomponent_get_sequence(event));
  put_text(transp ? icalproperty_get_value_as_string(transp) : NULL);
  fputs(", \"stamped\": ", stdout), put_time(icalcomponent_get_dtstamp(event)), putchar('}');
}

static void put_component(icalcomponent *component, const char *above) {
  char path[200];
  snprintf(path, sizeof path, "%s%s", above, icalcomponent_kind_to_string(icalcomponent_isa(component)));
  putchar('['), put_text(path), fputs(", [", stdout);
  icalproperty *each = property(component, ICAL_ANY_PROPERTY);
  for (const char *comma = ""; each; each = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY), comma = ", ")
    fputs(comma, stdout), put_text(icalproperty_get_property_name(each));
  fputs("]]", stdout);
  icalcompiter inner = icalcomponent_begin_component(component, ICAL_ANY_COMPONENT);
  snprintf(path + strlen(path), sizeof path - strlen(path), "/");
  for (; icalcompiter_deref(&inner); icalcompiter_next(&inner)) fputs(", ", stdout), put_component(icalcompiter_deref(&inner), path);
}

int main(int count, char **paths) {
  for (int n = 1; n < count; n++) {
    char *text = read_all(paths[n]);
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar || icalcomponent_count_errors(calendar)) exit(4);
    fputs("{\"components\": [", stdout), put_component(calendar, ""), fputs("], \"events\": [", stdout);
    icalcompiter each = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
    for (const char *comma = ""; icalcompiter_deref(&each); icalcompiter_next(&each), comma = ", ")
      put_event(icalcompiter_deref(&each), comma);
    puts("]}");
    icalcomponent_free(calendar);
    free(text);
  }
  return 0;
}
