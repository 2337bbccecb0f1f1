//! Who may: the park's operator, and nobody else.

use super::grid::{Grid, XLSX, applied, row_of, units};
use super::text;
use crate::support::{Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, Server, add_account, own_city};

const OTHER_OPERATOR: (&str, &str) = ("other-operator", "other-password");

#[test]
fn nobody_but_the_park_s_operator_gets_a_name() {
    let (_folder, city) = own_city();
    add_account(&city, OTHER_OPERATOR, &["--role", "operator", "--park", OTHER_PARK]);
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let (one, two) = (text(&known[0]["id"]), text(&known[1]["id"]));
    let mut grid = Grid::template(&operator);
    grid.set(one, "租户", "秘密租户乙".to_owned());
    grid.set(two, "租户", "秘密租户丙".to_owned());
    grid.set(two, "状态", "秘密状态".to_owned());
    let bytes = grid.book();
    let place = format!("/parks/{OWN_PARK}/occupancy/import?dry_run=false&name=%E7%A7%98%E5%AF%86.xlsx");
    let done = operator.upload(&place, XLSX, &bytes).json();
    assert_eq!(row_of(&done, two)["verdict"], "rejected");
    let receipt = text(&done["receipt"]).to_owned();
    assert!(operator.get(&format!("/receipts/{receipt}")).json().to_string().contains("秘密租户丙"), "the operator has it whole");
    let guest = Client::guest(&server);
    for (client, status) in [(&guest, 401), (&Client::signed_in(&server, PLANNER), 403), (&Client::signed_in(&server, OTHER_OPERATOR), 403)] {
        client.get(&format!("/parks/{OWN_PARK}/occupancy/template?f=csv")).problem(status);
        client.upload(&place, XLSX, &bytes).problem(status);
        client.upload(&place.replace("false", "true"), XLSX, &bytes).problem(status);
        // Whether there is such a receipt is not told either.
        let hidden = if status == 401 { 401 } else { 404 };
        client.get(&format!("/receipts/{receipt}")).problem(hidden);
        client.get(&format!("/receipts/{receipt}/rejects?f=csv")).problem(hidden);
        for path in [
            "/changes?since=0&limit=1000".to_owned(),
            "/changes?collection=receipt".to_owned(),
            format!("/parks/{OWN_PARK}/occupancy"),
            format!("/units/{one}"),
            format!("/units/{one}/history"),
            "/collections/unit/items?limit=10000".to_owned(),
            "/reports".to_owned(),
        ] {
            let answer = client.get(&path);
            assert!(answer.status < 500 && !String::from_utf8_lossy(&answer.bytes).contains("秘密"), "{path}");
        }
    }
    // Another park's operator may not reach in by naming a unit of it in a table of his own.
    let own = Client::signed_in(&server, OTHER_OPERATOR);
    let answer = own.upload(&format!("/parks/{OTHER_PARK}/occupancy/import?dry_run=false"), XLSX, &bytes).json();
    assert!(answer["rows"].as_array().unwrap().iter().all(|row| row["why"]["code"] == "other_park"));
    assert!(!answer.to_string().contains("秘密"));
    // Another site's page may not.
    let csv = grid.csv();
    operator.send_bare("POST", &place, &[("content-type", "text/csv")], &csv).problem(403);
    assert_eq!(applied(&operator, csv.as_bytes())["counts"]["changed"], 0);
}
