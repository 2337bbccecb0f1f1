use super::*;
use Light::*;

const LINES: Lines = Lines { yellow_from: 10.0, red_above: 30.0, yellows_to_red: 2 };

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("date")
}

fn task(reports: &[(&str, f64)]) -> Task {
    Task {
        id: "BA-01-2026".to_owned(),
        start: day("2026-01-01"),
        end: day("2026-12-31"),
        target: Some(100.0),
        curve: Vec::new(),
        reports: reports.iter().map(|(date, done)| Report { date: day(date), done: *done }).collect(),
    }
}

fn points(curve: &[(&str, f64)]) -> Vec<(NaiveDate, f64)> {
    curve.iter().map(|(date, percent)| (day(date), *percent)).collect()
}

/// A task with a curve of round numbers, so that gaps are exact.
fn stepped(reports: &[(&str, f64)]) -> Task {
    let curve = points(&[("2026-01-31", 20.0), ("2026-02-28", 40.0), ("2026-03-31", 60.0), ("2026-04-30", 80.0), ("2026-05-31", 100.0)]);
    Task { curve, end: day("2026-05-31"), ..task(reports) }
}

fn lights(task: &Task, as_of: &str) -> Vec<(Light, Light)> {
    assess(task, day(as_of), &LINES).iter().map(|period| (period.computed, period.shown)).collect()
}

fn last(task: &Task, as_of: &str) -> Period {
    *assess(task, day(as_of), &LINES).last().expect("a period")
}

// P5: planned and actual.

#[test]
fn the_straight_line_runs_in_days_from_start_to_end() {
    let task = task(&[]);
    assert_eq!(planned(&task, day("2025-06-01")), 0.0);
    assert_eq!(planned(&task, day("2026-01-01")), 0.0);
    assert!((planned(&task, day("2026-07-02")) - 100.0 * 182.0 / 364.0).abs() < 1e-12);
    assert_eq!((planned(&task, day("2026-12-31")), planned(&task, day("2027-06-01"))), (100.0, 100.0));
}

#[test]
fn a_task_of_one_day_is_planned_whole_from_that_day() {
    let task = task(&[]);
    let one_day = Task { end: task.start, ..task };
    assert_eq!((planned(&one_day, day("2025-12-31")), planned(&one_day, day("2026-01-01"))), (0.0, 100.0));
    assert_eq!(planned(&one_day, day("2026-01-02")), 100.0);
    assert_eq!(lights(&one_day, "2026-01-01"), [(Unknown, Unknown)], "on its day nobody is late");
    assert_eq!(lights(&one_day, "2026-01-02"), [(Red, Red)]);
}

#[test]
fn an_entered_curve_is_linear_between_its_points_and_holds_its_last() {
    let task = stepped(&[]);
    assert_eq!(planned(&task, day("2026-01-16")), 10.0, "from (start, 0)");
    assert_eq!((planned(&task, day("2026-02-14")), planned(&task, day("2026-02-28"))), (30.0, 40.0));
    assert_eq!(planned(&task, day("2026-09-01")), 100.0);
    let held = Task { curve: points(&[("2026-03-31", 45.0)]), ..task.clone() };
    assert_eq!((planned(&held, day("2026-12-31")), planned(&held, day("2025-12-31"))), (45.0, 0.0), "the last value, not 100");
    let stated = Task { curve: points(&[("2026-01-01", 8.0), ("2026-01-31", 8.0)]), ..task };
    assert_eq!(planned(&stated, day("2026-01-15")), 8.0, "a point at the start is not put over");
}

#[test]
fn a_curve_must_not_fall_and_stands_at_month_ends() {
    let with = |curve: &[(&str, f64)]| Task { curve: points(curve), ..task(&[]) }.check().map_err(|fault| fault.code);
    assert_eq!(with(&[("2026-01-31", 20.0), ("2026-02-28", 20.0), ("2026-03-31", 100.0)]), Ok(()));
    for wrong in [
        [("2026-01-31", 20.0), ("2026-02-28", 19.9)],
        [("2026-02-28", 10.0), ("2026-01-31", 20.0)],
        [("2026-01-31", 10.0), ("2026-01-31", 20.0)],
        [("2026-01-31", 10.0), ("2026-02-27", 20.0)],
        [("2025-12-31", 10.0), ("2026-02-28", 20.0)],
        [("2026-01-31", 10.0), ("2026-02-28", 100.1)],
        [("2026-01-31", -1.0), ("2026-02-28", 20.0)],
    ] {
        assert_eq!(with(&wrong), Err("bad_curve"), "{wrong:?}");
    }
    assert_eq!(Task { end: day("2025-12-31"), ..task(&[]) }.check().map_err(|fault| fault.code), Err("bad_task"));
}

