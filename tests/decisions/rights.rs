//! Every move from every state by everybody, with and without two persons; days; years of D. Checked against a City in memory.

use super::*;
use parkplan::domain::FaultKind;
use parkplan::domain::edit::AssessDesignation;

const TODAY: &str = "2026-06-01";

/// Dates that make a title what it is on [`TODAY`].
fn dates_of(state: DesignationState) -> Option<[&'static str; 3]> {
    match state {
        DesignationState::Designated => Some(["2026-01-01", "2028-12-31", "2028-07-01"]),
        DesignationState::RecheckDue => Some(["2023-09-01", "2026-08-31", "2026-03-01"]),
        DesignationState::Expired => Some(["2023-01-01", "2025-12-31", "2025-07-01"]),
        _ => None,
    }
}

fn stored(state: DesignationState) -> DesignationState {
    if dates_of(state).is_some() { DesignationState::Designated } else { state }
}

#[test]
fn all_moves_of_all_states_by_all_roles() {
    let base = city();
    let (mut tried, mut made) = (0, 0);
    for state in DesignationState::ALL {
        let city = with_record(&base, stored(state), dates_of(state));
        for role in [Role::Guest, Role::Operator, Role::Planner, Role::Reviewer, Role::Admin] {
            for (account, two_persons) in [("a", true), ("b", true), ("c", true), ("a", false), ("b", false)] {
                for one in DesignationStep::ALL {
                    tried += 1;
                    let who = person(role, account, TODAY, two_persons);
                    let made_of = step(one, TODAY, Some("理由"), one.is_decision().then(|| frozen(true, "B")));
                    let expected = match role {
                        Role::Guest => Err((FaultKind::Unauthorised, "sign_in")),
                        Role::Operator if one.is_review() => Err((FaultKind::Forbidden, "reviewers_only")),
                        Role::Operator => Err((FaultKind::Forbidden, "planners_only")),
                        Role::Planner if one.is_review() => Err((FaultKind::Forbidden, "reviewers_only")),
                        Role::Reviewer if !one.is_review() => Err((FaultKind::Forbidden, "planners_only")),
                        _ if state.after(one).is_none() => Err((FaultKind::Conflict, "move")),
                        _ if one.is_review() && two_persons && account != "c" => Err((FaultKind::Forbidden, "two_persons")),
                        _ => Ok(state.after(one)),
                    };
                    let told = checked(&made_of, &city, &who).map_err(|fault| (fault.kind, fault.code));
                    let told = told.map(|checked| {
                        made += 1;
                        let [RowChange::Update { after, .. }] = &checked.changes[..] else { panic!("one row changes") };
                        DesignationState::parse(after.text(column::STATE).unwrap())
                    });
                    assert_eq!(told, expected, "{role:?} {account} {two_persons} {state:?} {one:?}");
                }
            }
        }
    }
    assert_eq!(tried, 9 * 5 * 5 * 8);
    assert!(made > 50, "{made}");
}

#[test]
fn a_return_a_rejection_and_a_revocation_need_a_reason() {
    let base = city();
    let reviewer = person(Role::Reviewer, "c", TODAY, true);
    for (state, one) in [
        (DesignationState::DistrictReview, DesignationStep::Return),
        (DesignationState::CityReview, DesignationStep::Reject),
        (DesignationState::Designated, DesignationStep::Revoke),
    ] {
        let city = with_record(&base, state, dates_of(state));
        for reason in [None, Some(""), Some("  ")] {
            let fault = checked(&step(one, TODAY, reason, Some(frozen(true, "B"))), &city, &reviewer).unwrap_err();
            assert_eq!((fault.code, fault.place.as_deref()), ("reason", Some("/reason")));
        }
        let long = "长".repeat(501);
        assert_eq!(checked(&step(one, TODAY, Some(&long), Some(frozen(true, "B"))), &city, &reviewer).unwrap_err().code, "too_long");
    }
}

