//! From an empty folder to a gated pull request: every command that a new user types, and the steps
//! of the workflow that `karat init` writes, in a local repository.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A user's working copy, and the repository that both the user and the workflow reach.
struct Project {
    folder: TempDir,
    /// The commands that the user typed.
    typed: Vec<String>,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), typed: Vec::new() };
        succeeds(&shell(project.folder.path(), "git init --quiet --bare origin.git && mkdir work"));
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command that the user types, and returns what it prints.
    fn types(&mut self, command: &str) -> String {
        self.typed.push(command.to_owned());
        succeeds(&shell(&self.path("work"), command))
    }

    /// Changes karat.toml in an editor.
    fn edits(&self, from: &str, to: &str) {
        let file = self.path("work/karat.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{text}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    }

    /// Runs the steps of the workflow on a branch, as a pull request does: in a clone without
    /// history. Returns the exit code of the step that failed, or 0, and what all steps printed.
    fn workflow(&self, branch: &str) -> (i32, String) {
        let clone =
            format!("git clone --quiet --depth 1 --branch {branch} \"file://$PWD/origin.git\" {branch}-checkout");
        succeeds(&shell(self.folder.path(), &clone));
        let checkout = self.path(&format!("{branch}-checkout"));
        let workflow = std::fs::read_to_string(checkout.join(".github/workflows/karat.yml")).unwrap();
        let steps: Vec<String> = workflow
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- run: "))
            .map(|step| step.replace("${{ github.base_ref }}", "main"))
            .collect();
        assert_eq!(steps.len(), 3, "{workflow}");
        let mut printed = String::new();
        for step in steps {
            assert!(!step.contains("${{"), "{step}");
            let output = shell(&checkout, &step);
            printed.push_str(&text(&output));
            if !output.status.success() {
                return (output.status.code().unwrap(), printed);
            }
        }
        (0, printed)
    }
}

/// Runs a command in a shell that finds karat, with a name for commits and without the user's own
/// configuration of git.
fn shell(folder: &Path, command: &str) -> Output {
    let karat = Path::new(env!("CARGO_BIN_EXE_karat")).parent().unwrap();
    let search = env::join_paths([karat.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())));
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", command]).current_dir(folder).env("PATH", search.unwrap()).env("NO_COLOR", "1");
    // The folder for files of the job, from which the workflow takes its summary.
    shell.env("RUNNER_TEMP", folder);
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "user"),
        ("GIT_AUTHOR_EMAIL", "user@localhost"),
        ("GIT_COMMITTER_NAME", "user"),
        ("GIT_COMMITTER_EMAIL", "user@localhost"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
    ] {
        shell.env(name, value);
    }
    shell.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(output));
    text(output)
}

#[test]
fn from_an_empty_folder_to_a_gated_pull_request() {
    let mut project = Project::new();
    project.types("git init --quiet --initial-branch main && git remote add origin ../origin.git");
    let printed = project.types("karat init --template summaries");
    // The user's first figures, by the second command.
    assert!(printed.contains(" lead           6/6 ") && printed.contains("accepted: golden/baselines"), "{printed}");
    project.types("git add --all && git commit --quiet --message 'Measure summaries'");
    project.types("git push --quiet --set-upstream origin main");

    // A change that makes the summaries worse.
    project.types("git switch --quiet --create shorter");
    project.edits("[extractors.lead]\n", "[extractors.lead]\nsentences = 1\n");
    project.types("git commit --quiet --all --message 'Shorten summaries'");
    project.types("git push --quiet --set-upstream origin shorter");
    let until_gated = project.typed.len();
    let (code, printed) = project.workflow("shorter");
    assert_eq!(code, 100, "{printed}");
    assert!(printed.contains("::error") && printed.contains("F1 fell by 0.120"), "{printed}");
    let summary = std::fs::read_to_string(project.path("shorter-checkout/gate.md")).unwrap();
    assert!(summary.starts_with("## Gate: fail\n"), "{summary}");

    // A change that makes no difference passes.
    project.types("git switch --quiet --create renamed main");
    project.edits("# Built into karat: the first sentences", "# The first sentences");
    project.types("git commit --quiet --all --message 'Reword a comment'");
    project.types("git push --quiet --set-upstream origin renamed");
    let (code, printed) = project.workflow("renamed");
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("identical") && !printed.contains("::error"), "{printed}");

    let karat = project.typed.iter().filter(|command| command.starts_with("karat")).count();
    assert_eq!((until_gated, karat), (7, 1), "{:#?}", project.typed);
}