#[test]
fn a_month_of_a_curve_stands_for_its_last_day() {
    let at = |text: &str| curve_point(text).map(|(date, percent)| (date.to_string(), percent));
    assert_eq!(at("2024-02=12.5"), Some(("2024-02-29".to_owned(), 12.5)));
    assert_eq!(at(" 2026-03-31 = 25 %"), Some(("2026-03-31".to_owned(), 25.0)));
    for text in ["2026-13=1", "2026-03", "25", "2026-03=much", "2026-03=inf"] {
        assert_eq!(at(text), None, "{text}");
    }
}

#[test]
fn what_is_done_beyond_the_target_is_not_capped() {
    let task = stepped(&[("2026-02-10", 188.0)]);
    let found = last(&task, "2026-02-28");
    assert_eq!((found.actual, found.gap, found.shown), (Some(188.0), Some(-148.0), Green));
}

#[test]
fn without_a_target_nothing_is_known_even_after_the_end() {
    for target in [None, Some(0.0), Some(-1.0), Some(f64::NAN)] {
        let task = Task { target, ..stepped(&[("2026-01-20", 50.0)]) };
        let found = assess(&task, day("2026-08-31"), &LINES);
        assert!(found.len() == 8 && found.iter().all(|period| period.shown == Unknown && period.gap.is_none()), "{target:?}");
    }
}

// P3: bands, the end, missing reports.

#[test]
fn the_edges_ten_and_thirty_are_yellow() {
    for (done, light) in [(10.1, Green), (10.0, Yellow), (9.9, Yellow), (0.1, Yellow)] {
        assert_eq!(last(&stepped(&[("2026-01-31", done)]), "2026-01-31").computed, light, "{done}");
    }
    let second = |done: f64| last(&stepped(&[("2026-02-10", done)]), "2026-02-28").computed;
    assert_eq!((second(10.0), second(9.9)), (Yellow, Red), "gaps 30 and 30.1");
}

#[test]
fn edges_that_rounding_blurs_are_yellow_too() {
    // 0.3 of 3 is 9.999999999999998 %, of a planned 20 and 40 %.
    let thirds = |reports: &[(&str, f64)]| Task { target: Some(3.0), ..stepped(reports) };
    assert_eq!(last(&thirds(&[("2026-01-31", 0.1 + 0.2)]), "2026-01-31").computed, Yellow);
    assert_eq!(last(&thirds(&[("2026-02-28", 0.1 + 0.2)]), "2026-02-28").computed, Yellow);
}

#[test]
fn after_its_end_an_unfinished_task_is_red_whatever_the_gap_reported_or_not() {
    let task = stepped(&[("2026-05-20", 95.0), ("2026-06-10", 99.0)]);
    let found = assess(&task, day("2026-08-15"), &LINES);
    let line = |k: usize| (found[k].computed, found[k].shown, found[k].gap);
    assert_eq!(line(4), (Green, Green, Some(5.0)), "on the end itself the gap counts");
    assert_eq!((line(5), line(6), line(7)), ((Red, Red, Some(1.0)), (Red, Red, None), (Red, Red, None)));
    let never = stepped(&[]);
    assert_eq!(lights(&never, "2026-06-30")[4..], [(Unknown, Unknown), (Red, Red)]);
}

#[test]
fn the_month_in_which_the_end_lies_is_seen_on_its_last_day() {
    let task = Task { end: day("2026-05-15"), curve: Vec::new(), ..task(&[("2026-05-10", 99.0)]) };
    assert_eq!(last(&task, "2026-05-15").computed, Green, "the end is not after the end");
    assert_eq!(last(&task, "2026-05-16").computed, Red);
    assert_eq!(last(&task, "2026-05-31").computed, Red);
}

#[test]
fn before_its_end_a_month_without_a_report_is_grey() {
    let found = assess(&stepped(&[("2026-01-20", 20.0)]), day("2026-03-15"), &LINES);
    let line = |k: usize| (found[k].date, found[k].planned, found[k].actual, found[k].gap, found[k].shown);
    assert_eq!(line(1), (day("2026-02-28"), 40.0, None, None, Unknown));
    assert_eq!((found[2].date, found[2].shown), (day("2026-03-15"), Unknown), "the running month is seen on the day of the question");
    let early = task(&[("2025-12-20", 3.0)]);
    assert_eq!(lights(&early, "2026-01-31"), [(Unknown, Unknown)], "what was said before the first month is not its report");
}

