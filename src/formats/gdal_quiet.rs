//! GDAL's messages, kept per thread instead of being printed.

use crate::domain::Fault;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Once;

thread_local! {
    static MESSAGES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// More messages than this say nothing new about one call.
const KEPT: usize = 20;

/// Makes GDAL quiet (once per process) and forgets this thread's earlier messages. GDAL calls the handler on the thread that failed.
pub(crate) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        gdal::config::set_error_handler(|_, _, text| {
            let text = text.to_owned();
            MESSAGES.with(|messages| {
                let mut messages = messages.borrow_mut();
                if messages.len() < KEPT {
                    messages.push(text);
                }
            });
        });
    });
    MESSAGES.with(|messages| messages.borrow_mut().clear());
}

/// What GDAL said on this thread since the last call.
pub(crate) fn take() -> Vec<String> {
    MESSAGES.with(|messages| std::mem::take(&mut *messages.borrow_mut()))
}

/// Adds GDAL's words to a fault, without the folder of the file: paths of the server are not the reader's business.
pub(crate) fn with_detail(mut fault: Fault, path: &Path) -> Fault {
    let folder = path.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    let said: Vec<String> = take().into_iter().map(|text| if folder.len() > 1 { text.replace(&folder, "") } else { text }).collect();
    if !said.is_empty() {
        let said = said.join("; ");
        fault.zh = format!("{}（GDAL：{said}）", fault.zh);
        fault.en = format!("{} (GDAL: {said})", fault.en);
    }
    fault
}
