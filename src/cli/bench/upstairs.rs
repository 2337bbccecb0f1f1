//! Bench rows of the upstairs check: the whole city in figures, the cluster matrix, and one slider move over HTTP.

use super::{median_ms, timed};
use crate::domain::Fault;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::service::analyses::Control;
use crate::service::analyses::execute;
use crate::service::{Planner, Viewer};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every parcel of the city, whatever its use, without opening the file; the baseline is the same work on one core.
pub(super) fn city(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let inputs = json!({ "all": true, "uses": ["all"] });
    let run = |inputs: &Value| execute(&planner.city(), &Viewer::guest(), "upstairs", inputs, Control::none());
    let before = cpu_seconds();
    let (answer, seconds) = timed(|| run(&inputs));
    let cpu = before.zip(cpu_seconds()).map(|(before, after)| after - before);
    let answer = answer?;
    let what_if = json!({ "all": true, "uses": ["all"], "add": { "far": 0.5, "height": 10.0 } });
    let (moved, what_if_seconds) = timed(|| run(&what_if));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| Fault::internal("threads", error))?;
    let (alone, single) = timed(|| one.install(|| run(&inputs)));
    if alone? != answer {
        return Err(Fault::internal("bench", "one thread gives another answer"));
    }
    Ok(json!({
        "row": "upstairs", "parcels": answer["totals"]["parcels"], "seconds": seconds, "cpu_seconds": cpu, "threads": rayon::current_num_threads(),
        "what_if_seconds": what_if_seconds, "what_if_gain_m2": moved?["what_if"]["gain_m2"], "potential_m2": answer["totals"]["potential_gfa_m2"],
        "baseline": "the same on one thread, byte for byte the same answer", "baseline_seconds": single,
    }))
}

/// Processor time of this process so far, all threads (Linux): the figure that other programs on the machine do not change.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // utime and stime are the 12th and 13th fields after the name, which may hold spaces; in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The cluster matrix of the whole city; the baseline checks each cluster by itself, without sharing the search of equal buildings.
pub(super) fn matrix(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let ask = |inputs: Value| execute(&planner.city(), &Viewer::guest(), "upstairs", &inputs, Control::none());
    let before = cpu_seconds();
    let (answer, seconds) = timed(|| ask(json!({ "all": true, "uses": ["all"], "matrix": true })));
    let cpu = before.zip(cpu_seconds()).map(|(before, after)| after - before);
    let few = &crate::domain::catalogue().clusters[..4];
    let (alone, four) =
        timed(|| few.iter().map(|cluster| ask(json!({ "all": true, "uses": ["all"], "cluster": cluster.id }))).collect::<Outcome<Vec<Value>>>());
    alone?;
    let clusters = crate::domain::catalogue().clusters.len();
    Ok(json!({
        "row": "upstairs-matrix", "parcels": answer.as_ref().map_or(Value::Null, |answer| answer["totals"]["parcels"].clone()), "clusters": clusters,
        "cells": answer?["matrix"].as_array().map(Vec::len), "seconds": seconds, "cpu_seconds": cpu,
        "baseline": "one run a cluster, four runs scaled up", "baseline_seconds": four * clusters as f64 / few.len() as f64,
    }))
}

/// Slider moves at the running program, a new connection each: the full check of one parcel with one figure moved.
pub(super) fn http(city: &Path) -> Outcome<Value> {
    const MOVES: usize = 400;
    let planner = Planner::open_reading(city)?;
    let parcels = planner.city().table(LayerId::Parcel).clone();
    let industrial: Vec<usize> =
        (0..parcels.len()).filter(|row| parcels.text(*row, "planned_use").is_some_and(|code| code.starts_with("1001"))).collect();
    let step = (industrial.len() / MOVES).max(1);
    let codes: Vec<&str> = industrial.iter().step_by(step).take(MOVES).map(|row| parcels.key(*row)).collect();
    let mut server = Server::start(city)?;
    let mut samples = Vec::with_capacity(codes.len());
    for (index, code) in codes.iter().enumerate() {
        let set = [json!({ "far": 3.5 }), json!({ "height": 70.0 }), json!({ "setback_side": 5.0 }), json!({ "coverage": 0.4 })][index % 4].clone();
        let body = json!({ "inputs": { "parcel": code, "cluster": "c24-sensor", "set": set } }).to_string();
        let (answer, seconds) = timed(|| server.post("/processes/upstairs/execution", &body));
        if !answer?.contains("\"findings\"") {
            return Err(Fault::internal("bench", format!("no answer for {code}")));
        }
        samples.push(seconds);
    }
    // The same server asked for next to nothing: what the way there and back costs.
    let bare: Vec<f64> = (0..MOVES).map(|_| timed(|| server.post("/processes/upstairs/execution", "{\"inputs\":{}}")).1).collect();
    samples.sort_by(f64::total_cmp);
    let at = |share: f64| samples.get(((samples.len() as f64 * share) as usize).min(samples.len().saturating_sub(1))).map(|seconds| seconds * 1000.0);
    Ok(json!({
        "row": "upstairs-http", "parcels": parcels.len(), "moves": samples.len(), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": at(1.0),
        "baseline": "the same request refused at the door", "baseline_p50_ms": median_ms(bare),
    }))
}

/// This program serving the city on a free port.
struct Server {
    child: std::process::Child,
    address: String,
}

impl Server {
    fn start(city: &Path) -> Outcome<Server> {
        let failed = |error: &dyn std::fmt::Display| Fault::internal("serve", error);
        let own = std::env::current_exe().map_err(|error| failed(&error))?;
        let mut child = Command::new(own)
            .arg("serve")
            .arg(city)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&error))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(|error| failed(&error))?;
        }
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        Ok(Server { child, address })
    }

    fn post(&mut self, path: &str, body: &str) -> Outcome<String> {
        let failed = |error: std::io::Error| Fault::internal("http", error);
        let mut stream = TcpStream::connect(&self.address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nX-Requested-With: parkplan\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
