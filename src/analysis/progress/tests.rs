use super::*;

const LINES: Lines = Lines { yellow_from: 10.0, red_above: 30.0, yellows_to_red: 2 };

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("date")
}

fn task(reports: &[(&str, f64)]) -> Task {
    Task {
        id: "BA-01 2026".to_owned(),
        category: "BA-01".to_owned(),
        start: day("2026-01-01"),
        end: day("2026-12-31"),
        target: Some(100.0),
        curve: Vec::new(),
        reports: reports.iter().map(|(date, done)| Report { date: day(date), done: *done }).collect(),
    }
}

/// A task with a curve of round numbers, so that gaps are exact.
fn stepped(reports: &[(&str, f64)]) -> Task {
    let curve = [("2026-01-31", 20.0), ("2026-02-28", 40.0), ("2026-03-31", 60.0), ("2026-04-30", 80.0), ("2026-05-31", 100.0)];
    Task { curve: curve.iter().map(|(date, percent)| (day(date), *percent)).collect(), end: day("2026-05-31"), ..task(reports) }
}

fn lights(periods: &[Period]) -> Vec<(Light, Light)> {
    periods.iter().map(|period| (period.computed, period.shown)).collect()
}

#[test]
fn the_straight_line_runs_in_days_from_start_to_end() {
    let task = task(&[]);
    assert_eq!(planned(&task, day("2025-06-01")), 0.0);
    assert_eq!(planned(&task, day("2026-01-01")), 0.0);
    assert!((planned(&task, day("2026-07-02")) - 100.0 * 182.0 / 364.0).abs() < 1e-12);
    assert_eq!((planned(&task, day("2026-12-31")), planned(&task, day("2027-06-01"))), (100.0, 100.0));
    let one_day = Task { end: task.start, ..task };
    assert_eq!((planned(&one_day, day("2025-12-31")), planned(&one_day, day("2026-01-01"))), (0.0, 100.0));
}

#[test]
fn an_entered_curve_is_linear_between_its_points_and_holds_its_last() {
    let task = stepped(&[]);
    assert_eq!(planned(&task, day("2026-01-16")), 10.0, "from (start, 0)");
    assert_eq!((planned(&task, day("2026-02-14")), planned(&task, day("2026-02-28"))), (30.0, 40.0));
    assert_eq!(planned(&task, day("2026-09-01")), 100.0);
    let falling = Task { curve: vec![(day("2026-01-31"), 20.0), (day("2026-02-28"), 10.0)], ..task };
    assert_eq!(falling.check().expect_err("falls").code, "curve_falls");
}

#[test]
fn the_edges_ten_and_thirty_are_yellow() {
    for (done, light) in [(10.1, Light::Green), (10.0, Light::Yellow), (0.1, Light::Yellow)] {
        assert_eq!(assess(&stepped(&[("2026-01-31", done)]), day("2026-01-31"), &LINES)[0].computed, light, "{done}");
    }
    let second = |done: f64| assess(&stepped(&[("2026-02-10", done)]), day("2026-02-28"), &LINES)[1].computed;
    assert_eq!((second(10.0), second(9.9)), (Light::Yellow, Light::Red), "gaps 30 and 30.1");
}

#[test]
fn two_yellows_in_a_row_show_red_and_a_third_does_again() {
    let task = stepped(&[("2026-01-20", 5.0), ("2026-02-20", 25.0), ("2026-03-20", 45.0), ("2026-04-20", 75.0)]);
    let found = lights(&assess(&task, day("2026-04-30"), &LINES));
    use Light::*;
    assert_eq!(found, [(Yellow, Yellow), (Yellow, Red), (Yellow, Red), (Green, Green)], "and green at once when it is made up");
}

#[test]
fn a_month_without_a_report_is_unknown_and_does_not_break_the_run() {
    let task = stepped(&[("2026-01-20", 5.0), ("2026-03-20", 45.0)]);
    let found = assess(&task, day("2026-04-15"), &LINES);
    use Light::*;
    assert_eq!(lights(&found), [(Yellow, Yellow), (Unknown, Unknown), (Yellow, Red), (Unknown, Unknown)]);
    assert_eq!((found[1].actual, found[1].gap, found[1].planned), (None, None, 40.0));
    assert_eq!(found[3].date, day("2026-04-15"), "the running month is seen on the day of the question");
}

#[test]
fn an_unfinished_task_is_red_after_its_end_whatever_the_gap() {
    let task = stepped(&[("2026-05-20", 95.0), ("2026-06-10", 99.0)]);
    let found = assess(&task, day("2026-06-30"), &LINES);
    assert_eq!(found.last().map(|period| (period.computed, period.gap)), Some((Light::Red, Some(1.0))));
    assert_eq!(found[4].computed, Light::Green);
}

#[test]
fn a_finished_task_is_green_and_its_history_ends() {
    let task = stepped(&[("2026-02-10", 188.0)]);
    let found = assess(&task, day("2026-09-30"), &LINES);
    assert_eq!(found.len(), 2);
    assert_eq!((found[1].actual, found[1].gap, found[1].shown), (Some(188.0), Some(-148.0), Light::Green), "not capped");
}

#[test]
fn without_a_target_or_any_report_nothing_is_green() {
    for task in
        [Task { target: None, ..stepped(&[("2026-01-20", 20.0)]) }, Task { target: Some(0.0), ..stepped(&[("2026-01-20", 20.0)]) }, stepped(&[])]
    {
        let found = assess(&task, day("2026-12-31"), &LINES);
        assert!(found.len() == 12 && found.iter().all(|period| period.shown == Light::Unknown));
    }
    assert!(assess(&stepped(&[]), day("2025-12-31"), &LINES).is_empty());
}

#[test]
fn lights_are_counted_and_completion_is_the_ratio_of_sums() {
    let other = Task { category: "BA-02".to_owned(), target: Some(300.0), ..task(&[("2026-03-01", 30.0)]) };
    let tasks = [task(&[("2026-03-01", 10.0)]), other, Task { category: "BA-02".to_owned(), ..task(&[("2026-02-01", 90.0)]) }];
    let found = completion(&tasks, day("2026-03-31"));
    let line = |k: usize| (found[k].category.as_str(), found[k].share, found[k].rank);
    assert_eq!((line(0), line(1)), (("BA-02", Some(0.3), Some(1)), ("BA-01", Some(0.1), Some(2))));
    let histories: Vec<Vec<Period>> = tasks.iter().map(|task| assess(task, day("2026-03-31"), &LINES)).collect();
    let found = counts(histories.iter().map(Vec::as_slice));
    assert_eq!((found.green, found.yellow, found.red, found.unknown), (0, 2, 0, 1));
}
