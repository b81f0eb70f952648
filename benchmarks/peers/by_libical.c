/* Rows of a roster -> their calendars, as libical writes them in C: a component for each event, filled by its constructors.

       by_libical (time|write) ROSTER VTIMEZONE

   `write` gives the calendars on standard output, `time` what they took as one line of JSON. Left out of the time: reading the roster, and the
   first participant once before. Writes all that dosecal writes. The VTIMEZONE is parsed once and cloned. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MONTHS 24

struct kind { const char *name, *title, *category; enum icalproperty_transp transp; int hour, minute, lasts; };
struct row { char id[65], arm[65], day_1[11], zone[65]; };

static const struct kind DOSE = {"dose", "Injection", "Treatment", ICAL_TRANSP_TRANSPARENT, 20, 0, 15};
static const struct kind LAB = {"lab", "Blood test", "Test", ICAL_TRANSP_OPAQUE, 9, 0, 30};
static const struct kind VISIT = {"visit", "Assessment", "Visit", ICAL_TRANSP_OPAQUE, 9, 30, 180};
static const char *CALENDAR_NAME = "Visits and treatment", *REMINDER = "Reminder: please look at your calendar";
static const char *PRODID = "-//peers//interferon//EN";

static icalcomponent *vtimezone;
static struct icaltimetype stamp;

static void fail(const char *what) { fprintf(stderr, "by_libical: %s\n", what); exit(1); }

static icalcomponent *alarm_before(void) {
    struct icaltriggertype trigger = {.time = icaltime_null_time(), .duration = icaldurationtype_from_int(-1800)};
    return icalcomponent_vanew(ICAL_VALARM_COMPONENT, icalproperty_new_action(ICAL_ACTION_DISPLAY), icalproperty_new_description(REMINDER),
                               icalproperty_new_trigger(trigger), (void *)0);
}

static icalcomponent *event(const struct row *row, const struct kind *kind, int number, struct icaltimetype start) {
    char uid[128];
    snprintf(uid, sizeof uid, "%s-%s-%03d@trial.example", row->id, kind->name, number);
    start.is_date = 0;
    start.hour = kind->hour;
    start.minute = kind->minute;
    struct icaltimetype end = start;
    icaltime_adjust(&end, 0, 0, kind->lasts, 0);
    return icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid), icalproperty_new_dtstamp(stamp),
                               icalproperty_new_lastmodified(stamp), icalproperty_new_sequence(0),
                               icalproperty_vanew_dtstart(start, icalparameter_new_tzid(row->zone), (void *)0),
                               icalproperty_vanew_dtend(end, icalparameter_new_tzid(row->zone), (void *)0),
                               icalproperty_new_summary(kind->title), icalproperty_new_categories(kind->category),
                               icalproperty_new_status(ICAL_STATUS_CONFIRMED), icalproperty_new_transp(kind->transp), alarm_before(), (void *)0);
}

/* That many calendar months after Day 1, or the last day of the month that has no such day. */
static struct icaltimetype month(struct icaltimetype day_1, int number) {
    int months = day_1.month - 1 + number;
    day_1.year += months / 12;
    day_1.month = months % 12 + 1;
    int last = icaltime_days_in_month(day_1.month, day_1.year);
    if (day_1.day > last) day_1.day = last;
    return day_1;
}

static icalproperty *calendar_name(const char *property) {
    icalproperty *named = icalproperty_new_x(CALENDAR_NAME);
    icalproperty_set_x_name(named, property);
    return named;
}

/* Injections on Mon, Wed and Fri up to the day before Month 24, blood tests each month, assessments every 3 months. The caller frees it. */
static char *calendar(const struct row *row) {
    char day_1_text[9];
    snprintf(day_1_text, sizeof day_1_text, "%.4s%.2s%.2s", row->day_1, row->day_1 + 5, row->day_1 + 8);
    struct icaltimetype day_1 = icaltime_from_string(day_1_text), end = month(day_1, MONTHS);
    icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"), icalproperty_new_prodid(PRODID),
                                                  calendar_name("NAME"), calendar_name("X-WR-CALNAME"), icalcomponent_new_clone(vtimezone),
                                                  (void *)0);
    int number = 0;
    for (struct icaltimetype day = day_1; icaltime_compare(day, end) < 0; icaltime_adjust(&day, 1, 0, 0, 0)) {
        int weekday = icaltime_day_of_week(day); /* Sunday is 1 */
        if (weekday == 2 || weekday == 4 || weekday == 6) icalcomponent_add_component(calendar, event(row, &DOSE, ++number, day));
    }
    for (number = 1; number <= MONTHS; number++) icalcomponent_add_component(calendar, event(row, &LAB, number, month(day_1, number)));
    for (number = 3; number <= MONTHS; number += 3) icalcomponent_add_component(calendar, event(row, &VISIT, number, month(day_1, number)));
    char *text = icalcomponent_as_ical_string_r(calendar);
    icalcomponent_free(calendar);
    return text;
}

static char *content(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(size + 1, 1);
    if (!text || fread(text, 1, size, file) != (size_t)size) fail(path);
    fclose(file);
    return text;
}

static struct row *read_roster(const char *path, int *count) {
    struct row *rows = NULL;
    int number = -1; /* the header */
    for (char *line = strtok(content(path), "\n"); line; line = strtok(NULL, "\n"), number++) {
        if (number < 0) continue;
        rows = realloc(rows, (number + 1) * sizeof *rows);
        struct row *row = &rows[number];
        if (sscanf(line, "%64[^,],%64[^,],%10[^,],%64s", row->id, row->arm, row->day_1, row->zone) != 4) fail("a row has four cells");
    }
    *count = number;
    return rows;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 4) fail("by_libical (time|write) ROSTER VTIMEZONE");
    int count, writing = !strcmp(argv[1], "write");
    struct row *rows = read_roster(argv[2], &count);
    vtimezone = icalcomponent_new_from_string(content(argv[3]));
    stamp = icaltime_from_string("19700101T000000Z");
    if (!writing) free(calendar(rows));
    double begun = seconds(CLOCK_MONOTONIC), begun_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    size_t bytes = 0;
    for (int i = 0; i < count; i++) {
        char *text = calendar(&rows[i]);
        if (writing) fputs(text, stdout);
        bytes += strlen(text);
        free(text);
    }
    if (!writing)
        printf("{\"participants\": %d, \"bytes\": %zu, \"seconds\": %.6f, \"cpu\": %.6f, \"by\": \"libical %s, C\"}\n", count, bytes,
               seconds(CLOCK_MONOTONIC) - begun, seconds(CLOCK_PROCESS_CPUTIME_ID) - begun_cpu, LIBICAL);
    return 0;
}
