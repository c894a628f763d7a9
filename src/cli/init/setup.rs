//! Carries a plan of `karat init` out: looks, writes, prints, runs.

use std::path::Path;

use karat::config;
use karat::error::{Diagnostic, Error};
use karat::runner::Selection;
use karat::store::{Project, Run, Staging};

use super::super::args::init::Template;
use super::super::output_format::OutputFormat;
use super::super::plan::{AcceptPlan, AcceptedRun, ConfigFile, InitPlan, RunMode, RunPlan};
use super::super::threads::Threads;
use super::super::{accept, exit, output, run};
use super::files::{Data, NewFile, files};
use super::found;
use super::messages::{labelling, listing, next_commands};

pub(in crate::cli) fn execute(plan: &InitPlan) -> Result<u8, Error> {
    let data = match plan.template {
        Some(template) => Data::Example(template),
        None => found::find(&plan.folder)?.map_or(Data::Example(Template::Entities), Data::Found),
    };
    let has_workflow = plan.has_workflow && may_have_workflow(&plan.folder);
    let files = files(&data, plan.language, has_workflow);
    if let Data::Found(found) = &data {
        found.notes.iter().for_each(|note| output::note(&format!("note: {note}\n")));
    }
    let (kept, new): (Vec<NewFile>, Vec<NewFile>) =
        files.into_iter().partition(|file| plan.folder.join(&file.path).symlink_metadata().is_ok());
    if !plan.is_dry_run {
        write(&plan.folder, &new)?;
    }
    output::print(&listing(plan, &new, &kept))?;
    if let Some(skeletons) = labelling(&data) {
        output::note_lines(&skeletons);
    }
    if plan.is_dry_run {
        return Ok(exit::PASS);
    }
    let code = if plan.runs { run(&plan.folder)? } else { exit::PASS };
    if plan.runs && code == exit::PASS && data.is_labelled() {
        accept_newest(&plan.folder)?;
    }
    output::print(&next_commands(plan, &data))?;
    Ok(code)
}

/// Whether GitHub would see a workflow in the folder: it looks only into a repository's top
/// folder.
fn may_have_workflow(folder: &Path) -> bool {
    let Ok(absolute) = std::path::absolute(folder.join(config::FILE)) else { return true };
    let above = absolute.ancestors().skip(2).find(|above| above.join(".git").exists());
    let is_top = absolute.parent().is_some_and(|folder| folder.join(".git").exists());
    match above {
        Some(top) if !is_top => {
            let shown = top.display();
            output::note(&format!(
                "note: no workflow is written: GitHub reads only those of the repository's top folder, {shown}\n"
            ));
            false
        }
        _ => true,
    }
}

/// Writes files under temporary names and renames them, so that none is half written.
fn write(folder: &Path, files: &[NewFile]) -> Result<(), Error> {
    let mut staging = Staging::default();
    for file in files {
        staging.add(&folder.join(&file.path), file.content.as_bytes())?;
    }
    staging.commit()?;
    #[cfg(unix)]
    for file in files.iter().filter(|file| file.is_program) {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join(&file.path);
        set_permissions(&path, Permissions::from_mode(0o755))
            .map_err(|error| Diagnostic::io("make this executable", &path, &error))?;
    }
    Ok(())
}

/// Runs the extractors as `karat run` does.
fn run(folder: &Path) -> Result<u8, Error> {
    let plan = RunPlan {
        until_decided: None,
        config: ConfigFile::load(&folder.join(config::FILE))?,
        selection: Selection::default(),
        out: None,
        mode: RunMode::Load { is_cached: true },
        is_resumed: false,
        jobs: Threads { jobs: None }.count(),
        has_timings: false,
        is_quiet: false,
        format: OutputFormat::Table,
        files_to_write: Vec::new(),
    };
    run::execute(&plan)
}

/// Accepts the run as the baseline. Without one, the first change that is judged would be compared
/// with nothing, and pass.
fn accept_newest(folder: &Path) -> Result<(), Error> {
    let config = ConfigFile::load(&folder.join(config::FILE))?;
    let run = Run::open(&Project::new(config.home()).newest_run()?)?;
    let selected = run.select(|_, _| true).map_err(Error::Input)?;
    let pool = Threads { jobs: None }.pool()?;
    let (is_dry, allows_incomplete, allows_worse) = (false, false, false);
    output::print("\n")?;
    accept::execute(&AcceptPlan::Run(Box::new(AcceptedRun {
        pool,
        run,
        selected,
        config,
        is_dry,
        allows_incomplete,
        allows_worse,
    })))?;
    Ok(())
}
