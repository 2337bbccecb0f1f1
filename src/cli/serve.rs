//! `parkplan serve`: the map and the API.

use super::output::Output;
use super::sample;
use crate::api;
use crate::cli::command_line;
use crate::config::Config;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::sample::SampleOptions;
use crate::service::Planner;
use crate::service::imports::{Intake, UploadLimits, Uploads};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::signal::unix::SignalKind;

#[derive(Args)]
pub(super) struct Serve {
    /// City file; without it the sample city, made on first use
    city: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long)]
    listen: Option<String>,
    /// Open the map in the browser
    #[arg(long)]
    open: bool,
}

/// What the system sends when a file passes its largest size.
const SIGXFSZ: i32 = 25;
/// What runs when the server is told to stop may take so long to end.
const LAST_WORDS: Duration = Duration::from_secs(3);
const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";
/// The embedded sample's size.
const SAMPLE_PARCELS: u32 = 20_000;

impl Serve {
    pub(super) fn run(self, config: &Config, output: &Output) -> Outcome<()> {
        let path = match self.city.or_else(|| config.city.clone()) {
            Some(path) => path,
            None => {
                let path = config.sample_path();
                if !path.exists() {
                    output.notice(
                        format!("首次使用：正在生成样例城 {}", path.display()),
                        format!("first use: making the sample city {}", path.display()),
                    );
                    sample::make(&path, false, &SampleOptions { parcels: SAMPLE_PARCELS, seed: 1, as_of: crate::service::today() }, output)?;
                }
                path
            }
        };
        let front =
            api::Front::new(config.base_url.as_deref(), config.trusted_proxies.as_deref())?.called(config.hosts.as_deref().unwrap_or_default())?;
        let planner = Arc::new(super::settings(config).on(Planner::open(&path, &command_line::typed())?));
        let address = self.listen.or_else(|| config.listen.clone()).unwrap_or_else(|| DEFAULT_ADDRESS.to_owned());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .max_blocking_threads(api::WORKERS)
            .enable_all()
            .build()
            .map_err(|error| Fault::internal("runtime", error))?;
        let usual = UploadLimits::default();
        let limits = UploadLimits { bytes: config.upload_mb.map_or(usual.bytes, |megabytes| megabytes << 20), ..usual };
        let intake = Intake::of(planner.clone(), Uploads::beside(&path, limits));
        let served = runtime.block_on(serve(intake, front, &address, self.open, output));
        // Every answered write is on disk. What still runs is told to end, and what does not listen is left behind.
        planner.wind_up();
        let deadline = Instant::now() + LAST_WORDS;
        runtime.shutdown_timeout(LAST_WORDS);
        // Whoever holds the planner last gives the city file free.
        while Arc::strong_count(&planner) > 1 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        served
    }
}

async fn serve(intake: Intake, front: api::Front, address: &str, open: bool, output: &Output) -> Outcome<()> {
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        Fault::bad("listen", format!("无法监听 {address}：{error}"), format!("cannot listen on {address}: {error}")).help(
            "换一个端口，例如 --listen 127.0.0.1:8081，或用 0 自动选择",
            "choose another port, for example --listen 127.0.0.1:8081, or 0 for a free one",
        )
    })?;
    let own = listener.local_addr().map_err(|error| Fault::internal("listen", error))?;
    let url = format!("http://{own}");
    println!("listening on {url}");
    let _ = std::io::stdout().flush();
    if let Some(token) = intake.planner.people().setup_token()? {
        output.notice(format!("首次登录（一次性链接）：{url}/#setup={token}"), format!("first sign-in (one-time link): {url}/#setup={token}"));
    }
    // A file that may not grow further is then an answer (507) and not the end.
    let _too_large = tokio::signal::unix::signal(SignalKind::from_raw(SIGXFSZ));
    if open {
        let _ = std::process::Command::new("xdg-open").arg(&url).stderr(std::process::Stdio::null()).spawn();
    }
    intake.uploads.sweep_all();
    tokio::spawn(sweep(Arc::downgrade(&intake.uploads)));
    tokio::spawn(settle(Arc::downgrade(&intake.planner)));
    let routes = api::router(intake, front)?;
    // Open event streams never end by themselves, so a stop does not wait for connections: every answered write is on disk already.
    tokio::select! {
        served = api::serve(listener, routes) => served.map(|never| match never {}),
        () = stopped() => Ok(()),
    }
}

/// Between two looks at what nobody has used for long.
const SWEEP: Duration = Duration::from_secs(600);

/// Takes away staged files that nobody uses, as long as there is a city at work.
async fn sweep(uploads: Weak<Uploads>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(uploads) = uploads.upgrade() else { return };
        let _ = tokio::task::spawn_blocking(move || uploads.sweep()).await;
    }
}

/// Between two looks at whether the city is at rest.
const REST: Duration = Duration::from_secs(2);
/// A city that is never at rest is settled after so many looks.
const LOOKS: u32 = 15;

/// Brings what was written into the city's own file when nobody has written for a while, so that a plain copy of the file misses nothing for long.
async fn settle(planner: Weak<Planner>) {
    let (mut last, mut settled, mut looks) = (-1, -1, 0);
    loop {
        tokio::time::sleep(REST).await;
        let Some(planner) = planner.upgrade() else { return };
        let revision = planner.city().revision;
        looks += 1;
        if (revision == last && revision != settled) || looks >= LOOKS {
            let _ = tokio::task::spawn_blocking(move || planner.store().settle()).await;
            (settled, looks) = (revision, 0);
        }
        last = revision;
    }
}

async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
