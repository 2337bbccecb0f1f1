//! GDAL's messages, kept per thread instead of being printed.

use crate::domain::Fault;
use gdal::errors::CplErrType;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Once;

thread_local! {
    static MESSAGES: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

struct Message {
    is_failure: bool,
    text: String,
}

/// More messages than this say nothing new about one call.
const KEPT: usize = 20;

/// Makes GDAL quiet (once per process) and forgets this thread's earlier messages. GDAL calls the handler on the thread that failed.
pub(crate) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        gdal::config::set_error_handler(|class, _, text| {
            let message = Message { is_failure: matches!(class, CplErrType::Failure | CplErrType::Fatal), text: text.to_owned() };
            MESSAGES.with(|messages| {
                let mut messages = messages.borrow_mut();
                if messages.len() < KEPT {
                    messages.push(message);
                }
            });
        });
    });
    MESSAGES.with(|messages| messages.borrow_mut().clear());
}

/// What GDAL said on this thread since the last call.
pub(crate) fn take() -> Vec<String> {
    MESSAGES.with(|messages| messages.borrow_mut().drain(..).map(|message| message.text).collect())
}

/// What GDAL failed at on this thread since the last call; what it merely remarked is dropped.
pub(crate) fn failures() -> Vec<String> {
    MESSAGES.with(|messages| messages.borrow_mut().drain(..).filter(|message| message.is_failure).map(|message| message.text).collect())
}

/// Adds GDAL's words to a fault, without the folder of the file: paths of the server are not the reader's business.
pub(crate) fn with_detail(fault: Fault, path: &Path) -> Fault {
    with_words(fault, path, take())
}

/// Adds words that were taken before.
pub(crate) fn with_words(mut fault: Fault, path: &Path, said: Vec<String>) -> Fault {
    let folder = path.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    let said: Vec<String> = said.into_iter().map(|text| if folder.len() > 1 { text.replace(&folder, "") } else { text }).collect();
    if !said.is_empty() {
        let said = said.join("; ");
        fault.zh = format!("{}（GDAL：{said}）", fault.zh);
        fault.en = format!("{} (GDAL: {said})", fault.en);
    }
    fault
}