#[test]
fn a_title_begins_after_the_park_s_last_one_has_ended() {
    let base = with_record(&city(), DesignationState::CityReview, None);
    let reviewer = person(Role::Reviewer, "c", TODAY, true);
    let after = |state: &str, date: &str, through: Option<&str>, day: &str| {
        let mut row = Row::empty(LayerId::Designation.layer());
        row.put(column::CODE, "SP-2023-0009").put(column::PARK, PASSING[0]).put(column::STATE, state).put(column::REVISION, 1);
        row.put(column::DATE, date).put(column::VALID_THROUGH, through).put(column::RECHECK_FROM, through);
        let city = base.with(&[RowChange::Insert { layer: LayerId::Designation, fid: 2, row }], base.revision + 1).unwrap();
        checked(&step(DesignationStep::Designate, day, None, Some(frozen(true, "B"))), &city, &reviewer).map(|_| ()).map_err(|fault| fault.code)
    };
    assert_eq!(after("revoked", "2026-05-20", None, "2026-05-19"), Err("too_early"));
    assert_eq!(after("revoked", "2026-05-20", None, "2026-05-20"), Ok(()));
    assert_eq!(after("designated", "2023-06-01", Some("2026-05-31"), "2026-05-31"), Err("too_early"));
    assert_eq!(after("designated", "2023-06-01", Some("2026-05-31"), "2026-06-01"), Ok(()));
    assert_eq!(after("rejected", "2026-05-20", None, "2026-05-19"), Ok(()), "a rejection was no title");
}

/// S9: what a decision writes into the row.
fn dates_after(city: &City, one: DesignationStep, day: &str, today: &str) -> Result<[Option<String>; 3], &'static str> {
    let told = checked(&step(one, day, Some("理由"), Some(frozen(true, "B"))), city, &person(Role::Reviewer, "c", today, true));
    let checked = told.map_err(|fault| fault.code)?;
    let [RowChange::Update { after, .. }] = &checked.changes[..] else { panic!("one row changes") };
    Ok([column::DATE, column::VALID_THROUGH, column::RECHECK_FROM].map(|column| after.text(column).map(str::to_owned)))
}

#[test]
fn a_title_runs_from_its_day_for_its_term_and_a_kept_one_from_the_day_it_is_kept() {
    let base = city();
    let days = |date: &str, through: &str, recheck: &str| Ok([Some(date.to_owned()), Some(through.to_owned()), Some(recheck.to_owned())]);
    let review = with_record(&base, DesignationState::CityReview, None);
    let designate = |day: &str| dates_after(&review, DesignationStep::Designate, day, TODAY);
    assert_eq!(designate("2026-06-01"), days("2026-06-01", "2029-05-31", "2028-12-01"));
    assert_eq!(designate("2024-02-29"), days("2024-02-29", "2027-02-27", "2026-08-29"));
    assert_eq!(designate("2026-06-02"), Err("later"));
    assert_eq!(designate("1.6.2026"), Err("date"));

    let title = with_record(&base, DesignationState::Designated, dates_of(DesignationState::RecheckDue));
    let keep = |day: &str, today: &str| dates_after(&title, DesignationStep::Keep, day, today);
    assert_eq!(keep("2026-05-01", TODAY), days("2026-05-01", "2029-04-30", "2028-11-01"));
    assert_eq!(keep("2026-08-31", "2026-08-31"), days("2026-08-31", "2029-08-30", "2029-02-28"), "the last valid day");
    assert_eq!(keep("2026-09-01", "2026-09-01"), Err("move"), "the day after");
    assert_eq!(keep("2026-08-31", "2026-09-01"), Err("move"), "an expired title is not kept by an earlier date");
    assert_eq!(keep("2023-08-31", TODAY), Err("too_early"));
    assert_eq!(
        dates_after(&title, DesignationStep::Revoke, TODAY, TODAY),
        Ok([Some(TODAY.to_owned()), None, None]),
        "a revoked title is valid no longer"
    );
}

