//! Mappings that people save for the next file of the same sender: a TOML file each, beside the city, as `parkplan import --profile` reads it.

use super::staged::{no_room, private_folder};
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, FaultKind, ImportProfile};
use crate::service::Viewer;
use crate::service::import::layer_named;
use crate::service::imports::Intake;
use crate::service::sessions::random_token;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use utoipa::ToSchema;

const LONGEST_NAME: usize = 60;
const MOST_PROFILES: usize = 200;
const LONGEST_TEXT: usize = 64 << 10;

/// A saved mapping with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedProfile {
    pub id: String,
    pub name: String,
    pub profile: ImportProfile,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileList {
    pub profiles: Vec<SavedProfile>,
}

/// A mapping to save: as an object, or as the text of a profile file. One of the same name is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfile {
    pub name: String,
    pub profile: Option<ImportProfile>,
    /// TOML.
    pub text: Option<String>,
}

/// The saved mappings by name.
pub fn profiles(intake: &Intake, viewer: &Viewer) -> Outcome<ProfileList> {
    viewer.planner()?;
    let folder = intake.uploads.folder("profiles");
    let mut profiles: Vec<SavedProfile> = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        // What somebody put there by hand and is no profile is none.
        let Some((name, profile)) = std::fs::read_to_string(entry.path()).ok().and_then(|text| split(&text)) else { continue };
        profiles.push(SavedProfile { id: id_of(&name), name, profile });
    }
    profiles.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(ProfileList { profiles })
}

/// Saves a mapping under its name.
///
/// # Errors
/// 401, 403; 400 for a name that is none, a layer or a text that cannot be.
pub fn save_profile(intake: &Intake, viewer: &Viewer, new: NewProfile) -> Outcome<SavedProfile> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Fault::bad(
            "profile_name",
            format!("名称应为 1–{LONGEST_NAME} 个字"),
            format!("a profile's name has 1 to {LONGEST_NAME} characters"),
        )
        .field("/name", "请填写名称", "give it a name"));
    }
    let profile = match (new.profile, new.text) {
        (Some(profile), None) => profile,
        (None, Some(text)) if text.len() <= LONGEST_TEXT => ImportProfile::parse(&text)?,
        _ => {
            return Err(Fault::bad("profile", "请给出 profile 或 text 之一", "give either profile or text")
                .help(format!("文本不超过 {LONGEST_TEXT} 字节"), format!("a text has at most {LONGEST_TEXT} bytes")));
        }
    };
    profile.layer.as_deref().map(layer_named).transpose()?;
    let saved = profiles(intake, viewer)?.profiles;
    let (id, folder) = (id_of(&name), intake.uploads.folder("profiles"));
    if saved.len() >= MOST_PROFILES && saved.iter().all(|saved| saved.id != id) {
        return Err(Fault::new(
            FaultKind::TooMany,
            "too_many_profiles",
            format!("映射已有 {MOST_PROFILES} 份"),
            format!("there are {MOST_PROFILES} profiles"),
        )
        .help("请先删除不用的", "delete one that is not used"));
    }
    private_folder(&folder)?;
    // Beside its place and renamed: a reader never sees half of it.
    let part = folder.join(format!(".{}", &random_token()?[..16]));
    let text = format!("# {name}\n{}", profile.text()?);
    std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, folder.join(format!("{id}.toml")))).map_err(|error| no_room(&error))?;
    Ok(SavedProfile { id, name, profile })
}

/// The text of a saved mapping, and its name.
pub fn profile_text(intake: &Intake, viewer: &Viewer, id: &str) -> Outcome<(String, String)> {
    viewer.planner()?;
    let text = std::fs::read_to_string(file_of(intake, id)?).map_err(|_| no_such_profile(id))?;
    let name = split(&text).map(|(name, _)| name).unwrap_or_default();
    Ok((text, name))
}

pub fn delete_profile(intake: &Intake, viewer: &Viewer, id: &str) -> Outcome<()> {
    viewer.planner()?;
    std::fs::remove_file(file_of(intake, id)?).map_err(|_| no_such_profile(id))
}

/// An id is what [`id_of`] makes, and so no way out of the folder.
fn file_of(intake: &Intake, id: &str) -> Outcome<PathBuf> {
    if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(no_such_profile(id));
    }
    Ok(intake.uploads.folder("profiles").join(format!("{id}.toml")))
}

fn id_of(name: &str) -> String {
    sha256_hex(name.as_bytes())[..12].to_owned()
}

/// The name stands in the first line, as a comment.
fn split(text: &str) -> Option<(String, ImportProfile)> {
    let (first, _) = text.split_once('\n')?;
    Some((first.strip_prefix("# ")?.to_owned(), ImportProfile::parse(text).ok()?))
}

fn no_such_profile(id: &str) -> Fault {
    Fault::not_found("no_such_profile", format!("没有映射 {id}"), format!("there is no profile {id}")).at(id)
}
