/* Paths of .ics files as arguments -> a line for each instance that libical (Evolution, GNOME) finds: start, end, status, summary.
   Between two files stands a line with "--". An instance with a RECURRENCE-ID takes the place of the one that its series gives. */
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

static void put(struct icaltimetype time) {
  if (!time.is_date) time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
  printf("%04d-%02d-%02d", time.year, time.month, time.day);
  if (!time.is_date) printf("T%02d:%02d:%02dZ", time.hour, time.minute, time.second);
  putchar('\t');
}

static void tell(icalcomponent *event, struct icaltimetype start) {
  struct icaltimetype first = icalcomponent_get_dtstart(event), last = icalcomponent_get_dtend(event);
  put(start);
  put(icaltime_add(start, icaltime_subtract(last, first)));
  printf("%s\t%s\n", icalproperty_status_to_string(icalcomponent_get_status(event)), icalcomponent_get_summary(event));
}

static int is_replaced(icalcomponent *calendar, const char *uid, struct icaltimetype at) {
  icalcompiter each = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
  for (icalcomponent *event = icalcompiter_deref(&each); event; event = icalcompiter_next(&each)) {
    struct icaltimetype instead_of = icalcomponent_get_recurrenceid(event);
    if (!icaltime_is_null_time(instead_of) && !strcmp(icalcomponent_get_uid(event), uid) && icaltime_compare(instead_of, at) == 0) return 1;
  }
  return 0;
}

static int is_excluded(icalcomponent *event, struct icaltimetype at) {
  icalproperty *each = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
  for (; each; each = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
    struct icaltimetype excluded = icalproperty_get_datetime_with_component(each, event);
    if (icaltime_compare(excluded, at) == 0) return 1;
  }
  return 0;
}

static void expand(icalcomponent *calendar, icalcomponent *event) {
  struct icaltimetype start = icalcomponent_get_dtstart(event);
  icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
  if (!rule) {
    tell(event, start);
    return;
  }
  icalrecur_iterator *each = icalrecur_iterator_new(icalproperty_get_rrule(rule), start);
  if (!each) exit(3);
  for (struct icaltimetype at = icalrecur_iterator_next(each); !icaltime_is_null_time(at); at = icalrecur_iterator_next(each))
    if (!is_excluded(event, at) && !is_replaced(calendar, icalcomponent_get_uid(event), at)) tell(event, at);
  icalrecur_iterator_free(each);
}

int main(int count, char **paths) {
  for (int n = 1; n < count; n++) {
    char *text = read_all(paths[n]);
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar || icalcomponent_count_errors(calendar)) exit(4);
    icalcompiter each = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
    for (icalcomponent *event = icalcompiter_deref(&each); event; event = icalcompiter_next(&each)) expand(calendar, event);
    puts("--");
    icalcomponent_free(calendar);
    free(text);
  }
  return 0;
}