#[test]
fn who_does_not_pass_gets_no_title_but_may_be_rejected_or_revoked() {
    let base = city();
    let reviewer = person(Role::Reviewer, "c", TODAY, true);
    let told = |state, one| {
        let city = with_record(&base, stored(state), dates_of(state));
        checked(&step(one, TODAY, Some("理由"), Some(frozen(false, "D"))), &city, &reviewer).map(|_| ()).map_err(|fault| fault.code)
    };
    assert_eq!(told(DesignationState::CityReview, DesignationStep::Designate), Err("does_not_pass"));
    assert_eq!(told(DesignationState::RecheckDue, DesignationStep::Keep), Err("does_not_pass"));
    assert_eq!(told(DesignationState::CityReview, DesignationStep::Reject), Ok(()));
    assert_eq!(told(DesignationState::RecheckDue, DesignationStep::Revoke), Ok(()));
}

/// S6: D in `revoke_after` (2) consecutive years makes the re-check fail.
#[test]
fn years_of_d_in_a_row_keep_a_title_from_being_kept() {
    let base = with_record(&city(), DesignationState::Designated, dates_of(DesignationState::RecheckDue));
    let reviewer = person(Role::Reviewer, "c", TODAY, true);
    let assess = |city: &City, year, grade| {
        let edit = AssessDesignation { code: "SP-2024-0001".into(), seen: Precondition::Any, year, frozen: frozen(true, grade) };
        let checked = checked(&Edit::AssessDesignation(Box::new(edit)), city, &reviewer).map_err(|fault| fault.code)?;
        Ok::<City, &str>(city.with(&checked.changes, city.revision + 1).unwrap())
    };
    let kept = |city: &City, grade| {
        checked(&step(DesignationStep::Keep, TODAY, None, Some(frozen(true, grade))), city, &reviewer).map(|_| ()).map_err(|fault| fault.code)
    };
    let one_year = assess(&base, 2025, "D").unwrap();
    assert_eq!(kept(&one_year, "B"), Ok(()));
    assert_eq!(kept(&one_year, "D"), Err("d_grades"), "this year's grade counts when the year is not assessed yet");
    let two_years = assess(&one_year, 2026, "D").unwrap();
    assert_eq!(kept(&two_years, "B"), Err("d_grades"));
    let apart = assess(&assess(&base, 2024, "D").unwrap(), 2026, "D").unwrap();
    assert_eq!(kept(&apart, "B"), Ok(()));
    assert_eq!(assess(&two_years, 2026, "B").err(), Some("assessed"));
    assert_eq!(assess(&base, 2027, "B").err(), Some("year"));
    assert_eq!(assess(&with_record(&city(), DesignationState::Draft, None), 2026, "B").err(), Some("no_title"));
    let planner = person(Role::Planner, "c", TODAY, true);
    let edit = AssessDesignation { code: "SP-2024-0001".into(), seen: Precondition::Any, year: 2026, frozen: frozen(true, "B") };
    assert_eq!(checked(&Edit::AssessDesignation(Box::new(edit)), &base, &planner).unwrap_err().code, "reviewers_only");
}

#[test]
fn evidence_of_something_else_decides_nothing() {
    let city = with_record(&city(), DesignationState::CityReview, None);
    let reviewer = person(Role::Reviewer, "c", TODAY, true);
    let with = |change: fn(&mut Frozen)| {
        let mut own = frozen(true, "B");
        change(&mut own);
        checked(&step(DesignationStep::Designate, TODAY, None, Some(own)), &city, &reviewer).map(|_| ()).map_err(|fault| fault.code)
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|own| own.pack.sha256 = "1".into()), Err("changed_meanwhile"));
    assert_eq!(with(|own| own.lead_cluster = None), Err("changed_meanwhile"));
}

#[test]
fn a_step_of_a_designation_is_not_taken_back() {
    let city = with_record(&city(), DesignationState::CityReview, None);
    let admin = person(Role::Admin, "c", TODAY, true);
    let made = checked(&step(DesignationStep::Designate, TODAY, None, Some(frozen(true, "B"))), &city, &admin).unwrap();
    let inverse = made.inverse();
    let after = city.with(&made.changes, city.revision + 1).unwrap();
    assert_eq!(checked(&inverse, &after, &admin).unwrap_err().code, "decisions_stand");
}