#[test]
fn a_task_that_begins_later_has_no_light() {
    let task = stepped(&[]);
    let periods = assess(&task, day("2025-12-31"), &LINES);
    assert!(periods.is_empty() && shown(&task, &periods, day("2025-12-31")).is_none());
    assert_eq!(assess(&Task { start: day("2026-01-20"), ..task }, day("2026-01-19"), &LINES), []);
}

#[test]
fn a_finished_task_is_green_and_its_history_ends() {
    let task = stepped(&[("2026-02-10", 100.0)]);
    let as_of = day("2026-09-30");
    let periods = assess(&task, as_of, &LINES);
    assert_eq!((periods.len(), shown(&task, &periods, as_of), task.finished_on(as_of)), (2, Some(Green), Some(day("2026-02-10"))));
    let late = stepped(&[("2026-05-20", 90.0), ("2026-07-05", 100.0)]);
    assert_eq!(lights(&late, "2026-12-31")[5..], [(Red, Red), (Green, Green)], "finished late it is green at once");
}

#[test]
fn what_a_later_report_takes_back_is_not_finished() {
    let task = stepped(&[("2026-02-10", 100.0), ("2026-04-10", 90.0)]);
    assert_eq!((task.finished_on(day("2026-03-31")), task.finished_on(day("2026-04-30"))), (Some(day("2026-02-10")), None));
    assert_eq!(lights(&task, "2026-06-30")[1..], [(Green, Green), (Unknown, Unknown), (Green, Green), (Unknown, Unknown), (Red, Red)]);
    let again = stepped(&[("2026-02-10", 100.0), ("2026-03-10", 90.0), ("2026-04-10", 100.0), ("2026-05-10", 120.0)]);
    assert_eq!(again.finished_on(day("2026-12-31")), Some(day("2026-04-10")));
}

// P4: yellows in a row.

#[test]
fn two_yellows_in_a_row_show_red_a_third_does_again_and_green_comes_back_at_once() {
    let task = stepped(&[("2026-01-20", 5.0), ("2026-02-20", 25.0), ("2026-03-20", 45.0), ("2026-04-20", 75.0)]);
    assert_eq!(lights(&task, "2026-04-30"), [(Yellow, Yellow), (Yellow, Red), (Yellow, Red), (Green, Green)]);
    let found = assess(&task, day("2026-03-31"), &LINES);
    assert!(!found[0].is_promoted() && found[1].is_promoted() && found[2].is_promoted());
}

#[test]
fn promotion_looks_at_computed_lights_and_red_breaks_the_run() {
    let task = stepped(&[("2026-01-20", 5.0), ("2026-02-20", 5.0), ("2026-03-20", 45.0), ("2026-04-20", 60.0)]);
    assert_eq!(lights(&task, "2026-04-30"), [(Yellow, Yellow), (Red, Red), (Yellow, Yellow), (Yellow, Red)]);
}

#[test]
fn a_month_without_a_report_is_skipped_and_does_not_break_the_run() {
    let task = stepped(&[("2026-01-20", 5.0), ("2026-03-20", 45.0)]);
    assert_eq!(lights(&task, "2026-04-15"), [(Yellow, Yellow), (Unknown, Unknown), (Yellow, Red), (Unknown, Unknown)]);
}

#[test]
fn of_several_reports_in_a_month_the_last_counts() {
    let task = stepped(&[("2026-01-10", 0.0), ("2026-01-25", 15.0), ("2026-01-20", 2.0)]);
    assert_eq!(last(&task, "2026-01-31").actual, Some(15.0));
    let twice = stepped(&[("2026-01-25", 15.0), ("2026-01-25", 18.0)]);
    assert_eq!(last(&twice, "2026-01-31").actual, Some(18.0), "of one day the one given later");
    assert_eq!(last(&task, "2026-01-22").actual, Some(2.0), "nobody knows tomorrow");
}

#[test]
fn months_are_those_of_the_calendar() {
    let task = Task { start: day("2026-01-20"), ..task(&[("2026-01-05", 4.0)]) };
    let found = assess(&task, day("2026-03-10"), &LINES);
    let days: Vec<String> = found.iter().map(|period| period.date.to_string()).collect();
    assert_eq!(days, ["2026-01-31", "2026-02-28", "2026-03-10"]);
    assert_eq!(found[0].actual, Some(4.0), "a report of the first month, before the first day");
}

// P6: roll-up.

#[test]
fn lights_are_counted_by_colour() {
    let counts = counts([Some(Green), Some(Red), Some(Red), Some(Unknown), None, Some(Yellow)]);
    assert_eq!(counts, Counts { green: 1, yellow: 1, red: 2, unknown: 1, waiting: 1 });
}

#[test]
fn completion_is_the_ratio_of_sums_by_which_names_are_ranked() {
    let big = Task { target: Some(300.0), ..task(&[("2026-03-01", 30.0)]) };
    let small = task(&[("2026-02-01", 90.0)]);
    let other = task(&[("2026-03-01", 10.0)]);
    let next_year = Task { start: day("2027-01-01"), end: day("2027-12-31"), ..task(&[]) };
    let named = [("baoan", &other), ("nanshan", &big), ("nanshan", &small), ("nanshan", &next_year)];
    let found = completion(named, day("2026-03-31"), 0.9);
    let line = |k: usize| (found[k].name.as_str(), found[k].tasks, found[k].share, found[k].rank);
    assert_eq!((line(0), line(1)), (("nanshan", 2, Some(0.3), Some(1)), ("baoan", 1, Some(0.1), Some(2))), "not the mean of 10 and 90 %");
}

#[test]
fn equal_shares_share_a_rank_and_what_is_hardly_known_has_none() {
    let (good, never) = (task(&[("2026-03-01", 50.0)]), task(&[]));
    let named = [("a", &good), ("b", &good), ("c", &never), ("c", &good), ("d", &task(&[("2026-03-01", 10.0)]))];
    let found = completion(named, day("2026-03-31"), 0.9);
    let ranks: Vec<(&str, Option<usize>)> = found.iter().map(|line| (line.name.as_str(), line.rank)).collect();
    assert_eq!(ranks, [("a", Some(1)), ("b", Some(1)), ("d", Some(3)), ("c", None)]);
    assert_eq!((found[3].share, found[3].known, found[3].excluded.len()), (None, 0.5, 1));
    let lax = completion([("c", &never), ("c", &good)], day("2026-03-31"), 0.5);
    assert_eq!((lax[0].share, lax[0].target), (Some(0.5), 100.0), "over those that are known");
    assert_eq!(completion([("e", &Task { target: Some(0.0), ..good })], day("2026-03-31"), 0.0)[0].share, None);
}

// Properties.

#[test]
fn whatever_is_reported_the_lights_keep_their_rules() {
    use proptest::prelude::*;
    let reports = prop::collection::vec((0_u64..700, 0.0..140.0_f64), 0..14);
    proptest!(|(span in 0_u64..500, reports in reports, ahead in 0_u64..800)| {
        let start = day("2026-01-01");
        let later = |days: u64| start.checked_add_days(chrono::Days::new(days)).expect("a day");
        let reports: Vec<Report> = reports.into_iter().map(|(days, done)| Report { date: later(days), done }).collect();
        let task = Task { end: later(span), reports, ..task(&[]) };
        let (as_of, mut before) = (later(ahead), 0.0);
        let periods = assess(&task, as_of, &LINES);
        let mut run = Vec::new();
        for period in &periods {
            prop_assert!(period.planned >= before && period.planned <= 100.0);
            before = period.planned;
            let unfinished = task.actual(period.date).is_none_or(|actual| actual < 100.0 - 1e-7);
            prop_assert!(period.date <= task.end || !unfinished || period.shown == Red);
            prop_assert!(period.shown != Green || period.gap.is_some_and(|gap| gap < 10.0));
            prop_assert!(period.computed == period.shown || (period.is_promoted() && run.last() == Some(&Yellow)));
            prop_assert!(period.computed != Yellow || (period.shown == Red) == (run.last() == Some(&Yellow)));
            if period.actual.is_some() {
                run.push(period.computed);
            }
        }
        // A later question does not change an earlier month.
        let earlier = assess(&task, later(ahead / 2), &LINES);
        let whole = |list: &[Period]| list.iter().filter(|period| period.date == month_end(period.date)).copied().collect::<Vec<_>>();
        let (earlier, later) = (whole(&earlier), whole(&periods));
        let both = earlier.len().min(later.len());
        prop_assert_eq!(&earlier[..both], &later[..both]);
    });
}
